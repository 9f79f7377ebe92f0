"""What the tests of this room share: a model of every task that has learned nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from klue_baselines.encoding.encoder import open_tokenizer, text_encoder
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES


@pytest.fixture(scope="module")
def pipelines(tiny_encoder: Path) -> dict[str, KluePipeline]:
    """Heads that have learned nothing, around the tiny encoder."""
    torch.manual_seed(0)
    made = {}
    for name, task in BASELINES.items():
        tokenizer = open_tokenizer(str(tiny_encoder))
        model = task.build(
            str(tiny_encoder),
            head=task.heads[0],
            labels=task.labels,
            tokenizer=tokenizer,
            **task.context(sample=True),
        )
        made[name] = KluePipeline(task, model, text_encoder(model, tokenizer, 128))
    return made
