"""The settings of an executor, from a TOML file: datatrove's own, under their own names."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.settings_files import read_toml

from .executors import EXECUTORS

OURS = {  # of an executor's settings: what the command says itself
    "self", "pipeline", "tasks", "workers", "logging_dir", "depends", "depends_job_id",
    "skip_completed", "job_id_retriever", "run_on_dependency_fail",
}  # fmt: skip


def options_of(name: str, path: Path | None) -> dict[str, Any]:
    """Return an executor's settings from a TOML file.

    Raises:
        InputError: it cannot be read, has a key that the executor does not know, or lacks one.
    """
    known = {
        key: parameter
        for key, parameter in inspect.signature(EXECUTORS[name].__init__).parameters.items()
        if key not in OURS and name != "local"
    }
    found = {} if path is None else read_toml(path, "settings (TOML)")
    names = sorted({*known, "address"} if name == "ray" else known)
    for key in found:
        if key not in names:
            expected = f"one of {', '.join(names)}" if names else "none for local"
            raise InputError(f"{path}: found {key!r}, expected {expected}")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in found:
            raise InputError(f"--executor-settings: found no {key!r}, expected it for {name}")
    return found
