"""The exceptions that this package raises on purpose."""

from __future__ import annotations


class InputError(ValueError):
    """Something that came from outside is wrong: a model folder, a setting, a text.

    The message is one line that says where, what was found and what was expected. The command
    line prints it and ends with exit code 2.
    """


class RunError(RuntimeError):
    """A run that began well cannot go on: its loss is no number, the disk is full.

    The message is one line that says where, and what to do. The command line prints it and ends
    with exit code 1.
    """


def one_line(error: BaseException, lines: int = 1) -> str:
    """The first line of an exception's text, or its first ones joined.

    >>> one_line(ValueError("this\\nand that"))
    'this'
    """
    return " ".join(str(error).strip().splitlines()[:lines]) or type(error).__name__


def exit_code(error: Exception) -> int | None:
    """2 where what came from outside is wrong, 1 where a run failed, None for a bug of ours."""
    from klue_datasets import DataError
    from klue_metrics import MetricError

    if isinstance(error, DataError | MetricError | InputError):
        return 2
    return 1 if isinstance(error, RunError) else None
