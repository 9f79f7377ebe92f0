"""The files of an exported model, by the numbers that it computes in."""

from __future__ import annotations

import importlib.util

from klue_common.errors import InputError

from ..encoding.encoder import EXPORTED

FILES = {"float32": EXPORTED, "int8": "model_int8.onnx"}
TASK = "klue_task"  # what a file says of itself, beside its graph


def need(packages: tuple[str, ...], purpose: str) -> None:
    """See that the packages of the extra are here.

    Raises:
        InputError: one is not.

    Example:
        >>> need(("no_such_package",), "klue export")
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: no_such_package: not installed, expected it for klue \
export: pip install 'klue-hub[onnx]'
    """
    for name in packages:
        if importlib.util.find_spec(name) is None:
            raise InputError(
                f"{name}: not installed, expected it for {purpose}: pip install 'klue-hub[onnx]'"
            )
