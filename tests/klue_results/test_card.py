"""A fine-tuned model's card and leaderboard entries, read back by huggingface_hub's own classes."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries

from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_results.card import fine_tuned_card as card_with
from klue_results.hub_entries import eval_results_yaml
from klue_results.model_call import ModelCall
from klue_results.results import Result

REPO = "someone/tiny-klue-sts"


def result(task: str = "sts", seed: int = 0, **changes: Any) -> Result:
    scores = {name: 70.0 + seed + at for at, name in enumerate(METRICS[task].scores)}
    made = Result(
        task=task,
        model="klue--bert-base",
        seed=seed,
        scores=scores,
        intervals={name: [value - 1.5, value + 1.25] for name, value in scores.items()},
        split="validation",
        trained_on="train",
        selected_on="held-out",
        sample=False,
        settings={"learning_rate": 5e-5, "epochs": 4, "precision": "fp32"},
        data={
            "source": "official",
            "digest": "ab12",
            "train_examples": 10501,
            "eval_examples": 519,
        },
        seconds={"train": 1000.0, "predict": 2.0},
        speed=42.0,
        peak_memory=3_000_000_000,
        versions={"torch": "2.13.0"},
        hardware={"cpu": "a processor", "cores": 8, "gpus": ["a card"]},
        commit="c0ffee",
        created="2026-11-24T22:21:28+00:00",
    )
    return replace(made, **changes)


def fine_tuned_card(results: Sequence[Result], repo_id: str) -> ModelCard:
    """The card as the rooms above make it, with the call of the results' task."""
    known = [result.task for result in results if result.task in BASELINES]
    call = BASELINES[known[0] if known else "sts"].card
    return card_with(results, repo_id, call)


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return fine_tuned_card([result(), result(seed=2)], REPO)


def test_an_interval_that_leaves_out_the_mean_says_why() -> None:
    """On the card, and in the notes of the Hub's entries, which hold the interval."""
    odd = result(intervals={"pearsonr": [75.5, 90.0], "f1": [60.0, 90.0]})
    note = "pearsonr: the interval leaves out the value"
    assert note in str(fine_tuned_card([odd], REPO))
    pearson, f1 = yaml.safe_load(eval_results_yaml([odd]) or "")
    assert note in pearson["notes"]
    assert "leaves out" not in f1["notes"]
    assert "leaves out" not in str(fine_tuned_card([result()], REPO))


GOLDEN = r"""
# klue--bert-base on KLUE's semantic textual similarity
fine-tuned for the task `sts`
## Scores
on `validation` \(519 examples\)
\| score \| value \| 95 % interval \| ± over seeds \| seeds \|
\| `pearsonr` \| 71.00 \| \[69.50, 72.25\] \| 1.41 \| 0, 2 \|
\| `f1` \| 72.00 \| \[70.50, 73.25\] \| 1.41 \| 0, 2 \|
The checkpoint was chosen on a part of the training data that was held out
The weights here are those of seed 0.
## How to use
AutoModelForSequenceClassification.from_pretrained\("someone/tiny-klue-sts"\)
KluePipeline.from_pretrained\("sts", "someone/tiny-klue-sts"\)
## Training
\| learning_rate \| 5e-05 \|
\| seeds \| 0, 2 \|
trained on 10,501 examples of `train` \(official; .* `ab12`\)
Hardware: a card. Training took 1,000 s \(42.0 examples/s\), with at most 3.0 GB
Versions: torch 2.13.0, commit `c0ffee`
## Limits
CC BY-SA 4.0
## Citation
@misc\{park2021klue
"""


def test_the_card_says_these_things_in_this_order(card: ModelCard) -> None:
    rest = card.text
    for pattern in GOLDEN.strip().splitlines():
        found = re.search(pattern, rest)
        assert found, f"{pattern!r} is not in what is left:\n{rest}"
        rest = rest[found.end() :]


def test_the_front_matter_is_read_back(card: ModelCard) -> None:
    data = ModelCard(str(card)).data
    assert data.model_name == "tiny-klue-sts"
    assert (data.license, data.base_model, data.datasets) == (
        "cc-by-sa-4.0",
        "klue/bert-base",
        ["klue/klue"],
    )
    read = [
        (e.dataset_config, e.dataset_split, e.metric_type, e.metric_value)
        for e in data.eval_results
    ]
    assert read == [("sts", "validation", "pearsonr", 71.0), ("sts", "validation", "f1", 72.0)]
    assert {"klue", "klue-sts"} <= set(data.tags)


@pytest.mark.parametrize(
    ("changes", "base_model", "text"),
    [
        ({"model": "my-encoder"}, None, "the encoder `my-encoder`, fine-tuned"),
        (
            {"encoder": {"path": "klue/bert-base", "revision": "c0ffee" * 6, "digest": "ab" * 32}},
            "klue/bert-base",
            "[klue/bert-base](https://huggingface.co/klue/bert-base) (revision `c0ffeec0ff`, "
            "SHA-256 of its weights `abababababababab`), fine-tuned",
        ),
        (
            {"model": "a__enc", "encoder": {"path": "/x/a/enc", "revision": None, "digest": None}},
            None,
            "the encoder `a__enc`, fine-tuned",
        ),
    ],
)
def test_the_encoder_is_named(changes: dict[str, Any], base_model: str | None, text: str) -> None:
    card = fine_tuned_card([result(**changes)], REPO)
    assert card.data.base_model == base_model
    assert text in " ".join(card.text.split())
    assert "/x/a" not in str(card)


def test_leaderboard_entries_are_read_back() -> None:
    text = eval_results_yaml([result(), result(seed=2)], "org/klue")
    assert text is not None
    entries = parse_eval_result_entries(yaml.safe_load(text))
    assert [(e.dataset_id, e.task_id, e.value) for e in entries] == [
        ("org/klue", "sts_pearsonr", 71.0),
        ("org/klue", "sts_f1", 72.0),
    ]
    assert entries[0].notes == (
        "seeds 0, 2; ± 1.41; 95 % interval [69.50, 72.25]; checkpoint selected on held-out"
    )


def test_a_single_seed_has_its_interval() -> None:
    card = fine_tuned_card([result()], REPO)
    assert "| `pearsonr` | 70.00 | [68.50, 71.25] |  | 0 |" in card.text
    assert "says nothing of the spread over seeds" in " ".join(card.text.split())


@pytest.mark.parametrize("task", list(METRICS))
def test_every_task_has_a_card_with_python_in_it(task: str) -> None:
    card = fine_tuned_card([result(task)], REPO)
    blocks = re.findall(r"```python\n(.*?)```", card.text, flags=re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        ast.parse(block)
    assert {e.metric_type for e in card.data.eval_results} == set(METRICS[task].scores)


@pytest.mark.parametrize("task", ["ner", "re", "dp", "mrc", "wos"])
def test_no_pipeline_is_named_that_answers_otherwise(task: str) -> None:
    card = fine_tuned_card([result(task)], REPO)
    assert "pipeline_tag" not in card.data.to_dict()
    assert card.data.inference is False  # or the Hub would infer a pipeline from the class
    own = BASELINES[task].card.own_pipeline
    (called,) = re.findall(r"pipeline\(.*\)", card.text)
    assert called == f'pipeline("{own}", model="{REPO}", trust_remote_code=True)'
    assert "needs nothing but transformers" in card.text


def test_a_model_without_a_pipeline_is_loaded_alone() -> None:
    card = card_with([result("dp")], REPO, ModelCall("AutoModel", '"가"'))
    assert "pipeline(" not in card.text
    assert "none of transformers' pipelines reads its outputs" in card.text


@pytest.mark.parametrize("task", ["ynat", "sts", "nli"])
def test_a_pipeline_that_answers_alike_is_named(task: str) -> None:
    card = fine_tuned_card([result(task)], REPO)
    assert card.data.pipeline_tag == "text-classification"
    assert (
        'ask = pipeline("text-classification", model=model, tokenizer=tokenizer, **cut)'
        in card.text
    )
    pair = task != "ynat"
    assert ('"text_pair": "' in card.text) == pair
    assert ("inference" in card.data.to_dict()) == pair  # the Hub's page asks about one text


def test_a_sample_is_marked_and_enters_no_board() -> None:
    card = fine_tuned_card([result(sample=True)], REPO)
    assert "not of KLUE" in card.text
    assert card.data.eval_results is None
    assert "model-index" not in str(card)
    assert eval_results_yaml([result(sample=True)]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"split": "validation[80%:]", "trained_on": "validation[:80%]"},
        {"trained_on": "train+validation"},
    ],
)
def test_scores_of_another_protocol_enter_no_board(changes: dict[str, str]) -> None:
    assert eval_results_yaml([result(**changes)]) is None
    assert "can not be compared" in fine_tuned_card([result(**changes)], REPO).text


def test_a_choice_on_dev_is_told() -> None:
    assert "optimistic" in fine_tuned_card([result(selected_on="dev")], REPO).text


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([], "found none"),
        ([result(), result("nli", seed=1)], "on nli, validation and"),
        ([result(), result()], r"seeds \[0, 0\]"),
        (
            [result(encoder={"digest": "ab"}), result(seed=1, encoder={"digest": "cd"})],
            "seeds 0 and 1 with another encoder, expected the same settings",
        ),
    ],
)
def test_results_that_do_not_belong_together(results: list[Result], found: str) -> None:
    with pytest.raises(InputError, match=found):
        fine_tuned_card(results, REPO)


def test_a_score_that_is_not_known_is_on_the_card_and_enters_no_board() -> None:
    odd = result(scores={"pearsonr": 70.0, "spearmanr": 69.5})
    card = fine_tuned_card([odd], REPO)
    assert "| `pearsonr` | 70.00 | [68.50, 71.25] |  | 0 |" in card.text
    assert "| `spearmanr` | 69.50 |  |  | 0 |" in card.text
    said = "no f1 of seed 0; spearmanr shown as found, not known to this version."
    assert said in " ".join(card.text.split())
    assert [entry.metric_type for entry in card.data.eval_results] == ["pearsonr"]
    (entry,) = yaml.safe_load(eval_results_yaml([odd]) or "")
    assert entry["dataset"]["task_id"] == "sts_pearsonr"


def test_without_official_scores_there_is_a_card_and_no_board() -> None:
    odd = result(scores={"spearmanr": 69.5})
    assert fine_tuned_card([odd], REPO).data.eval_results is None
    assert eval_results_yaml([odd]) is None


def test_a_task_that_is_not_known_has_no_card() -> None:
    unknown = replace(result(), task="acceptability")
    with pytest.raises(InputError, match="found the task acceptability, expected one that this"):
        fine_tuned_card([unknown], REPO)
    with pytest.raises(InputError, match="found the task acceptability"):
        eval_results_yaml([unknown])
