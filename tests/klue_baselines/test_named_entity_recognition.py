"""Tags of characters: from tokens and their places, and as valid sequences."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from klue_baselines.heads.tag_sequences import (
    fill_gaps,
    may_follow,
    most_probable,
    of_like_length,
    together,
    valid_sequences,
)
from klue_baselines.named_entity_recognition import BASELINE
from klue_baselines.task import Answers

NAMES = ["B-LC", "I-LC", "B-PS", "I-PS", "O"]

sentences = st.lists(
    st.integers(1, 5).flatmap(
        lambda length: arrays(np.float64, (length, len(NAMES)), elements=st.integers(-9, 0))
    ),
    min_size=1,
    max_size=4,
)


def is_valid(sequence: list[int]) -> bool:
    tags = ["O", *(NAMES[tag] for tag in sequence)]
    return all(may_follow(one, two) for one, two in itertools.pairwise(tags))


@given(sentences)
def test_no_valid_sequence_scores_higher(scores: list[np.ndarray]) -> None:
    for rows, found in zip(scores, valid_sequences(scores, NAMES), strict=True):
        every = itertools.product(range(len(NAMES)), repeat=len(rows))
        best = max(rows[range(len(rows)), path].sum() for path in every if is_valid(list(path)))
        assert is_valid(found.tolist())
        assert rows[range(len(rows)), found].sum() == best


@given(sentences)
def test_what_is_valid_already_stays(scores: list[np.ndarray]) -> None:
    noise = np.random.default_rng(0)
    untied = [rows + noise.uniform(0, 0.01, rows.shape) for rows in scores]
    free, found = most_probable(untied, NAMES), valid_sequences(untied, NAMES)
    for one, two in zip(free, found, strict=True):
        if is_valid(one.tolist()):
            assert one.tolist() == two.tolist()


@given(sentences, st.integers(1, 12))
def test_groups_of_sentences_change_nothing(scores: list[np.ndarray], most: int) -> None:
    found: dict[int, list[int]] = {}
    for group in of_like_length(list(map(len, scores)), most):
        assert len(group) == 1 or len(group) * max(len(scores[at]) for at in group) <= most
        rows = together([scores[at] for at in group], NAMES)
        found |= {at: row.tolist() for at, row in zip(group, rows, strict=True)}
    expected = [row.tolist() for row in together(scores, NAMES)]
    assert [found[at] for at in range(len(scores))] == expected


def test_no_sentence_and_an_empty_one() -> None:
    assert valid_sequences([], NAMES) == []
    assert [row.tolist() for row in valid_sequences([np.zeros((0, 5))], NAMES)] == [[]]


def test_a_gap_is_inside_where_the_entity_goes_on() -> None:
    assert fill_gaps(np.array([2, -1, 3, -1, 4]), NAMES, 4) == [2, 3, 3, 4, 4]


@pytest.mark.parametrize(("decoding", "tags"), [("plain", "I-PS"), ("valid", "B-PS")])
def test_an_entity_begins_with_its_b(decoding: str, tags: str) -> None:
    config = SimpleNamespace(id2label={at: f"{name}@0" for at, name in enumerate(NAMES)})
    given_scores = np.log([[[0.02, 0.02, 0.4, 0.5, 0.06]]])
    row = {"example": 0, "start": [0], "end": [1]}
    answers = Answers([{"guid": "a", "tokens": ["김"]}], [row], [given_scores], None, config)
    assert BASELINE.decodings[decoding](answers) == [{"guid": "a", "tags": [tags]}]


@pytest.mark.parametrize(
    ("tokens", "tags"),
    [
        (["김", "", "씨"], ["B-PS", "I-PS", "I-PS"]),
        (["김", "씨", ""], ["B-PS", "I-PS", "O"]),
        (["", "김", "씨"], ["O", "B-PS", "I-PS"]),
        (["김씨", "", ""], ["B-PS", "O", "O"]),
        (["\u1100\u1175", "\u11b7", "씨"], ["B-PS", "I-PS", "I-PS"]),
    ],
)
def test_tokens_need_not_be_characters(tokens: list[str], tags: list[str]) -> None:
    config = SimpleNamespace(id2label={at: f"{name}@0" for at, name in enumerate(NAMES)})
    scores = np.log([[[0.01, 0.01, 0.9, 0.04, 0.04]], [[0.01, 0.01, 0.04, 0.9, 0.04]]])
    row = {"example": 0, "start": [0, 1], "end": [1, 2]}
    for decoding in ("plain", "valid"):
        answers = Answers([{"guid": "a", "tokens": tokens}], [row], [scores], None, config)
        assert BASELINE.decodings[decoding](answers)[0]["tags"] == tags


def test_the_published_head_continues_a_token() -> None:
    config = SimpleNamespace(id2label={at: f"{name}@0" for at, name in enumerate(NAMES)})
    scores = np.log([[[0.9, 0.01, 0.02, 0.05, 0.02]], [[0.01, 0.01, 0.01, 0.01, 0.96]]])
    row = {"example": 0, "start": [0, 2], "end": [2, 3]}
    example = {"guid": "a", "tokens": list("서울에")}
    answers = Answers([example], [row], [scores], None, config)
    assert BASELINE.decodings["plain"](answers)[0]["tags"] == ["B-LC", "I-LC", "O"]
