"""The process of one typed model: it opens the model, then answers texts, within its limits.

The system keeps the limits, not this program, which may be deep inside a library by then: memory by
`setrlimit`, time by an alarm that nothing here handles. Messages both ways are JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import torch
import transformers

from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError, one_line

from ..tasks import DEMOS
from ..texts import LANGUAGES
from .inspection import check_parameters, inspect
from .limits import MEGABYTE, TypedLimits

NICENESS = 10  # the page's own answers go first
LONGEST = 200  # characters of what a library says
PATH = re.compile(r"(?<![\w:/])/(?:[\w.@+-]+/)*[\w.@+-]+")


def prepare() -> None:
    """Do once what every child would have to do."""
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    # The classes of a task's models, and those of the commonest encoders, are loaded late.
    for family in ("bert", "roberta", "modernbert"):
        config = transformers.AutoConfig.for_model(
            family, num_hidden_layers=1, hidden_size=2, num_attention_heads=1, intermediate_size=2
        )
        with torch.device("meta"):
            transformers.AutoModelForSequenceClassification.from_config(config)
            transformers.AutoModelForTokenClassification.from_config(config)


def live(connection: Connection) -> NoReturn:
    """Serve a connection and end this process, whatever happens."""
    try:
        serve(connection)
    finally:
        os._exit(0)


def serve(connection: Connection) -> None:
    """Open the model that is asked for first, then answer, until the other side is gone."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(NICENESS)
    order = json.loads(connection.recv_bytes())
    limits = TypedLimits(**order["limits"])
    limit_memory(limits.memory_bytes)
    signal.setitimer(signal.ITIMER_REAL, limits.open_seconds)
    try:
        pipeline = open_inspected(order["task"], order["repo"], Path(order["folder"]), limits)
        reply: dict[str, Any] = {}
    except BaseException as error:  # of Rust's panics too, which are no Exception
        reply = {"refused": reason(error, order, limits)}
    send(connection, reply)
    while not reply.get("refused"):
        signal.setitimer(signal.ITIMER_REAL, limits.idle_seconds)
        asked = json.loads(connection.recv_bytes())
        signal.setitimer(signal.ITIMER_REAL, limits.answer_seconds)
        reply = answer(pipeline, asked, order, limits)
        send(connection, reply)


def send(connection: Connection, reply: dict[str, Any]) -> None:
    """Send a reply as JSON."""
    connection.send_bytes(json.dumps(reply).encode())


def limit_memory(most: int) -> None:
    """Limit what this process may allocate from here on, in bytes, and let it write no file."""
    import resource

    page = resource.getpagesize()
    statm = Path("/proc/self/statm")
    has = int(statm.read_text().split()[5]) * page if statm.exists() else 0
    for kind, value in (
        (resource.RLIMIT_DATA, has + most),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def open_inspected(task: str, repo: str, folder: Path, limits: TypedLimits) -> KluePipeline:
    """Return the model of a folder.

    Raises:
        InputError: its files ask for too much, or it is none of this task.
    """
    inspect(repo, folder, limits)
    check_parameters(repo, folder)
    pipeline = KluePipeline.from_pretrained(
        task, str(folder), trust_remote_code=False, use_safetensors=True
    )
    for name, weight in pipeline.model.named_parameters():
        if not torch.isfinite(weight).all():
            raise InputError(f"{repo}: weights {name[:60]}: found NaN or Infinity")
    return pipeline


def answer(
    pipeline: KluePipeline, asked: dict[str, Any], order: dict[str, Any], limits: TypedLimits
) -> dict[str, Any]:
    """Return the answer to texts, or why there is none; a text that is no such thing is no end."""
    demo = DEMOS[order["task"]]
    [language] = [language for language in LANGUAGES if language.code == asked["language"]]
    try:
        given = demo.answer(pipeline, language.of(demo.texts), *asked["texts"])
    except InputError as error:
        return {"wrong": str(error)}
    except BaseException as error:
        return {"refused": reason(error, order, limits)}
    return {"html": given.html, "text": given.text}


def reason(error: BaseException, order: dict[str, Any], limits: TypedLimits) -> str:
    """Return a line for what went wrong with a model, without a path of this machine."""
    repo, folder = order["repo"], order["folder"]
    if isinstance(error, InputError):
        return without_paths(str(error).replace(folder, repo))
    text = one_line(error)
    if isinstance(error, MemoryError) or "allocate memory" in text:
        return f"{repo}: needs more than {limits.memory_bytes // MEGABYTE:,} MB, and was stopped"
    found = without_paths(text.replace(folder, repo))
    return f"{repo}: cannot be used: {type(error).__name__}: {found}"


def without_paths(text: str) -> str:
    """Return a text without paths, cut.

    >>> without_paths("no /tmp/a/b.json in org/name")
    'no … in org/name'
    """
    short = PATH.sub("…", text)
    return short if len(short) <= LONGEST else f"{short[:LONGEST]}…"
