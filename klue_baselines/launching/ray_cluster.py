"""A Ray cluster: joined, and looked at for all that the runs of a bench need of its nodes."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from klue_common.errors import InputError, one_line
from klue_common.extras import package
from klue_common.processes import cores
from klue_common.ray_addresses import greet
from klue_results.results import versions

from .shared_folders import Shared

LOCAL, AUTO = "local", "auto"  # one started here, and the one that this machine belongs to
JOINING, LOOKING = 60.0, 120.0  # seconds: a cluster, all of its nodes
QUIET = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}
# Asked in a process of its own, since it cannot be stopped where nobody answers.
JOIN = "import sys, ray; ray.init(sys.argv[1], log_to_driver=False, logging_level='ERROR')"

CLASS = re.compile(r"^[A-Za-z_][\w.]*: ")  # that an exception begins with in a traceback


@dataclass(frozen=True)
class Node:
    """A machine of the cluster, and what it has in all."""

    id: str
    name: str
    cpus: float
    gpus: float


@dataclass(frozen=True)
class Needs:
    """What a run asks of a node: cores, which are its threads, and GPUs or a fraction of one."""

    cpus: int
    gpus: float


def installed() -> Any:
    """Return the ray package.

    Raises:
        InputError: it is not there.
    """
    return package("ray", "cluster", "--ray")


@contextlib.contextmanager
def joined(address: str) -> Iterator[list[Node]]:
    """Join a cluster, or start one, until the block ends; gives its nodes.

    Args:
        address: HOST:PORT of its head, "auto" for the one that this machine belongs to, "local" to
            start one here.

    Raises:
        InputError: nobody answers, or it cannot be joined: other versions, no node here.
    """
    ray = installed()
    if address != LOCAL:
        knock(address)
        try_joining(address)
    try:
        join(address)
        yield [
            Node(
                node["NodeID"],
                node["NodeManagerHostname"],
                node["Resources"].get("CPU", 0),
                node["Resources"].get("GPU", 0),
            )
            for node in ray.nodes()
            if node["Alive"]
        ]
    finally:
        ray.shutdown()


def join(address: str) -> None:
    """Join a cluster that answers, or start one here.

    Raises:
        InputError: Ray will not.
    """
    here = {"num_cpus": cores(), "include_dashboard": False} if address == LOCAL else {}
    try:
        installed().init(address=address, **here, **QUIET)
    except Exception as error:  # Ray's own, of many classes
        raise InputError(f"--ray: cannot join {address}: {last_error(str(error))}") from None


def knock(address: str) -> None:
    """See that Ray answers at an address.

    Raises:
        InputError: it is none, or nobody does.
    """
    if address == AUTO:
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "//" in host:
        raise InputError(
            f"--ray: found {address!r}, expected local, auto, or HOST:PORT of the head of a "
            "cluster that this machine belongs to"
        )
    try:
        greet(host, int(port))
    except OSError as error:
        why = getattr(error, "strerror", None) or one_line(error)
        raise InputError(
            f"--ray: found nobody at {address} ({why}), expected the head of a Ray cluster"
        ) from None


def try_joining(address: str) -> None:
    """Join a cluster for a moment.

    Raises:
        InputError: it does not answer as Ray, or will not have us.
    """
    try:
        tried = subprocess.run(
            [sys.executable, "-c", JOIN, address],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=JOINING,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"--ray: found somebody at {address} who did not answer as Ray within {JOINING:.0f} s, "
            "expected the head of a Ray cluster"
        ) from None
    if tried.returncode:
        raise InputError(f"--ray: cannot join {address}: {last_error(tried.stderr)}")


def last_error(text: str) -> str:
    """Return what an exception, or a traceback that ends in it, says on one line.

    >>> last_error("Traceback:\\n  File ...\\nValueError: Two versions:\\n 2.1\\nhere:\\n 3")
    'Two versions: 2.1 here: 3'
    """
    lines = text.strip().splitlines()
    begin = max((at for at, line in enumerate(lines) if CLASS.match(line)), default=0)
    said = " ".join(line.strip() for line in lines[begin:])
    return CLASS.sub("", said) or "it says nothing"


def needs_of(nodes: Sequence[Node], cpus: int | None, gpus: float | None) -> Needs:
    """Return what each run asks for; where nothing is said a core, and a GPU where there are some.

    Raises:
        InputError: no node has as much.

    >>> needs_of([Node("", "a", 8, 0), Node("", "b", 4, 2)], None, 0.25)
    Needs(cpus=1, gpus=0.25)
    >>> needs_of([Node("", "a", 8, 0)], 2, 0.25)
    Traceback (most recent call last):
    ...
    klue_common.errors.InputError: --gpus-per-run: found 0.25, expected 0: no node has a GPU
    """
    most_cpus, most_gpus = (max(node.cpus for node in nodes), max(node.gpus for node in nodes))
    if cpus is not None and cpus > most_cpus:
        raise InputError(
            f"--cpus-per-run: found {cpus}, expected at most {most_cpus:.0f}, which is what the "
            "largest node has"
        )
    if gpus and not most_gpus:
        raise InputError(f"--gpus-per-run: found {gpus:g}, expected 0: no node has a GPU")
    return Needs(cpus or 1, (1.0 if most_gpus else 0.0) if gpus is None else gpus)


def check_nodes(nodes: Sequence[Node], shared: Shared) -> None:
    """See that all nodes have what is installed here, and see the folders that are to be shared.

    Raises:
        InputError: it names the node, and what it lacks.
    """
    ray = installed()
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    asked = {
        node: ray.remote(num_cpus=0, max_calls=1)(look)
        .options(scheduling_strategy=NodeAffinitySchedulingStrategy(node.id, soft=False))
        .remote(shared)
        for node in nodes
    }
    here = versions()
    for node, answer in asked.items():
        name = node.name  # of several on one machine the same
        try:
            there, missing = ray.get(answer, timeout=LOOKING)
        except ray.exceptions.GetTimeoutError:
            raise InputError(
                f"--ray: the node {name} did not answer within {LOOKING:.0f} s"
            ) from None
        except ray.exceptions.RayError as error:
            raise InputError(f"--ray: the node {name}: {last_error(str(error))}") from None
        for each in here.keys() | there.keys():
            if there.get(each) != here.get(each):
                raise InputError(
                    f"--ray: the node {name}: found {each} {there.get(each)}, expected "
                    f"{here.get(each)} as here"
                )
        if missing:
            raise InputError(f"--ray: the node {name} {missing}")


def look(shared: Shared) -> tuple[dict[str, str], str]:
    """Return, on a node, its versions and what it lacks of the shared folders."""
    return versions(), shared.missing()
