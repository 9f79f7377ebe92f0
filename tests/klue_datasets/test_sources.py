from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from klue_datasets import (
    TASKS,
    DataError,
    build,
    identity,
    load,
    load_ontology,
    official,
    read_rows,
    sources,
)
from klue_datasets.identity import git_sha1
from klue_datasets.report.check import check
from klue_datasets.report.stats import stats
from klue_datasets.sources import SAMPLE, VARIABLE, folders_of, of_tasks, resolve

YNAT, RE, WOS = TASKS["ynat"], TASKS["re"], TASKS["wos"]


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_sample_goes_first_then_the_argument_then_the_variable_then_the_official_files(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resolve(YNAT).kind == "official"
    monkeypatch.setenv(VARIABLE, str(raw))
    assert resolve(YNAT).folders == (raw,)
    other = Path(shutil.copytree(raw, tmp_path / "other"))
    assert resolve(YNAT, other).folders == (other,)
    assert resolve(YNAT, other, sample=True).kind == "sample"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert resolve(YNAT).kind == "official"


def test_the_first_folder_that_has_a_file_gives_it(raw: Path, tmp_path: Path) -> None:
    first = tmp_path / "first" / "ynat-v1.1"
    first.mkdir(parents=True)
    shutil.copy(raw / YNAT.files["validation"], first)
    source = resolve(YNAT, [tmp_path / "first", raw])
    assert source.files["validation"].parent == first
    assert source.files["train"] == raw / YNAT.files["train"]


def test_folders_may_be_joined_as_in_path(raw: Path, tmp_path: Path) -> None:
    joined = f"{tmp_path}{os.pathsep}{raw}"
    assert folders_of(joined) == (tmp_path, raw)
    assert folders_of(Path(raw)) == (raw,)
    assert folders_of(None) == ()


def test_a_missing_folder_is_named_with_where_it_came_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(DataError, match="data_dir: found no folder /nowhere"):
        resolve(YNAT, "/nowhere")
    monkeypatch.setenv(VARIABLE, "/nowhere")
    with pytest.raises(DataError, match="KLUE_DATA_DIR: found no folder /nowhere"):
        resolve(YNAT)


def test_a_folder_without_the_task_is_named_with_the_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"found no such file, expected ynat-v1.1/ynat.* or ynat"):
        resolve(YNAT, tmp_path)


def test_a_missing_split_is_named_with_the_folders(raw: Path) -> None:
    (raw / YNAT.files["train"]).unlink()
    source = resolve(YNAT, raw)
    assert list(source.files) == ["validation"]
    with pytest.raises(DataError, match=rf"{raw}: found no such file, expected ynat-v1.1/ynat"):
        source.file(YNAT, "train")
    with pytest.raises(DataError, match="split: found 'test', expected one of train, validation"):
        source.file(YNAT, "test")


def test_digest_follows_the_content_and_nothing_else(raw: Path, tmp_path: Path) -> None:
    before = resolve(YNAT, raw).digest
    copy = Path(shutil.copytree(raw, tmp_path / "copy"))
    os.utime(copy / YNAT.files["train"], (0, 0))
    assert resolve(YNAT, copy).digest == before
    with (copy / YNAT.files["train"]).open("a") as file:
        file.write("\n")
    assert resolve(YNAT, copy).digest != before


def test_other_files_are_found_where_they_are(raw: Path) -> None:
    assert list(resolve(RE, raw).other) == list(RE.other_files)
    (raw / RE.other_files[0]).unlink()
    assert resolve(RE, raw).other == {}


def test_official_source_names_places_without_downloading() -> None:
    source = resolve(WOS)
    assert source.files["train"] == official.folder() / WOS.files["train"]
    assert source.digest == resolve(WOS).digest != resolve(YNAT).digest


def test_all_tasks_that_there_are(raw: Path) -> None:
    shutil.rmtree(raw / "klue-dp-v1.1")
    found = [task.name for task, _ in of_tasks(None, raw)]
    assert found == [name for name in TASKS if name != "dp"]
    with pytest.raises(DataError, match="klue-dp"):
        list(of_tasks(["ynat", "dp"], raw))
    with pytest.raises(DataError, match="found 'x', expected one of"):
        list(of_tasks(["x"], raw))
    assert [task.name for task, _ in of_tasks(["re", "re"], raw)] == ["re"]


def test_no_task_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found no such file"):
        list(of_tasks(None, tmp_path))


def test_ontology_of_a_folder(raw: Path) -> None:
    expected = json.loads((SAMPLE / "wos-v1.1/ontology.json").read_text(encoding="utf-8"))
    assert load_ontology(raw) == load_ontology(sample=True) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "found no object"),
        ('{"식당-종류": "양식"}', "식당-종류: .*expected a list of strings"),
        ('{"식당-종류": [1]}', "식당-종류: .*expected a list of strings"),
        ('{"식당', "expected a JSON file"),
    ],
)
def test_a_broken_ontology_is_an_error(raw: Path, content: str, message: str) -> None:
    (raw / "wos-v1.1/ontology.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_ontology(raw)


def test_a_missing_ontology_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected wos-v1.1/ontology.json"):
        load_ontology(tmp_path)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are hashed in a test, each as often as it is."""
    seen: list[Path] = []

    def counted(path: Path) -> str:
        seen.append(path)
        return git_sha1(path)

    monkeypatch.setattr(sources, "git_sha1", counted)
    monkeypatch.setattr(identity, "git_sha1", counted)
    return seen


def test_splits_of_one_source_are_hashed_once(raw: Path, hashed: list[Path]) -> None:
    source = resolve(YNAT, raw)
    assert hashed == []
    for split in ("train", "validation", "train", "train[:3]+validation"):
        load("ynat", split, source=source)
    assert source.digest == resolve(YNAT, raw).digest
    assert sorted(hashed[:2]) == sorted(source.files.values())
    assert len(hashed) == 4  # the last two are of the second source


def test_a_source_gives_what_it_is_found_by(raw: Path) -> None:
    rows = load("nli", "validation", data_dir=raw).to_list()
    assert load("nli", "validation", source=resolve(TASKS["nli"], raw)).to_list() == rows
    sample = load("nli", "train", source=resolve(TASKS["nli"], sample=True))
    again = load("nli", "train", sample=True)
    assert sample.cache_files == again.cache_files
    (raw / TASKS["nli"].files["train"]).unlink()
    with pytest.raises(DataError, match=rf"{raw}: found no such file, expected klue-nli"):
        load("nli", "train", source=resolve(TASKS["nli"], raw))


def test_a_check_hashes_each_file_once(raw: Path, hashed: list[Path]) -> None:
    list(check(data_dir=raw))
    names = {name for task in TASKS.values() for name in (*task.files.values(), *task.other_files)}
    assert sorted(hashed) == sorted(raw / name for name in names)


def test_what_needs_no_digest_hashes_nothing(raw: Path, tmp_path: Path, hashed: list[Path]) -> None:
    build(tmp_path / "klue", data_dir=raw)
    list(stats(data_dir=raw))
    read_rows("re", "train", data_dir=raw)
    assert hashed == []
