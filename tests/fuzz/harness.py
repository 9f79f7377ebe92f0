"""What every door is held to: an answer, or one line in an error of the project's own.

`ask` opens a door once and counts how that ended; `often` says with how many inputs a test asks:
few in the ordinary suite, many under `make fuzz`, whose table the tally is.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from klue_common.errors import InputError, RunError
from klue_datasets.errors import _UNPRINTABLE, DataError
from klue_metrics import MetricError

MANY = int(os.environ.get("KLUE_FUZZ") or 0)  # how often the many inputs are asked, 0 for few
SECONDS = 20  # that an answer may take
GIGABYTE = 1 << 30
LONGEST = 2_000  # characters of a message
OURS = (InputError, RunError, DataError, MetricError)


class HangError(BaseException):
    """A door that did not answer in time; no `except Exception` may take it for an error."""


@dataclass
class Tally:
    """How a door's inputs ended."""

    inputs: int = 0
    answered: int = 0
    refused: int = 0
    tracebacks: int = 0
    seconds: float = 0.0


TALLIES: dict[str, Tally] = {}


def often(few: int, many: int) -> settings:
    """Say how many inputs a test draws: few in the ordinary suite, many in `make fuzz`."""
    # What `make fuzz` finds is kept in .hypothesis, and the next one begins with it.
    left_out = {Phase.explain, Phase.shrink} if MANY else {Phase.explain}
    return settings(
        max_examples=many * MANY if MANY else few,
        deadline=None,
        derandomize=not MANY,  # what one run of the ordinary suite finds, every one finds
        phases=[phase for phase in Phase if phase not in left_out],
        suppress_health_check=list(HealthCheck),
    )


def ask(
    door: str,
    action: Callable[[], Any],
    ours: tuple[type[BaseException], ...] = OURS,
    seconds: float = SECONDS,
) -> Any:
    """Return what a door answers, None where it refuses in one line.

    Anything else that it raises goes on up, for hypothesis to look for the smallest such input.

    Args:
        door: its name in the table.
        action: what opens it.
        ours: the errors that it may refuse with.
        seconds: that it may take.
    """
    tally = TALLIES.setdefault(door, Tally())
    tally.inputs += 1
    begun = time.perf_counter()
    try:
        with in_time(seconds), warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            answer = action()
        tally.answered += 1
        return answer
    except ours as error:
        check_line(str(error))
        tally.refused += 1
        return None
    except BaseException:
        tally.tracebacks += 1
        raise
    finally:
        tally.seconds += time.perf_counter() - begun


def check_line(message: str) -> None:
    """Fail unless a message is one printable line, names a place, and is short."""
    assert len(message.splitlines()) == 1, f"not one line: {message!r}"
    assert not _UNPRINTABLE.search(message), f"not printable: {message!r}"
    assert len(message) <= LONGEST, f"{len(message)} characters: {message[:200]!r}"
    assert ": " in message, f"no place: {message!r}"


@contextlib.contextmanager
def in_time(seconds: float = SECONDS) -> Iterator[None]:
    """Raise HangError where a block takes longer."""

    def ring(*_: Any) -> None:
        raise HangError(f"no answer in {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def in_memory(gigabytes: float) -> Iterator[None]:
    """Let a block take no more memory than so much beside what the process has."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - no path of ours
        held = int(file.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + int(gigabytes * GIGABYTE), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def plain_tallies() -> dict[str, tuple[Any, ...]]:
    """Return the tallies as plain values, which go from one process to another."""
    return {door: astuple(tally) for door, tally in TALLIES.items()}


def add_tallies(others: dict[str, tuple[Any, ...]]) -> None:
    """Add what another process has counted."""
    for door, values in others.items():
        ours = astuple(TALLIES.get(door, Tally()))
        TALLIES[door] = Tally(*(a + b for a, b in zip(ours, values, strict=True)))


def table() -> list[str]:
    """Return the lines of the table: a door a line, then all of them together."""
    total = Tally(*map(sum, zip(*map(astuple, TALLIES.values()), strict=True)))
    heads = f"{'door':<34}{'inputs':>9}{'answered':>10}{'refused':>9}{'tracebacks':>12}{'s':>8}"
    lines = [heads]
    for door, one in [*sorted(TALLIES.items()), ("all", total)]:
        lines.append(
            f"{door:<34}{one.inputs:>9,}{one.answered:>10,}{one.refused:>9,}"
            f"{one.tracebacks:>12,}{one.seconds:>8.1f}"
        )
    return lines
