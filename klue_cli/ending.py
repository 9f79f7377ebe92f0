"""How a program of this project ends: its exit code, and one line where something went wrong."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from klue_common.errors import exit_code, of_the_disk
from klue_common.progress import first_process

INTERRUPTED = 130  # the shell's number for Ctrl-C
TERMINATED = 143  # and for SIGTERM


def ended(program: Callable[[], Any]) -> Any:
    """Run a program and return its exit code; what went wrong is a line on stderr.

    Raises:
        Exception: a bug of ours.
    """
    code: Any = 0
    try:
        try:
            program()
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()  # a full disk behind it is met here, not when Python is ending
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        give_up_stdout()
        return 1
    except Exception as error:
        seen = error if exit_code(error) else of_the_disk(error, place_of_nameless())
        if seen is None:
            raise
        give_up_stdout()
        code = exit_code(seen)
        if first_process():  # under `accelerate launch` once, not once a process
            print(f"klue: error: {seen}", file=sys.stderr)
    if code in (INTERRUPTED, TERMINATED) and first_process():
        print("klue: interrupted", file=sys.stderr)
    return code


@contextlib.contextmanager
def told_to_end() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does: what it has begun is left in order.

    Raises:
        SystemExit: it came.
    """

    def end(*_: Any) -> None:
        raise SystemExit(TERMINATED)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread, where signals come
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def place_of_nameless() -> str:
    """Return what an error may be about that names no file: what is printed, libraries' files."""
    from huggingface_hub import constants

    home, temporary = f"{constants.HF_HOME} (HF_HOME)", f"{tempfile.gettempdir()} (TMPDIR)"
    return f"stdout, or a file below {home} or {temporary}"


def give_up_stdout() -> None:
    """Send what can not be printed nowhere: Python would try again, and complain, when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
