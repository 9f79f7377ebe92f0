"""How a program of this project ends: its exit code, and one line where something went wrong."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from klue_common.errors import exit_code, of_the_disk
from klue_common.progress import first_process

INTERRUPTED = 130  # the shell's number for Ctrl-C


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
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk behind it is met here, not when Python is ending
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        give_up_stdout()
        return 1
    except Exception as error:
        seen = error if exit_code(error) else of_the_disk(error, place_of_nameless(error))
        if seen is None:
            raise
        code = exit_code(seen)
        if first_process():  # under `accelerate launch` once, not once a process
            print(f"klue: error: {seen}", file=sys.stderr)
    if code == INTERRUPTED and first_process():
        print("klue: interrupted", file=sys.stderr)
    return code


def place_of_nameless(error: Exception) -> str:
    """Return what an error that names no file is about: the results, or libraries' own files."""
    if isinstance(error, OSError) and error.errno is not None and not stdout_takes_more():
        return "stdout"
    from huggingface_hub import constants

    return f"a file below {constants.HF_HOME} (HF_HOME) or {tempfile.gettempdir()} (TMPDIR)"


def stdout_takes_more() -> bool:
    """Return whether results can be printed; if they cannot, nothing more is tried."""
    try:
        sys.stdout.flush()
    except OSError as error:
        give_up_stdout()
        return error.errno == errno.EBADF
    return True


def give_up_stdout() -> None:
    """Send what is still to be printed nowhere: Python would try, and complain, when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
