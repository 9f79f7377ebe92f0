"""Files and folders that are whole or not there, by each of the writers that this project has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from klue_datasets import DataError
from klue_datasets.files import writable, write_text, written, written_folder
from klue_datasets.unfinished import remove_leftovers
from klue_metrics.prediction_files import write_records

ROOT = Path(__file__).parent.parent.parent
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


WRITE = """
import sys, time
from pathlib import Path
from klue_datasets.files import written, written_folder
from klue_metrics.whole_file import written as of_the_metric
kind, path = sys.argv[1], Path(sys.argv[2])
with {"file": written, "folder": written_folder, "metric": of_the_metric}[kind](path) as made:
    if kind == "folder":
        (made / "a").write_text("half")
    else:
        made.write(b"half")
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("kind", ["file", "folder", "metric"])
def test_what_a_killed_writer_left_goes_and_what_another_is_at_stays(
    kind: str, within: bool, tmp_path: Path
) -> None:
    path = tmp_path / "made"
    if within and kind == "folder":
        path.mkdir()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, kind, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == b"writing\n"
    place = path if path.is_dir() else tmp_path
    assert len(hidden(place)) == 2
    writers[0].kill()
    writers[0].communicate()
    if kind == "folder":
        with written_folder(path) as beside:
            (beside / "a").write_text("new")
    else:
        (by_metrics if kind == "metric" else by_files)(path, False)
    # Where the folder was made meanwhile, the next one is written within it.
    assert len(hidden(place)) == 1
    writers[1].communicate()
    assert writers[1].returncode == 0
    assert hidden(place) == []
    assert ((path / "a") if kind == "folder" else path).read_bytes() == b"half"


def hidden(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_process_that_is_forked_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with written(path):
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
        (beside,) = hidden(tmp_path)
        kept = tmp_path / ".file.7"
        beside.rename(kept)  # as if its writer were gone
        beside.touch()
    try:
        for _ in range(100):  # the child may not have run yet, and lets go when it does
            remove_leftovers(tmp_path)
            if not kept.exists():
                break
            time.sleep(0.1)
        assert not kept.exists()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_the_file_that_readers_begin_with_is_away_while_others_are_moved(tmp_path: Path) -> None:
    def stopped(meanwhile: bytes) -> list[bytes | None]:
        """What stands there at each step of moving two files into a folder."""
        folder = tmp_path / f"folder{meanwhile!r}"
        (folder / "deep").mkdir(parents=True)
        for name in ("key", "deep/a", "deep/gone"):
            (folder / name).write_text("old")
        seen: list[bytes | None] = []
        replace = Path.replace

        def watched(self: Path, target: Path) -> Path:
            key = folder / "key"
            seen.append(key.read_bytes() if key.exists() else None)
            return replace(self, target)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "replace", watched)
            with written_folder(folder, last="key", meanwhile=meanwhile, drop=["deep/*"]) as made:
                (made / "deep").mkdir()
                (made / "key").write_text("new")
                (made / "deep" / "a").write_text("new")
        assert (folder / "key").read_text() == (folder / "deep" / "a").read_text() == "new"
        assert not (folder / "deep" / "gone").exists()
        assert hidden(folder) == []
        return seen

    assert stopped(b"") == [None, None]
    assert stopped(b"wait") == [b"old", b"wait", b"wait"]
