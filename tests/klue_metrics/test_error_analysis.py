"""The examples that cost most, on a terminal and as a page."""

from __future__ import annotations

import copy
import html.parser
import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from klue_cli.error_tables import rendered
from klue_metrics import METRICS, Gold, MetricError
from klue_metrics.dependency_arcs import gutter, lanes
from klue_metrics.error_analysis import Analysis, analyse, costs_of
from klue_metrics.error_pages import page
from klue_metrics.error_views import Line, Span

EVIL = '<script>alert("1")</script>&'
ENTITY = {"word": EVIL}
TURNS = [{"role": "user", "text": EVIL, "state": [f"식당-이름-{EVIL}", "식당-지역-중앙"]}]
ROWS: dict[str, list[dict[str, Any]]] = {
    "ynat": [{"title": EVIL, "label": label} for label in ("사회", "사회", "경제")],
    "sts": [
        {"sentence1": EVIL, "sentence2": "나", "labels": {"real-label": y}} for y in (1.0, 3.0, 5.0)
    ],
    "nli": [{"premise": EVIL, "hypothesis": "나", "source": "NSMC", "label": 0}] * 3,
    "ner": [{"tokens": list("김 씨<b>"), "ner_tags": [6, 7, 7, 12, 12, 12]}] * 3,
    "re": [{"sentence": EVIL, "subject_entity": ENTITY, "object_entity": ENTITY, "label": 1}] * 3,
    "dp": [{"word_form": [EVIL, "나", "다"], "head": [2, 3, 0], "deprel": ["NP", "NP", "VP"]}] * 3,
    "mrc": [
        {
            "context": f"앞 {EVIL} 답은 하나 뒤",
            "question": EVIL,
            "answers": {"text": ["답은 하나"], "answer_start": [0]},
        }
    ]
    * 3,
    "wos": [{"domains": ["식당"], "dialogue": TURNS}] * 3,
}
WRONG: dict[str, dict[str, Any]] = {
    "ynat": {"label": "세계"},
    "sts": {"score": 5.0},
    "nli": {"label": "neutral"},
    "ner": {"tags": ["O", "O", "B-PS", "O", "B-LC", "I-LC"]},
    "re": {"label": "per:title"},
    "dp": {"head": [3, 3, 0], "deprel": ["NP", "NP_SBJ", "VP"]},
    "mrc": {"prediction_text": f"하나{EVIL}"},
    "wos": {"state": ["식당-지역-남쪽", f"식당-종류-{EVIL}"]},
}
RIGHT: dict[str, Any] = {
    "ynat": lambda y: {"label": y},
    "sts": lambda y: {"score": y},
    "nli": lambda y: {"label": y},
    "ner": lambda y: {"tags": y},
    "re": lambda y: {"label": y},
    "dp": dict,
    "mrc": lambda y: {"prediction_text": y["answers"]["text"][0]},
    "wos": lambda y: {"state": y},
}


def case(task: str) -> tuple[Gold, list[dict[str, Any]]]:
    """Three examples of a task of which the first is predicted wrong."""
    gold = METRICS[task].gold([{**row, "guid": f"g{at}"} for at, row in enumerate(ROWS[task])])
    records = [
        {"guid": g, **RIGHT[task](y)} for g, y in zip(gold.guids, gold.references, strict=True)
    ]
    records[0] = {"guid": gold.guids[0], **WRONG[task]}
    return gold, records


def analysis_of(task: str) -> Analysis:
    return analyse(METRICS[task], *case(task), n_examples=5)


def printed(analysis: Analysis) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(rendered(analysis))
    return console.export_text()


@pytest.mark.parametrize("task", METRICS)
def test_the_wrong_example_is_shown(task: str) -> None:
    analysis = analysis_of(task)
    assert analysis.examples[0].guid.startswith("g0")
    assert analysis.examples[0].cost > 0
    assert "g0" in printed(analysis)
    assert analysis.as_dict()["examples"][0]["guid"] == analysis.examples[0].guid


class Tags(html.parser.HTMLParser):
    """Collects the tags of a page and checks that they are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("task", METRICS)
def test_everything_in_the_page_is_escaped(task: str) -> None:
    tags = Tags(page(analysis_of(task), EVIL))
    assert not tags.open
    assert not {"script", "b"} & tags.found
    assert ("svg" in tags.found) == (task == "dp")


@pytest.mark.parametrize("task", METRICS)
def test_nothing_costs_where_all_is_right(task: str) -> None:
    gold, records = case(task)
    records[0] = {"guid": gold.guids[0], **RIGHT[task](gold.references[0])}
    analysis = analyse(METRICS[task], gold, records)
    assert analysis.examples == ()
    assert not analysis.mistakes()
    assert "No example costs" in printed(analysis)


def test_a_cost_is_what_the_score_would_gain() -> None:
    rng = np.random.default_rng(0)
    gold, predicted = rng.integers(0, 7, 50), rng.integers(0, 7, 50)
    metric = METRICS["ynat"]
    inputs = {"predictions": predicted, "references": gold}
    costs = costs_of(metric, metric.statistics(**inputs))["macro_f1"]
    whole = metric.compute(**inputs)["macro_f1"]
    for at in range(50):
        without = {name: np.delete(column, at) for name, column in inputs.items()}
        assert costs[at] == pytest.approx(metric.compute(**without)["macro_f1"] - whole)


def lines_of(task: str) -> dict[str, Line]:
    gold, records = case(task)
    view = METRICS[task].view(gold.shown[0], gold.references[0], records[0])
    return {line.name: line for line in view.lines}


def test_entities_are_highlighted() -> None:
    lines = lines_of("ner")
    assert str(lines["reference"]) == "[김 씨 PS]<b>"
    assert str(lines["prediction"]) == "김 [씨 PS]<[b> LC]"
    assert [span.mark for span in lines["prediction"].spans if span.label] == ["wrong", "wrong"]


def test_the_longest_match_of_an_answer_is_highlighted() -> None:
    lines = lines_of("mrc")
    assert lines["prediction"].spans == (Span("하나", "right"), Span(EVIL, "wrong"))
    assert lines["reference"].spans == (Span("답은 ", "missed"), Span("하나", "right"))


def test_states_are_compared_entry_by_entry() -> None:
    marks = {span.text: span.mark for span in lines_of("wos")["prediction"].spans}
    assert marks["식당-지역-남쪽"] == "wrong"


def test_confusions_have_right_ones_on_the_diagonal() -> None:
    analysis = analysis_of("ynat")
    rows, columns = analysis.names()
    assert (rows, columns) == (["사회", "경제"], ["사회", "경제", "세계"])
    assert [[analysis.count(r, c)[0] for c in columns] for r in rows] == [[1, 0, 1], [0, 1, 0]]
    assert analysis.count("사회", "사회") == (1, True)
    assert analysis.count("사회", "세계") == (1, False)


def test_numbers_stand_in_order() -> None:
    assert analysis_of("sts").names() == (["1", "3", "5"], ["3", "5"])


def test_arcs() -> None:
    assert gutter([2, 0]) == ["╭►", "╰─"]
    assert gutter([2, 0], right=True) == ["◄╮", "─╯"]
    assert gutter([3, 3, 0]) == ["╭─►", "│╭►", "╰┴─"]
    assert gutter([0, 9, 3]) == [" ", " ", " "], "root, outside and itself have no arc"


def test_lanes_do_not_meet() -> None:
    rng = np.random.default_rng(0)
    arcs = [tuple(sorted(map(int, rng.choice(30, 2, replace=False)))) for _ in range(40)]
    found = lanes(arcs)  # type: ignore[arg-type]
    for one, lane in zip(arcs, found, strict=True):
        others = [o for o, n in zip(arcs, found, strict=True) if n == lane and o is not one]
        assert all(o[1] < one[0] or one[1] < o[0] for o in others)


def test_an_arc_ends_where_its_dependent_is() -> None:
    for row, head in zip(gutter([2, 5, 4, 5, 0]), [2, 5, 4, 5, 0], strict=True):
        assert row.endswith("►") == (head != 0)


UNKNOWN: dict[str, list[dict[str, Any]]] = {
    "ynat": [{"label": label} for label in (None, "", "문화")],
    "nli": [{"label": label} for label in (None, " ", "maybe")],
    "ner": [
        {"tags": [None] * 6},
        {"tags": ["I-", "B-", "", "FOO", "B-FOO", "I-FOO"]},
        {"tags": ["PS", "B-O", "I-PS", "O", None, "O"]},
    ],
    "re": [{"label": label} for label in (None, "", "per:foo")],
    "dp": [
        {"head": [None] * 3, "deprel": [None] * 3},
        {"head": [2, None, 0], "deprel": ["NP", "", "root"]},
        {"head": [9, 3, 0], "deprel": ["nsubj", None, "VP"]},
    ],
    "mrc": [{"prediction_text": text} for text in (None, "", "없음")],
    "wos": [{"state": state} for state in ([""], [None, "식당"], ["식당-지역-none", EVIL])],
}


@pytest.mark.parametrize("task", UNKNOWN)
def test_answers_that_are_none_are_shown(task: str) -> None:
    """Beside three right ones none of them is right; a label of nothing has a name."""
    rows = [{**row, "guid": f"g{at}"} for at, row in enumerate(ROWS[task] * 2)]
    gold = METRICS[task].gold(rows)
    given = [*UNKNOWN[task], *map(RIGHT[task], gold.references[3:])]
    records = [{"guid": g, **r} for g, r in zip(gold.guids, given, strict=True)]
    analysis = analyse(METRICS[task], gold, records, 5, unknown_label="wrong")
    assert {"g0", "g1"} <= {example.guid.partition("-")[0] for example in analysis.examples}
    names = {confusion.predicted for confusion in analysis.confusions}
    assert names and all(name.strip() for name in names)
    assert not any(
        confusion.right
        for confusion in analysis.confusions
        if confusion.predicted.endswith("(invented)") or confusion.predicted == "(no answer)"
    )
    assert "(no answer)" in printed(analysis)
    assert not Tags(page(analysis, "?")).open
    assert json.dumps(analysis.as_dict())


def test_an_invented_tag_is_never_right() -> None:
    """Though "PS" and "B-O" hold the names of what is right."""
    found = list(METRICS["ner"].confusions(["B-PS", "O"], {"tags": ["PS", "B-O"]}))
    assert found == [("PS", "PS (invented)", False), ("O", "O (invented)", False)]


JUNK = (
    None, "", "I-", "B-", "x", "a\nb", "\ud800", 5, -1, 1e400, float("nan"), [], ["I-"], [None], {},
    "관광", "관광-종류-",
)  # fmt: skip


@pytest.mark.parametrize("task", METRICS)
@settings(max_examples=60)
@given(st.data())
def test_whatever_a_model_answers_is_analysed_or_named(task: str, data: st.DataObject) -> None:
    metric = METRICS[task]
    rows = [{**row, "guid": str(at)} for at, row in enumerate(ROWS[task])]
    gold = metric.gold(rows)
    records = [
        {"guid": guid, **copy.deepcopy(RIGHT[task](reference))}
        for guid, reference in zip(gold.guids, gold.references, strict=True)
    ]
    record = data.draw(st.sampled_from(records))
    name = data.draw(st.sampled_from(sorted(record.keys() - {"guid"})))
    junk, value = data.draw(st.sampled_from(JUNK)), record[name]
    if isinstance(value, list) and value and data.draw(st.booleans()):
        value[data.draw(st.integers(0, len(value) - 1))] = junk
    else:
        record[name] = junk
    try:
        analysis = analyse(metric, gold, records, 3, data.draw(st.sampled_from(["error", "wrong"])))
    except MetricError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert page(analysis, "title")
