"""Shots: fixed, varied, from train."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_datasets import DataError, read_rows
from klue_lm.prompts import check_apart, prompts_for
from klue_lm.shots import choose, train_rows
from klue_lm.tasks import LMS


@pytest.mark.parametrize("task", LMS)
def test_the_same_seed_gives_the_same_shots(task: str) -> None:
    rows = read_rows(task, "train", sample=True, full=True)
    one, again = (choose(LMS[task], rows, 4, 3, "ko") for _ in range(2))
    assert one == again
    assert choose(LMS[task], rows, 2, 3, "ko") == one[:2]
    assert choose(LMS[task], rows, 4, 4, "ko") != one
    assert len({shot.guid for shot in one}) == 4
    english = choose(LMS[task], rows, 4, 3, "en")
    assert [shot.guid for shot in english] == [shot.guid for shot in one]


# So many shots show so many kinds: labels, grades, entity types, with an answer or without.
LEAST = {"ynat": 7, "sts": 6, "nli": 3, "ner": 3, "mrc": 2, "re": 3, "dp": 3, "wos": 3}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("task", LMS)
def test_shots_show_what_there_is(task: str, seed: int) -> None:
    lm, least = LMS[task], LEAST[task]
    rows = read_rows(task, "train", sample=True, full=True)
    by_guid = {row["guid"]: row for row in rows}
    there = {kind for row in rows for kind in lm.kinds(row)}
    shots = choose(lm, rows, max(least, 3), seed, "ko")
    guids = [shot.guid if shot.guid in by_guid else shot.guid.rpartition("-")[0] for shot in shots]
    shown = {kind for guid in guids for kind in lm.kinds(by_guid[guid])}
    assert len(shown) >= min(least, len(there))


def test_official_train_where_it_is(data_dir: list[Path]) -> None:
    lm = LMS["ynat"]
    rows, from_sample = train_rows("ynat", data_dir, False)
    assert not from_sample
    for seed in range(3):
        shots = choose(lm, rows, 7, seed, "ko")
        assert len({shot.answer for shot in shots}) == 7
        assert all("_train_" in shot.guid for shot in shots)


def test_the_sample_stands_in_for_a_missing_train_file(tmp_path: Path) -> None:
    prompts = prompts_for(LMS["dp"], shots=1, data_dir=tmp_path)
    assert prompts.from_sample and len(prompts.shots) == 1


def test_a_broken_train_file_is_no_missing_one(tmp_path: Path) -> None:
    folder = tmp_path / "ynat-v1.1"
    folder.mkdir()
    (folder / "ynat-v1.1_train.json").write_text("[{")
    with pytest.raises(DataError, match=r"ynat-v1\.1_train\.json"):
        prompts_for(LMS["ynat"], shots=1, data_dir=tmp_path)


def test_wrong_numbers_are_named() -> None:
    with pytest.raises(InputError, match="shots: found 9999, expected at most"):
        prompts_for(LMS["nli"], shots=9999, sample=True)
    with pytest.raises(InputError, match="language: found 'fr'"):
        prompts_for(LMS["nli"], language="fr", sample=True)
    with pytest.raises(InputError, match="paraphrase: found 3"):
        prompts_for(LMS["nli"], paraphrase=3, sample=True)


def test_no_shot_is_a_question_too() -> None:
    prompts = prompts_for(LMS["nli"], shots=2, sample=True)
    check_apart(prompts, ["x"])
    with pytest.raises(InputError, match="among the questions too"):
        check_apart(prompts, [prompts.shots[1].guid])
