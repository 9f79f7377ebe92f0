"""From raw documents to a clean corpus: JSON Lines, a document a line, a sentence a text line."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from klue_common.errors import InputError
from klue_common.own_files import json_text
from klue_common.progress import meter, note
from klue_datasets.files import written
from klue_datasets.sources import DataDir
from klue_text.duplicates import ExactDuplicates, NearDuplicates

from .benchmark_texts import benchmark_files, benchmark_texts
from .cleaning import Cleaned, Cleaner, Settings, clean_batch, start
from .contamination import Benchmark
from .corpus_report import Report
from .readers import FIELD, Reading, documents, size

BATCH = 200_000  # characters that a process takes at a time
AHEAD = 3  # batches for each process that may wait


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
    with (
        written(report_path(out)) as about,
        written(out) as file,
        meter("corpus", total_size(sources), "kB") as advance,
    ):
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
        about.write(
            json_text(report.to_json()).encode(errors="replace")
        )  # names of files may be no text
        about.flush()  # now: the corpus may take its place only if there is room for both
    return report


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Stop garbage collection while a block makes a million objects, and of what it made.

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
    """Return where the report of a corpus lies.

    >>> report_path(Path("out/corpus.jsonl")).name
    'corpus.report.json'
    """
    return corpus.with_name(f"{corpus.stem}.report.json")


def total_size(sources: Iterable[str]) -> int:
    """Return kilobytes to read, 0 if that is not known of all sources."""
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
    """Yield documents in lists of about BATCH characters.

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
    """Yield documents with text that none before had; everything goes into the report."""
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
