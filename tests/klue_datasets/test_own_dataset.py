"""A dataset of somebody's own says its name; nothing else is built under it, nor it as KLUE."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from klue_datasets import DataError, build
from klue_datasets.own_dataset import may_be_name
from klue_datasets.sources import SAMPLE
from klue_datasets.tasks import TASKS


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with headlines, a record and a card."""
    folder = tmp_path / "law"
    shutil.copytree((SAMPLE / TASKS["ynat"].files["train"]).parent, folder / "ynat-v1.1")
    (folder / "dataset.json").write_text('{"name": "klue-law", "license": "mit"}')
    (folder / "README.md").write_text("---\nlicense: mit\n---\n\n# klue-law\n\n---\nmore\n---\n")
    return folder


def test_its_card_is_its_own(own: Path, tmp_path: Path) -> None:
    report = build(tmp_path / "out", data_dir=[own])
    assert report.own is not None
    assert report.own.text == "# klue-law\n\n---\nmore\n---"
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "pretty_name: klue-law" in card
    assert "license: mit" in card
    assert "park2021klue" not in card


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("dataset.json", "", "dataset.json: found no JSON"),
        ("dataset.json", "[]", "found no JSON object, expected the record"),
        ("dataset.json", '{"name": "klue"}', "name: found 'klue', expected a name"),
        ("dataset.json", "{}", "name: found None"),
        ("dataset.json", '{"name": "law", "license": 3}', "license: found 3, expected the Hub's"),
        ("README.md", None, "README.md: cannot be read"),
    ],
    ids=["empty", "a list", "KLUE", "no name", "a number", "no card"],
)
def test_damage_is_a_line(
    file: str, text: str | None, problem: str, own: Path, tmp_path: Path
) -> None:
    (own / file).unlink() if text is None else (own / file).write_text(text)
    with pytest.raises(DataError) as found:
        build(tmp_path / "out", data_dir=[own])
    assert problem in str(found.value)
    assert not (tmp_path / "out").exists()


def test_it_is_not_mixed_with_others(own: Path, tmp_path: Path) -> None:
    joined = os.pathsep.join(map(str, (own, SAMPLE)))
    with pytest.raises(DataError, match="beside its own, expected one dataset alone"):
        build(tmp_path / "out", data_dir=joined)
    assert build(tmp_path / "out", ["ynat"], data_dir=joined).own is not None


@pytest.mark.parametrize(
    "name",
    ["a", "klue-law", "법", "a b", "a--b", "a..b", ".a", "a.", "-a", "a.git", "a/b", "x" * 97, ""],
)
def test_names_are_those_of_the_hub(name: str) -> None:
    try:
        validate_repo_id(f"o/{name}")
        hub = True
    except HFValidationError:
        hub = False
    assert may_be_name(name) <= hub
    assert may_be_name(name) == (name in ("a", "klue-law"))


def test_the_record_is_found_in_json(own: Path, tmp_path: Path) -> None:
    (own / "dataset.json").write_text(json.dumps({"name": "law"}))
    report = build(tmp_path / "out", data_dir=[own])
    assert report.own is not None
    assert report.own.licence == ""
    assert "license: unknown" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
