"""Rows for training: full sentences one after another until a row is full.

A row is [CLS] sentences [SEP], its sentences contiguous in the corpus; where one document ends and
the next begins within a row stands another [SEP]. A sentence that no longer fits begins the next
row, one longer than a row is cut. This is RoBERTa's FULL-SENTENCES. Attention crosses the [SEP]: it
costs nothing to let it, neighbouring documents may be related (a premise and its hypotheses), and
plain rows run on every attention kernel, where a block-diagonal mask needs one that knows it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from datasets import Dataset, Features, List, Value
from datasets.arrow_writer import ArrowWriter
from tokenizers import models
from transformers import PreTrainedTokenizerFast

from klue_common.errors import InputError
from klue_datasets.files import written
from klue_text.morphemes import Morphemes, WholeWords

from .tokenizer import batched, words_of

Tokens = tuple[list[int], list[bool]]
"""Ids, and for each whether a word (a morpheme of an eojeol) begins there."""

FEATURES = Features({"input_ids": List(Value("int32")), "begins": List(Value("bool"))})
ROWS = 1000  # written together


class Encoder:
    """Turns sentences into tokens and their words; each written word is worked out once.

    Raises:
        InputError: the tokenizer is no WordPiece, whose tokens depend on the word alone.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerFast, morphemes: Morphemes | WholeWords
    ) -> None:
        self.backend = tokenizer.backend_tokenizer
        if not isinstance(self.backend.model, models.WordPiece):
            raise InputError(
                f"{tokenizer.name_or_path}: found {type(self.backend.model).__name__}, "
                "expected a WordPiece tokenizer"
            )
        self.morphemes = morphemes
        self.known: dict[str, Tokens] = {}

    def __call__(self, sentences: Iterable[str]) -> Iterator[Tokens]:
        """Yield tokens of each sentence, without special ones."""
        words = [words_of(self.backend, sentence) for sentence in sentences]
        new = dict.fromkeys(w for sentence in words for w in sentence if w not in self.known)
        self.morphemes.learn(new)
        self.known.update((word, self.tokens(word)) for word in new)
        for sentence in words:
            ids: list[int] = []
            begins: list[bool] = []
            for word in sentence:
                more_ids, more_begins = self.known[word]
                ids += more_ids
                begins += more_begins
            yield ids, begins

    def tokens(self, word: str) -> Tokens:
        """Return a word's tokens; one begins a word where it is in another morpheme than before."""
        starts, last, place = self.morphemes[word], -1, 0
        ids, begins = [], []
        for token in self.backend.model.tokenize(word):
            morpheme = bisect_right(starts, place)
            ids.append(token.id)
            begins.append(morpheme != last)
            last = morpheme
            # Its offsets count bytes here; an unknown word is one token, so that none follows it.
            place += len(token.value.removeprefix("##"))
        return ids, begins


def pack(
    documents: Iterable[str],
    encode: Encoder,
    tokenizer: PreTrainedTokenizerFast,
    length: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[Tokens]:
    """Yield rows of at most `length` tokens, special ones included."""
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    ids, begins = [cls], [True]
    for batch in batched(documents):
        sentences = [text.split("\n") for text in batch]
        encoded = encode(sentence for document in sentences for sentence in document)
        for document in sentences:
            for at in range(len(document)):
                for more_ids, more_begins in parts(next(encoded), length - 2):
                    divider = at == 0 and len(ids) > 1
                    if len(ids) + divider + len(more_ids) + 1 > length:
                        yield [*ids, sep], [*begins, True]
                        ids, begins, divider = [cls], [True], False
                    ids += [sep] * divider + more_ids
                    begins += [True] * divider + more_begins
        advance(len(batch))
    if len(ids) > 1:
        yield [*ids, sep], [*begins, True]


def parts(tokens: Tokens, longest: int) -> Iterator[Tokens]:
    """Return a sentence, cut where it is longer than a row; nothing of one without tokens.

    >>> list(parts(([1, 2, 3], [True, False, True]), 2))
    [([1, 2], [True, False]), ([3], [True])]
    """
    ids, begins = tokens
    for at in range(0, len(ids), longest):
        yield ids[at : at + longest], begins[at : at + longest]


def write_rows(rows: Iterable[Tokens], path: Path) -> Dataset:
    """Write rows to an Arrow file, which is read from disk and takes no memory."""
    with written(path) as file:
        writer = ArrowWriter(stream=file, features=FEATURES, writer_batch_size=ROWS)
        for ids, begins in rows:
            writer.write({"input_ids": ids, "begins": begins})
        writer.finalize()
    return Dataset.from_file(str(path))
