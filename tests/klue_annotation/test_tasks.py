"""The eight tasks: forms that show what they need, answers that come back, gold by the rule."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from klue_annotation.adjudication import import_exports
from klue_annotation.form_results import Results
from klue_annotation.label_studio import tasks_to_annotate
from klue_annotation.misfits import MisfitError, SlipError
from klue_annotation.relation_extraction import RELATIONS
from klue_annotation.task import Gold, Undecided, Vote
from klue_annotation.tasks import FORMS
from klue_annotation.topic_classification import TOPICS
from klue_datasets.report.check import check
from klue_datasets.rows import read_rows
from klue_datasets.sources import load_ontology
from klue_datasets.tasks import TASKS
from klue_metrics.slots import SLOTS, split_entry
from tests.klue_annotation.made_up import GOLD, OTHER, PEOPLE, gold_export, items, rows, written

each_task = pytest.mark.parametrize("name", list(FORMS))
PAIR = {"guid": "a", "sentence1": "비가 온다", "sentence2": "눈이 온다"}


def votes(*answers: Any) -> list[Vote]:
    return [
        Vote(f"{number:02d}", answer, "" if answer is not None else "refused")
        for number, answer in enumerate(answers, 1)
    ]


def test_the_tasks_are_those_of_the_data() -> None:
    assert list(FORMS) == list(TASKS)
    assert set(TOPICS) == set(TASKS["ynat"].label_sets["label"])
    assert tuple(RELATIONS) == TASKS["re"].label_sets["label"]


@each_task
def test_a_form_labels_what_it_shows(name: str) -> None:
    root = ElementTree.fromstring(FORMS[name].form())
    names = {element.get("name") for element in root.iter()}
    assert {element.get("toName") for element in root.iter()} - {None} <= names
    shown = FORMS[name].show(items(name)[0])
    values = (value for element in root.iter() for value in element.attrib.values())
    used = {found for value in values for found in re.findall(r"^\$(\w+)", value)}
    assert used == set(shown)


@each_task
def test_where_an_item_is_from_stays(name: str) -> None:
    assert FORMS[name].item({**rows(name)[0], "source": "판결문"})["source"] == "판결문"


@each_task
def test_an_answer_comes_back_from_the_form(name: str) -> None:
    task = FORMS[name]
    for item, row in zip(items(name), rows(name), strict=True):
        for answer in (GOLD[name](row), OTHER[name](GOLD[name](row))):
            filled = json.loads(json.dumps(task.results(item, answer)))
            assert task.answer(item, Results(filled, task.fields)) == answer


@each_task
def test_gold_that_all_agree_on_is_the_sample_again(name: str, tmp_path: Path) -> None:
    export = written(tmp_path, gold_export(name))
    imported = import_exports(FORMS[name], [export], tmp_path / "made")
    assert imported.undecided == []
    again = read_rows(name, "train", data_dir=tmp_path / "made", full=True)
    for row, was in zip(again, rows(name), strict=True):
        assert GOLD[name](row) == GOLD[name](was)
        assert row["guid"] == was["guid"]
    broken = [
        report
        for file in check([name], data_dir=tmp_path / "made")
        for report in file.reports
        if report.broken
    ]
    assert broken == []
    lines = (tmp_path / "made" / imported.files[-2]).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(again)
    expected = PEOPLE[name] + (FORMS[name].author(items(name)[0]) is not None)
    assert len(json.loads(lines[0])["votes"]) == expected


@pytest.mark.parametrize("name", ["re", "dp", "mrc", "wos"])
def test_what_the_sample_says_beside_gold_stays(name: str, tmp_path: Path) -> None:
    export = written(tmp_path, gold_export(name))
    import_exports(FORMS[name], [export], tmp_path / "made")
    again = read_rows(name, "train", data_dir=tmp_path / "made")
    for row, was in zip(again, read_rows(name, "train", sample=True), strict=True):
        same = [column for column in was if column not in ("answers", "domains", "dialogue")]
        assert {column: row[column] or "" for column in same} == {
            column: was[column] or "" for column in same
        }


def test_topics_need_a_majority_of_first_choices() -> None:
    task, item = FORMS["ynat"], {"guid": "a", "title": "비"}
    first = votes(*([topic, "경제", "해당없음"] for topic in ("사회", "정치", "사회")))
    assert task.gold(item, first) == Gold("사회")
    differ = votes(*([topic, "경제", "해당없음"] for topic in ("사회", "정치", "세계")))
    assert isinstance(task.gold(item, differ), Undecided)
    none = votes(*[["해당없음"] * 3] * 3)
    assert task.gold(item, none) == Undecided("해당없음 by the majority", "a topic")
    assert task.gold(item, first[:2]) == Undecided("2 answers", "3 that count")


def test_topics_close_their_ranks() -> None:
    task, item = FORMS["ynat"], {"guid": "a", "title": "비"}
    filled = [
        {"from_name": name, "to_name": "headline", "value": {"choices": [topic]}}
        for name, topic in (("first", "사회"), ("third", "세계"), ("second", "사회"))
    ]
    assert task.answer(item, Results(filled, task.fields)) == ["사회", "세계", "해당없음"]
    with pytest.raises(SlipError, match="nothing chosen for first"):
        task.answer(item, Results(filled[1:], task.fields))


def test_ratings_are_averaged() -> None:
    task = FORMS["sts"]
    given = votes(2, 1, 2, 2, 1, 1, 1)
    gold = task.gold(PAIR, given)
    assert isinstance(gold, Gold)
    row = task.raw(PAIR, gold.answer, given)
    assert row["labels"] == {"label": 1.4, "real-label": pytest.approx(10 / 7), "binary-label": 0}
    assert row["annotations"]["agreement"] == "0:4:3:0:0:0"
    assert task.raw(PAIR, 3.0, votes(3, 3, 3, 3, 3))["labels"]["binary-label"] == 1
    refused = task.gold(PAIR, votes(3, 3, 3, 3, None))
    assert refused == Undecided("5 answers, without 05: refused", "5 to 7 that count")
    assert isinstance(task.gold(PAIR, votes(*[3] * 8)), Undecided)


def test_three_of_five_make_a_label() -> None:
    task, item = FORMS["nli"], items("nli")[0]
    yes, no, open_ = "entailment", "contradiction", "neutral"
    assert task.gold(item, votes(yes, no, no, no, open_)) == Gold(no)
    undecided = task.gold(item, votes(yes, yes, no, no, open_))
    assert undecided == Undecided(
        "entailment 2, contradiction 2, neutral 1", "a label that 3 chose"
    )


def test_the_last_pass_counts() -> None:
    task, item = FORMS["ner"], {"guid": "a", "sentence": "서울에 갔다"}
    first, second = [(0, 3, "LC")], [(0, 2, "LC")]
    assert task.gold(item, votes(first, second)) == Gold(second)
    assert isinstance(task.gold(item, votes(first)), Undecided)
    last = task.gold(item, votes(first, second, None))
    assert last == Undecided("no answer in the last pass (refused)", "one that counts")


def test_entities_that_overlap_are_a_slip() -> None:
    task, item = FORMS["ner"], {"guid": "a", "sentence": "서울시청에 갔다"}
    filled = task.results(item, [(0, 2, "LC"), (0, 4, "OG")])
    with pytest.raises(SlipError, match="overlap"):
        task.answer(item, Results(filled, task.fields))


def test_an_entity_that_mark_up_cannot_hold_is_a_slip() -> None:
    task, item = FORMS["ner"], {"guid": "a", "sentence": "<b>에 갔다"}
    filled = task.results(item, [(0, 3, "LC")])
    with pytest.raises(SlipError, match="an entity holds < or >"):
        task.answer(item, Results(filled, task.fields))


@pytest.mark.parametrize(
    ("arcs", "problem"),
    [
        ([[2, "NP"], [1, "VP"], [0, "VP"]], "circle"),
        ([[0, "NP"], [0, "VP"], [2, "VP"]], "2 words are the root"),
        ([[4, "NP"], [3, "VP"], [0, "VP"]], "beyond the 3 words"),
    ],
    ids=["circle", "two roots", "beyond"],
)
def test_what_is_no_tree_is_a_slip(arcs: list[Any], problem: str) -> None:
    task = FORMS["dp"]
    item = {"guid": "a", **task.item({"sentence": "나는 학교에 간다", "pos": ["NP"] * 3})}
    with pytest.raises(SlipError, match=problem):
        task.answer(item, Results(task.results(item, arcs), task.fields))
    with pytest.raises(SlipError, match="has no head"):
        task.answer(item, Results(task.results(item, arcs)[1:], task.fields))


def test_an_answer_is_what_two_people_mark() -> None:
    task = FORMS["mrc"]
    item = {"guid": "a", **task.item({"question": "어디?", "context": "서울에서 부산까지"})}
    seoul, busan = [0, 2], [5, 7]
    one, two, none = (
        {"type": "1", "spans": [seoul]},
        {"type": "2", "spans": [busan, seoul]},
        {"type": "3", "spans": [busan]},
    )
    assert task.gold(item, votes(one, two, none)) == Gold({"type": "1", "spans": [seoul]})
    assert task.gold(item, votes(one, none, none)) == Gold({"type": "3", "spans": [busan]})
    assert isinstance(task.gold(item, votes(one, two, none, none)), Undecided)
    apart = task.gold(item, votes(one, {"type": "1", "spans": [busan]}, none))
    assert apart == Undecided("no answer that two people marked alike", "one or more")


def test_changes_add_up_to_states() -> None:
    task = FORMS["wos"]
    turns = [("user", "식당"), ("sys", "네"), ("user", "아니 숙소"), ("sys", "네"), ("user", "끝")]
    dialogue = [{"role": role, "text": text} for role, text in turns]
    item = {"guid": "a", **task.item({"dialogue": dialogue})}
    states = [["식당-지역-서울 중앙"], ["숙소-종류-호텔"], ["숙소-종류-호텔"]]
    filled = task.results(item, states)
    assert filled[1]["value"]["text"] == ["숙소-종류-호텔", "식당-지역-none"]
    assert task.answer(item, Results(filled, task.fields)) == states
    filled[0]["value"]["text"] = ["식당-지역-서울 북쪽\n 식당-지역-서울 중앙 "]  # typed in one go
    assert task.answer(item, Results(filled, task.fields)) == states
    filled[0]["value"]["text"] = ["식당-날씨-맑음"]
    with pytest.raises(SlipError, match="user turn 1: found '식당-날씨-맑음'"):
        task.answer(item, Results(filled, task.fields))


def test_an_ontology_grows_by_split(tmp_path: Path) -> None:
    export = gold_export("wos")
    import_exports(FORMS["wos"], [written(tmp_path, export[:3])], tmp_path, "train")
    import_exports(FORMS["wos"], [written(tmp_path, export[3:6])], tmp_path, "validation")
    ontology = load_ontology(tmp_path)
    assert list(ontology) == list(SLOTS)
    entries = [entry for row in rows("wos")[:6] for state in GOLD["wos"](row) for entry in state]
    assert all(value in ontology[slot] for slot, value in map(split_entry, entries))
    assert ontology["관광-이름"][:2] == ["none", "dontcare"]


def test_work_to_review_comes_with_the_authors_answer() -> None:
    item = items("wos")[0]
    (made,) = tasks_to_annotate(FORMS["wos"], [item])
    assert made["predictions"][0]["model_version"] == "author"
    read = Results(made["predictions"][0]["result"], FORMS["wos"].fields)
    assert FORMS["wos"].answer(item, read) == item["author"]
    (alone,) = tasks_to_annotate(FORMS["nli"], items("nli")[:1])
    assert "predictions" not in alone  # a validator is not to be led by the author


@pytest.mark.parametrize(
    ("name", "row", "problem"),
    [
        ("ynat", {"title": " "}, "title: found ' ', expected a text"),
        ("ynat", {}, "title: found nothing"),
        ("sts", {**PAIR, "sentence2": "a\nb"}, "expected a text on one line"),
        ("nli", {"premise": "a", "hypothesis": "b"}, "author: found null"),
        ("ner", {"sentence": "<<서울:LC>:OG>"}, "mark-up within mark-up"),
        ("dp", {"sentence": "나는  간다"}, "one space between two"),
        ("dp", {"sentence": "나는 간다", "pos": ["NP+JX"]}, "pos: found 1 of them"),
        ("re", {"sentence": "a b"}, "subject_entity: found nothing"),
        ("mrc", {"question": "a", "context": "b", "question_type": 4}, "question_type: found 4"),
        ("mrc", {"question": "a", "context": "b", "question_type": 1}, "answers: found none"),
        ("wos", {"dialogue": [{"role": "sys", "text": "a"}]}, "a turn of the role user"),
        (
            "wos",
            {"dialogue": [{"role": "user", "text": "a", "state": ["식당"]}]},
            "expected domain-slot-value",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_is_no_item_is_refused(name: str, row: Any, problem: str) -> None:
    with pytest.raises(MisfitError) as found:
        FORMS[name].item(row)
    assert problem in str(found.value)
