"""The builder class: raw files to Arrow through the `datasets` library."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import datasets
import pyarrow as pa
from datasets.builder import Key
from datasets.exceptions import DatasetGenerationError

from . import about, sources
from . import errata as corrections
from .datasets_internals import KeepingBuilder
from .errors import DataError
from .files import writable
from .notes import Notes
from .sources import DataDir, Source
from .splits import read_split
from .task import VERSION, DatasetTask
from .tasks import TASKS, task_named


class KlueConfig(datasets.BuilderConfig):
    """One task of KLUE.

    Attributes:
        full: all columns of the raw files, not only those that the Hub has.
        sample: the bundled sample in place of KLUE.
        errata: known defects corrected.
    """

    def __init__(
        self, full: bool = False, sample: bool = False, errata: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.full = full
        self.sample = sample
        self.errata = errata


class Klue(KeepingBuilder):
    """Reads KLUE's raw files into a `datasets.Dataset`.

    Args:
        config_name: a task, like "ynat".
        data_dir: folders in the official layout; default KLUE_DATA_DIR, then the official files.
        sample: read the bundled sample.
        splits: fetch and read only these, into a cache of their own; default all that there are.
        source: the task's files where they have been found already; then `data_dir` and `sample`
            are not looked at.
        full: keep all columns.
        errata: correct the known defects; the version is then 1.1.1 in place of 1.1.0.
        hash, data_files: what `load_dataset` passes to every builder; not used here.
        kwargs: as for `datasets.DatasetBuilder`.

    Raises:
        DataError: no data, or a broken file.

    Example:
        >>> builder = Klue(config_name="ynat", sample=True)
        >>> builder.info.features["label"].names[:2]
        ['IT과학', '경제']
    """

    BUILDER_CONFIG_CLASS = KlueConfig
    VERSION = VERSION
    # A table to look names up in, and no BUILDER_CONFIGS: with that list the library would refuse a
    # task that was added to TASKS since.
    builder_configs: ClassVar[dict[str, KlueConfig]] = {
        name: KlueConfig(name=name, version=VERSION, description=task.title)
        for name, task in TASKS.items()
    }
    DEFAULT_CONFIG_NAME = next(iter(TASKS))

    def __init__(
        self,
        *args: Any,
        config_name: str | None = None,
        data_dir: DataDir | None = None,
        sample: bool = False,
        splits: Sequence[str] | None = None,
        source: Source | None = None,
        hash: str | None = None,
        data_files: object = None,
        **kwargs: Any,
    ) -> None:
        self.task: DatasetTask = task_named(config_name or self.DEFAULT_CONFIG_NAME)
        if source is None:
            source = sources.resolve(self.task, data_dir, sample, splits)
        elif splits is not None:
            source = source.only(self.task, splits)
        self.source = source
        self.notes: dict[str, Notes] = {}
        kwargs.setdefault("dataset_name", "klue")
        if source.kind == "sample":
            kwargs["sample"] = True
        if kwargs.get("errata"):
            kwargs["version"] = corrections.VERSION
        for flag in ("full", "errata"):  # one cache for "not asked for" and "no"
            if not kwargs.get(flag):
                kwargs.pop(flag, None)
        # The library would otherwise serve old rows after a file or this package has changed. The
        # files are those of the splits, so that each set of splits has its cache.
        digest = hashlib.sha256(f"{code_digest()} {source.digest}".encode()).hexdigest()
        with writable(Path(str(kwargs.get("cache_dir") or datasets.config.HF_DATASETS_CACHE))):
            super().__init__(*args, config_name=self.task.name, hash=digest[:16], **kwargs)

    def download_and_prepare(self, *args: Any, **kwargs: Any) -> None:
        """Read the files into the cache unless they are there.

        Raises:
            DataError: a file is broken, or the cache cannot be written.
        """
        with writable(Path(self.cache_dir)):
            try:
                super().download_and_prepare(*args, **kwargs)
            except DatasetGenerationError as error:
                if isinstance(error.__cause__, DataError | OSError):
                    raise error.__cause__ from None
                raise

    def notes_of(self, split: str) -> Notes:
        """Return what was noticed when a split was read, this time or an earlier one."""
        kept = json.loads(self.place_of(_NOTES).read_text(encoding="utf-8"))
        return Notes(**kept[split])

    def _info(self) -> datasets.DatasetInfo:
        task = self.task
        return datasets.DatasetInfo(
            description=task.about,
            features=task.columns(self.config.full).copy(),
            homepage=about.HOMEPAGE,
            license=about.LICENSE,
            citation=about.CITATION,
        )

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        self.source.fetch()
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"split": split, "path": str(path)})
            for split, path in self.source.files.items()
        ]

    def _generate_tables(self, split: str, path: str) -> Iterator[tuple[Key, pa.Table]]:
        notes = self.notes[split] = Notes(Path(path).name)
        config = self.config
        tables = read_split(
            self.task, split, Path(path), full=config.full, errata=config.errata, notes=notes
        )
        for number, table in enumerate(tables):
            yield Key(0, number), table

    def keep(self) -> None:
        """Write what was noticed into the cache, for `notes_of`."""
        kept = {split: notes.to_json() for split, notes in self.notes.items()}
        self.place_of(_NOTES).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


_NOTES = "klue_notes.json"


def load(
    task: str,
    split: str,
    *,
    data_dir: DataDir | None = None,
    sample: bool = False,
    full: bool = False,
    errata: bool = False,
    source: Source | None = None,
) -> datasets.Dataset:
    """Load one split of one task; only what it is in is fetched and read.

    Args:
        task: a name in TASKS.
        split: "train" or "validation", or slices as in `load_dataset`: "validation[80%:]".
        data_dir: folders in the official layout; default KLUE_DATA_DIR, then the official files.
        sample: load the bundled sample, which is not KLUE.
        full: add the columns that the Hub's copy lacks.
        errata: correct the known defects.
        source: the task's files where they have been found already, so that they are not found and
            hashed again; then `data_dir` and `sample` are not looked at.

    Raises:
        DataError: an unknown task or split, a file that is missing or broken.

    Example:
        >>> load("re", "validation", sample=True).features["label"].names[0]
        'no_relation'
    """
    names = list(dict.fromkeys(part.partition("[")[0] for part in split.split("+")))
    builder = Klue(
        config_name=task,
        data_dir=data_dir,
        sample=sample,
        splits=names,
        source=source,
        full=full,
        errata=errata,
    )
    with _bars_on_terminals_only():
        builder.download_and_prepare()
    for name in names:
        builder.notes_of(name).warn()
    try:
        return builder.as_dataset(split=split)
    except (ValueError, AssertionError):
        raise DataError(
            f"split: found {split!r}, expected train, validation or a slice like validation[80%:]"
        ) from None


@contextmanager
def _bars_on_terminals_only() -> Iterator[None]:
    shown = not datasets.utils.are_progress_bars_disabled()
    if shown and not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()


@cache
def code_digest() -> str:
    """Return a digest of this package's own code: a changed reader must not meet an old cache."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(f"{VERSION} {pa.__version__}".encode())
    for path in sorted([*folder.rglob("*.py"), *folder.glob("*.json")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
