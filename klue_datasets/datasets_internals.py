"""The names of the `datasets` library that are not promised to anybody, all of them used here.

Each has a reason; a test names the one that a release has moved. What a builder overrides
(`_info`, `_split_generators`, `_generate_tables`) is documented by the library and none of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import datasets
import datasets.load
from datasets.data_files import DataFilesDict

PRIVATE: Mapping[str, str] = {
    "load._PACKAGED_DATASETS_MODULES": "the table in which a bare name like csv is looked up "
    "before the Hub is asked; the one way to add a name to it",
    "load.PackagedDatasetModuleFactory": "makes what the table says; it fails where the working "
    "folder has no data files, which KLUE's builder finds itself",
    "load.DatasetModule": "what such a factory returns",
    "ArrowBasedBuilder._download_and_prepare": "runs while the cache folder is incomplete, so that "
    "what is written then is there with the tables or not at all",
    "DatasetBuilder._output_dir": "the cache folder, or while it is written the incomplete one",
    "DatasetInfo._to_yaml_dict": "writes a card's `dataset_info` as `load_dataset` reads it",
}


class KeepingBuilder(datasets.ArrowBasedBuilder):
    """A builder that keeps files of its own beside its tables in the cache."""

    def place_of(self, name: str) -> Path:
        """Return the path of a file in the cache folder, or in the one that is being written."""
        return Path(self._output_dir, name)

    def keep(self) -> None:
        """Write the files; called once the tables are written."""

    def _download_and_prepare(self, *args: Any, **kwargs: Any) -> None:
        super()._download_and_prepare(*args, **kwargs)
        self.keep()


def yaml_of(info: datasets.DatasetInfo) -> dict[str, Any]:
    """Return an info as it stands in the YAML of a card."""
    return dict(info._to_yaml_dict())


def add_packaged_builder(name: str, module: str) -> None:
    """Let `load_dataset` find a builder without data files under a bare name.

    Args:
        name: what `load_dataset` is asked for. Adding it again changes nothing.
        module: the dotted name of the module that has the builder.

    Raises:
        RuntimeError: this release of `datasets` no longer has the table of names.
    """
    table = getattr(datasets.load, "_PACKAGED_DATASETS_MODULES", None)
    factory = getattr(datasets.load, "PackagedDatasetModuleFactory", None)
    if not isinstance(table, dict) or factory is None:
        raise RuntimeError(
            f"datasets {datasets.__version__} has moved its table of packaged builders: use "
            "klue_datasets.load(task, split), or build a folder with `klue data build`"
        )
    if name not in table:
        table[name] = (module, name)
        datasets.load.PackagedDatasetModuleFactory = _with_builder(factory, name)


def _with_builder(factory: Any, own_name: str) -> type:
    """Derive a factory that knows one builder without data files in a folder."""

    class WithBuilder(factory):
        def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
            self.name = name
            if name != own_name:
                super().__init__(name, *args, **kwargs)

        def get_module(self) -> Any:
            if self.name != own_name:
                return super().get_module()
            path, digest = datasets.load._PACKAGED_DATASETS_MODULES[own_name]
            arguments = {"data_files": DataFilesDict(), "dataset_name": own_name}
            return datasets.load.DatasetModule(path, digest, arguments)

    return WithBuilder
