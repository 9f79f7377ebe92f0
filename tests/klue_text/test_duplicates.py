"""Near duplicates: all pairs of them, as the index finds them one by one."""

from __future__ import annotations

import random

from klue_text.duplicates import NearDuplicates, near_pairs, skeleton

LETTERS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"


def texts(seed: int) -> list[str]:
    """Sentences of 60 letters, some of them others with a few letters changed."""
    draw = random.Random(seed)
    found = ["".join(draw.choices(LETTERS, k=60)) for _ in range(40)]
    for _ in range(60):
        changed = list(draw.choice(found))
        for _ in range(draw.randint(0, 4)):
            changed[draw.randrange(60)] = draw.choice(LETTERS)
        found.append("".join(changed))
    return found


def test_pairs_are_those_of_the_index() -> None:
    documents = texts(0)
    expected = set()
    for last in range(1, len(documents)):
        for first in range(last):
            index = NearDuplicates()
            index.twin(documents[first], "first")
            if index.twin(documents[last], "last"):
                expected.add((first, last))
    assert {tuple(pair) for pair in near_pairs(documents).tolist()} == expected
    assert len(expected) > 20


def test_no_pairs_of_few() -> None:
    assert near_pairs([]).shape == near_pairs(["하나"]).shape == (0, 2)
    assert near_pairs(["하나", "하나"]).tolist() == [[0, 1]]
    assert near_pairs([skeleton("비가 온다."), skeleton("비가 온다")]).tolist() == [[0, 1]]
