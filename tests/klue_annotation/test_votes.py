"""Everybody's answers are read as they were written, for all eight tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_annotation.adjudication import adjudicate, import_exports, line_of
from klue_annotation.label_studio import read_exports
from klue_annotation.tasks import FORMS
from klue_annotation.votes import read_votes
from klue_common.errors import InputError
from tests.klue_annotation.made_up import gold_export, written


@pytest.mark.parametrize("name", list(FORMS))
def test_answers_are_read_as_they_were_written(name: str, tmp_path: Path) -> None:
    task, export = FORMS[name], gold_export(name)
    export[0]["annotations"][-1]["was_cancelled"] = True
    path = written(tmp_path, export)
    imported = import_exports(task, [path], tmp_path / "made")
    items = adjudicate(task, read_exports(task, [path]))
    again = read_votes(task, tmp_path / "made" / imported.files[-2])
    assert list(map(line_of, again)) == list(map(line_of, items))
    assert [one.item for one in again] == [one.item for one in items]


def test_an_item_twice_is_a_line(tmp_path: Path) -> None:
    task, path = FORMS["ynat"], tmp_path / "votes.jsonl"
    items = adjudicate(task, read_exports(task, [written(tmp_path, gold_export("ynat")[:1])]))
    path.write_text(line_of(items[0]) * 2, encoding="utf-8")
    with pytest.raises(InputError, match="line 2: found item ynat-v1_train_00000 twice"):
        read_votes(task, path)
