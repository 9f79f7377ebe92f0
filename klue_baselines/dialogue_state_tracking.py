"""WoS: the state of a dialogue after each of the user's turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import torch
from transformers import AutoModel, PreTrainedModel, PreTrainedTokenizerBase

from klue_common.errors import InputError
from klue_metrics.slots import is_value
from klue_text.normal_forms import Normalised, check_text, normalise

from .encoding.encoder import NO_CHANGES, TextEncoder, open_weights
from .encoding.pieces import pieces_of
from .heads.modeling_dialogue_state_tracking import (
    GATES,
    IGNORED,
    POINTER,
    DialogueStateTracker,
    DialogueStateTrackerConfig,
)
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record

RESTRICTED = "restricted"


def build(
    model: str,
    head: str,
    tokenizer: PreTrainedTokenizerBase,
    ontology: Mapping[str, list[str]],
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """An encoder with a new state tracking head over the ontology's slots.

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


def load(model: str, **options: Any) -> PreTrainedModel:
    """A fine-tuned tracker."""
    return open_weights(DialogueStateTracker, model, **options)


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """One row a user turn: [CLS] history [SEP] system [SEP] user [SEP].

    What is too long loses its beginning: the newest turns say most about the state.
    """
    columns: Columns = {name: [] for name in ("input_ids", "example", "turn", "length")}
    if labels:
        columns |= {"gates": [], "values": []}
    values = ValuePieces(encoder.tokenizer, config.end_id)
    utterances = iter(utterance_pieces(batch["dialogue"], encoder))
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
                gates, pieces = gold_slots(turn["state"], batch["guid"][index], config, values)
                columns["gates"].append(gates)
                columns["values"].append(pieces)
    if encoder.token_types:
        columns["token_type_ids"] = [[0] * len(ids) for ids in columns["input_ids"]]
    return columns


def utterance_pieces(
    dialogues: Sequence[Sequence[Record]], encoder: TextEncoder
) -> list[list[int]]:
    """The pieces of every turn of every dialogue, in one call of the tokenizer."""
    texts = [normalise(turn["text"]) for dialogue in dialogues for turn in dialogue]
    return [pieces.ids for pieces in pieces_of(texts, encoder.tokenizer)]


def join(history: Sequence[list[int]], encoder: TextEncoder) -> list[int]:
    """History, system turn and user turn with their separators, cut at the front."""
    first, end = encoder.special_ids
    *earlier, system, user = history
    before: list[int] = []
    for utterance in earlier:
        before += [*utterance, end]
    pieces = [*before[:-1], end, *system, end, *user]
    return [first, *pieces[-(encoder.max_length - 2) :], end]


class ValuePieces(dict[str, list[int]]):
    """The pieces of a value with the end piece, tokenised once."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, end_id: int) -> None:
        super().__init__()
        self.tokenizer, self.end_id = tokenizer, end_id

    def __missing__(self, value: str) -> list[int]:
        pieces = pieces_of([normalise(value)], self.tokenizer)[0].ids
        self[value] = [*pieces, self.end_id]
        return self[value]


def gold_slots(
    state: Sequence[str], guid: str, config: Any, pieces: ValuePieces
) -> tuple[list[int], list[list[int]]]:
    """The gate (slots,) and the value's pieces (slots, longest) of each slot."""
    by_slot = {}
    for entry in state:
        domain, slot, value = normalise(entry).split("-", 2)
        by_slot[f"{domain}-{slot}"] = value
    slots = [normalise(slot) for slot in config.slots]
    unknown = by_slot.keys() - set(slots)
    if unknown:
        raise InputError(f"{guid}: found the slot {min(unknown)!r}, expected one of the ontology's")
    values = [by_slot.get(slot, "none") for slot in slots]
    gates = [GATES.index(value) if value in GATES else POINTER for value in values]
    rows = [pieces[value] for value in values]
    width = max(map(len, rows))
    return gates, [row + [IGNORED] * (width - len(row)) for row in rows]


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[dict[int, Any]]:
    """For each turn, the slots that are not empty: a gate's name, or the pieces of a value."""
    output = model(**inputs)
    gates, values = output.gates.argmax(-1).tolist(), output.values.tolist()
    return [
        {
            slot: (pieces[slot] if gate == POINTER else GATES[gate])
            for slot, gate in enumerate(row)
            if gate != 0
        }
        for row, pieces in zip(gates, values, strict=True)
    ]


def perfect(row: Record, config: Any) -> dict[int, Any]:
    """The gold slots that are not empty."""
    pairs = enumerate(zip(row["gates"], row["values"], strict=True))
    return {
        slot: value if gate == POINTER else GATES[gate] for slot, (gate, value) in pairs if gate
    }


def decode(answers: Answers, decoding: str) -> list[Record]:
    """Records of one state a user turn.

    The restricted decoding knows no other values than the ontology's and what was said: another
    one becomes the nearest of the slot's known values, or is left out where none is near.
    """
    spelling = Spelling(answers.encoder.tokenizer, answers.config)
    records = []
    for row, given in zip(answers.rows, answers.given, strict=True):
        example = answers.examples[row["example"]]
        said = user_view(example["dialogue"], row["turn"])
        state = []
        for index, found in sorted(given.items()):
            slot = answers.config.slots[index]
            value = found if isinstance(found, str) else spelling.value(slot, found, said)
            if decoding == RESTRICTED and not isinstance(found, str):
                value = spelling.known_value(slot, value, said)
            if is_value(value):
                state.append(f"{slot}-{value}")
        records.append({"guid": f"{example['guid']}-{row['turn']}", "state": state})
    return records


def user_view(dialogue: Sequence[Record], turn: int) -> list[Normalised]:
    """What was said up to a user turn, the newest first."""
    users = [at for at, entry in enumerate(dialogue) if entry["role"] == "user"]
    return [Normalised.of(entry["text"]) for entry in dialogue[users[turn] :: -1]]


class Spelling:
    """Finds the value that generated pieces stand for.

    Pieces lose spaces and unknown characters, so they are not spelt out: they are looked up among
    the ontology's values of the slot, then in what was said; only what is found nowhere is decoded.
    The ontology writes some values in several ways (16:18, 16 : 18); the way that was said counts,
    else the shortest.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, config: Any) -> None:
        self.tokenizer, self.end_id = tokenizer, config.end_id
        self.ontology = config.ontology
        self.pieces = ValuePieces(tokenizer, config.end_id)
        self.known: dict[str, dict[Any, list[str]]] = {}
        self.nearest: dict[tuple[str, str], str] = {}

    def value(self, slot: str, generated: Sequence[int], said: Sequence[Normalised]) -> str:
        """The value for the pieces generated for a slot in a dialogue."""
        pieces = list(generated)
        if self.end_id in pieces:
            pieces = pieces[: pieces.index(self.end_id)]
        text = self.tokenizer.decode(pieces, skip_special_tokens=True).replace("##", "").strip()
        if slot not in self.known:
            self.known[slot] = self.spellings(slot)
        known = self.known[slot]
        values = known.get((*pieces, self.end_id)) or known.get(squeeze(text)) or []
        written = [value for utterance in said for value in values if holds(utterance, value)]
        if values:
            return next(iter(written), min(values, key=len))
        if self.tokenizer.unk_token_id in pieces:
            return self.find_pieces(pieces, said) or text
        written = find_spellings(text, said)
        exact = [value for value in written if self.pieces[value][:-1] == pieces]
        # A clock time is said in words and written 16:18 in the state.
        decoded = text.replace(" : ", ":").replace(" , ", ", ")
        if not exact and self.pieces[decoded][:-1] == pieces:
            return decoded
        return next(iter(exact or written), decoded)

    def known_value(self, slot: str, value: str, said: Sequence[Normalised]) -> str:
        """The value if the ontology has it or it was said, else the nearest, else nothing."""
        if any(holds(utterance, value) for utterance in said):
            return value
        key = (slot, value)
        if key not in self.nearest:
            written = {normalise(known): known for known in self.ontology.get(slot, [])}
            form = normalise(value)
            close = [form] if form in written else get_close_matches(form, written, 1)
            self.nearest[key] = written[close[0]] if close else ""
        return self.nearest[key]

    def find_pieces(self, pieces: Sequence[int], said: Sequence[Normalised]) -> str | None:
        """The text behind these very pieces where it was said: what an [UNK] stood for."""
        for utterance in said:
            ids, spans = pieces_of([utterance.text], self.tokenizer)[0]
            for at in range(len(ids) - len(pieces) + 1):
                if ids[at : at + len(pieces)] == pieces:
                    return utterance.cut(spans[at][0], spans[at + len(pieces) - 1][1])
        return None

    def spellings(self, slot: str) -> dict[Any, list[str]]:
        """The ontology's values of a slot by their pieces and by their characters.

        Pieces with an [UNK] may stand for values that differ in more than their spaces.
        """
        known: dict[Any, list[str]] = {}
        for value in self.ontology.get(slot, []):
            known.setdefault(squeeze(normalise(value)), []).append(value)
        for value in self.ontology.get(slot, []):
            same = known.setdefault(tuple(self.pieces[value]), [])
            same += [other for other in known[squeeze(normalise(value))] if other not in same]
        return known


def squeeze(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


def holds(utterance: Normalised, value: str) -> bool:
    """Whether a value stands in what was said, in whatever form either is written."""
    return normalise(value) in utterance.text


def find_spellings(text: str, said: Sequence[Normalised]) -> list[str]:
    """How a text was written where it was said: the same characters, spaces aside.

    >>> find_spellings("롯데월드타워 & 몰", [Normalised.of("롯데월드타워&몰까지 가 주세요")])
    ['롯데월드타워&몰']
    """
    wanted = squeeze(text)
    found = []
    for utterance in said:
        kept = [at for at, character in enumerate(utterance.text) if not character.isspace()]
        at = squeeze(utterance.text).find(wanted) if wanted else -1
        if at >= 0:
            found.append(utterance.cut(kept[at], kept[at + len(wanted) - 1] + 1))
    return found


def row(utterances: Sequence[str]) -> Record:
    """What was said in turn, the user first, as an example.

    Raises:
        InputError: it is no list of texts, or an empty one.
    """
    if isinstance(utterances, str) or not isinstance(utterances, Sequence) or not utterances:
        raise InputError(f"dialogue: found {utterances!r}, expected a list of what was said")
    turns: list[Record] = [
        {
            "role": "sys" if at % 2 else "user",
            "text": check_text(f"dialogue[{at}]", text),
            "state": [],
        }
        for at, text in enumerate(utterances)
    ]
    return {"guid": "", "dialogue": turns}


BASELINE = BaselineTask(
    name="wos",
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    decode=decode,
    perfect=perfect,
    heads=("normalised", PUBLISHED_HEAD),
    decodings=(PLAIN, RESTRICTED),
    row=row,
    padding={"gates": IGNORED, "values": IGNORED},
    needs_ontology=True,
)
