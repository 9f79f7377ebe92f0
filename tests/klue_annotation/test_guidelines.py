"""What annotators read names each label that their form has, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from klue_annotation.named_entity_recognition import ENTITIES
from klue_annotation.natural_language_inference import LABELS
from klue_annotation.tasks import FORMS
from klue_datasets.tasks import TASKS
from klue_metrics.slots import SLOTS

FOLDER = Path(__file__).parents[2] / "docs" / "annotation"
NAMED = {
    "ynat": [*TASKS["ynat"].label_sets["label"], "해당없음"],
    "sts": list("012345"),
    "nli": list(LABELS),
    "ner": list(ENTITIES),
    "re": list(TASKS["re"].label_sets["label"]),
    "dp": ["NP", "VP", "VNP", "AP", "DP", "IP", "X", "L", "R"],
    "mrc": list("123"),
}


@pytest.mark.parametrize("name", list(FORMS))
def test_a_page_says_all_in_both_languages(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    korean, english = re.split("^## English$", text, flags=re.M)
    for asked in ("무엇을 하나요", "몇 명이 하나요", "언제 거절하나요", "일치는 어떻게 재나요"):
        assert f"**{asked}" in korean
    for asked in ("What is asked", "How many, and what is gold", "When to refuse", "Agreement"):
        assert f"**{asked}" in english


@pytest.mark.parametrize("name", list(NAMED))
def test_each_label_has_examples_and_a_borderline_case(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    cells = {row[0].split()[0]: row[1:] for row in rows}
    for label in NAMED[name]:
        examples, borderline = cells[label]
        assert " · " in examples, label
        assert borderline, label


def test_each_slot_and_relation_is_named() -> None:
    states = (FOLDER / "wos.md").read_text(encoding="utf-8")
    assert [slot for slot in SLOTS if slot not in states] == []
    trees = (FOLDER / "dp.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[A-Z]+(?:_[A-Z]+)?", trees))
    assert set(TASKS["dp"].label_sets["deprel"]) <= named
