"""Which models are found under a folder of runs, and which seed of them is pushed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_hub.finished import choose, chosen_models, finished_models
from klue_results.results import Result
from tests.klue_results.test_card import result

SETTINGS = {**result().settings, "select_by": "f1"}


def seeds(*held_out: float, **changes: Any) -> list[Result]:
    """A run a held-out score, which goes down where the score on dev goes up."""
    return [
        result(seed=seed, settings=SETTINGS, held_out={"f1": score}, **changes)
        for seed, score in enumerate(held_out)
    ]


def keep(runs: Path, place: str, made: Result) -> None:
    made.write(runs / place / "result.json")
    (runs / place / "config.json").write_text("{}")


def chosen(runs: Path, seed: int | None = None) -> list[tuple[str, list[int]]]:
    return [
        (one.model.folder.relative_to(runs).as_posix(), [other.seed for other in one.others])
        for one in choose(finished_models(runs), seed)
    ]


def test_models_are_found_wherever_they_lie(tmp_path: Path) -> None:
    for place in ("dp", "bench/a__enc/sts/seed-1", "x/y/z/deep", ".demo-x/ynat", "a/.model"):
        keep(tmp_path, place, result())
    result().write(tmp_path / "no-model" / "result.json")
    found = [one.folder.relative_to(tmp_path).as_posix() for one in finished_models(tmp_path)]
    assert found == ["bench/a__enc/sts/seed-1", "dp", "x/y/z/deep"]
    assert finished_models(tmp_path / "nowhere") == []


def test_the_best_seed_on_held_out_is_taken_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in seeds(50.0, 70.0, 60.0):
        keep(tmp_path, f"bench/x/sts/seed-{one.seed}", one)
    keep(tmp_path, "nli", result("nli", seed=7))
    assert chosen(tmp_path) == [("bench/x/sts/seed-1", [0, 2]), ("nli", [])]
    said = capsys.readouterr().err
    assert "bert-base-klue-sts: " in said
    assert "seed-1, seed 1, the best of the seeds 0, 1, 2 by held-out f1 (70.00)" in said
    assert "nli, seed 7\n" in said


def test_of_equal_seeds_the_first_is_taken(tmp_path: Path) -> None:
    for one in seeds(70.0, 70.0):
        keep(tmp_path, f"{one.seed}", one)
    assert chosen(tmp_path) == [("0", [1])]


def test_a_seed_may_be_named(tmp_path: Path) -> None:
    for one in seeds(50.0, 70.0):
        keep(tmp_path, f"{one.seed}", one)
    assert chosen(tmp_path, seed=0) == [("0", [1])]
    with pytest.raises(InputError, match="--seed: found 5, expected one of 0, 1 for klue-bert"):
        chosen(tmp_path, seed=5)


def test_without_held_out_scores_a_seed_has_to_be_named(tmp_path: Path) -> None:
    for seed in (1, 2):
        keep(tmp_path, f"{seed}", result(seed=seed, settings=SETTINGS))
    with pytest.raises(InputError, match=r"found no held-out f1 to choose one .* expected --seed"):
        chosen(tmp_path)
    assert chosen(tmp_path, seed=2) == [("2", [1])]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (result(seed=1, settings={**SETTINGS, "epochs": 9}), "with another epochs"),
        (result(seed=1, settings=SETTINGS, encoder={"digest": "ab" * 32}), "another encoder"),
        (result(seed=0, settings=SETTINGS), "with the seed 0 twice"),
        (result(seed=1, settings=SETTINGS, model="klue-bert-base"), "with another model"),
    ],
)
def test_two_runs_for_one_repository_are_refused(other: Result, found: str, tmp_path: Path) -> None:
    keep(tmp_path, "a", result(seed=0, settings=SETTINGS))
    keep(tmp_path, "b", other)
    with pytest.raises(InputError, match=rf"klue-bert-base-klue-sts: found .*a and .*b.*{found}"):
        chosen(tmp_path)


def test_a_model_of_an_unknown_task_is_left_out_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, "a", result())
    keep(tmp_path, "b", replace(result(), task="acceptability"))
    (choice,) = chosen_models(tmp_path, None, sample=False)
    assert choice.model.folder == tmp_path / "a"
    said = f"{tmp_path / 'b'}: left out, acceptability is no task that this version knows\n"
    assert said in capsys.readouterr().err
