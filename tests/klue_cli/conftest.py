"""What the command line's tests share with those of the data: raw files, a cache of their own."""

from pathlib import Path

import pytest
import torch

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.tasks import BASELINES
from tests.klue_datasets.conftest import own_cache, raw

__all__ = ["own_cache", "raw"]


def untrained(task: str, encoder: Path, folder: Path, **head: str) -> Path:
    """Write a model that has learned nothing, as `klue train` leaves one."""
    torch.manual_seed(0)
    record, tokenizer = BASELINES[task], open_tokenizer(str(encoder))
    context = {"labels": record.labels, "tokenizer": tokenizer, **record.context(sample=True)}
    model = record.build(str(encoder), **{"head": record.heads[0], **context, **head})
    decoding = [*record.decodings][-1]
    model.config.update({"klue_task": task, "klue_max_length": 128, "klue_decoding": decoding})
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=["original", "untagged"])
def parser(
    request: pytest.FixtureRequest, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A parser that has learned nothing, in a folder as `klue train dp` leaves it."""
    folder = tmp_path_factory.mktemp(request.param)
    return untrained("dp", tiny_encoder, folder, head=request.param)
