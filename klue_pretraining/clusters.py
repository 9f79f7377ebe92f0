"""Opening what tasks run on, where that is not this machine: is it there, and does it answer?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from klue_common.errors import InputError, one_line
from klue_common.extras import package
from klue_common.ray_addresses import greet

from .executors import Execution
from .library_internals import quiet_datatrove
from .sources import ADDRESS


@contextlib.contextmanager
def cluster(execution: Execution, work: str) -> Iterator[None]:
    """Open what tasks run on, until the block ends.

    Raises:
        InputError: Ray is not installed, does not answer, or Jobs have no address to work at.
    """
    quiet_datatrove()
    if execution.name == "hf-jobs" and ADDRESS not in work:
        raise InputError("--out: found a path, expected an address (hf://, s3://) for hf-jobs")
    if execution.name != "ray":
        yield
        return
    ray = package("ray", "cluster", "--executor ray")
    if ray.is_initialized():  # by the program that calls this, which also ends it
        yield
        return
    address = execution.options.get("address")
    reach(address)
    try:
        # Without an address Ray would join any cluster that it finds on this machine.
        ray.init(address or "local", log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # its own, by what went wrong
        said = one_line(error)
        raise InputError(f"ray: found {said}, expected a cluster at {address or 'hand'}") from None
    try:
        yield
    finally:
        ray.shutdown()


def reach(address: str | None) -> None:
    """See that somebody answers at Ray's address: whoever does not is a line.

    Raises:
        InputError: nobody does, or not as Ray would.
    """
    if address is None or address in ("auto", "local"):
        return
    host, _, port = address.rpartition(ADDRESS)[2].rpartition(":")
    try:
        greet(host, int(port))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or one_line(error)
        expected = "a Ray cluster that answers (HOST:PORT)"
        raise InputError(f"ray: found {address!r} ({why}), expected {expected}") from None
