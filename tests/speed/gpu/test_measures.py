"""What follows from measured seconds, and the table, the lines and the command that show it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from klue_baselines.recipe import Recipe
from speed.gpu.__main__ import main
from speed.gpu.measures import Measured, Plan, makespan, mean
from speed.gpu.runs import Filled, Seconds, Workload
from speed.gpu.tables import content, lines, table
from speed.gpu.use import GpuUse, use_of

TRAIN = Filled("validation+validation", 20, "validation", 10)
DEV = Filled("validation", 10, "validation", 10)
WORK = Workload("dp", TRAIN, DEV, 18, once=6.0, settings=Recipe("las_macro_f1"))
# Ten times the training of the part that was run: 30 + 2 + 8 seconds, 75 + 1 + 4 plainly.
DONE = Measured(
    WORK, 10.0, Seconds(3, 2, 8), Seconds(7.5, 1, 4), GpuUse(80.0, 5.0), GpuUse(60.0, 7.0)
)


def test_a_part_is_multiplied_and_what_a_run_does_once_is_not() -> None:
    assert (DONE.run, DONE.plain_run) == (40, 80)


def test_totals_are_of_three_seeds_and_read_once() -> None:
    plan = Plan(["dp"], 0.1, 2)
    totals = content(plan, [DONE], {"measured": 20.0, "seconds": 57.0, "used": {}})["totals"]
    assert totals["alone"] == 6 + 3 * 40
    assert totals["plain"] == 6 + 3 * 80
    assert totals["parallel"] == 6 + 57
    assert totals["ratio"] == pytest.approx(246 / 126)
    assert totals["parallel_ratio"] == pytest.approx(246 / 63)


def test_the_table_says_what_was_repeated_and_what_was_reckoned() -> None:
    plan = Plan(["dp"], 0.1, 1)
    console = Console(width=160, record=True)
    console.print(table([DONE]))
    text = console.export_text()
    assert "20 of 10 of dev" in text and "1/10.0" in text and "80 %, 5.0 GiB" in text
    said = "\n".join(lines(plan, content(plan, [DONE], {})))
    assert "one seed and a part of each run were measured" in said and "goal: 1.5" in said
    whole = replace(plan, share=1.0)
    assert "a part of each run" not in "\n".join(lines(whole, content(whole, [DONE], {})))


def test_runs_begin_where_a_place_is_free() -> None:
    assert makespan([5, 5, 5], 1) == 15
    assert makespan([5, 1, 1, 1], 2) == 5
    assert makespan([1, 1], 8) == 1


def test_the_mean_is_over_seeds() -> None:
    assert mean([Seconds(1, 2, 3), Seconds(3, 2, 5)]) == Seconds(2, 2, 4)


def test_samples_that_say_nothing_are_none() -> None:
    assert use_of([]) == use_of(["[N/A], [N/A]"]) == GpuUse(None, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--try", "--share", "0"], "--share: found 0, expected above 0"),
        (["--try", "--tasks", "ynat,xyz"], "xyz"),
        (["--try", "--parallel", "0"], "--parallel: found 0"),
    ],
    ids=["share", "task", "parallel"],
)
def test_what_cannot_be_is_one_line(words: list[str], said: str, capsys) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert said in shown.err and shown.err.count("\n") == 1 and not shown.out


@pytest.mark.slow
def test_a_try_shows_that_everything_works(tmp_path: Path, capsys) -> None:
    out = tmp_path / "gpu.json"
    words = ["--try", "--tasks", "ynat", "--share", "0.1", "--parallel", "2", "--json", str(out)]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "there is no GPU here" in shown and "klue bench --parallel 2" in shown
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["totals"]["plain"] > 0 and found["parallel"]["measured"] > 0
    assert "scores" not in out.read_text(encoding="utf-8")
