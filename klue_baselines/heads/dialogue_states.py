"""The states of dialogues: from the values that a model generated, and how sure it was of them."""

from __future__ import annotations

from collections.abc import Sequence

from klue_metrics.slots import is_value, split_entry
from klue_text.normal_forms import Normalised

from ..task import Answers, Record
from .slot_values import Spelling


def decode(answers: Answers, *, restrict: bool) -> list[Record]:
    """Return records of one state a user turn."""
    spelling = Spelling(answers.encoder.tokenizer, answers.config)
    slots = answers.config.slots  # transformers' configurations take their time to be asked
    said = [said_in(example["dialogue"]) for example in answers.examples]
    records = []
    for row, given in zip(answers.rows, answers.given, strict=True):
        example = answers.examples[row["example"]]
        view = user_view(example["dialogue"], said[row["example"]], row["turn"])
        state = []
        for index, found in sorted(given.items()):
            slot = slots[index]
            value = found if isinstance(found, str) else spelling.value(slot, found, view)
            if restrict and not isinstance(found, str):
                value = spelling.known_value(slot, value, view)
            if is_value(value):
                state.append(f"{slot}-{value}")
        records.append({"guid": f"{example['guid']}-{row['turn']}", "state": state})
    return records


def said_in(dialogue: Sequence[Record]) -> list[Normalised]:
    """Return what was said in a dialogue, turn by turn."""
    return [Normalised.of(entry["text"]) for entry in dialogue]


def user_view(
    dialogue: Sequence[Record], said: Sequence[Normalised], turn: int
) -> Sequence[Normalised]:
    """Return what was said up to a user turn, the newest first."""
    users = [at for at, entry in enumerate(dialogue) if entry["role"] == "user"]
    return said[users[turn] :: -1]


def state_scores(answers: Answers, records: Sequence[Record], decoding: str) -> list[list[Record]]:
    """Return for each turn of the user how sure the model is of what the state holds.

    Returns:
        {"slot", "value", "gate_score", "value_score"} for each entry: the probability that the slot
        is filled in this way, and that of the value's tokens, 1 where the gate is the value.
    """
    places = {slot: at for at, slot in enumerate(answers.config.slots)}
    found = []
    for record, sure in zip(records, answers.beside, strict=True):
        entries = []
        for slot, value in map(split_entry, record["state"]):
            gate, tokens = sure[places[slot]]
            entry = {"slot": slot, "value": value}
            entries.append({**entry, "gate_score": gate, "value_score": tokens})
        found.append(entries)
    return found
