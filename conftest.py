"""For tests and doctests alike: no test leaves `load_dataset("klue")` changed for the next one."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


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
