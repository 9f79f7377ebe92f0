"""A language model's card, its entries for the Hub's boards, and the table of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries

from klue_common.errors import InputError
from klue_results.lm_card import is_language_model, lm_card, lm_eval_results
from klue_results.lm_tables import lm_markdown, wording_notes
from klue_results.results import Result
from tests.klue_results.test_card import result

REPO = "someone/model"


def asked(task: str = "nli", seed: int = 0, shots: int = 3, **changes: Any) -> Result:
    """A result as `klue lm` writes it; `settings` are beside those of an ordinary run."""
    settings = {
        "mode": "rank",
        "language": "ko",
        "paraphrase": 0,
        "shots": shots,
        "thinking": 0,
        "prompt_version": 1,
        "prompt_digest": "03231d7a91f4",
        **changes.pop("settings", {}),
    }
    made = result(
        task,
        seed,
        model="model",
        trained_on="shots of train",
        selected_on="nothing",
        settings=settings,
        language_model={
            "provider": "vllm",
            "model": "model",
            "api": "completions",
            "shots_from_sample": False,
            "outcomes": {"answered": 2_990, "outside": 7, "refused": 3},
            "trivial": {"name": "one class", "scores": {"accuracy": 33.3333}},
        },
    )
    return replace(made, **changes)


def test_the_card_is_made_of_the_results() -> None:
    card = lm_card([asked(), asked(seed=1), asked(settings={"language": "en"})], REPO)
    read = ModelCard(str(card))
    assert read.data.to_dict() == {"tags": ["klue"]}
    way = "| nli | rank, 3 shots, ko |"
    assert f"| model {way} accuracy | 70.50 | [69.00, 71.75] | 0.71 |" in card.text
    assert "| 33.33 | 5,980 | 14 | 0 | 6 | 0 |" in card.text
    assert f"{way} version 1, `03231d7a91f4` | 0, 1 | vllm, completions |" in card.text
    assert "rank, 3 shots, en" in card.text
    assert "nli: one class" in card.text and "public since 2021" in card.text


def test_entries_say_how_the_model_was_asked() -> None:
    entries = yaml.safe_load(lm_eval_results([asked(), asked(seed=1)]) or "")
    (entry,) = parse_eval_result_entries(entries)
    assert (entry.task_id, entry.value) == ("nli_accuracy", 70.5)
    assert entry.notes == (
        "language model; rank, 3 shots, ko; shot seeds 0, 1; ± 0.71; "
        "95 % interval [69.00, 71.75]; without a model 33.33"
    )
    assert is_language_model(entry.notes)


def test_of_several_ways_one_is_told() -> None:
    both = [asked(), asked(shots=0)]
    with pytest.raises(InputError, match=r"nli: found two ways of asking .*3 shots.* 0 shots"):
        lm_eval_results(both)
    assert "0 shots, ko" in str(lm_eval_results(both, shots=0))
    others = [
        asked(settings={"language": "en"}),
        asked(settings={"paraphrase": 2}),
        asked(split="validation[:200]"),
        asked(sample=True),
    ]
    assert lm_eval_results([*both, *others], shots=3) == lm_eval_results([asked()])
    assert lm_eval_results(others) is None


def test_results_of_one_language_model_alone() -> None:
    with pytest.raises(InputError, match="results: found none of a language model"):
        lm_card([], REPO)
    with pytest.raises(InputError, match="found those of model, other, expected one model's"):
        lm_card([asked(), asked(model="other")], REPO)


def test_a_result_of_another_version_is_shown() -> None:
    bare = asked(language_model={"provider": None, "later": 1}, settings={"mode": "later"})
    assert "| later, 3 shots, ko | accuracy | 70.00 |" in lm_markdown([bare])
    assert "later, 3 shots, ko" in lm_card([bare], REPO).text


def test_the_spread_over_wordings_is_told_apart_from_that_over_shots() -> None:
    runs = [
        asked(
            seed=seed, settings={"paraphrase": wording}, scores={"accuracy": 60.0 + at * 4 + seed}
        )
        for at, wording in enumerate((0, 1, 2))
        for seed in (0, 1)
    ]
    (note,) = wording_notes([*runs, asked(shots=0)])
    spread = "3 wordings give 60.50 to 68.50, ± 4.00."
    assert note == f"model nli accuracy (rank, 3 shots, ko, validation): {spread}"
    assert not wording_notes([asked(), asked(seed=1), asked(settings={"language": "en"})])
