from __future__ import annotations

import pytest
from rich.console import Console

from klue_baselines.launching.board import DONE, FAILED, RUNNING, Board
from klue_common.progress import table_of


def test_a_board_tells_what_changes_and_how_many_are_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    board = Board(["[1/3] a", "[2/3] b", "[3/3] c"])
    with board.shown():
        board.tell("[1/3] a", RUNNING)
        board.tell("[2/3] b", RUNNING)
        board.hear("[1/3] a", "step 5/9", True)  # the next such line takes its place: not yet due
        board.hear("[1/3] a", "held-out accuracy 50.00", False)
        board.tell("[1/3] a", DONE)
        board.tell("[2/3] b", FAILED, "killed by SIGKILL")
    assert capsys.readouterr().err.splitlines() == [
        "[1/3] a: running (2 waiting, 1 running)",
        "[2/3] b: running (1 waiting, 2 running)",
        "[1/3] a: held-out accuracy 50.00",
        "[1/3] a: done (1 waiting, 1 running, 1 done)",
        "[2/3] b: failed, killed by SIGKILL (1 waiting, 1 done, 1 failed)",
    ]


def test_a_board_has_a_line_a_run() -> None:
    board = Board(["[1/2] a", "[2/2] b"])
    board.tell("[1/2] a", RUNNING)
    board.hear("[1/2] a", "step 5/9", True)
    console = Console(width=80)
    with console.capture() as capture:
        console.print(table_of(*board.content()))
    counts, *lines = [line.split() for line in capture.get().splitlines()]
    assert counts == ["1", "waiting,", "1", "running"]
    assert lines == [["[1/2]", "a", "running", "step", "5/9"], ["[2/2]", "b", "waiting"]]
