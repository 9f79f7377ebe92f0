"""Making `load_dataset("klue", ...)` work in this process, from any working folder.

`datasets` looks a bare name up in a private table of the builders that it brings along ("csv",
"json", ...) before it asks the Hub. This is the one place that touches that table.
"""

from __future__ import annotations

from typing import Any

import datasets.load
from datasets.data_files import DataFilesDict

NAME = "klue"


def register() -> None:
    """Let `load_dataset("klue", task)` read KLUE as `klue_datasets.load` does.

    The builder's own arguments go through `load_dataset`: `data_dir`, `full`, `sample`. A folder
    named klue in the working folder is no longer looked at; "./klue" still is. Calling it again
    changes nothing.

    Raises:
        RuntimeError: this release of `datasets` no longer has the table.

    Example:
        >>> register()
        >>> rows = datasets.load_dataset("klue", "ynat", split="validation", sample=True)
        >>> rows.features["label"].names[0]
        'IT과학'
    """
    table = getattr(datasets.load, "_PACKAGED_DATASETS_MODULES", None)
    factory = getattr(datasets.load, "PackagedDatasetModuleFactory", None)
    if not isinstance(table, dict) or factory is None:
        raise RuntimeError(
            f"datasets {datasets.__version__} has moved its table of packaged builders: use "
            "klue_datasets.load(task, split), or build a folder with `klue data build`"
        )
    if NAME not in table:
        table[NAME] = (f"{__package__}.builder", "klue")
        datasets.load.PackagedDatasetModuleFactory = _with_klue(factory)


def _with_klue(factory: Any) -> type:
    """Derive the maker of packaged modules that knows one without data files in a folder.

    The library's own one searches the working folder for data files, and fails where there are
    none; KLUE's builder finds its files itself.
    """

    class WithKlue(factory):
        def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
            self.name = name
            if name != NAME:
                super().__init__(name, *args, **kwargs)

        def get_module(self) -> Any:
            if self.name != NAME:
                return super().get_module()
            path, digest = datasets.load._PACKAGED_DATASETS_MODULES[NAME]
            arguments = {"data_files": DataFilesDict(), "dataset_name": NAME}
            return datasets.load.DatasetModule(path, digest, arguments)

    return WithKlue
