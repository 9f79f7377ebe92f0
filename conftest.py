"""For tests and doctests alike: no test leaves `load_dataset("klue")` changed for the next one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

# Doctests import every module; these are for programs that few have installed.
HARNESSES = {"lm_eval": "klue_lm/lm_eval_tasks/*_task.py", "inspect_ai": "klue_lm/inspect_tasks/*"}
collect_ignore_glob = [path for package, path in HARNESSES.items() if not find_spec(package)]


@pytest.fixture(autouse=True)
def unregistered() -> Iterator[None]:
    """Undo what `klue_datasets.register()` did to the process."""
    module = sys.modules.get("datasets.load")
    if module is None:
        yield
        return
    table = dict(module._PACKAGED_DATASETS_MODULES)
    factory = module.PackagedDatasetModuleFactory
    yield
    module._PACKAGED_DATASETS_MODULES.clear()
    module._PACKAGED_DATASETS_MODULES.update(table)
    module.PackagedDatasetModuleFactory = factory
