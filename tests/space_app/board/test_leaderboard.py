"""What may enter the leaderboard, and where it is kept."""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from klue_common.errors import InputError
from space_app.board.entries import LANGUAGE_MODEL, Entry
from space_app.board.leaderboard import Board, new_entry, one_line, published_rows
from space_app.board.local_store import LINES, LocalStore
from space_app.scoring import Scorer
from space_app.settings import Settings
from tests.space_app.made_entries import asked, entry

KILLS = 20
ABOUT = {
    "model": "우리 모델",
    "link": "https://example.org/m",
    "parameters": "110",
    "trained_on": "KLUE train",
    "selected_on": "train 10 %",
}


def test_published_rows_stand_first(tmp_path: Path) -> None:
    rows = Board(LocalStore(tmp_path), sample=True).rows()
    assert rows == published_rows()
    assert {row.task for row in rows} == {"ynat", "sts", "nli", "ner", "re", "dp", "mrc", "wos"}


def test_only_what_the_scorer_computed_enters(
    settings: Settings, predictions: dict[str, Path], tmp_path: Path
) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    report = Scorer(settings).score("nli", predictions["nli"])
    made = board.submit(report, {**ABOUT, "scores": {"accuracy": 100.0}, "id": "x"})
    assert made.scores == report.scores and made.parameters == 110.0
    assert board.rows()[-1].entry == made
    assert board.records(made) == report.records
    with pytest.raises(InputError, match="on the board already"):
        board.submit(report, ABOUT)
    other = board.submit(report, {**ABOUT, "model": "다른 이름"})
    assert board.pair(made.id, other.id) == (made, other)
    assert not Board(LocalStore(tmp_path), sample=False).entries()


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("model", " ", "model: found nothing"),
        ("model", "x" * 81, "model: found 81 characters"),
        ("link", "javascript:alert(1)", "link: found"),
        ("link", "http://", "link: found"),
        ("link", "data:text/html,x", "link: found"),
        ("parameters", "nan", "parameters: found"),
        ("parameters", "-1", "parameters: found"),
        ("trained_on", "", "trained on: found nothing"),
    ],
)
def test_what_is_typed_is_checked(
    field: str, value: str, expected: str, settings: Settings, predictions: dict[str, Path]
) -> None:
    report = Scorer(settings).score("nli", predictions["nli"], errors=0)
    with pytest.raises(InputError, match=expected):
        new_entry(report, {**ABOUT, field: value})


def test_of_a_language_model_is_asked_how_it_was_asked(
    settings: Settings, predictions: dict[str, Path]
) -> None:
    report = Scorer(settings).submission("nli", predictions["nli"], LANGUAGE_MODEL)
    about = {**ABOUT, "trained_on": "", "selected_on": "left over", "asked": " rank,\n7 shots "}
    made, _ = new_entry(report, about)
    assert (made.kind, made.asked) == (LANGUAGE_MODEL, "rank, 7 shots")
    assert made.trained_on == made.selected_on == ""
    assert made.unknown_labels == {"invented": 0, "empty": 0, "missing": 0}
    assert made.trivial == report.trivial and made.trivial.keys() == made.scores.keys()
    for wrong, expected in (("", "asked: found nothing"), ("x" * 201, "asked: found 201")):
        with pytest.raises(InputError, match=expected):
            new_entry(report, {**about, "asked": wrong})
    encoder, _ = new_entry(Scorer(settings).submission("nli", predictions["nli"]), ABOUT)
    assert (encoder.kind, encoder.asked, encoder.unknown_labels, encoder.trivial) == (
        "",
        "",
        {},
        {},
    )


def test_language_models_are_not_ranked_among_encoders(tmp_path: Path) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    low = replace(asked(3), scores={"accuracy": 10.0})
    for made in (entry(1), low, asked(2), asked(4, "ynat")):
        board.store.append(made, b"")
    assert [row.entry for row in board.ranked("nli") if row.entry] == [entry(1)]
    assert [row.entry for row in board.language_models("nli")] == [asked(2), low]
    assert board.comparable("nli") == [entry(1), low, asked(2)]
    assert board.pair(entry(1).id, low.id) == (entry(1), low)


def test_names_are_one_line_of_text() -> None:
    assert one_line("model", "a\u202eb\n\x00c", 80) == "ab c"
    assert one_line("model", "<script>", 80) == "<script>"


def test_pairs_share_their_references(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for made in (entry(1), replace(entry(2), data="e"), entry(3)):
        store.append(made, b"")
    board = Board(store, sample=True)
    board.pair(entry(1).id, entry(3).id)
    for other in (entry(1).id, entry(2).id, "nobody"):
        with pytest.raises(InputError, match=r"^compare: "):
            board.pair(entry(1).id, other)


def test_a_line_is_read_as_it_was_written() -> None:
    assert Entry.of_line(entry(7).line()) == entry(7)
    assert json.loads(entry(7).line()) == asdict(entry(7))


def test_fifty_at_once_in_one_process(tmp_path: Path) -> None:
    stores = [LocalStore(tmp_path) for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda at: stores[at].append(entry(at), b"%d\n" % at), range(50)))
    found = LocalStore(tmp_path).read()
    assert sorted(e.id for e in found) == [entry(at).id for at in range(50)]
    assert LocalStore(tmp_path).predictions(entry(7).id) == b"7\n"


def test_of_the_same_submission_at_once_one_is_accepted(tmp_path: Path) -> None:
    def attempt(_: int) -> bool:
        try:
            LocalStore(tmp_path).append(entry(1), b"")
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(10))) == 1
    assert len(LocalStore(tmp_path).read()) == 1


def test_a_torn_line_is_neither_read_nor_in_the_way(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.append(entry(1), b"")
    whole = (tmp_path / LINES).read_bytes()
    for cut in range(1, len(entry(2).line())):
        (tmp_path / LINES).write_bytes(whole + entry(2).line()[:cut])
        assert store.read() == [entry(1)]
    store.append(entry(3), b"")
    assert LocalStore(tmp_path).read() == [entry(1), entry(3)]


def write(folder: Path, start: int, said: int) -> None:
    """Append without an end, and say each number when it is accepted."""
    store = LocalStore(folder)
    for number in itertools.count(start):
        store.append(entry(number), b"x" * 100_000)
        os.write(said, b"%d\n" % number)


def test_what_was_accepted_outlives_sigkill(tmp_path: Path) -> None:
    """Writers are killed at random moments; every number that one had said is there, once."""
    accepted: list[int] = []
    rng = random.Random(0)
    for attempt in range(KILLS):
        reading, writing = os.pipe()
        start = 1000 * attempt
        writer = get_context("fork").Process(target=write, args=(tmp_path, start, writing))
        writer.start()
        os.close(writing)
        time.sleep(rng.uniform(0.02, 0.12))
        writer.kill()
        writer.join()
        with os.fdopen(reading) as said:
            accepted += [int(line) for line in said]
    store = LocalStore(tmp_path)
    store.append(entry(999_999), b"")
    found = [int(e.id, 16) for e in store.read()]
    assert len(accepted) >= KILLS
    assert len(found) == len(set(found))
    assert set(accepted) <= set(found)
    # A killed writer may have had one more on the disk than it could say.
    assert len(found) - len(accepted) <= KILLS + 1
    for number in accepted:
        assert len(store.predictions(entry(number).id)) == 100_000


def test_a_full_disk_keeps_nothing_of_a_submission(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = LocalStore(tmp_path)
    store.append(entry(1), b"1")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # No room at all; room for the predictions, and for a part of the line.
    for room in (0, len(before[tmp_path / LINES]) + 100):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            with pytest.raises(InputError, match="found no room on the board's disk") as caught:
                store.append(entry(2), b"2")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert str(tmp_path) not in str(caught.value)
        assert "cannot be written: File too large" in capsys.readouterr().err
        found = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert found == before
    store.append(entry(2), b"2")
    assert LocalStore(tmp_path).read() == [entry(1), entry(2)]
