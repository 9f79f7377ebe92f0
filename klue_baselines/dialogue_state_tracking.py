"""WoS: the state of a dialogue after each of the user's turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from transformers import AutoModel, PreTrainedModel, PreTrainedTokenizerBase

from klue_common.errors import InputError
from klue_datasets import load_ontology
from klue_datasets.schema import List, Schema, Value
from klue_metrics.slots import split_entry
from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text, normalise

from .encoding.encoder import NO_CHANGES, TextEncoder, open_weights
from .encoding.tokens import tokens_of
from .heads.dialogue_states import decode, state_scores
from .heads.modeling_dialogue_state_tracking import (
    GATES,
    IGNORED,
    POINTER,
    DialogueStateTracker,
    DialogueStateTrackerConfig,
    DialogueStateTrackerOutput,
)
from .heads.slot_values import ValueTokens
from .pipelines.kinds import DialogueStateTracking
from .recipe import BASE, LARGE, NEVER, Recipe
from .serving.graph import Graph
from .serving.tracking_graph import TrackerGraph
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record

RESTRICTED = "restricted"
ROLES = ("user", "sys")  # whose turn it is


def build(
    model: str,
    head: str,
    tokenizer: PreTrainedTokenizerBase,
    ontology: Mapping[str, list[str]],
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """Return an encoder with a new state tracking head over the ontology's slots.

    The published head takes the slots' queries as they are, the default one normalises them.
    """
    encoder = open_weights(AutoModel, model, **changes)
    slots = sorted(ontology)
    names = [normalise(slot).replace("-", " ") for slot in slots]
    end = tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
    config = DialogueStateTrackerConfig(
        encoder.config,
        slots=slots,
        slot_pieces=tokenizer(names, add_special_tokens=False)["input_ids"],
        end_id=end,
        ontology={slot: list(ontology[slot]) for slot in slots},
        normalise_queries=head != PUBLISHED_HEAD,
    )
    tracker = DialogueStateTracker(config)
    tracker.encoder = encoder
    return tracker


def context(**source: Any) -> dict[str, Any]:
    """Return the ontology of the data that a model learns from."""
    return {"ontology": load_ontology(**source)}


def load(model: str, **options: Any) -> PreTrainedModel:
    """Return a fine-tuned tracker."""
    return open_weights(DialogueStateTracker, model, **options)


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return one row a user turn: [CLS] history [SEP] system [SEP] user [SEP].

    What is too long loses its beginning: the newest turns say most about the state.
    """
    columns: Columns = {name: [] for name in ("input_ids", "example", "turn", "length")}
    if labels:
        columns |= {"gates": [], "values": []}
    values = ValueTokens(encoder.tokenizer, config.end_id)
    utterances = iter(utterance_tokens(batch["dialogue"], encoder))
    for index, dialogue in enumerate(batch["dialogue"]):
        history: list[list[int]] = []
        for turn in dialogue:
            if turn["role"] == "user" and not history:
                history.append([])  # a dialogue opens with an empty word of the system
            history.append(next(utterances))
            if turn["role"] != "user":
                continue
            columns["input_ids"].append(join(history, encoder))
            columns["length"].append(len(columns["input_ids"][-1]))
            columns["example"].append(index)
            columns["turn"].append(len(history) // 2 - 1)
            if labels:
                gates, tokens = gold_slots(turn["state"], batch["guid"][index], config, values)
                columns["gates"].append(gates)
                columns["values"].append(tokens)
    if encoder.token_types:
        columns["token_type_ids"] = [[0] * len(ids) for ids in columns["input_ids"]]
    return columns


def utterance_tokens(
    dialogues: Sequence[Sequence[Record]], encoder: TextEncoder
) -> list[list[int]]:
    """Return the tokens of every turn of every dialogue, in one call of the tokenizer."""
    texts = [normalise(turn["text"]) for dialogue in dialogues for turn in dialogue]
    return [tokens.ids for tokens in tokens_of(texts, encoder.tokenizer)]


def join(history: Sequence[list[int]], encoder: TextEncoder) -> list[int]:
    """Return history, system turn and user turn with their separators, cut at the front."""
    first, end = encoder.special_ids
    *earlier, system, user = history
    before: list[int] = []
    for utterance in earlier:
        before += [*utterance, end]
    tokens = [*before[:-1], end, *system, end, *user]
    return [first, *tokens[-(encoder.max_length - 2) :], end]


def gold_slots(
    state: Sequence[str], guid: str, config: Any, tokens: ValueTokens
) -> tuple[list[int], list[list[int]]]:
    """Return the gate (slots,) and the value's tokens (slots, longest) of each slot."""
    by_slot = {}
    for entry in state:
        slot, value = split_entry(normalise(entry))
        by_slot[slot] = value
    slots = [normalise(slot) for slot in config.slots]
    unknown = by_slot.keys() - set(slots)
    if unknown:
        raise InputError(f"{guid}: found the slot {min(unknown)!r}, expected one of the ontology's")
    values = [by_slot.get(slot, "none") for slot in slots]
    gates = [GATES.index(value) if value in GATES else POINTER for value in values]
    rows = [tokens[value] for value in values]
    width = max(map(len, rows))
    return gates, [row + [IGNORED] * (width - len(row)) for row in rows]


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[dict[int, Any]]:
    """Return, for each turn, the slots that are not empty: a gate's name or a value's tokens."""
    return slots_of(model(**inputs))


def slots_of(output: Any) -> list[dict[int, Any]]:
    """Return the slots that a model's output says are not empty, turn by turn."""
    gates, values = output.gates.argmax(-1).tolist(), output.values.tolist()
    return [
        {
            slot: (tokens[slot] if gate == POINTER else GATES[gate])
            for slot, gate in enumerate(row)
            if gate != 0
        }
        for row, tokens in zip(gates, values, strict=True)
    ]


def scored(
    model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]
) -> list[tuple[dict[int, Any], list[tuple[float, float]]]]:
    """Return what `predict` returns, and beside it how sure gate and value of each slot are."""
    output = model(**inputs)
    gates = output.gates.float().softmax(-1).max(-1).values.tolist()
    values = output.value_scores.tolist()
    sure = [list(zip(*turn, strict=True)) for turn in zip(gates, values, strict=True)]
    return list(zip(slots_of(output), sure, strict=True))


def perfect(row: Record, config: Any) -> dict[int, Any]:
    """Return the gold slots that are not empty."""
    pairs = enumerate(zip(row["gates"], row["values"], strict=True))
    return {
        slot: value if gate == POINTER else GATES[gate] for slot, (gate, value) in pairs if gate
    }


def plain(answers: Answers) -> list[Record]:
    """Return records of the values as they were generated."""
    return decode(answers, restrict=False)


def restricted(answers: Answers) -> list[Record]:
    """Return records of the ontology's values and of what was said, and of no others.

    Another value becomes the nearest of the slot's known ones, or is left out where none is near.
    """
    return decode(answers, restrict=True)


def row(utterances: Sequence[str | Mapping[str, Any]]) -> Record:
    """Return what was said in turn, the user first, as an example.

    Args:
        utterances: texts, or turns as the raw file has them, with a role and a text.

    Raises:
        InputError: it is no list of texts, or an empty one, or somebody speaks out of turn.
    """
    if isinstance(utterances, str) or not isinstance(utterances, Sequence) or not utterances:
        raise InputError(f"dialogue: found {utterances!r:.60}, expected a list of what was said")
    turns = [turn_of(utterance, at) for at, utterance in enumerate(utterances)]
    return {"guid": "", "dialogue": turns}


def turn_of(utterance: Any, at: int) -> Record:
    """Return what was said as the turn at a place of a dialogue.

    Raises:
        InputError: it is no text, or that of the other speaker.
    """
    place, role = f"dialogue[{at}]", ROLES[at % 2]
    if not isinstance(utterance, Mapping):
        return {"role": role, "text": check_text(place, utterance), "state": []}
    if utterance.get("role", role) != role:
        raise InputError(f"{place}.role: found {utterance['role']!r:.60}, expected {role!r}")
    return {"role": role, "text": check_text(f"{place}.text", utterance.get("text")), "state": []}


def is_dialogue(listed: Any) -> bool:
    """Return whether a list is one dialogue, and no list of dialogues.

    Example:
        >>> is_dialogue(["안녕하세요"]), is_dialogue([["안녕하세요"]]), is_dialogue([])
        (True, False, False)
    """
    first = listed[0] if isinstance(listed, list | tuple) and listed else None
    return isinstance(first, str) or (isinstance(first, Mapping) and "text" in first)


ENTRY = {
    **dict.fromkeys(("slot", "value"), Value("string")),
    **dict.fromkeys(("gate_score", "value_score"), Value("float64")),
}
ANSWER = Schema({"state": List(Value("string")), "scores": List(ENTRY)})
RECIPE = Recipe(
    "slot_micro_f1",
    learning_rate=3e-5,
    epochs=5,
    batch_size=16,
    eval_batch_size=16,
    warmup=0.1,
    weight_decay=0.01,
    max_length=510,
    patience=NEVER,
)

BASELINE = BaselineTask(
    name="wos",
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    perfect=perfect,
    graph=Graph(
        TrackerGraph,
        outputs=("gates", "values", "value_scores"),
        answer=DialogueStateTrackerOutput,
    ),
    heads=("normalised", PUBLISHED_HEAD),
    decodings={PLAIN: plain, RESTRICTED: restricted},
    row=row,
    expected="a list of what was said",
    scores=state_scores,
    scored=scored,
    fields=(("dialogue",),),
    answer=ANSWER,
    is_one=is_dialogue,
    record_a_row=True,
    padding={"gates": IGNORED, "values": IGNORED},
    context=context,
    recipes={
        BASE: RECIPE,
        LARGE: replace(RECIPE, learning_rate=2e-5, batch_size=8, accumulation=2, eval_batch_size=8),
    },
    pipeline=DialogueStateTracking,
    card=ModelCall(
        "AutoModel",
        '["서울 중앙에 있는 호텔을 찾아요.", "네, 조식이 필요하세요?", "상관없어요."]',
        own_code=True,
        own_pipeline="dialogue-state-tracking",
    ),
)
