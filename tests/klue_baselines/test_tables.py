"""Which results are averaged, and what a table says of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from klue_baselines.errors import InputError
from klue_baselines.results import Result, read_results
from klue_baselines.tables import markdown_table, result_rows
from klue_baselines.training import keep_result

from .test_model_card import result


def changed(seed: int, data: dict[str, Any] | None = None, **settings: Any) -> Result:
    made = result(seed=seed)
    return result(
        seed=seed, settings={**made.settings, **settings}, data={**made.data, **(data or {})}
    )


def test_seeds_of_one_run_are_averaged_whatever_their_decoding() -> None:
    rows = result_rows([changed(0, decoding="plain"), changed(1, decoding="valid")])
    assert [row["seeds"] for row in rows] == [[0, 1], [0, 1]]  # two scores
    assert rows[0]["differs"] == {}


def test_runs_with_other_settings_have_rows_of_their_own() -> None:
    table = markdown_table([changed(0), changed(1), changed(2, learning_rate=1e-3)])
    pearson = [line for line in table.splitlines() if "pearsonr" in line]
    assert [line.split(" | ")[-2] for line in pearson] == ["2", "1"]
    assert "validation, learning_rate 5e-05 |" in pearson[0]
    assert "validation, learning_rate 0.001 |" in pearson[1]


def test_four_epochs_are_four_epochs() -> None:
    rows = result_rows([changed(0, epochs=4), changed(1, epochs=4.0)])
    assert [row["seeds"] for row in rows] == [[0, 1], [0, 1]]


def test_other_data_is_said() -> None:
    table = markdown_table([changed(0), changed(1, {"digest": "c0ffee00c0ffee"})])
    assert "validation, data ab12 |" in table
    assert "validation, data c0ffee00 |" in table


@pytest.mark.parametrize("before", ["", "{", "same", "other"])
def test_a_finished_run_is_kept_whatever_lay_there(
    before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seed-0.json"
    known = {"same": changed(0), "other": changed(0, epochs=9)}
    if before in known:
        known[before].write(path)
    else:
        path.write_text(before, encoding="utf-8")
    keep_result(changed(0), path)
    assert Result.read(path) == changed(0)
    assert ("is replaced" in capsys.readouterr().err) == (before != "same")


def test_unknown_tokens_set_no_seed_apart() -> None:
    rows = result_rows([changed(0), changed(1, {"unknown_tokens": 0.01})])
    assert [row["seeds"] for row in rows] == [[0, 1], [0, 1]]


def test_a_part_of_the_training_data_is_said() -> None:
    part = {"train_examples": 200, "at_most": 200}
    assert "validation, trained on 200 examples |" in markdown_table([changed(0, part)])


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found no results, expected <model>"):
        list(read_results(tmp_path))
