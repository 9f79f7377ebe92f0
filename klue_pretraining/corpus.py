"""From raw documents to a clean corpus: JSON Lines, a document a line, a sentence a text line."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from klue_common.errors import InputError
from klue_common.processes import end_with_parent
from klue_common.progress import meter, note
from klue_datasets.files import written
from klue_datasets.sources import DataDir
from klue_text.duplicates import ExactDuplicates, NearDuplicates, words_of
from klue_text.filters import SHORTEST, clean, reason_against
from klue_text.pseudonyms import pseudonymise
from klue_text.sentences import SPLITTERS

from .benchmark_texts import SPLITS, benchmark_files, benchmark_texts
from .contamination import Benchmark
from .corpus_report import Report
from .readers import FIELD, Reading, documents, size

BATCH = 200_000  # characters that a process takes at a time
AHEAD = 3  # batches for each process that may wait


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


def make_corpus(
    sources: Sequence[str],
    out: Path,
    settings: Settings,
    *,
    skip_bad: bool = False,
    data_dir: DataDir | None = None,
    sample: bool = False,
) -> Report:
    """Clean all sources into one file, written as a whole or not at all, with its report beside.

    Memory does not grow with the input, except for what `duplicates` remembers of each document.

    Raises:
        InputError: a source cannot be read, nothing is left, or the file cannot be written or is
            one of the sources.
    """
    began = time.monotonic()
    for source in sources:
        if out.exists() and Path(source).exists() and out.samefile(source):
            raise InputError(f"{out}: found a text to clean, expected another file for the corpus")
    reading = Reading(skip_bad)
    # Asked for at once: a source that is not there is found before the others are cleaned.
    streams = [documents(source, reading) for source in sources]
    benchmark, report = None, Report(list(sources), settings)
    if settings.benchmark:
        report.benchmark = benchmark_files(settings.benchmark, data_dir, sample)
        note(f"reading the benchmark: {', '.join(report.benchmark)}")
        with uncollected():
            benchmark = Benchmark(benchmark_texts(settings.benchmark, data_dir, sample))
    sha256, encode = hashlib.sha256(), json.JSONEncoder(ensure_ascii=False).encode
    with written(out) as file, meter("corpus", total_size(sources), "kB") as advance:
        cleaner = Cleaner(settings, benchmark)
        cleaned = cleaned_documents(streams, cleaner, settings.workers, reading, advance)
        for document in distinct(cleaned, settings, report):
            # What the encoder makes of a dict, in half the time.
            line = f'{{"{FIELD}": {encode(document.text)}}}\n'.encode()
            sha256.update(line)
            file.write(line)
        report.finish(reading, sha256.hexdigest(), time.monotonic() - began)
        if report.documents_out == 0:
            raise InputError(f"{', '.join(sources)}: {report.nothing_left()}")
    with written(report_path(out)) as file:
        text = json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n"
        file.write(text.encode(errors="replace"))  # names of files may be no text
    return report


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection while a block makes a million objects, nor of what it made.

    They all stay: the collector would look through them again and again, find nothing, and in a
    forked process copy the pages that they are on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def report_path(corpus: Path) -> Path:
    """Where the report of a corpus lies.

    >>> report_path(Path("out/corpus.jsonl")).name
    'corpus.report.json'
    """
    return corpus.with_name(f"{corpus.stem}.report.json")


def total_size(sources: Iterable[str]) -> int:
    """Kilobytes to read, 0 if that is not known of all sources."""
    sizes = [size(source) for source in sources]
    return sum(sizes) // 1000 if all(sizes) else 0


def cleaned_documents(
    streams: Iterable[Iterator[str]],
    cleaner: Cleaner,
    workers: int,
    reading: Reading,
    advance: Callable[[int], None],
) -> Iterator[Cleaned]:
    """Clean in several processes, in the order of the input and only a little ahead of it."""
    done = 0
    with contextlib.ExitStack() as stack:
        pool = None
        if workers > 1:
            pool = ProcessPoolExecutor(workers, initializer=start, initargs=(cleaner,))
            stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        waiting: deque[Future[list[Cleaned]]] = deque()
        for batch in batches(streams):
            if pool is None:
                yield from cleaner(batch)
            else:
                waiting.append(pool.submit(clean_batch, batch))
                if len(waiting) > AHEAD * workers:
                    yield from waiting.popleft().result()
            advance((reading.bytes - done) // 1000)
            done += (reading.bytes - done) // 1000 * 1000
        while waiting:
            yield from waiting.popleft().result()


def batches(streams: Iterable[Iterator[str]]) -> Iterator[list[str]]:
    """Documents in lists of about BATCH characters.

    >>> list(batches([iter("가나"), iter("다")]))
    [['가', '나', '다']]
    """
    batch: list[str] = []
    held = 0
    for stream in streams:
        for text in stream:
            batch.append(text)
            held += len(text)
            if held >= BATCH:
                yield batch
                batch, held = [], 0
    if batch:
        yield batch


def distinct(cleaned: Iterable[Cleaned], settings: Settings, report: Report) -> Iterator[Cleaned]:
    """Those with text that nobody had before; everything goes into the report."""
    exact = ExactDuplicates()
    near = NearDuplicates(settings.seed) if settings.near_duplicates else None
    for document in cleaned:
        report.read(document)
        if not document.text:
            continue
        if not exact.add(document.letters):
            report.drop("duplicate, exact", document.text)
        elif near is not None and not near.add(document.letters):
            report.drop("duplicate, near", document.text)
        else:
            report.keep(document)
            yield document


def masked(value: str) -> str:
    """The form of a value without the value, for a report that others may read.

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
