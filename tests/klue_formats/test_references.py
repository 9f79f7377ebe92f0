"""A file's own references and texts beside KLUE's."""

from __future__ import annotations

import json
from pathlib import Path

from tests.klue_formats.made_up import gold_of, read, written

GOLD = gold_of("nli")
SWAPPED = {"neutral": "contradiction", "contradiction": "neutral", "entailment": "entailment"}


def rows(**more: list[object]) -> str:
    made = [{"prediction": label} for label in GOLD.references]
    for name, column in more.items():
        made = [{**row, name: value} for row, value in zip(made, column, strict=True)]
    return json.dumps(made, ensure_ascii=False)


def notes(path: Path, text: str, task: str = "nli") -> tuple[str, ...]:
    return read(written(path / "theirs.json", text), task, "json").notes[2:]


def test_references_that_agree_are_not_mentioned(tmp_path: Path) -> None:
    numbers = [("entailment", "neutral", "contradiction").index(one) for one in GOLD.references]
    assert notes(tmp_path, rows(label=GOLD.references, true_label=numbers)) == ()


def test_references_that_differ_are_counted_and_never_used(tmp_path: Path) -> None:
    own = [SWAPPED[label] for label in GOLD.references]
    n = sum(a != b for a, b in zip(own, GOLD.references, strict=True))
    assert n > 1
    (note,) = notes(tmp_path, rows(true_label=own))
    assert note.startswith(
        f"its column 'true_label' differs from KLUE's references in {n} of 4 rows"
    )
    assert "for contradiction" in note and note.endswith("; KLUE's count")
    found = read(tmp_path / "theirs.json", "nli", "json").records
    assert [one["label"] for one in found] == GOLD.references


def test_rounded_scores_are_the_same(tmp_path: Path) -> None:
    gold = gold_of("sts").references
    made = [{"pred": 1.5 + at, "score": round(one, 1)} for at, one in enumerate(gold)]
    assert notes(tmp_path, json.dumps(made), "sts") == ()
    made[0]["score"] += 1
    (note,) = notes(tmp_path, json.dumps(made), "sts")
    assert "differs from KLUE's references in 1 of 4 rows; KLUE's count" in note


def test_texts_in_another_order_are_noticed(tmp_path: Path) -> None:
    texts = [shown["premise"] for shown in GOLD.shown]
    assert notes(tmp_path, rows(premise=texts)) == ()
    (note,) = notes(tmp_path, rows(premise=[*texts[1:], "다른 문장"]))
    assert note.startswith("its column 'premise' differs from KLUE's texts in ")
    assert note.endswith("of 4 rows: do its rows stand in another order?")
