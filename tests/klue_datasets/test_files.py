"""Files and folders that are whole or not there, by each of the writers that this project has."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from klue_datasets import DataError
from klue_datasets.files import writable, write_text, written, written_folder
from klue_datasets.unfinished import remove_leftovers
from klue_metrics.prediction_files import write_records

Write = Callable[[Path, bool], None]


class BrokenError(Exception):
    """What goes wrong half way."""


def by_files(path: Path, breaks: bool) -> None:
    with written(path) as file:
        file.write(b'{"guid": "a"}\n')
        if breaks:
            raise BrokenError
        file.write(b'{"guid": "b"}\n')


def by_metrics(path: Path, breaks: bool) -> None:
    def records() -> object:
        yield {"guid": "a"}
        if breaks:
            raise BrokenError
        yield {"guid": "b"}

    write_records(path, records())  # type: ignore[arg-type]


# The metric goes to the Hub by itself and has a writer of its own; both keep the same promise.
WRITERS = pytest.mark.parametrize("write", [by_files, by_metrics])


@WRITERS
def test_a_file_is_whole(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.jsonl"
    write(path, False)
    assert path.read_text() == '{"guid": "a"}\n{"guid": "b"}\n'
    assert [*path.parent.iterdir()] == [path]


@WRITERS
def test_what_breaks_off_leaves_the_old_file_and_nothing_else(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text("old")
    with pytest.raises(BrokenError):
        write(path, True)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_folder_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder"
    with written_folder(path) as beside:
        (beside / "deep").mkdir()
        (beside / "deep" / "a").write_text("a")
        assert not path.exists()
    assert (path / "deep" / "a").read_text() == "a"
    assert [*path.parent.iterdir()] == [path]


def test_a_folder_that_breaks_off_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BrokenError), written_folder(tmp_path / "folder") as beside:
        (beside / "a").write_text("a")
        raise BrokenError
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("replace", [False, True])
def test_what_a_folder_held_before(replace: bool, tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    for name in ("kept", "renewed"):
        (path / name).write_text("old")
    with written_folder(path, replace=replace) as beside:
        (beside / "renewed").write_text("new")
    found = {file.name: file.read_text() for file in path.iterdir()}
    assert found == ({} if replace else {"kept": "old"}) | {"renewed": "new"}
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_in_the_way_of_a_folder_is_met_before_anything_is_moved(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    (path / "deep").mkdir(parents=True)
    for name in ("card", "deep/kept", "deep/renewed"):
        (path / name).write_text("old")
    (path / "new").write_text("in the way of a folder")
    with pytest.raises(DataError, match="cannot be written"), written_folder(path) as beside:
        for name in ("card", "deep/renewed", "new/a"):
            (beside / name).parent.mkdir(exist_ok=True)
            (beside / name).write_text("new")
    assert (path / "deep/renewed").read_text() == (path / "deep/kept").read_text() == "old"
    assert (path / "card").read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_folder_that_may_be_a_disk_of_its_own_is_filled_from_within(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with written_folder(path) as beside:
        assert beside.parent == path
        (beside / "a").write_text("a")
        assert not (path / "a").exists()
    assert [*path.iterdir()] == [path / "a"]


def test_what_killed_processes_left_is_removed(tmp_path: Path) -> None:
    for name in (".a.txt.12", ".a.txt.12.tmp", ".hidden", ".a.txt.bak", "a.txt.12"):
        (tmp_path / name).write_text("half")
    (tmp_path / ".new.345").mkdir()
    (tmp_path / ".new.345" / "a").write_text("half")
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".hidden", ".a.txt.bak", "a.txt.12"}
    remove_leftovers(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match=r"a\.txt: cannot be written: Permission denied"):
        write_text(tmp_path / "a.txt", "text")


def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = "(Not a directory|File exists)"
    with pytest.raises(DataError, match=rf"a\.txt: cannot be written: {words}"):
        write_text(tmp_path / "file" / "a.txt", "text")


def test_what_libraries_quote_of_the_system() -> None:
    quoted = "No space left on device (os error 28)"
    with pytest.raises(DataError) as found, writable(Path("x")):
        raise Exception(f"{quoted}\nmore")
    assert str(found.value) == f"x: cannot be written: {quoted}"
    with pytest.raises(ZeroDivisionError), writable(Path("x")):
        _ = 1 / 0
