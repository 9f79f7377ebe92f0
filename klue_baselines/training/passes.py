"""A batch in several forward passes, so that memory follows the passes and not the batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch

from ..heads.losses import IGNORED

# Padded tokens a pass. On a CPU activations beyond the caches cost time as well as memory; a GPU
# is only kept busy by large passes, and its memory holds the published batches.
TOKENS = {"cpu": 1024}
MOST_TOKENS = 1 << 16
OF_TOKENS = ("input_ids", "attention_mask", "token_type_ids")  # one column a token


def tokens_a_pass(device: str) -> int:
    """Return how many padded tokens a forward pass has at most on a kind of device.

    >>> tokens_a_pass("cpu"), tokens_a_pass("cuda")
    (1024, 65536)
    """
    return TOKENS.get(device, MOST_TOKENS)


def passes(
    batch: Mapping[str, torch.Tensor], tokens: int
) -> Iterator[tuple[dict[str, torch.Tensor], float]]:
    """Yield rows of a batch that fit a pass, and the share of its targets that they have.

    The longest rows come first, and each pass is padded to its own longest row. Losses that are
    means over a pass, each times its share, add up to the mean over the batch. Targets are the
    `labels` that are not padding; where there are none, the rows.

    >>> mask = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 0]])
    >>> batch = {"attention_mask": mask, "labels": torch.tensor([0, 1, 2])}
    >>> for part, share in passes(batch, 8):
    ...     print(part["attention_mask"].tolist(), part["labels"].tolist(), round(share, 2))
    [[1, 1, 1, 1], [1, 1, 1, 0]] [1, 2] 0.67
    [[1, 1]] [0] 0.33
    """
    lengths = batch["attention_mask"].sum(-1)
    order = lengths.argsort(descending=True, stable=True)
    targets = batch.get("labels", lengths)
    counts = targets.flatten(1).ne(IGNORED).sum(-1) if targets.dim() > 1 else targets.ne(IGNORED)
    first = 0
    while first < len(order):
        longest = int(lengths[order[first]])
        rows = order[first : first + max(tokens // longest, 1)]
        part = {
            name: tensor[rows, :longest] if name in OF_TOKENS else tensor[rows]
            for name, tensor in batch.items()
        }
        yield part, float(counts[rows].sum() / counts.sum())
        first += len(rows)
