"""Values of slots: spelt as they were said, and restricted to what there is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from klue_baselines.encoding.collator import Collator
from klue_baselines.encoding.encoder import TextEncoder, open_tokenizer, text_encoder
from klue_baselines.task import Answers
from klue_baselines.tasks import BASELINES
from klue_datasets import load, load_ontology

SLOT = "관광-종류"
ONTOLOGY = {SLOT: ["none", "dontcare", "박물관", "공원"]}
DIALOGUE = [{"role": "user", "text": "서울 중앙에 있는 명소를 찾아요.", "state": []}]


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> TextEncoder:
    return TextEncoder(open_tokenizer(str(tiny_encoder)), 128, token_types=False)


@pytest.mark.slow
def test_a_tracker_learns_the_gates_of_a_small_batch(tiny_encoder: Path) -> None:
    torch.manual_seed(0)
    tokenizer = open_tokenizer(str(tiny_encoder))
    task = BASELINES["wos"]
    model = task.build(
        str(tiny_encoder),
        head=task.heads[0],
        labels=task.labels,
        tokenizer=tokenizer,
        ontology=load_ontology(sample=True),
    )
    encoder = text_encoder(model, tokenizer, 256)
    rows = load("wos", "train", sample=True, full=True).select(range(4))
    columns = task.encode(rows[:], encoder, model.config, True)
    features = [{name: values[at] for name, values in columns.items()} for at in range(8)]
    batch = Collator(tokenizer.pad_token_id, task.padding)(features)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(120):
        output = model(**batch)
        output.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
    given = batch["gates"] > 0
    assert (output.gates.argmax(-1) == batch["gates"])[given].float().mean() > 0.8


def state(encoder: TextEncoder, value: str, decoding: str) -> list[str]:
    """The state that is decoded from a value's tokens."""
    end = encoder.tokenizer.sep_token_id
    config = SimpleNamespace(slots=[SLOT], ontology=ONTOLOGY, end_id=end)
    tokens = encoder.tokenizer(value, add_special_tokens=False)["input_ids"]
    row: dict[str, Any] = {"example": 0, "turn": 0}
    example = {"guid": "a", "dialogue": DIALOGUE}
    answers = Answers([example], [row], [{0: [*tokens, end]}], encoder, config)
    return BASELINES["wos"].decodings[decoding](answers)[0]["state"]


@pytest.mark.parametrize("decoding", ["plain", "restricted"])
@pytest.mark.parametrize("value", ["박물관", "명소"])
def test_known_values_and_those_said_stay(encoder: TextEncoder, value: str, decoding: str) -> None:
    assert state(encoder, value, decoding) == [f"{SLOT}-{value}"]


def test_what_can_be_no_value_is_left_out(encoder: TextEncoder) -> None:
    """A prediction file holds what can be scored, whatever tokens a model generates."""
    assert state(encoder, "- 공원", "plain") == []
    assert state(encoder, "none", "plain") == []


def test_a_value_nearly_known_becomes_the_known_one(encoder: TextEncoder) -> None:
    assert state(encoder, "박물", "plain") == [f"{SLOT}-박물"]
    assert state(encoder, "박물", "restricted") == [f"{SLOT}-박물관"]


def test_a_value_that_nobody_said_is_left_out(encoder: TextEncoder) -> None:
    assert state(encoder, "조식", "plain") == [f"{SLOT}-조식"]
    assert state(encoder, "조식", "restricted") == []
