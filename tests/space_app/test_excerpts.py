"""An error analysis of anything is small."""

from __future__ import annotations

import json

from klue_metrics.error_analysis import Analysis, CostlyExample
from klue_metrics.error_pages import confusion_part, example_part
from klue_metrics.error_views import Confusion, Line, Span, Tree, View
from space_app.excerpts import LINE_CHARACTERS, NAMES, excerpt

HUGE = "x" * 100_000


def analysis(names: int, text: str) -> Analysis:
    confusions = {Confusion("NP", f"{number}{text}", False): 1 for number in range(names)}
    confusions[Confusion("NP", "NP", True)] = 7
    tree = Tree(["가", "나"], [0, 1], ["NP", "VP"], [10**12, -1], [text, "VP"])
    spans = [Span(text, "wrong", text), *[Span("a")] * 5000]
    view = View((Line("prediction", tuple(spans)),), tree)
    return Analysis("las", (CostlyExample("guid", 1.0, view),), 1, confusions)


def test_a_huge_one_becomes_small_and_counts_as_much() -> None:
    before = analysis(5000, HUGE)
    after = excerpt(before)
    assert len(json.dumps(after.as_dict())) < 30_000
    assert len(confusion_part(after)) < 20_000
    assert len("".join(map(example_part, after.examples))) < 30_000
    assert sum(after.confusions.values()) == sum(before.confusions.values())
    assert len(after.confusions) <= NAMES + 2
    assert after.confusions[Confusion("NP", "NP", True)] == 7


def test_an_ordinary_one_stays_as_it_is() -> None:
    before = analysis(3, "VP")
    line = Line("prediction", (Span("y" * (LINE_CHARACTERS - 1), "right"), Span("z")))
    tree = Tree(["가", "나"], [0, 1], ["NP", "VP"], [2, 0], ["VP", "VP"])
    plain = CostlyExample("guid", 1.0, View((line,), tree))
    ordinary = Analysis("las", (plain,), 1, before.confusions)
    assert excerpt(ordinary) == ordinary
