"""Rows in, rows with answers out: as a stream, or as a file that a run can go on with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from klue_common.errors import InputError
from klue_common.progress import meter, note
from klue_datasets.files import written

from ..run_folder import alone
from .arriving import as_they_come, in_parts
from .job import Job
from .parts import Parts
from .rows import Asked, Bad

Ask = Callable[[Sequence[tuple[Any, ...]]], Sequence[Any]]
STREAM_PART = 64  # rows at most before the next answers are seen on stdout


def stream(job: Job, ask: Ask, file: IO[bytes]) -> None:
    """Write answers to a stream, which lets go of those of each part at once.

    Raises:
        InputError: a row is bad; those before it are answered.
    """
    for piece in pieces(job, ask, STREAM_PART, shown=not file.isatty()):
        file.write(piece)
        file.flush()


def pieces(job: Job, ask: Ask, most: int, shown: bool = True) -> Iterator[bytes]:
    """Yield what is written of all rows, one part after the other.

    Args:
        job: the rows.
        ask: examples -> their answers.
        most: rows in a part.
        shown: whether to show progress; a bar would stand between answers on a terminal.
    """
    rows = job.rows()
    parts = in_parts(rows, most) if job.source.again else as_they_come(rows)
    with contextlib.ExitStack() as stack:
        counted = meter(job.source.name, job.total, "rows")
        advance = stack.enter_context(counted) if shown else None
        yield job.format.head(job.layout)
        for part in parts:
            yield answered(job, ask, part)
            if advance:
                advance(len(part))


def answered(job: Job, ask: Ask, part: Iterable[Asked | Bad]) -> bytes:
    """Return what is written of a part: its rows, those that are no example without an answer."""
    rows = [one for one in part if isinstance(one, Asked)]
    examples = [one.parts for one in rows if not isinstance(one.parts, Bad)]
    answers = iter(ask(examples) if examples else ())
    return job.format.part(
        job.layout,
        [(one, None if isinstance(one.parts, Bad) else next(answers)) for one in rows],
    )


def write_file(
    job: Job, ask: Ask, out: Path, run: Mapping[str, Any], overwrite: bool = False
) -> None:
    """Write a file of answers, whole or not at all.

    What is done of it by a run that ends before is kept in a folder beside it, and the same run
    goes on behind that. Of a pipe nothing is kept, as it cannot be read again.

    Args:
        job: the rows, and the form of the file.
        ask: examples -> their answers.
        out: the file.
        run: what of it has to be the same for a run to go on.
        overwrite: begin anew.

    Raises:
        InputError: another run's parts are there, or the input has changed meanwhile.
    """
    identity = job.source.identity()
    if identity is None:
        with written(out) as file:
            job.format.join(job.layout, file, pieces(job, ask, STREAM_PART))
        return
    parts = Parts.of(out)
    try:
        with alone(parts.path):
            before = stamp(job)
            done = [one.rows for one in parts.claim({**run, "input": identity}, overwrite)]
            try:
                make_parts(job, ask, parts, done)
            except (KeyboardInterrupt, SystemExit):
                done = [one.rows for one in parts.whole()]  # the last may have come just now
                if done:
                    kept = f"{sum(done):,}{f' of {job.total:,}' if job.total else ''} rows"
                    note(f"{out}: {kept} are done, in {parts.path}; the same command goes on")
                raise
            finally:
                if not done:
                    parts.forget()
            if stamp(job) != before:
                raise InputError(f"{job.source.name}: changed while it was read, expected the same")
            with written(out) as file:
                file_of(job, file, parts, len(done))
            parts.forget()
    finally:
        parts.remove()


def make_parts(job: Job, ask: Ask, parts: Parts, done: list[int]) -> None:
    """Make the parts that are missing.

    Args:
        job: the rows.
        ask: examples -> their answers.
        parts: where they go.
        done: the rows of each part that is there; those of the new ones are added.
    """
    behind = islice(job.rows(), sum(done), None)
    if done:
        note(f"{job.source.name}: goes on behind {sum(done):,} rows")
    with meter(job.source.name, job.total, "rows", before=sum(done)) as advance:
        for part in in_parts(behind):
            parts.add(len(done), len(part), answered(job, ask, part))
            done.append(len(part))
            advance(len(part))


def file_of(job: Job, file: IO[bytes], parts: Parts, count: int) -> None:
    """Write a file of its parts."""

    def contents() -> Iterator[bytes]:
        yield job.format.head(job.layout)
        yield from parts.contents(count)

    job.format.join(job.layout, file, contents())


def stamp(job: Job) -> tuple[int, int] | None:
    """Return the size and the time of change (ns) of the input's file, if it is one."""
    if job.source.path is None:
        return None
    found = job.source.path.stat()
    return found.st_size, found.st_mtime_ns
