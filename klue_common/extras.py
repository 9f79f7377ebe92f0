"""Packages that not everybody has: each comes with an extra of this project."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import InputError


def package(name: str, extra: str, purpose: str, otherwise: str = "") -> Any:
    """Import a package, or a module of one, that comes with an extra.

    Args:
        name: of the module.
        extra: that brings it.
        purpose: what it is needed for.
        otherwise: an option that does without it.

    Raises:
        InputError: it is not installed; the line says how to get it.

    Example:
        >>> package("no_such_package", "onnx", "klue export")
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: no_such_package: not installed, expected it for klue export \
(pip install 'klue-hub[onnx]')
    """
    try:
        return import_module(name)
    except ImportError:
        instead = f", or {otherwise}" if otherwise else ""
        raise InputError(
            f"{name.partition('.')[0]}: not installed, expected it for {purpose} "
            f"(pip install 'klue-hub[{extra}]'{instead})"
        ) from None
