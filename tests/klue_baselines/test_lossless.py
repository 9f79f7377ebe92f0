"""Gold labels, encoded as a model's targets and decoded as its answers, on the real dev files.

What is lost on the way is the ceiling of every score. KLUE's original loses entity 5.92 and
character 2.78 points of NER, 2.52 of WoS and 1.41 of MRC exact match.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from transformers import BertTokenizerFast

from klue_baselines import dialogue_state_tracking as wos
from klue_baselines import named_entity_recognition as ner
from klue_baselines import reading_comprehension as mrc
from klue_baselines.encoder import TextEncoder
from klue_baselines.registry import BASELINES
from klue_datasets import load, load_ontology
from klue_metrics import METRICS


@pytest.fixture(scope="module")
def encoder(shared: Path) -> TextEncoder:
    vocabulary = shared / "klue_vocab" / "klue-bert-base" / "vocab.txt"
    tokenizer = BertTokenizerFast(str(vocabulary), do_lower_case=False)
    return TextEncoder(tokenizer, max_length=510, token_types=True)


def scores(
    task: str, encoder: TextEncoder, config: Any, answer: Callable[[dict[str, Any]], Any]
) -> dict[str, float]:
    """Scores of the records decoded from the answers that the targets stand for."""
    rows = load(task, "validation", full=True)
    columns = BASELINES[task].encode(rows[:], encoder, config, True)
    count = len(columns["input_ids"])
    features = [{name: values[at] for name, values in columns.items()} for at in range(count)]
    answers = [answer(feature) for feature in features]
    records = BASELINES[task].decode(rows.to_list(), features, answers, encoder, config)
    return METRICS[task].score(METRICS[task].gold(rows), records)


@pytest.mark.slow
def test_ner_loses_nothing(encoder: TextEncoder, data_dir: list[Path]) -> None:
    names = BASELINES["ner"].labels
    config = SimpleNamespace(
        num_labels=len(names) * ner.PLACES,
        id2label={at: f"{name}@0" for at, name in enumerate(names)},
    )

    def answer(feature: dict[str, Any]) -> Any:
        return [[max(tag, 0) for tag in places] for places in feature["labels"]]

    found = scores("ner", encoder, config, answer)
    assert found["entity_macro_f1"] == 100
    assert found["character_macro_f1"] == 100


def test_dp_loses_nothing(encoder: TextEncoder, data_dir: list[Path]) -> None:
    names = BASELINES["dp"].labels
    config = SimpleNamespace(
        pos=[],
        id2label=dict(enumerate(names)),
        label2id={name: at for at, name in enumerate(names)},
    )
    found = scores("dp", encoder, config, lambda feature: (feature["heads"], feature["labels"]))
    assert set(found.values()) == {100}


@pytest.mark.slow
def test_wos_loses_nothing(encoder: TextEncoder, data_dir: list[Path]) -> None:
    ontology = load_ontology()
    config = SimpleNamespace(
        slots=sorted(ontology), ontology=ontology, end_id=encoder.tokenizer.sep_token_id
    )

    def answer(feature: dict[str, Any]) -> Any:
        pairs = enumerate(zip(feature["gates"], feature["values"], strict=True))
        return {
            slot: value if gate == wos.POINTER else wos.GATES[gate]
            for slot, (gate, value) in pairs
            if gate
        }

    found = scores("wos", encoder, config, answer)
    assert found["joint_goal_accuracy"] == 100
    assert found["slot_micro_f1"] == 100


@pytest.mark.slow
def test_mrc_loses_less_than_the_original(encoder: TextEncoder, data_dir: list[Path]) -> None:
    def answer(feature: dict[str, Any]) -> Any:
        first, last = feature["start_positions"], feature["end_positions"]
        return (1.0 if first else -1.0, first, last, 0.0)

    found = scores("mrc", encoder, SimpleNamespace(), answer)
    assert found["exact_match"] > 99
    assert found["rouge_w"] > 99.8


def test_pieces_of_mrc_windows_lie_inside_the_passage(
    encoder: TextEncoder, data_dir: list[Path]
) -> None:
    rows = load("mrc", "validation", full=True).select(range(20))
    columns = mrc.encode(rows[:], encoder, SimpleNamespace(), False)
    for owner, starts, ends in zip(
        columns["example"], columns["start"], columns["end"], strict=True
    ):
        assert max(ends) <= len(rows[owner]["context"])
        assert all((start < 0) == (end < 0) for start, end in zip(starts, ends, strict=True))
