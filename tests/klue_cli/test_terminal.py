"""Plain tables: Korean widths, nothing read as markup, nothing cut off in a pipe."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.text import Text

from klue_cli.terminal import PIPE_WIDTH, heading, numbers, plain_table, show, tell


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_columns_stand_below_each_other_in_korean(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["세종대왕은", "1.00", "가"], ["abc", "10.00", "나"]]
    show(plain_table(["어절", numbers("점수"), "끝"], rows), rows, as_json=False)
    head, *lines = capsys.readouterr().out.splitlines()
    assert [cell_len(line) for line in (head, *lines)] == [10 + 2 + 5 + 2 + 2] * 3
    assert lines == ["세종대왕은   1.00  가", "abc         10.00  나"]


def test_a_cell_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["[bold]x[/bold]", ":smile:", "validation[a]"]
    show(plain_table(texts, [texts]), None, as_json=False)
    for line in capsys.readouterr().out.splitlines():
        assert line.split() == texts


def test_a_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * (PIPE_WIDTH - 10)
    tell(plain_table(["a", "b"], [[long, "y"]]))
    said = capsys.readouterr().err.splitlines()
    assert said[1] == f"{long}  y"
    assert said[0].split() == ["a", "b"] and said[0] == said[0].rstrip()


def test_a_terminal_gets_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    show(plain_table(["a"], [["word " * 20]]), None, as_json=False)
    lines = Text.from_ansi(stream.getvalue()).plain.splitlines()
    assert len(lines) > 2 and all(cell_len(line) <= 40 for line in lines)


def test_json_is_readable_and_said_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show(heading("점수"), {"점수": 1}, as_json=True)
    assert capsys.readouterr().out == '{\n  "점수": 1\n}\n'
    monkeypatch.setenv("RANK", "1")
    show(heading("점수"), {"점수": 1}, as_json=True)
    assert capsys.readouterr().out == ""
