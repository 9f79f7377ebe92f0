"""Where a model computes, and in which numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import torch

from klue_common.errors import InputError, one_line
from klue_common.own_files import is_whole

Autocast = Callable[[], contextlib.AbstractContextManager[Any]]
FLOATS = ("float32", "bfloat16", "float16")


def device_of(given: str | int | torch.device | None) -> torch.device:
    """Return a device of this machine; None is its CPU, a number one of its GPUs.

    Raises:
        InputError: there is no such device here.

    Example:
        >>> device_of(None)
        device(type='cpu')
        >>> device_of("gpu")
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: device: found 'gpu', expected cpu, cuda, cuda:N, mps or \
the number of a GPU
    """
    name = "cpu" if given is None else f"cuda:{given}" if is_whole(given) else given
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise InputError(
            f"device: found {given!r:.60}, expected cpu, cuda, cuda:N, mps or the number of a GPU"
        ) from None
    try:
        torch.empty(1, device=device)
    except Exception as error:  # torch says it in a way of its own for each kind of device
        raise InputError(
            f"device: found {given!s:.60}, expected one that is here: {one_line(error)[:200]}"
        ) from None
    return device


def numbers_of(dtype: str | torch.dtype | None, device: torch.device) -> Autocast:
    """Return what to enter for a model to compute in numbers of a type; weights stay float32.

    Raises:
        InputError: it is no type that models compute in.

    Example:
        >>> numbers_of("int8", torch.device("cpu"))
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: dtype: found 'int8', expected float32, bfloat16 or float16
    """
    name = "float32" if dtype is None else str(dtype).removeprefix("torch.")
    if name not in FLOATS:
        raise InputError(f"dtype: found {dtype!r:.60}, expected float32, bfloat16 or float16")
    if name == "float32":
        return contextlib.nullcontext
    return lambda: torch.autocast(device.type, getattr(torch, name))
