"""A folder of an older version is told from one that has what pipelines need."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from klue_baselines.pipelines.saving import CODE_FILE, lacking, pipelines_of
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError


@pytest.fixture
def older(folders: dict[str, Path], tmp_path: Path) -> Path:
    """A folder as it was before there were pipelines."""
    folder = tmp_path / "ner"
    shutil.copytree(folders["ner"], folder)
    (folder / CODE_FILE).unlink()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["custom_pipelines"]
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def test_a_new_folder_lacks_nothing(folders: dict[str, Path]) -> None:
    for task, folder in folders.items():
        assert lacking(BASELINES[task], folder) == {}, task


def test_an_older_one_lacks_its_pipeline_and_the_line_that_names_it(
    older: Path, folders: dict[str, Path]
) -> None:
    found = lacking(BASELINES["ner"], older)
    assert set(found) == {"config.json", CODE_FILE}
    assert json.loads(found["config.json"])["custom_pipelines"] == pipelines_of(BASELINES["ner"])
    assert found[CODE_FILE] == (folders["ner"] / CODE_FILE).read_text(encoding="utf-8")


def test_a_damaged_one_is_named(older: Path) -> None:
    (older / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"config\.json: found .*, expected a model's config"):
        lacking(BASELINES["ner"], older)
