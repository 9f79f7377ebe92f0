"""Building the dataset folder: Parquet files and a card, as a Hub repository holds them."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from . import sources
from .build_report import BuildReport, BuiltExtra, BuiltSplit, BuiltTask, Extra
from .card import card
from .errors import data_error
from .files import written_folder
from .notes import Notes
from .own_dataset import own_dataset
from .report.counts import count_labels
from .sources import DataDir
from .splits import read_split
from .task import DatasetTask
from .tasks import TASKS

PROMPTS = "_prompts"  # after a task's name: the configuration of its prompts
_CARD = "README.md"
_MEANWHILE = b"""\
---
configs:
- config_name: a build was cut here, run `klue data build` again
  data_files: a-build-was-cut-here--run-klue-data-build-again
---

A build is putting its files here, or was cut while it did: run `klue data build` again.
"""
"""The card while files are moved: `load_dataset` takes none of them, and its error says this."""
ROW_GROUP_BYTES = 1 << 20
"""Small groups, so that building takes little memory and a stream begins at once."""


def build(
    out: str | os.PathLike[str],
    tasks: Iterable[str] | None = None,
    *,
    data_dir: DataDir | None = None,
    sample: bool = False,
    full: bool = False,
    errata: bool = False,
    progress: Callable[[str], None] | None = None,
    extra: Callable[[DatasetTask], Extra | None] | None = None,
) -> BuildReport:
    """Write a folder of Parquet files and a card that `load_dataset` reads.

    Args:
        out: the folder: none yet, an empty one, or that of an earlier build, whose files are
            replaced; what else was put there since stays.
        tasks: which ones; default all that there are files for, which must be one at least.
        data_dir: folders in the official layout; default KLUE_DATA_DIR, then the official files.
        sample: build the bundled sample, which is not KLUE.
        full: keep all columns of the raw files.
        errata: correct the known defects; the version is then 1.1.1+errata.
        progress: called with a line for each split begun.
        extra: gives a further configuration made of a task, None where it has none; `prompts` of
            `klue_lm.prompt_rows` does.

    Returns:
        What was built, and what the readers noticed.

    Raises:
        DataError: an unknown task, no data, a broken file, a full disk, or a folder with files of
            others; then `out` is as it was.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report = build(f"{folder}/klue", ["sts"], sample=True)
        ...     sorted(path.name for path in report.out.rglob("*.parquet"))
        ['train-00000-of-00001.parquet', 'validation-00000-of-00001.parquet']
    """
    started = time.perf_counter()
    target = Path(out)
    _check_own(target)
    found = list(sources.of_tasks(tasks, data_dir, sample))
    own = own_dataset(source for _, source in found)
    ours = [_file(name, "*") for task in TASKS for name in (task, task + PROMPTS)]
    with written_folder(target, last=_CARD, meanwhile=_MEANWHILE, drop=ours) as made:
        built, extras = [], []
        for task, source in found:
            source.fetch()
            splits = []
            for split, path in source.files.items():
                if progress is not None:
                    progress(f"{task.name} {split}: {path}")
                notes = Notes(path.name)
                tables = read_split(task, split, path, full=full, errata=errata, notes=notes)
                splits.append(_write_split(made, task, split, full, tables, notes))
            built.append(BuiltTask(task, source.kind, splits))
            if extra is not None and (further := extra(task)) is not None:
                extras.append(_write_extra(made, further))
        seconds = time.perf_counter() - started
        report = BuildReport(target, full, errata, built, seconds, own, extras)
        (made / _CARD).write_text(card(report), encoding="utf-8")
    return report


def _check_own(target: Path) -> None:
    """Refuse a folder with files that no build wrote; hidden ones (.git) are no matter."""
    if not target.exists():
        return
    if not target.is_dir():
        raise data_error(target, "", "a file", "a folder, or none yet")
    names = sorted(path.name for path in target.iterdir() if not path.name.startswith("."))
    if names and not _has_card(target) and not _is_half_moved(target, names):
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        expected = "an empty folder, one that an earlier build made, or none yet"
        raise data_error(target, "", f"a folder with {shown}", expected)


def _has_card(folder: Path) -> bool:
    """Whether the card is one of ours, of whatever release: it lists the files by their names."""
    try:
        text = (folder / _CARD).read_text(encoding="utf-8")
        if text == _MEANWHILE.decode():
            return True
        head = yaml.safe_load(text.split("---\n")[1])
        listed = [
            file["path"] == _file(config["config_name"], file["split"])
            for config in head["configs"]
            for file in config["data_files"]
        ]
    except Exception:  # whatever stands there: it is none of ours
        return False
    return bool(listed) and all(listed)


def _is_half_moved(folder: Path, names: Iterable[str]) -> bool:
    """Whether a build of the first release was stopped before the card, its last, was there."""
    for name in names:
        if name not in TASKS or not (folder / name).is_dir():
            return False
        own = {Path(_file(name, split)).name for split in TASKS[name].files}
        if not {path.name for path in (folder / name).iterdir()} <= own:
            return False
    return True


def _file(task: str, split: str) -> str:
    return f"{task}/{split}-00000-of-00001.parquet"


def _write_split(
    made: Path, task: DatasetTask, split: str, full: bool, tables: Iterable[pa.Table], notes: Notes
) -> BuiltSplit:
    name = _file(task.name, split)
    (made / task.name).mkdir(exist_ok=True)
    features = task.columns(full)
    labels: Counter[str] = Counter()
    memory_bytes = 0
    example: dict[str, Any] = {}
    schema = features.arrow_schema
    with pq.ParquetWriter(made / name, schema, compression="zstd", write_page_index=True) as file:
        for table in _row_groups(tables):
            labels += count_labels(table, features, task.label_column)
            memory_bytes += table.nbytes
            example = example or table.slice(0, 1).to_pylist()[0]
            file.write_table(table, row_group_size=table.num_rows)
    return BuiltSplit(
        split, name, notes.rows, memory_bytes, (made / name).stat().st_size, labels, example, notes
    )


def _write_extra(made: Path, extra: Extra) -> BuiltExtra:
    name = _file(extra.config, extra.split)
    (made / extra.config).mkdir(exist_ok=True)
    pq.write_table(extra.table, made / name, compression="zstd")
    size = (made / name).stat().st_size
    return BuiltExtra(extra.config, extra.split, name, len(extra.table), size)


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    gathered: list[pa.Table] = []
    size = 0
    for table in tables:
        gathered.append(table)
        size += table.nbytes
        if size >= ROW_GROUP_BYTES:
            yield pa.concat_tables(gathered)
            gathered, size = [], 0
    if gathered:
        yield pa.concat_tables(gathered)
