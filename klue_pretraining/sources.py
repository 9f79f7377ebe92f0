"""What a source of documents is, where its pieces lie, and how each is opened."""

from __future__ import annotations

import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from klue_common.errors import InputError, one_line

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
KINDS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".txt": "text"}
PACKED = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz"}
SHARD = 256_000_000  # bytes of a task; a dataset's shard, whose size nobody tells, counts as one
BUFFER = 1 << 20  # bytes
ADDRESS = "://"


@dataclass(frozen=True)
class Piece:
    """A part of a source that can be read by itself.

    path: a file, an address, or a dataset's name. kind: text, json, parquet or dataset. packed:
    how, by fsspec's name, "" where it is not. start, stop: bytes, row groups or shards; None: to
    the end. size: bytes, as far as that is known; of a dataset 0.
    """

    path: str
    kind: str
    packed: str = ""
    start: int = 0
    stop: int | None = None
    size: int = 0

    @property
    def weight(self) -> int:
        """What a task has to do for it, in bytes."""
        return SHARD if self.kind == "dataset" else max(self.size, 1)


def pieces(source: str) -> list[Piece]:
    """Return what a source consists of, in order: its files, row groups, and shards.

    Raises:
        InputError: there is no such source.
    """
    if ADDRESS in source:
        return [piece for path in addresses(source) for piece in of_file(path, bytes_of(path))]
    if Path(source).is_file():
        return of_file(source, Path(source).stat().st_size)
    name = source.partition(":")[0]
    if Path(name).is_dir() or (HUB_ID.fullmatch(name) and not kind_of(name)[0]):
        return of_dataset(source)
    expected = "a file, a folder, a Hub id or an address"
    raise InputError(f"{source}: found no such file, expected {expected}")


def everywhere(place: str) -> str:
    """Return what names a place also for processes that run in another folder.

    >>> everywhere("s3://corpora/a.jsonl"), everywhere("corpus.jsonl") != "corpus.jsonl"
    ('s3://corpora/a.jsonl', True)
    """
    hub_id = HUB_ID.fullmatch(place.partition(":")[0]) and not Path(place).parent.exists()
    return place if ADDRESS in place or hub_id else str(Path(place).absolute())


def kind_of(path: str) -> tuple[str, str]:
    """Return the kind of a file by its name, "" for none, and how it is packed.

    >>> kind_of("a.jsonl.gz"), kind_of("hf://datasets/a/b/c.parquet"), kind_of("a.b")
    (('json', 'gzip'), ('parquet', ''), ('', ''))
    """
    name = Path(path)
    packed = PACKED.get(name.suffix, "")
    return KINDS.get((name.with_suffix("") if packed else name).suffix, ""), packed


def of_file(path: str, size: int) -> list[Piece]:
    """Return the pieces of a file: of Parquet its row groups, else the whole."""
    kind, packed = kind_of(path)
    if kind != "parquet" or packed:
        stop = None if packed else size
        return [Piece(path, kind or "text", packed, stop=stop, size=size)]
    import pyarrow.parquet as pq

    try:
        with opened(path) as file, pq.ParquetFile(file) as table:
            groups = [table.metadata.row_group(at) for at in range(table.num_row_groups)]
            sizes = [group.total_byte_size for group in groups]
    except damage():  # told when it is read, where such files may be left out
        return [Piece(path, kind, size=size)]
    return [Piece(path, kind, "", at, at + 1, size) for at, size in enumerate(sizes)]


def of_dataset(source: str) -> list[Piece]:
    """Return the shards of a dataset's train split.

    Raises:
        InputError: it cannot be found.
    """
    shards = stream(source).num_shards
    return [Piece(source, "dataset", start=at, stop=at + 1) for at in range(shards)]


def stream(source: str) -> Any:
    """Open the train split of a dataset, for streaming.

    Raises:
        InputError: it cannot be found.
    """
    from datasets import load_dataset

    name, _, configuration = source.partition(":")
    try:
        return load_dataset(name, configuration or None, split="train", streaming=True)
    except (OSError, ValueError, RuntimeError) as error:
        # The second line lists the configurations, where one has to be chosen.
        raise InputError(f"{name}: cannot be streamed: {one_line(error, 2)}") from None


def streamed(piece: Piece) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (a number that grows with the place in the dataset, row) of shards."""
    whole = stream(piece.path)
    for shard in range(piece.start, piece.stop or whole.num_shards):
        part = whole
        if whole.num_shards > 1:
            part = whole.shard(whole.num_shards, shard, contiguous=True)
        for number, row in enumerate(part):
            yield shard * 10**9 + number, row


def addresses(source: str) -> list[str]:
    """Return the files that an address of fsspec stands for, in the order of their names.

    Raises:
        InputError: there is no such file system, or nothing there.
    """
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(source)
        if "*" in source:
            found = system.glob(path)
        elif system.isfile(path):
            return [source]
        else:
            found = system.find(path)
    except Exception as error:  # each file system has its own
        raise InputError(f"{source}: cannot be opened: {one_line(error)}") from None
    files = sorted(system.unstrip_protocol(name) for name in found if kind_of(name)[0])
    if not files:
        expected = f"files that end in {', '.join(KINDS)}"
        raise InputError(f"{source}: found nothing, expected a file, or {expected}")
    return files


def bytes_of(address: str) -> int:
    """Return the size of a file at an address."""
    from fsspec.core import url_to_fs

    system, path = url_to_fs(address)
    return int(system.size(path) or 0)


def opened(path: str, packed: str = "") -> IO[bytes]:
    """Open a file, or one at an address of fsspec, and unpack it.

    Raises:
        InputError: its file system does not answer.
        OSError: it cannot be read.
    """
    if ADDRESS not in path and not packed:
        return Path(path).open("rb", buffering=BUFFER)
    import fsspec

    try:
        file = fsspec.open(path, "rb", compression=packed or None).open()
    except OSError:
        raise
    except Exception as error:  # each file system has its own
        raise InputError(f"{path}: cannot be opened: {one_line(error)}") from None
    return io.BufferedReader(file, BUFFER)


@cache
def damage() -> tuple[type[Exception], ...]:
    """Return what is raised where a packed file or a Parquet file is damaged."""
    import pyarrow as pa

    found = [zlib.error, EOFError, gzip.BadGzipFile, lzma.LZMAError, pa.ArrowException]
    try:
        from zstandard import ZstdError

        found.append(ZstdError)
    except ImportError:  # then nothing is unpacked by it
        pass
    return tuple(found)


def shares(found: Sequence[Piece], tasks: int) -> list[list[Piece]]:
    """Share pieces among tasks in order, as evenly as they can be cut.

    >>> lines = [Piece("a.txt", "text", stop=6, size=6), Piece("b.txt", "text", stop=2, size=2)]
    >>> [[(piece.path, piece.start, piece.stop) for piece in share] for share in shares(lines, 2)]
    [[('a.txt', 0, 4)], [('a.txt', 4, 6), ('b.txt', 0, 2)]]
    """
    total = max(sum(piece.weight for piece in found), 1)
    given: list[list[Piece]] = [[] for _ in range(tasks)]
    before = 0
    for piece in found:
        if piece.kind in ("text", "json") and piece.stop is not None:
            first, last = (end * tasks // total for end in (before, before + piece.weight))
            cuts = [-(-total * task // tasks) - before for task in range(first + 1, last + 1)]
            ends = [0, *(cut for cut in cuts if 0 < cut < piece.size), piece.size]
            for start, stop in pairwise(ends):
                middle = before + (start + stop) // 2
                part = replace(piece, start=start, stop=stop, size=stop - start)
                given[min(middle * tasks // total, tasks - 1)].append(part)
        else:
            task = (before + piece.weight // 2) * tasks // total
            given[min(task, tasks - 1)].append(piece)
        before += piece.weight
    return [joined(share) for share in given]


def joined(share: Sequence[Piece]) -> list[Piece]:
    """Join pieces that follow each other in one file or dataset: it is opened once."""
    found: list[Piece] = []
    for piece in share:
        last = found[-1] if found else None
        if last and last.path == piece.path and last.stop == piece.start and not piece.packed:
            found[-1] = replace(last, stop=piece.stop, size=last.size + piece.size)
        else:
            found.append(piece)
    return found
