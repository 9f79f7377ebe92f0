"""Which results are averaged, and what a table says of the others."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from klue_baselines.training.completing import keep_result
from klue_cli.result_tables import result_table, shown_bench, shown_results
from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_results.bench_tables import bench_markdown
from klue_results.pictures import results_picture
from klue_results.published import PUBLISHED
from klue_results.results import Result, check_namesakes, read_results, result_path
from klue_results.tables import markdown_table, notes_on, result_rows
from tests.klue_results.test_card import result


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


def test_an_interval_that_leaves_out_the_mean_says_why(tmp_path: Path) -> None:
    """As old results have: in every table, in every row for programs and in the picture."""
    odd = result(intervals={"pearsonr": [75.5, 90.0], "f1": [60.0, 90.0]})
    note = "sts pearsonr: the interval leaves out the value, since with few examples"
    table = Console(width=200, file=StringIO())
    for shown in (shown_results([odd]), shown_bench([odd], {})):
        table.print(shown)
    assert table.file.getvalue().count(f"klue--bert-base {note}") == 2  # type: ignore[attr-defined]
    assert markdown_table([odd]).splitlines()[-1].startswith(f"klue--bert-base {note}")
    assert f"\n\nklue--bert-base {note}" in bench_markdown([odd], {})
    assert note in results_picture([odd], {}, "KLUE")
    assert [bool(row["note"]) for row in result_rows([odd])] == [True, False]
    for text in (markdown_table([result()]), results_picture([result()], {}, "KLUE")):
        assert "leaves out" not in text


def test_other_data_is_said() -> None:
    table = markdown_table([changed(0), changed(1, {"digest": "c0ffee00c0ffee"})])
    assert "validation, data ab12 |" in table
    assert "validation, data c0ffee00 |" in table


@pytest.mark.parametrize("before", ["", "{", "same", "other"])
def test_a_finished_run_is_kept_whatever_lay_there(
    before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = result_path(tmp_path, changed(0))
    known = {"same": changed(0), "other": changed(0, epochs=9)}
    if before in known:
        known[before].write(path)
    else:
        path.parent.mkdir(parents=True)
        path.write_text(before, encoding="utf-8")
    keep_result(changed(0), tmp_path)
    assert Result.read(path) == changed(0)
    assert ("is replaced" in capsys.readouterr().err) == (before != "same")


def test_a_run_with_other_settings_replaces_no_result(tmp_path: Path) -> None:
    kept = [changed(0), changed(1), changed(0, epochs=9), changed(0, {"digest": "c0ffee"})]
    for one in kept:
        keep_result(one, tmp_path)
    keep_result(changed(0, epochs=4.0), tmp_path)  # 4.0 epochs are 4 epochs
    keep_result(changed(1, decoding="valid"), tmp_path)
    paths = sorted(tmp_path.rglob("seed-*.json"))
    assert len(paths) == len(kept)
    assert len({path.parent for path in paths}) == 3
    assert {path.parents[1] for path in paths} == {tmp_path / "klue--bert-base" / "sts"}


def test_results_of_the_first_release_are_read_where_they_lie(tmp_path: Path) -> None:
    old = tmp_path / "klue--bert-base" / "sts" / "seed-0.json"
    later = ("encoder", "held_out", "chosen_step", "history")
    content = {name: value for name, value in asdict(changed(0)).items() if name not in later}
    old.parent.mkdir(parents=True)
    old.write_text(json.dumps(content), encoding="utf-8")
    assert Result.read(old) == changed(0)
    keep_result(changed(0), tmp_path)  # again, in the place of today
    assert [len(row["seeds"]) for row in result_rows(read_results(tmp_path))] == [1, 1]


def of_encoder(digest: str, seed: int = 0, **changes: Any) -> Result:
    return result(seed=seed, encoder={"path": "enc", "revision": None, "digest": digest}, **changes)


def test_encoders_of_one_name_are_not_averaged() -> None:
    runs = [of_encoder("aa" * 32), of_encoder("aa" * 32, 1), of_encoder("bb" * 32, 2), result()]
    rows = [row for row in result_rows(runs) if row["score"] == "f1"]
    assert [(row["differs"], row["seeds"]) for row in rows] == [
        ({"encoder": "aaaaaaaa"}, [0, 1]),
        ({"encoder": "bbbbbbbb"}, [2]),
        ({"encoder": "unknown"}, [0]),
    ]


def test_the_name_of_another_encoder_is_refused(tmp_path: Path) -> None:
    name = result().model
    keep_result(of_encoder("aa" * 32), tmp_path)
    check_namesakes(tmp_path, name, "aa" * 32)
    check_namesakes(tmp_path, name, None)
    check_namesakes(tmp_path, "another", "bb" * 32)
    with pytest.raises(InputError, match=r"\(its weights are aaaaaaaa, these bbbbbbbb\), expected"):
        check_namesakes(tmp_path, name, "bb" * 32)


def test_unknown_weights_keep_nobody_from_a_name(tmp_path: Path) -> None:
    keep_result(result(), tmp_path)
    (tmp_path / result().model / "seed-9.json").write_text("{")
    check_namesakes(tmp_path, result().model, "bb" * 32)


def test_held_out_scores_stand_beside_those_of_dev() -> None:
    runs = [
        of_encoder("aa", seed, held_out={"f1": 60.0 + seed, "pearsonr": 1.0}) for seed in (0, 1)
    ]
    assert [row["held_out"] for row in result_rows(runs)] == [1.0, 60.5]
    assert result_rows([*runs, of_encoder("aa", 2)])[1]["held_out"] is None
    table = result_table(runs)
    assert [*table.columns[6].cells] == ["1.00", "60.50"]


def test_unknown_tokens_set_no_seed_apart() -> None:
    rows = result_rows([changed(0), changed(1, {"unknown_tokens": 0.01})])
    assert [row["seeds"] for row in rows] == [[0, 1], [0, 1]]


def test_a_part_of_the_training_data_is_said() -> None:
    part = {"train_examples": 200, "at_most": 200}
    assert "validation, trained on 200 examples |" in markdown_table([changed(0, part)])


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found no results, expected <model>"):
        list(read_results(tmp_path))


def scored(seed: int = 0, **changes: Any) -> Result:
    """A result whose scores are given, and in whose intervals these are not."""
    return replace(result(seed=seed), intervals={}, **changes)


def columns(results: list[Result], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in result_rows(results)]


def shown_everywhere(results: list[Result]) -> list[str]:
    """The texts of all tables of results, and of the picture."""
    console = Console(width=400, file=StringIO())
    for table in (shown_results(results), shown_bench(results, PUBLISHED)):
        console.print(table)
    terminal = console.file.getvalue()  # type: ignore[attr-defined]
    markdown = [markdown_table(results), bench_markdown(results, PUBLISHED)]
    return [terminal, *markdown, results_picture(results, PUBLISHED, "KLUE")]


def test_a_missing_score_is_left_out_with_a_word() -> None:
    runs = [scored(0, scores={"pearsonr": 70.0}), scored(1, scores={"pearsonr": 72.0, "f1": 60.0})]
    assert columns(runs, "score", "mean", "seeds", "interval") == [
        ("pearsonr", 71.0, [0, 1], None),
        ("f1", 60.0, [1], None),
    ]
    assert notes_on(runs) == ["klue--bert-base sts: no f1 of seed 0."]
    for text in shown_everywhere(runs)[:3]:
        assert "klue--bert-base sts: no f1 of seed 0." in text
    assert "60.00" in shown_everywhere(runs)[3]


def test_a_result_without_scores_has_no_row_and_a_word() -> None:
    runs = [scored(scores={})]
    assert result_rows(runs) == []
    assert notes_on(runs) == ["klue--bert-base sts: no pearsonr of seed 0; no f1 of seed 0."]
    assert all(shown_everywhere(runs))


@pytest.mark.parametrize(
    ("value", "is_shown"), [(12.345, True), ({"PS": 1.0}, False), (None, False)]
)
def test_a_score_that_is_not_known_is_shown_or_left_out_with_a_word(
    value: Any, is_shown: bool
) -> None:
    runs = [result(scores={"spearmanr": value, "pearsonr": 70.0, "f1": 71.0})]
    assert [row["score"] for row in result_rows(runs)] == [
        "pearsonr",
        "f1",
        *(["spearmanr"] if is_shown else []),
    ]
    word = "shown as found, not known to this version" if is_shown else "left out, no number"
    assert notes_on(runs) == [f"klue--bert-base sts: spearmanr {word}."]
    for text in shown_everywhere(runs):
        assert ("12.35" in text or "12.34" in text) == is_shown


def test_a_task_that_is_not_known_stands_last_with_all_its_scores() -> None:
    unknown = scored(task="acceptability", scores={"mcc": 50.0, "accuracy": 80.0})
    runs = [unknown, result()]
    assert columns(runs, "task", "score") == [
        ("sts", "pearsonr"),
        ("sts", "f1"),
        ("acceptability", "mcc"),
        ("acceptability", "accuracy"),
    ]
    assert notes_on(runs) == [
        "klue--bert-base acceptability: a task that this version does not know; "
        "mcc, accuracy shown as found, not known to this version."
    ]
    for text in shown_everywhere(runs):
        assert "acceptability" in text and "80.00" in text


def test_tables_of_whole_results_have_no_notes() -> None:
    assert notes_on([result(task) for task in METRICS]) == []


def test_training_time_may_be_unknown() -> None:
    (row, _) = result_rows([scored(seconds={})])
    assert row["seconds"] is None
