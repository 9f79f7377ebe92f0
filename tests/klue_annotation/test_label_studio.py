"""Exports that are wrong are refused in one line; texts come back as they were sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klue_annotation.adjudication import adjudicate, import_exports
from klue_annotation.label_studio import data_of, read_exports, tasks_to_review
from klue_annotation.tasks import FORMS
from klue_common.errors import InputError
from klue_datasets.errors import DataError
from tests.klue_annotation.made_up import GOLD, exported, gold_export, items, rows, written

Change = Callable[[list[Any]], Any]
YNAT = gold_export("ynat")[:3]
EXPORTS = {name: gold_export(name)[:1] for name in FORMS}


def changed(change: Change) -> Any:
    export = copy.deepcopy(YNAT)
    return export if (made := change(export)) is None else made


def at(*keys: Any, value: Any) -> Change:
    """Put a value somewhere into the export."""

    def change(export: Any) -> None:
        for key in keys[:-1]:
            export = export[key]
        export[keys[-1]] = value

    return change


def of_another(export: list[Any]) -> list[Any]:
    return gold_export("sts")[:1]


def twice(export: list[Any]) -> list[Any]:
    return [export[0], export[0]]


ANNOTATION = (1, "annotations", 1)
RESULT = (*ANNOTATION, "result")
BAD: dict[str, tuple[Change, str]] = {
    "another project": (of_another, "found the task 'sts', expected a task that"),
    "not ours": (at(0, "data", value={"text": "a"}), "task 1: found {'text': 'a'}, expected"),
    "no data": (lambda export: [{"id": 1}], "task 1: found null, expected a task that"),
    "nobody": (at(*ANNOTATION, "completed_by", value=None), "found no annotator"),
    "one person twice": (at(*ANNOTATION, "completed_by", value=1), "two annotations of annotator"),
    "a label": (at(*RESULT, 0, "value", value={"choices": ["날씨"]}), "found the label '날씨'"),
    "a field": (at(*RESULT, 0, "from_name", value="fourth"), "found the field 'fourth'"),
    "no value": (at(*RESULT, 0, "value", value="a"), "expected an object with a value"),
    "no results": (at(*RESULT, value=None), "result: found null, expected a list"),
    "a sentence": (at(1, "data", "title", value="눈"), "found title changed to '눈'"),
    "an item": (at(1, "data", "item", "date", value="1999"), "found item changed to"),
    "an item's text": (at(1, "data", "item", "title", value=7), "found title changed to"),
    "half an item": (at(1, "data", "item", value={"guid": "a"}), "found an item that was changed"),
    "annotations": (at(1, "annotations", value=7), "found 7 for annotations"),
    "an item twice": (twice, "found twice, expected once"),
    "a guid": (at(1, "data", "item", "guid", value=["a"]), "expected a task that"),
    "half a character": (
        at(*RESULT, 0, "value", value={"choices": ["\ud800"]}),
        "found half a character in",
    ),
    "empty": (lambda export: [], "found no tasks, expected those of a project of ynat"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_a_wrong_export_is_refused_in_a_line(kind: str, tmp_path: Path) -> None:
    change, problem = BAD[kind]
    export = written(tmp_path, changed(change))
    with pytest.raises(InputError) as found:
        import_exports(FORMS["ynat"], [export], tmp_path / "made")
    assert str(found.value).startswith(f"{export}: ")
    assert problem in str(found.value)
    assert "\n" not in str(found.value)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("text", ["", "{}", '[{"data": ', "id,title\n1,a", "[1]"])
def test_what_is_no_export_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    with pytest.raises((InputError, DataError), match=r"export\.json"):
        import_exports(FORMS["ynat"], [path], tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_withdrawn_answer_does_not_count(tmp_path: Path) -> None:
    export = written(tmp_path, changed(at(*ANNOTATION, "was_cancelled", value=True)))
    imported = import_exports(FORMS["ynat"], [export], tmp_path / "made")
    ((guid, why),) = imported.undecided
    assert guid == "ynat-v1_train_00001"
    assert why.found == "3 answers, without 02: refused"
    assert why.expected == "3 that count"
    lines = (tmp_path / "made" / imported.files[0]).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["gold"] is None for line in lines] == [False, True, False]


def test_nothing_decided_is_nothing_written(tmp_path: Path) -> None:
    export = written(tmp_path, changed(lambda export: [{**export[0], "annotations": []}]))
    with pytest.raises(InputError, match=r"no item with gold, as item .* found 0 answers"):
        import_exports(FORMS["ynat"], [export], tmp_path / "made")


def test_a_second_pass_reviews_the_first(tmp_path: Path) -> None:
    task, some = FORMS["ner"], items("ner")[:2]
    gold = [GOLD["ner"](row) for row in rows("ner")[:2]]
    first = written(tmp_path, exported("ner", some, [[[]], [None]]), "first.json")
    with_answer, without = tasks_to_review(task, [first])
    assert with_answer["predictions"] == [{"model_version": "annotator 01", "result": []}]
    assert "predictions" not in without
    second = exported("ner", some, [[gold[0]], [gold[1]]])
    for made in second:
        made["annotations"][0]["completed_by"] = 2
    again = written(tmp_path, second, "second.json")
    imported = import_exports(task, [first, again], tmp_path / "made")
    assert imported.items[0].gold.answer == gold[0]  # type: ignore[union-attr]
    assert imported.undecided[0][1].found == "2 answers, without 01: refused"
    with pytest.raises(InputError, match=r"two annotations of annotator 01"):
        read_exports(task, [first, first])
    with pytest.raises(InputError, match="found 'ynat', whose people answer alone"):
        list(tasks_to_review(FORMS["ynat"], [first]))


def test_passes_are_of_the_same_text(tmp_path: Path) -> None:
    some = items("ner")[:1]
    first = written(tmp_path, exported("ner", some, [[[]]]), "first.json")
    other = written(
        tmp_path, exported("ner", [{**some[0], "sentence": "눈"}], [[[]]]), "second.json"
    )
    with pytest.raises(InputError, match="found another text than in the pass before"):
        read_exports(FORMS["ner"], [first, other])


def test_newer_servers_name_the_annotator_in_full(tmp_path: Path) -> None:
    export = changed(at(*ANNOTATION, "completed_by", value={"id": 2, "email": "a@example.com"}))
    (_, second, _) = read_exports(FORMS["ynat"], [written(tmp_path, export)])
    assert [vote.annotator for vote in second.votes] == ["01", "02", "03"]
    assert [vote.seconds for vote in second.votes] == [2.5, 5.0, 7.5]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_any_text_comes_back(text: str) -> None:
    task = FORMS["ynat"]
    if text.strip():
        data = json.loads(json.dumps(data_of(task, {"guid": "a", **task.item({"title": text})})))
        assert data == data_of(task, data["item"])
        assert data["title"] == text


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, as the keys that lead there."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


PLACES = {name: [path for path in places(found) if path] for name, found in EXPORTS.items()}
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", list(FORMS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_anywhere_is_read_or_refused(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    export = copy.deepcopy(EXPORTS[name])
    path = data.draw(st.sampled_from(PLACES[name]))
    inner = export
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = data.draw(ODD)
    try:
        items_with_votes = read_exports(FORMS[name], [written(tmp_path, export)])
    except (InputError, DataError) as error:
        assert "\n" not in str(error)
    else:
        adjudicate(FORMS[name], items_with_votes)
