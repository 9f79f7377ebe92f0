"""What the dataset tests share: a cache of their own, raw files written on the spot."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest

from klue_datasets import TASKS
from klue_datasets.notes import Notes
from klue_datasets.sources import SAMPLE


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache for these tests alone, so that no earlier run can answer for them."""
    folder = tmp_path_factory.mktemp("cache")
    before = datasets.config.HF_DATASETS_CACHE
    datasets.config.HF_DATASETS_CACHE = folder
    yield folder
    datasets.config.HF_DATASETS_CACHE = before


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A copy of the bundled sample in the official layout, to be changed at will."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "raw"))


Read = Callable[..., tuple[list[dict[str, Any]], Notes]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a raw file of a task and read it: `rows, notes = read("ynat", [{...}])`."""

    def read(
        task: str, content: Any, full: bool = True, name: str = "raw"
    ) -> tuple[list[dict[str, Any]], Notes]:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
        notes = Notes(name)
        record = TASKS[task]
        empty = record.columns(full).arrow_schema.empty_table()
        tables = list(record.read(path, full=full, notes=notes))
        return pa.concat_tables([empty, *tables]).to_pylist(), notes

    return read
