"""From raw documents to a clean corpus: JSON Lines, a document a line, a sentence a text line.

The work is done by pipelines of datatrove (`stages`), in a folder beside the corpus. Each task has
a part of the input, in order, so that the corpus is the same however many tasks there are and
wherever they run, and a run that was stopped goes on with the tasks that were not done.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from datatrove.io import DataFolder, get_datafolder

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets.files import writable, written
from klue_datasets.sources import DataDir

from .benchmark_texts import benchmark_files, benchmark_texts
from .cleaning import Settings
from .clusters import cluster
from .contamination import close_benchmark, save_benchmark
from .corpus_report import Report
from .executors import Execution
from .shards import TEXT_FILE, damaged, save_shares
from .sources import ADDRESS, SHARD, Piece, everywhere, pieces, shares
from .stages import BENCHMARK, SHARES, Stages
from .work_folder import Work, digest_of, work_folder

CHUNK = 1 << 20  # bytes


def make_corpus(
    sources: Sequence[str],
    out: Path | str,
    settings: Settings,
    *,
    skip_bad: bool = False,
    data_dir: DataDir | None = None,
    sample: bool = False,
    execution: Execution | None = None,
    tasks: int | None = None,
) -> Report:
    """Clean all sources into one file, or into a folder of shards, with its report beside.

    Nothing half written takes its name. Memory does not grow with the input, except for 64 bytes
    for each time that a document is found to be like another one.

    Args:
        sources: see `readers.documents`.
        out: a name with an ending is a file; one without is a folder, and so is an address.
        settings: of the cleaning.
        skip_bad: leave out and count what cannot be read.
        data_dir, sample: where the benchmark's texts are.
        execution: where tasks run; default: here, `settings.workers` at a time.
        tasks: parts of the input; default: by its size, and at least one for each worker.

    Raises:
        InputError: a source cannot be read, nothing is left, the corpus cannot be written or is
            one of the sources, or its working folder is damaged or another corpus's.
        RunError: a task failed otherwise.
    """
    began, execution = time.monotonic(), execution or Execution(workers=settings.workers)
    refuse_places(sources, str(out))
    # Looked for at once: a source that is not there is found before the others are cleaned.
    given = sources if execution.name == "local" else [everywhere(source) for source in sources]
    found = [piece for source in given for piece in pieces(source)]
    report, texts = Report(list(sources), settings), list[str]()
    if settings.benchmark:
        report.benchmark = benchmark_files(settings.benchmark, data_dir, sample)
        note(f"reading the benchmark: {', '.join(report.benchmark)}")
        texts = list(benchmark_texts(settings.benchmark, data_dir, sample))
    plan = {
        "options": {key: value for key, value in asdict(settings).items() if key != "workers"},
        "sources": digest_of(found),
        "benchmark": hashlib.sha256(json.dumps(texts).encode()).hexdigest(),
        "skip_bad": skip_bad,
        "tasks": tasks or number_of_tasks(found, execution.workers),
    }
    place = str(out) if execution.name == "local" else everywhere(str(out))
    with work_folder(place, plan) as work, cluster(execution, work.folder):
        prepare(work, found, texts if settings.benchmark else None)
        try:
            folder = str(out) if ADDRESS in str(out) else work.at("texts")
            Stages(work, settings, skip_bad, execution, folder, kilobytes(found)).run()
        finally:
            close_benchmark(work.at(BENCHMARK))
        report.add_up(work.at("logs"), work.at("examples"))
        if report.documents_out == 0:
            empty(work)
            raise InputError(f"{', '.join(sources)}: {report.nothing_left()}")
        publish(folder, str(out), report, began)
    return report


def refuse_places(sources: Sequence[str], out: str) -> None:
    """Refuse a corpus at a place where something else is.

    Raises:
        InputError: it is.
    """
    path = Path(out)
    for source in sources:
        if ADDRESS not in out and path.exists() and Path(source).exists() and path.samefile(source):
            raise InputError(f"{out}: found a text to clean, expected another file for the corpus")
    if ADDRESS in out and path.suffix in (".jsonl", ".json"):
        raise InputError(f"{out}: found the address of a file, expected one of a folder")
    full = path.is_dir() and any(path.iterdir())
    if ADDRESS in out:
        place, work = get_datafolder(out), get_datafolder(f"{out.rstrip('/')}.work")
        full = bool(place.isdir("") and place.list_files() and not work.isdir(""))
    if full:
        raise InputError(f"{out}: found a folder with files, expected none yet")


def number_of_tasks(found: Sequence[Piece], workers: int) -> int:
    """Return how many parts the input gets: of SHARD bytes at most, and a multiple of the workers.

    >>> number_of_tasks([Piece("a.txt", "text", size=600_000_000)], 2)
    4
    """
    total = sum(piece.weight for piece in found)
    return max(math.ceil(total / SHARD / workers), 1) * workers


def kilobytes(found: Sequence[Piece]) -> int:
    """Return kilobytes to read, 0 if that is not known of all pieces."""
    known = all(piece.kind in ("text", "json") and not piece.packed for piece in found)
    return sum(piece.size for piece in found) // 1000 if known else 0


def prepare(work: Work, found: Sequence[Piece], texts: Sequence[str] | None) -> None:
    """Write what all tasks read: their pieces, and the benchmark's texts, if there are any."""
    with writable(Path(work.folder)):
        save_shares(work.at(SHARES), shares(found, work.tasks))
        if texts is not None:
            with uncollected():
                save_benchmark(work.at(BENCHMARK), texts)


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


def report_path(corpus: Path | str) -> Path:
    """Return where the report of a corpus lies.

    >>> report_path(Path("out/corpus.jsonl")).name, report_path("out/corpus").name
    ('corpus.report.json', 'corpus.report.json')
    """
    path = Path(corpus)
    return path.with_name(f"{path.stem}.report.json")


def is_folder_of_shards(out: str) -> bool:
    """Return whether a corpus is to be a folder: its name has no ending, or is an address.

    >>> is_folder_of_shards("corpus"), is_folder_of_shards("corpus.jsonl")
    (True, False)
    """
    return ADDRESS in out or Path(out).is_dir() or not Path(out).suffix


def publish(folder: str, out: str, report: Report, began: float) -> None:
    """Put the corpus and its report at their place.

    Raises:
        DataError: they cannot be written.
        InputError: the working folder is damaged.
    """
    shards = get_datafolder(folder)
    names = shards.list_files(glob_pattern="*" + Path(TEXT_FILE).suffix)
    if ADDRESS in out:
        report.finish(copied(shards, names, report), time.monotonic() - began)
        about = get_datafolder(f"{out.rstrip('/')}.report.json")
        about.fs.pipe_file(about.path, report.text())
        return
    with written(report_path(out)) as about:
        if is_folder_of_shards(out):
            report.finish(copied(shards, names, report), time.monotonic() - began)
            about.write(report.text())
            about.flush()  # now: the corpus may take its place only if there is room for both
            with writable(Path(out)):
                shutil.rmtree(out, ignore_errors=True)  # it is empty
                Path(folder).rename(out)
            return
        with written(Path(out)) as file:
            digest = copied(shards, names, report, file)
            report.finish(digest, time.monotonic() - began)
            about.write(report.text())
            about.flush()


def copied(
    shards: DataFolder, names: Sequence[str], report: Report, file: IO[bytes] | None = None
) -> str:
    """Copy all shards to a file, if there is one; returns SHA-256 of what they hold, one by one.

    Raises:
        InputError: they do not hold as many documents as were written.
    """
    sha256, documents = hashlib.sha256(), 0
    for name in names:
        with shards.open(name, "rb") as shard:
            while chunk := shard.read(CHUNK):
                sha256.update(chunk)
                documents += chunk.count(b"\n")
                if file is not None:
                    file.write(chunk)
    if documents != report.documents_out:
        raise damaged(str(shards.path), f"{documents:,} documents of {report.documents_out:,}")
    return sha256.hexdigest()


def empty(work: Work) -> None:
    """Take what was done for not done: there is nothing to go on with."""
    logs = get_datafolder(work.at("logs"))
    logs.fs.rm(logs.path, recursive=True)
