"""The cleaning of documents one by one, each part a step of a datatrove pipeline.

datatrove's own filters were looked at and left: `SentenceDedup` and `C4QualityFilter` split by
tokenizers that know no Korean quotes, drop whole documents where we drop sentences, and
`PIIFormatter` knows e-mail and Internet addresses alone. Each step here takes and gives documents
of sentences on lines, so it may stand in other pipelines too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep

from klue_text.duplicates import skeleton, words_of
from klue_text.filters import SHORTEST, clean, reason_against
from klue_text.pseudonyms import pseudonymise
from klue_text.sentences import SPLITTERS

from .benchmark_texts import SPLITS
from .contamination import opened_benchmark
from .counting import Counting, Documents, batches
from .readers import FIELD

BATCH = 200_000  # characters that the benchmark is asked about at a time


@dataclass(frozen=True)
class Settings:
    """How a corpus is cleaned.

    sentences: a key of SPLITTERS. shortest: characters of a sentence. near_duplicates: whether
    they go. benchmark: the splits of KLUE whose sentences go. field: that holds the text. seed: of
    MinHash and of made-up values. workers: tasks that run at a time.
    """

    sentences: str = "rules"
    shortest: int = SHORTEST
    near_duplicates: bool = True
    benchmark: tuple[str, ...] = SPLITS
    field: str = FIELD
    seed: int = 0
    workers: int = 1


class Sentences(Counting):
    """Brings texts to NFC, splits them, and drops the sentences that do not belong.

    Args:
        examples: the folder for the first sentences that went.
        splitter: a key of SPLITTERS.
        shortest: characters that a sentence must have.
    """

    type = "✂️ - KLUE"
    name = "sentences and filters"

    def __init__(self, examples: str, splitter: str = "rules", shortest: int = SHORTEST) -> None:
        super().__init__(examples)
        self.splitter, self.shortest = splitter, shortest

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Put a document's sentences on lines; a document may be left without any."""
        split = SPLITTERS[self.splitter]
        for document in data:
            sentences, kept = split(clean(document.text)), []
            for sentence in sentences:
                reason = reason_against(sentence, self.shortest)
                if reason is None:
                    kept.append(sentence)
                else:
                    self.count(reason, sentence)
            self.counted["documents in"] += 1
            self.counted["sentences in"] += len(sentences)
            document.text = "\n".join(kept)
            yield document
        self.save(rank)


class BenchmarkSentences(Counting):
    """Drops the sentences of the benchmark, and those that are near to one by BM25.

    Args:
        examples: the folder for the first sentences that went.
        texts: a file of the benchmark's texts, as `contamination.save_benchmark` writes it.
    """

    type = "🦠 - KLUE"
    name = "benchmark sentences"

    def __init__(self, examples: str, texts: str) -> None:
        super().__init__(examples)
        self.texts = texts

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Drop sentences, many documents at a time; a document may be left without any."""
        benchmark = opened_benchmark(self.texts)
        for batch in batches(data, BATCH):
            texts = [document.text.split("\n") if document.text else [] for document in batch]
            words = [words_of(sentence) for sentence in chain.from_iterable(texts)]
            judged = zip(benchmark.sources_of(words), words, strict=True)
            for document, sentences in zip(batch, texts, strict=True):
                self.judge(document, sentences, list(islice(judged, len(sentences))))
            yield from batch
        self.save(rank)

    def judge(
        self,
        document: Document,
        sentences: list[str],
        judged: list[tuple[tuple[str, str] | None, list[str]]],
    ) -> None:
        """Leave a document the sentences that are like none of the benchmark's."""
        kept, letters = [], []
        for sentence, (source, words) in zip(sentences, judged, strict=True):
            if source is None:
                kept.append(sentence)
                letters += words
            else:
                self.count(f"benchmark, {source[0]}", sentence)
        document.text = "\n".join(kept)
        document.metadata["letters"] = "".join(letters)


class Pseudonyms(PipelineStep):  # type: ignore[misc, unused-ignore]
    """Replaces personal data by made-up values, and drops the documents that are empty by now.

    What duplicates are known by, the letters and digits before anything was replaced, goes to
    `metadata["letters"]`; (kind, form of what was found, what stands there now) to
    `metadata["changes"]`.

    Args:
        seed: of the made-up values.
    """

    type = "🎭 - KLUE"
    name = "personal data"

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.seed = seed

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Replace values, a document at a time."""
        for document in data:
            if not document.text:
                continue
            if "letters" not in document.metadata:
                document.metadata["letters"] = skeleton(document.text)
            document.text, changes = pseudonymise(document.text, self.seed)
            if changes:
                document.metadata["changes"] = [
                    (found.kind, masked(found.value), new) for found, new in changes
                ]
            yield document


def masked(value: str) -> str:
    """Return the form of a value without the value, for a report that others may read.

    >>> masked("010-1234-5678, kim@naver.com")
    '000-0000-0000, aaa@aaaaa.aaa'
    """
    hidden = re.sub("[0-9]", "0", re.sub("[가-힣]", "가", value))
    return re.sub(r"[^\W\d_가]", "a", hidden)
