"""Rows of features to tensors, padded to the longest of the batch and no further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


def pad(values: Sequence[Any], fill: float) -> torch.Tensor:
    """Stack numbers or nested lists of one depth into a tensor, filled up to the largest.

    >>> pad([[1, 2, 3], [4]], 0)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    >>> pad([0.5, 1.0], 0)
    tensor([0.5000, 1.0000])
    """
    arrays = [np.asarray(value) for value in values]
    shape = np.max([array.shape for array in arrays], axis=0).astype(int)
    floating = any(np.issubdtype(array.dtype, np.floating) and array.size for array in arrays)
    out = np.full((len(arrays), *shape), fill, dtype=np.float32 if floating else np.int64)
    for row, array in zip(out, arrays, strict=True):
        if array.ndim:
            row[tuple(slice(size) for size in array.shape)] = array
    if not shape.size:
        out[:] = arrays
    return torch.from_numpy(out)


@dataclass(frozen=True)
class Collator:
    """Batches the model inputs of one task; columns that are not inputs are left out.

    padding: the inputs beside `input_ids`, and what each is filled up with. keep: columns of one
    number a row that go along although the model does not read them.
    """

    pad_token_id: int
    padding: Mapping[str, float]
    keep: tuple[str, ...] = ()

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
        """Return tensors (rows, longest row, ...), with the mask that leaves padding out."""
        fills = {"input_ids": self.pad_token_id, "token_type_ids": 0, **self.padding}
        batch = {
            name: pad([row[name] for row in rows], fill)
            for name, fill in fills.items()
            if name in rows[0]
        }
        batch |= {name: torch.tensor([row[name] for row in rows]) for name in self.keep}
        lengths = torch.tensor([len(row["input_ids"]) for row in rows])
        batch["attention_mask"] = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
        return batch
