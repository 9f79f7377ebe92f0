"""Planted personal data and look-alikes: what is found, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_text.personal_data import find_personal_data
from klue_text.personal_kinds import KINDS, SUSPICIOUS, Kind

HERE = Path(__file__).parent
Item = tuple[str, str, int, int]


def planted(name: str) -> Iterator[Item]:
    """(kind, sentence, start, end) of each item: a sentence may hold several."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        kind, marked = line.split("\t")
        before, rest = marked.split("[[")
        value, after = rest.split("]]")
        yield kind, before + value + after, len(before), len(before) + len(value)


def lookalikes(name: str) -> list[str]:
    return [line.split("\t")[1] for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def measure(items: str, others: str) -> tuple[float, float, list[str]]:
    """Recall, precision and what went wrong.

    An item counts as found if all of it is inside one finding of its kind. Whatever else is found,
    in either list, is a false alarm.
    """
    hits = alarms = 0
    wrong = []
    sentences = list(planted(items))
    for kind, sentence, start, end in sentences:
        found = find_personal_data(sentence)
        right = [f for f in found if f.kind == kind and f.start <= start and end <= f.end]
        hits += bool(right)
        alarms += len(found) - bool(right)
        if len(right) != 1 or len(found) != 1:
            wrong.append(f"{kind}: {sentence} -> {found}")
    for sentence in lookalikes(others):
        found = find_personal_data(sentence)
        alarms += len(found)
        if found:
            wrong.append(f"look-alike: {sentence} -> {found}")
    return hits / len(sentences), hits / (hits + alarms), wrong


@pytest.mark.parametrize(
    ("items", "others", "size"),
    [
        ("planted_items.txt", "lookalikes.txt", 200),
        ("held_out_items.txt", "held_out_lookalikes.txt", 50),
    ],
)
def test_recall_and_precision(items: str, others: str, size: int) -> None:
    assert len(list(planted(items))) == len(lookalikes(others)) == size
    recall, precision, wrong = measure(items, others)
    print(f"{items}: recall {recall:.3f}, precision {precision:.3f}", *wrong, sep="\n")
    assert recall >= 0.95
    assert precision >= 0.95


def test_every_kind_is_planted() -> None:
    assert {kind for kind, *_ in planted("planted_items.txt")} == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
def test_nothing_is_lost_before_its_pattern_is_tried(kind: Kind, data: st.DataObject) -> None:
    words = st.sampled_from(("", "여권 ", "계좌 ", "주민번호 ", "IP ", "카톡 아이디 ", "트위터 "))
    before, text = data.draw(words), data.draw(st.from_regex(kind.pattern))
    spaced = " ".join((before + text).split())  # as `clean` leaves a sentence
    for match in kind.pattern.finditer(spaced):
        if kind.accept(match):
            assert kind.hint.search(match.string)
            assert SUSPICIOUS.search(match.string)


def test_the_documentation_lists_every_kind() -> None:
    text = (HERE.parents[1] / "docs" / "pretraining.md").read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("| `")]
    assert [f"| `{kind.name}` | {kind.told_by} |" for kind in KINDS] == listed
