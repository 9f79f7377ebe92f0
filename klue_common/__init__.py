"""What every room above data and metric stands on: errors, progress, processes.

In: nothing of ours but the two lowest rooms' exceptions. Out: the exceptions that mean "wrong
input" and "a failed run", the lines and bars that long work shows, and processes that end with the
one that started them.

Example:
    >>> from klue_common import InputError
    >>> raise InputError("--org: found 'x', expected 'y'")
    Traceback (most recent call last):
        ...
    klue_common.errors.InputError: --org: found 'x', expected 'y'
"""

from .errors import InputError, RunError, exit_code, one_line

__all__ = ["InputError", "RunError", "exit_code", "one_line"]
