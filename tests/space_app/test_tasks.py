"""Each task's answer and each task's data, shown."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from klue_common.errors import InputError
from klue_datasets import load
from space_app.models import Models
from space_app.relation_extraction import code_points, mark, read_spans
from space_app.rows import index_of
from space_app.settings import Settings
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH, KOREAN, LANGUAGES, Language
from tests.forms import nfc, nfd
from tests.space_app.conftest import HOSTILE


class Text(HTMLParser):
    """The text of some HTML without what is small; fails on elements that are none of ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.small = False
        self.feed(html)

    def handle_data(self, data: str) -> None:
        if not self.small:
            self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.small = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.small = tag == "small"
        assert tag not in ("script", "img", "iframe", "a")
        assert not [name for name, _ in attrs if name.startswith("on")]

    def __str__(self) -> str:
        return "".join(self.parts)


def of_task(language: Language, task: str) -> Language:
    return language.of(DEMOS[task].texts)


IN_RE = of_task(ENGLISH, "re")


@pytest.fixture(scope="module")
def models(tiny_runs: object) -> Models:
    return Models(Settings(runs=tiny_runs, sample=True))  # type: ignore[arg-type]


def hostile(name: str) -> str:
    if name == "turns":
        return json.dumps([HOSTILE, HOSTILE, HOSTILE])
    if name == "spans":
        return json.dumps({"subject": [0, 8], "object": [9, 14]})
    return HOSTILE


@pytest.mark.parametrize("task", DEMOS)
def test_examples_are_answered(task: str, models: Models) -> None:
    for language in LANGUAGES:
        for example in DEMOS[task].examples:
            with models.lend(task) as (pipeline, _):
                answer = DEMOS[task].answer(pipeline, of_task(language, task), *example)
            assert str(Text(answer.html)).strip() and answer.text


@pytest.mark.parametrize("threshold", [-100.0, 0.0, 100.0])
def test_the_answer_is_what_scores_higher(
    threshold: float, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    with models.lend("mrc") as (pipeline, _):
        config = pipeline.model.config
        monkeypatch.setattr(config, "null_threshold", threshold, raising=False)
        monkeypatch.setattr(config, "klue_decoding", "tuned", raising=False)
        english = of_task(ENGLISH, "mrc")
        html = DEMOS["mrc"].answer(pipeline, english, *DEMOS["mrc"].examples[0]).html
    best, null = map(float, re.findall(r"-?\d+\.\d\d", re.findall("<small>(.*?)</small>", html)[0]))
    assert ("No answer" in html.partition("<small>")[0]) is (null > best)


@pytest.mark.parametrize("task", DEMOS)
def test_any_text_is_shown_as_text(task: str, models: Models) -> None:
    demo = DEMOS[task]
    with models.lend(task) as (pipeline, _):
        answer = demo.answer(pipeline, of_task(KOREAN, task), *map(hostile, demo.fields))
    shown = str(Text(answer.html))
    assert "${x}" not in answer.html
    if task in ("re", "mrc"):
        for part in HOSTILE.split():
            assert part in shown
    if task in ("ner", "dp"):
        assert shown.count("alert(1)") == 1


@pytest.mark.parametrize("task", DEMOS)
def test_every_row_of_the_sample_is_shown(task: str) -> None:
    for split in ("train", "validation"):
        index = index_of(task, load(task, split, sample=True, full=True))
        assert sum(index.counts.values()) == sum(map(len, index.labels))
        for row in index.table:
            for language in LANGUAGES:
                assert str(Text(DEMOS[task].rows.show(row, of_task(language, task)).html)).strip()


def test_annotators_stand_beside_gold() -> None:
    for task, least in (("ynat", 3), ("sts", 5), ("nli", 5)):
        row = load(task, "validation", sample=True, full=True)[0]
        assert len(DEMOS[task].rows.show(row, of_task(ENGLISH, task)).annotators) >= least


def test_examples_are_found() -> None:
    index = index_of("nli", load("nli", "validation", sample=True, full=True))
    every = index.find("", "", "")
    assert every == list(range(len(index.labels)))
    by_label = [index.find(label, "", "") for label in index.counts]
    assert sorted(at for found in by_label for at in found) == every
    for source in index.source_names():
        assert {index.sources[at] for at in index.find("", source, "")} == {source}
    assert index.find("", "", "이런 말은 없다") == []
    assert index.find("", "", index.table[3]["hypothesis"].upper()) == [3]


def test_examples_are_found_in_either_form() -> None:
    index = index_of("nli", load("nli", "validation", sample=True, full=True))
    assert index.find("", "", nfd(index.table[3]["hypothesis"])) == [3]


def test_a_decomposed_passage_shows_its_answer(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for form in (nfc, nfd):
        with models.lend("mrc") as (pipeline, _):
            config = pipeline.model.config
            monkeypatch.setattr(config, "null_threshold", 1e9, raising=False)  # always an answer
            monkeypatch.setattr(config, "klue_decoding", "tuned", raising=False)
            texts = map(form, DEMOS["mrc"].examples[0])
            html = DEMOS["mrc"].answer(pipeline, of_task(KOREAN, "mrc"), *texts).html
        assert form(re.findall("<mark[^>]*>(.*?)</mark>", html)[0]) in html
        shown.append(nfc(html))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("task", ["ynat", "sts", "nli", "ner", "dp", "wos"])
def test_a_decomposed_text_is_answered_like_the_composed_one(task: str, models: Models) -> None:
    with models.lend(task) as (pipeline, _):
        for example in DEMOS[task].examples:
            composed, decomposed = (
                DEMOS[task].answer(pipeline, of_task(KOREAN, task), *map(form, example)).html
                for form in (nfc, nfd)
            )
            assert nfc(decomposed) == composed


def test_selections_count_utf16_units() -> None:
    assert code_points("😀😀가", (2, 5)) == (1, 3)
    assert code_points("가 나", (1, 2)) == (2, 2)


def test_a_new_mark_takes_the_place_of_one_that_it_overlaps() -> None:
    spans, _ = mark("subject", "세종대왕은 한양에서", "[0, 4]", "", IN_RE)
    spans, _ = mark("object", "세종대왕은 한양에서", "[6, 8]", spans, IN_RE)
    assert json.loads(spans) == {"subject": [0, 4], "object": [6, 8]}
    spans, _ = mark("object", "세종대왕은 한양에서", "[2, 4]", spans, IN_RE)
    assert json.loads(spans) == {"object": [2, 4]}


@pytest.mark.parametrize(
    "spans", ["[", "[1]", '{"subject": [0, 9]}', '{"subject": [0, 2], "object": [1, 3]}', "1"]
)
def test_wrong_spans_are_refused(spans: str) -> None:
    with pytest.raises(InputError, match=r"^spans: "):
        read_spans("가나다", spans, IN_RE)


@pytest.mark.parametrize("turns", ["{", '"a"', "[1]", '[" "]', json.dumps(["a"] * 61)])
def test_wrong_turns_are_refused(turns: str, models: Models) -> None:
    with pytest.raises(InputError, match=r"^turns: "), models.lend("wos") as (pipeline, _):
        DEMOS["wos"].answer(pipeline, of_task(ENGLISH, "wos"), turns)
