"""Dynamic whole-word masking: other words are hidden at every visit of a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset as TorchDataset
from transformers import PreTrainedTokenizerFast

IGNORED = -100
HIDDEN, RANDOM = 0.8, 0.1  # of the words that are predicted; the rest stay as they are


@dataclass(frozen=True)
class Masking:
    """Chooses whole words and hides them, as in BERT: 80 % [MASK], 10 % random, 10 % as it was.

    share: of the words. mask: the id of [MASK]. special: ids that are never predicted; a random
    token is one above them. vocabulary: its size.
    """

    share: float
    mask: int
    special: tuple[int, ...]
    vocabulary: int

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerFast, share: float) -> Masking:
        """Return the masking of a tokenizer."""
        special = tuple(sorted(tokenizer.all_special_ids))
        return cls(share, tokenizer.mask_token_id, special, len(tokenizer))

    def __call__(
        self, ids: np.ndarray, begins: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and labels of a row, int64 of its length; one word or more is predicted.

        What happens to a word happens to all of its tokens.
        """
        word = np.cumsum(begins) - 1
        draw = rng.random(word[-1] + 1)
        special = np.isin(ids, self.special)
        draw[word[special]] = 1.0
        chosen = (draw < max(self.share, draw.min() + 1e-12))[word] & ~special
        fate = rng.random(word[-1] + 1)[word]
        inputs = ids.astype(np.int64)
        labels = np.where(chosen, inputs, IGNORED)
        inputs[chosen & (fate < HIDDEN)] = self.mask
        replaced = chosen & (fate >= HIDDEN) & (fate < HIDDEN + RANDOM)
        first = max(self.special) + 1
        inputs[replaced] = rng.integers(first, self.vocabulary, replaced.sum())
        return inputs, labels


class Visits(TorchDataset):
    """All visits of a training run in order, as a dataset: which row, and what is hidden in it.

    Visit n is row n of its pass's own shuffling, and what is hidden follows from the seed and n
    alone. So a run that was interrupted goes on with the same rows and the same hidden words, on
    any number of devices.
    """

    def __init__(self, rows: object, masking: Masking, count: int, seed: int) -> None:
        self.rows, self.masking, self.count, self.seed = rows, masking, count, seed
        self.order: tuple[int, np.ndarray] = (-1, np.empty(0))

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, visit: int) -> dict[str, np.ndarray]:
        """Return the inputs and labels of a visit."""
        size = len(self.rows)  # type: ignore[arg-type]
        turn = visit // size
        if self.order[0] != turn:
            self.order = turn, np.random.default_rng([self.seed, 0, turn]).permutation(size)
        row = self.rows[int(self.order[1][visit % size])]  # type: ignore[index]
        rng = np.random.default_rng([self.seed, 1, visit])
        ids, begins = np.asarray(row["input_ids"]), np.asarray(row["begins"])
        inputs, labels = self.masking(ids, begins, rng)
        return {"input_ids": inputs, "labels": labels}
