"""Units: rows that share a text are one, directly or through others; the rest stay apart."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from klue_annotation.splitting.units import overlap, units_of
from klue_text.duplicates import near_pairs, skeleton

LONG = "한국어 이해 평가는 여덟 과제로 되어 있으며 모두 한국어로 쓰였다"
# Few texts, so that rows share them: the first two are near to each other, so are the next two.
TEXTS = [LONG, f"{LONG}끝", "비가 온다", "비가 온다!", "눈이 온다", "해가 진다", "달이 뜬다"]
some_rows = st.lists(
    st.tuples(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


NEAR = {
    (one, other)
    for one in TEXTS
    for other in TEXTS
    if len(near_pairs([skeleton(one), skeleton(other)]))
}


def naive(rows: list[tuple[list[str], int]]) -> list[int]:
    """Units by asking of every two rows whether they belong together, until nothing changes."""
    unit = list(range(len(rows)))
    for _ in rows:
        for one, (texts, value) in enumerate(rows):
            for other, (others, its) in enumerate(rows):
                if value == its or any((a, b) in NEAR for a in texts for b in others):
                    unit[one] = unit[other] = min(unit[one], unit[other])
    names = {first: number for number, first in enumerate(dict.fromkeys(unit))}
    return [names[first] for first in unit]


@given(some_rows)
@settings(max_examples=40)
def test_units_are_what_hangs_together(rows: list[tuple[list[str], int]]) -> None:
    texts, together = [row[0] for row in rows], [row[1] for row in rows]
    assert units_of(texts, together).tolist() == naive(rows)


def test_near_duplicates_hang_together_through_a_third() -> None:
    ends = [LONG, f"{LONG} 맞다 그렇다", f"{LONG} 맞다 그렇다 아니다 그래"]
    assert len(near_pairs([skeleton(ends[0]), skeleton(ends[2])])) == 0
    assert units_of([[text] for text in ends], [0, 1, 2]).tolist() == [0, 0, 0]


def test_overlap_counts_each_text_of_validation() -> None:
    train = [[LONG], ["비가 온다"]]
    assert overlap(train, [["비가, 온다", "눈"], [f"{LONG}끝"], [f"{LONG}끝"]]) == (1, 2)
    assert overlap(train, [["눈"]]) == (0, 0)
