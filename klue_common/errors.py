"""The exceptions that this package raises on purpose, and the exit codes that belong to them."""

from __future__ import annotations

from klue_datasets.errors import on_one_line


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
    """
    return " ".join(str(error).strip().splitlines()[:lines]) or type(error).__name__


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
