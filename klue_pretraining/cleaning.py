"""The cleaning of documents one by one: sentences, filters, benchmark sentences, personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from klue_common.processes import end_with_parent
from klue_text.duplicates import words_of
from klue_text.filters import SHORTEST, clean, reason_against
from klue_text.pseudonyms import pseudonymise
from klue_text.sentences import SPLITTERS

from .benchmark_texts import SPLITS
from .contamination import Benchmark


@dataclass(frozen=True)
class Settings:
    """How a corpus is cleaned.

    sentences: a key of SPLITTERS. shortest: characters of a sentence. near_duplicates: whether
    they go. benchmark: the splits of KLUE whose sentences go. seed: of MinHash and of made-up
    values. workers: processes that clean, 1 for none beside this one.
    """

    sentences: str = "rules"
    shortest: int = SHORTEST
    near_duplicates: bool = True
    benchmark: tuple[str, ...] = SPLITS
    seed: int = 0
    workers: int = 1


class Cleaned(NamedTuple):
    """What became of one document; a tuple, since all go from process to process.

    text: sentences joined by line ends, "" if none is left. letters: what duplicates are known by,
    its skeleton before personal data was replaced. sentences: how many were found. removed: (step,
    sentence) of those that went. changes: (kind, form of what was found, what stands there now).
    """

    text: str
    letters: str
    sentences: int
    removed: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]


class Cleaner:
    """Cleans documents one by one; knows nothing of other documents."""

    def __init__(self, settings: Settings, benchmark: Benchmark | None) -> None:
        self.settings, self.benchmark = settings, benchmark
        self.split = SPLITTERS[settings.sentences]

    def __call__(self, batch: Sequence[str]) -> list[Cleaned]:
        """Split, filter, take benchmark sentences out, replace personal data."""
        texts = [self.split(clean(text)) for text in batch]
        sentences = list(chain.from_iterable(texts))
        steps = [reason_against(sentence, self.settings.shortest) for sentence in sentences]
        words = [
            words_of(sentence) if step is None else []
            for sentence, step in zip(sentences, steps, strict=True)
        ]
        if self.benchmark is not None:
            sources = self.benchmark.sources_of(words)
            steps = [
                step or (f"benchmark, {source[0]}" if source else None)
                for step, source in zip(steps, sources, strict=True)
            ]
        checked = zip(sentences, steps, words, strict=True)
        return [self.document(list(islice(checked, len(text)))) for text in texts]

    def document(self, sentences: Sequence[tuple[str, str | None, list[str]]]) -> Cleaned:
        """Put a document together: of each sentence its text, the step that it goes by, words."""
        kept = [sentence for sentence, step, _ in sentences if step is None]
        removed = [(step, sentence) for sentence, step, _ in sentences if step is not None]
        letters = "".join(["".join(words) for _, step, words in sentences if step is None])
        made, changes = pseudonymise("\n".join(kept), self.settings.seed)
        forms = [(found.kind, masked(found.value), new) for found, new in changes]
        return Cleaned(made, letters, len(sentences), removed, forms)


def masked(value: str) -> str:
    """Return the form of a value without the value, for a report that others may read.

    >>> masked("010-1234-5678, kim@naver.com")
    '000-0000-0000, aaa@aaaaa.aaa'
    """
    hidden = re.sub("[0-9]", "0", re.sub("[가-힣]", "가", value))
    return re.sub(r"[^\W\d_가]", "a", hidden)


_cleaner: Cleaner | None = None


def start(cleaner: Cleaner) -> None:
    """Give a new process what it cleans with; where processes are forked, without a copy."""
    global _cleaner
    end_with_parent()
    _cleaner = cleaner


def clean_batch(batch: Sequence[str]) -> list[Cleaned]:
    """Clean a batch in a process of the pool."""
    assert _cleaner is not None
    return _cleaner(batch)
