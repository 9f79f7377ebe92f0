"""Labels that a file counts in another order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from klue_common.errors import InputError
from tests.klue_formats.made_up import NAMES, Converted, asked, gold_of, written

ORIGINAL = ("entailment", "contradiction", "neutral")
SAID = "--labels entailment,contradiction,neutral reads them so"


def read_as_lines(path: Path, lines: list[str], labels: tuple[str, ...] = ()) -> Converted:
    from klue_formats import read_as

    written(path / "theirs.txt", "\n".join(lines))
    return read_as("lines", asked(path / "theirs.txt", "nli", None, labels=labels))


def test_numbers_are_read_in_the_hubs_order_and_a_better_one_is_hinted_at(tmp_path: Path) -> None:
    gold = gold_of("nli", None)
    lines = [str(ORIGINAL.index(label)) for label in gold.references]
    found = read_as_lines(tmp_path, lines)
    assert [one["label"] for one in found.records] != gold.references
    counted, hint = found.notes[0], found.notes[-1]
    assert "read in the Hub's order: entailment, neutral, contradiction; --labels says" in counted
    assert "neutral meant contradiction, contradiction meant neutral" in hint and SAID in hint
    assert "100.00 % would be" in hint
    again = read_as_lines(tmp_path, lines, ORIGINAL)
    assert [one["label"] for one in again.records] == gold.references
    assert not any("would be" in note or "Hub" in note for note in again.notes)


def test_swapped_names_are_hinted_at_too(tmp_path: Path) -> None:
    swapped = {"entailment": "neutral", "neutral": "entailment", "contradiction": "contradiction"}
    found = read_as_lines(tmp_path, [swapped[one] for one in gold_of("nli", None).references])
    assert "entailment meant neutral, neutral meant entailment" in found.notes[-1]
    assert "--labels" not in found.notes[-1]


@pytest.mark.parametrize("seed", range(5))
def test_a_bad_model_is_no_swapped_one(seed: int, tmp_path: Path) -> None:
    drawn = np.random.default_rng(seed).choice(NAMES, len(gold_of("nli", None))).tolist()
    found = read_as_lines(tmp_path, drawn)
    assert not any("meant" in note for note in found.notes)
    assert not any(
        "meant" in note for note in read_as_lines(tmp_path, ["neutral"] * len(drawn)).notes
    )


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (("entailment", "neutral"), "--labels: found 'entailment,neutral', expected each of ent"),
        (("a", "b", "c"), "--labels: found 'a,b,c', expected each of entailment,neutral,contradi"),
        (("neutral",) * 3, "--labels: found 'neutral,neutral,neutral', expected each of"),
    ],
)
def test_an_order_that_is_none(labels: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read_as_lines(tmp_path, ["neutral"], labels)


def test_an_order_for_names_changes_nothing_and_is_said(tmp_path: Path) -> None:
    found = read_as_lines(tmp_path, gold_of("nli", None).references, ORIGINAL)
    assert found.notes[0] == "labels stand there by their names: --labels changes nothing"
