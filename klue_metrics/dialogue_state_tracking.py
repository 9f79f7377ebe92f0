"""wos, dialogue state tracking: joint goal accuracy and slot "micro" F1.

Definitions, on one list of "domain-slot-value" strings per user turn, compared as they are:

* joint_goal_accuracy: the share of turns whose predicted set equals the gold set.
* slot_micro_f1, in spite of its name a mean over turns: of a turn with an empty gold state, 1 if
  the prediction is empty, else 0; of any other, the F1 of its entries (right and missed counted
  over gold entries, wrong over predicted ones, doubled entries as often as they stand there).

An entry is checked as labels are: a slot of SLOTS with a value other than none (a slot without a
value is left out of the state). Under unknown_label="wrong" any other text is a wrong entry.

Prediction file: {"guid": "wos-v1_dev_00000-0", "state": ["관광-지역-중앙", ...]}; the number counts
the user turns of the dialogue from 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from .checks import is_single
from .error_views import MISSED, WRONG, Confusion, View, listed_line, text_lines
from .errors import MetricError, shown
from .gold import GoldExample, row_guid
from .labels import answer_name, is_empty, is_null
from .prediction_files import Field, PredictionsIn
from .resampling import Statistics
from .slots import STATE, entry_problem, split_entry
from .task import TaskMetric
from .turns import user_turns
from .unicode_forms import Compared


def unknown_entries(predictions: Sequence[Any], _: Sequence[Any]) -> list[Any]:
    """Return the entries of all states that are none."""
    entries = list(chain.from_iterable(predictions))
    wrong = {entry for entry in set(entries) if entry_problem(entry)}
    return [entry for entry in entries if entry in wrong]


def turn_counts(predicted: Sequence[str], gold: Sequence[str]) -> tuple[int, int, int]:
    """Return (right, missed, wrong) entries of a turn.

    >>> turn_counts(["a", "b", "b"], ["a"])
    (1, 0, 2)
    """
    predicted_set, gold_set = set(predicted), set(gold)
    if len(predicted_set) == len(predicted) and len(gold_set) == len(gold):
        right = len(predicted_set & gold_set)
        return right, len(gold) - right, len(predicted) - right
    right = sum(entry in predicted_set for entry in gold)
    wrong = sum(entry not in gold_set for entry in predicted)
    return right, len(gold) - right, wrong


def turn_f1(right: int, missed: int, wrong: int, n_gold: int) -> float:
    """Return the F1 of a turn, 0-1."""
    if n_gold == 0:
        return float(wrong == 0)
    if right == 0:
        return 0.0
    precision, recall = right / (right + wrong), right / (right + missed)
    return 2 * precision * recall / (precision + recall)


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return [state right, F1, 1] per turn, float64 [turns, 3]."""
    check_states(references, "references", "error")
    check_states(predictions, "predictions", unknown_label)
    rows = []
    for predicted, gold in zip(predictions, references, strict=True):
        counts = turn_counts(predicted, gold)
        same = counts[1] == 0 and counts[2] == 0
        rows.append((float(same), turn_f1(*counts, len(gold)), 1.0))
    return Statistics(np.array(rows))


def check_states(states: Sequence[Any], side: str, unknown_label: str) -> None:
    """Raise MetricError naming the first turn that is no list of texts, or entry that is none.

    With `unknown_label` "wrong" the texts may be any, or null.
    """
    for number, state in enumerate(states):
        if isinstance(state, list):
            continue  # as nearly all are
        is_list = isinstance(state, Sequence | np.ndarray | set | frozenset)
        if isinstance(state, str) or is_single(state) or not is_list:
            raise MetricError(f"{side}[{number}]: found {shown(state)}, expected {STATE}")
    if not set(map(type, chain.from_iterable(states))) <= {str}:
        for number, state in enumerate(states):
            for entry in state:
                if not is_text(entry, unknown_label):
                    raise MetricError(f"{side}[{number}]: found {shown(entry)}, expected {STATE}")
    # Most entries stand in many turns.
    if unknown_label == "error" and any(map(entry_problem, set(chain.from_iterable(states)))):
        for number, state in enumerate(states):
            for at, entry in enumerate(state):
                if problem := entry_problem(entry):
                    raise MetricError(f"{side}[{number}][{at}]: {problem}")


def is_text(entry: Any, unknown_label: str) -> bool:
    """Return whether an entry is a text, or null where that counts as wrong."""
    return isinstance(entry, str) or (unknown_label == "wrong" and is_null(entry))


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the means of summed [state right, F1, 1]."""
    with np.errstate(invalid="ignore"):
        return {
            "joint_goal_accuracy": 100 * sums[..., 0] / sums[..., 2],
            "slot_micro_f1": 100 * sums[..., 1] / sums[..., 2],
        }


def textbook(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> dict[str, float]:
    """Return the textbook score.

    slot_micro_f1_pooled: the true micro F1: entries counted over all turns, then one F1, so that
        a turn weighs as much as it has entries.
    """
    pairs = zip(predictions, references, strict=True)
    right, missed, wrong = np.sum([turn_counts(p, g) for p, g in pairs], axis=0)
    total = 2 * right + missed + wrong
    return {"slot_micro_f1_pooled": float(200 * right / total) if total else 0.0}


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield an example for each user turn; the unit is the dialogue."""
    guid, domain = row_guid(row), "+".join(row["domains"]) or "none"
    for number, turn in enumerate(user_turns(row)):
        groups = {"domain": domain, "length": f"turn {number}"}
        shown_parts = {
            "dialogue": [f"{role}: {text}" for role, text in turn.history[-3:]],
            "state": turn.state,
        }
        yield GoldExample(turn.guid, turn.state, guid, {}, groups, shown_parts)


def state_problem(value: Any, _: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `state`."""
    if not isinstance(value, list):
        return f"found {shown(value)}, expected {STATE}"
    for entry in value:
        if not is_text(entry, unknown_label):
            return f"found {shown(entry)}, expected {STATE}"
    for number, entry in enumerate(value):
        if unknown_label == "error" and (problem := entry_problem(entry)):
            return f"entry {number}: {problem}"
    return None


def no_state(_: Any) -> dict[str, Any]:
    """Return the field `state` of a turn that was not answered: an empty state may be right."""
    return {"state": [""]}


def compared_entries(reference: Any, record: Mapping[str, Any]) -> Iterator[Compared]:
    """Yield each entry, and those of the gold state."""
    for entry in record["state"]:
        yield entry, reference


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the end of the dialogue, and both states entry by entry."""
    lines = text_lines({f"turn {at}": text for at, text in enumerate(parts["dialogue"], start=1)})
    state = list(map(answer_name, record["state"]))
    lines.append(listed_line("reference", sorted(reference), state, MISSED))
    lines.append(listed_line("prediction", sorted(state), reference, WRONG))
    return View(tuple(lines))


def confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield each slot of the turn with what was made of it."""
    known = [entry for entry in record["state"] if entry_problem(entry) is None]
    gold, predicted = (
        {split_entry(entry)[0]: entry for entry in entries} for entries in (reference, known)
    )
    for slot, entry in gold.items():
        if slot not in predicted:
            yield Confusion(slot, "missed", False)
        else:
            right = predicted[slot] == entry
            yield Confusion(slot, "right" if right else "wrong value", right)
    for slot in sorted(predicted.keys() - gold.keys()):
        yield Confusion(slot, "not in reference", False)
    for entry in record["state"]:
        if entry_problem(entry):
            found = answer_name(entry) if is_empty(entry) else "not an entry"
            yield Confusion("(no slot)", found, False)


METRIC = TaskMetric(
    name="wos",
    title="Dialogue state tracking",
    headings={"joint_goal_accuracy": "JGA", "slot_micro_f1": "Slot F1"},
    main_score="joint_goal_accuracy",
    columns={"predictions": ["string"], "references": ["string"]},
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(Field("state", STATE, state_problem),),
    unknown=unknown_entries,
    missing=no_state,
    texts=compared_entries,
    view=view,
    confusions=confusions,
    from_records=PredictionsIn("state"),
)
