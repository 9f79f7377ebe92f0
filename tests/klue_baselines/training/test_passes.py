"""A batch in several forward passes is learned from as if it were one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.encoding.collator import Collator
from klue_baselines.prediction import encode_rows
from klue_baselines.tasks import BASELINES
from klue_baselines.training.passes import passes
from klue_baselines.training.run import Run, open_encoder
from klue_datasets import load

# The loss of WoS is a mean over turns and one over values; its passes count turns.
EXACT = [name for name in BASELINES if name != "wos"]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=9),
    st.integers(1, 200),
)
def test_every_token_is_in_one_pass(rows: list[tuple[int, bool]], tokens: int) -> None:
    lengths = torch.tensor([length for length, _ in rows])
    mask = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
    ids = torch.arange(1, mask.numel() + 1).view(mask.shape) * mask
    labels = torch.tensor([1] + [1 if known else -100 for _, known in rows[1:]])
    parts = list(passes({"input_ids": ids, "attention_mask": mask, "labels": labels}, tokens))
    seen = torch.cat([part["input_ids"].flatten() for part, _ in parts])
    assert sorted(seen[seen > 0].tolist()) == ids[ids > 0].tolist()
    assert sum(share for _, share in parts) == pytest.approx(1)
    assert all(part["input_ids"].numel() <= max(tokens, len(mask[0])) for part, _ in parts)
    assert all(part["attention_mask"].sum(0).all() for part, _ in parts)


def batch_of(name: str, tiny_encoder: Path) -> tuple[Any, dict[str, torch.Tensor]]:
    """A model that drops nothing, and six rows of the sample's train part."""
    run = Run(name, str(tiny_encoder), Path("unused"), sample=True, overrides={"max_length": 96})
    torch.manual_seed(0)
    model, encoder, _ = open_encoder(run, BASELINES[name])
    rows = load(name, "train", sample=True, full=True).select(range(6))
    features = encode_rows(BASELINES[name], rows, encoder, model.config, labels=True)
    collate = Collator(encoder.tokenizer.pad_token_id, BASELINES[name].padding)
    return model.eval(), collate(features.select(range(6)).to_list())


def gradient(name: str, model: Any, batch: dict[str, torch.Tensor], tokens: int) -> torch.Tensor:
    """The gradient of all parameters after a batch in passes of so many tokens."""
    model.zero_grad()
    for part, share in passes(batch, tokens):
        loss = BASELINES[name].loss
        if loss is None:
            value = model(**part).loss
        else:
            labels = part.pop("labels")
            value = loss(model(**part), labels)
        (share * value).backward()
    found = [weight.grad.flatten() for weight in model.parameters() if weight.grad is not None]
    return torch.cat(found)


@pytest.mark.parametrize("name", EXACT)
def test_passes_have_the_gradient_of_the_batch(name: str, tiny_encoder: Path) -> None:
    model, batch = batch_of(name, tiny_encoder)
    whole = gradient(name, model, batch, 1 << 20)
    parts = gradient(name, model, batch, 2 * batch["input_ids"].shape[1])
    assert whole.abs().max() > 0
    assert torch.allclose(whole, parts, atol=1e-5)


def test_turns_are_counted_where_a_loss_has_two_means(tiny_encoder: Path) -> None:
    _, batch = batch_of("wos", tiny_encoder)
    length = batch["input_ids"].shape[1]
    assert [share for _, share in passes(batch, 4 * length)] == pytest.approx([4 / 6, 2 / 6])
