from __future__ import annotations

from pathlib import Path

import pytest

from klue_datasets import TASKS, build
from klue_datasets.card import front_matter


def card_of(folder: Path, **options: object) -> str:
    return (build(folder / "klue", **options).out / "README.md").read_text(encoding="utf-8")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sample_card(tmp_path_factory: pytest.TempPathFactory) -> str:
    return card_of(tmp_path_factory.mktemp("card"), sample=True)


def test_every_task_has_a_section_in_both_languages(sample_card: str) -> None:
    for task in TASKS.values():
        assert f"## {task.name}: {task.title}\n" in sample_card
        assert f"## {task.korean_title} (`{task.name}`)\n" in sample_card
        assert task.about in sample_card
        assert task.korean_about in sample_card


def test_a_sample_is_marked_and_makes_no_claim_about_klue(sample_card: str) -> None:
    assert "This is the bundled sample, not KLUE" in sample_card
    assert "표본입니다" in sample_card
    assert "license: apache-2.0" in sample_card
    for claim in ("cc-by-sa", "Known errata", "bibtex", "Sources:", "출처"):
        assert claim not in sample_card


def test_a_card_of_klue_says_what_is_known(raw: Path, tmp_path: Path) -> None:
    card = card_of(tmp_path, data_dir=raw)
    assert "license: cc-by-sa-4.0" in card
    assert "@misc{park2021klue" in card
    assert "Sources: Wikitree, NSMC." in card
    assert "출처: Wikitree, NSMC." in card
    assert "Not corrected here" in card
    assert "(KLUE issue 42)" in card
    assert "of the official 45,678 here" in card
    corrected = card_of(tmp_path, data_dir=raw, errata=True, full=True)
    assert "Version 1.1.1+errata, with all columns." in corrected
    assert "Corrected here." in corrected


def test_sizes_labels_and_an_example(sample_card: str) -> None:
    assert "| label (`label`) | train | validation |" in sample_card
    assert "| no_relation |" in sample_card
    assert '"guid": "ynat-v1_dev_00000"' in sample_card
    assert max(map(len, sample_card.splitlines())) < 2_000


def test_size_category_and_tasks(tmp_path: Path) -> None:
    head = front_matter(build(tmp_path / "klue", ["re", "ynat"], sample=True))
    assert head["size_categories"] == ["n<1K"]
    assert head["task_categories"] == ["text-classification"]
    assert head["language"] == ["ko"]
