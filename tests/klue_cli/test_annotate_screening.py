"""`klue annotate screen` and `train-screen`: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

from klue_baselines.screening.results import ScreenResult
from klue_baselines.screening.thresholds import flagged_share, working
from klue_cli.annotate_screening import meanings
from klue_cli.app import app
from klue_cli.screening_tables import screen_table
from klue_cli.terminal import show
from klue_common.errors import InputError


def klue(*arguments: Any) -> Any:
    return CliRunner().invoke(app, ["annotate", *map(str, arguments)])


def test_rows_and_their_report(tmp_path: Path) -> None:
    path, out, page = tmp_path / "in.txt", tmp_path / "out.csv", tmp_path / "report.html"
    path.write_text(
        "<b>비가</b> 온다고 여기저기서 많은 사람들이 말한다: kim@naver.com\n비가 온다고 한다\n",
        encoding="utf-8",
    )
    options = ("--out", out, "--model", "none", "--benchmark", "none", "--report", page)
    result = klue("screen", path, *options)
    assert result.exit_code == 0, result.exception
    assert "2 rows, 1 kept, 1 flagged" in result.stdout
    assert "■" in result.stdout and "kim@" not in result.stdout
    html = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;" in html and "<b>" not in html and "kim@" not in html
    counts = json.loads(klue("screen", path, *options, "--json").stdout)
    assert counts["reasons"]["personal data"] == 1
    assert (counts["rows"], counts["kept"], counts["flagged"]) == (2, 1, 1)


def test_what_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text("비가 온다고 한다\n", encoding="utf-8")
    for options, problem in (
        (("--benchmark", "test"), "--benchmark: found 'test'"),
        (("--label", "toxic"), "--label: found 'toxic', expected LABEL=toxicity"),
        (("--model", "./nowhere", "--benchmark", "none"), "no such model folder"),
    ):
        result = klue("screen", path, "--out", tmp_path / "out.csv", "--model", "none", *options)
        assert isinstance(result.exception, InputError)
        assert problem in str(result.exception)
    assert not (tmp_path / "out.csv").exists()


def test_labels_with_equals_signs() -> None:
    assert meanings(["a=b=bias", "c=toxicity"]) == {"a=b": "bias", "c": "toxicity"}


def test_a_result_is_shown(capsys: Any) -> None:
    flags, gold = np.array([True, False]), np.array([True, False])
    of_kinds = dict.fromkeys(("bias", "either"), working(flags, gold))
    empty = ("settings", "data", "encoder", "versions", "hardware")
    rest: dict[str, Any] = {name: {} for name in empty}
    result = ScreenResult(
        model="klue_tiny",
        seed=1,
        scores={"bias_macro_f1": 60.5},
        intervals={"bias_macro_f1": [54.9, 65.9]},
        held_out={},
        recall=0.7,
        thresholds={"bias": 0.25},
        dev=of_kinds,
        clean={"bias": flagged_share(flags)},
        clean_texts=2,
        chosen_step=1,
        seconds=1.0,
        commit=None,
        created="",
        **rest,
    )
    show(screen_table(result), None, as_json=False)
    shown = capsys.readouterr().out
    assert "60.50" in shown and "recall of 70 %" in shown and "0.250" in shown
