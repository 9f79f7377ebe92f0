"""The exceptions that this package raises on purpose, and the exit codes that belong to them."""

from __future__ import annotations

import errno

from klue_datasets.errors import on_one_line
from klue_datasets.files import SYSTEM_WORDS

# What the system says of a disk or of rights: no fault of the code that tried.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG}


class InputError(ValueError):
    """Something that came from outside is wrong: a model folder, a setting, a text.

    The message is one line that says where, what was found and what was expected. The command
    line prints it and ends with exit code 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(on_one_line(message))


class RunError(RuntimeError):
    """A run that began well cannot go on: its loss is no number, the disk is full.

    The message is one line that says where, and what to do. The command line prints it and ends
    with exit code 1.
    """

    def __init__(self, message: str) -> None:
        super().__init__(on_one_line(message))


def one_line(error: BaseException, lines: int = 1) -> str:
    """Return the first lines of an exception's text, joined by blanks.

    Args:
        error: any exception.
        lines: how many lines of its text to keep.

    Returns:
        The text; the exception's class where it has none.

    Example:
        >>> one_line(ValueError("this\\nand that"))
        'this'
        >>> one_line(ValueError("one of these:\\n(1) a file"))
        'one of these: (1) a file'
    """
    found = [line.strip() for line in str(error).strip().splitlines()]
    if len(found) > lines and found[lines - 1].endswith(":"):
        lines += 1  # a line that announces the next one says nothing by itself
    return " ".join(found[:lines]) or type(error).__name__


def of_the_disk(error: BaseException, place: str) -> InputError | None:
    """Return the error that a person is to see where the system refused to write, or to read.

    Libraries write caches and temporary files at places of their own, and wrap what the system said
    in errors of their own.

    Args:
        error: any exception.
        place: what to name where it names no file.

    Returns:
        The error; None where an exception is about something else.

    Example:
        >>> print(of_the_disk(OSError(28, "No space left on device"), "the disk"))
        the disk: cannot be written: No space left on device
        >>> of_the_disk(KeyError("x"), "the disk") is None
        True
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in NO_ROOM | NO_RIGHT:
            name = place if seen.filename is None else str(seen.filename)
            done = "written" if seen.errno in NO_ROOM else "opened"
            return InputError(f"{name}: cannot be {done}: {seen.strerror or one_line(seen)}")
        if not isinstance(seen, OSError) and any(words in str(seen) for words in SYSTEM_WORDS):
            return InputError(f"{place}: cannot be written: {one_line(seen)}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return None


def exit_code(error: Exception) -> int | None:
    """Return the exit code of an exception.

    Returns:
        2 where the input is wrong, 1 where a run failed, None for a bug of ours.

    Example:
        >>> exit_code(InputError("x")), exit_code(RunError("x")), exit_code(KeyError("x"))
        (2, 1, None)
    """
    from klue_datasets import DataError
    from klue_metrics import MetricError

    if isinstance(error, DataError | MetricError | InputError):
        return 2
    return 1 if isinstance(error, RunError) else None
