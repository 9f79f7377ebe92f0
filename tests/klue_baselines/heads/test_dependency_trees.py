"""Heads that form a tree: always one, always the best one."""

from __future__ import annotations

import itertools

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from klue_baselines.heads.dependency_trees import best_heads, best_tree, head_final_tree, is_tree

scores = st.integers(1, 7).flatmap(
    lambda words: arrays(np.float64, (words, words + 1), elements=st.integers(-20, 20))
)


def total(rows: np.ndarray, heads: np.ndarray) -> float:
    return float(rows[np.arange(len(rows)), heads].sum())


def hangs_together(heads: np.ndarray) -> bool:
    """Whether networkx sees a tree that the root alone opens."""
    graph = networkx.DiGraph([(int(head), at) for at, head in enumerate(heads, start=1)])
    return networkx.is_arborescence(graph) and (heads == 0).sum() == 1


@given(scores)
def test_the_best_tree_is_a_tree(rows: np.ndarray) -> None:
    assert hangs_together(best_tree(rows))
    assert hangs_together(head_final_tree(rows))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_trees_are_told_from_circles(heads: list[int]) -> None:
    found = np.array([min(head, len(heads)) for head in heads])
    assert is_tree(found) == hangs_together(found)


@given(scores.filter(lambda rows: len(rows) <= 4))
def test_no_tree_scores_higher(rows: np.ndarray) -> None:
    words = len(rows)
    every = itertools.product(range(words + 1), repeat=words)
    trees = [np.array(heads) for heads in every if hangs_together(np.array(heads))]
    trees = [heads for heads in trees if (heads != np.arange(1, words + 1)).all()]
    assert total(rows, best_tree(rows)) == max(total(rows, heads) for heads in trees)


@given(scores)
def test_a_tree_costs_nothing_where_the_best_heads_are_one(rows: np.ndarray) -> None:
    heads = best_heads(rows)
    if is_tree(heads):
        assert (best_tree(rows) == heads).all()


def test_the_best_tree_of_a_long_sentence_is_that_of_networkx() -> None:
    rng = np.random.default_rng(0)
    for words in (12, 20, 35):
        rows = rng.normal(size=(words, words + 1))
        rows[:, 0] -= 1000  # one root alone, for networkx too
        graph = networkx.DiGraph()
        for (at, head), score in np.ndenumerate(rows):
            if head != at + 1:
                graph.add_edge(head, at + 1, weight=score)
        tree = networkx.maximum_spanning_arborescence(graph)
        best = sum(weight for _, _, weight in tree.edges(data="weight"))
        assert total(rows, best_tree(rows)) == pytest.approx(best)


@given(scores)
def test_head_final_arcs_go_to_the_right(rows: np.ndarray) -> None:
    heads = head_final_tree(rows)
    assert heads[-1] == 0
    assert (heads[:-1] > np.arange(1, len(rows))).all()
