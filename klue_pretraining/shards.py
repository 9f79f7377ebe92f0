"""The first and the last step of each pipeline: documents from sources, from and to shards.

Why datatrove's own are not used as they are (0.10):

- Its readers share whole files among tasks, every n-th to one, so that a corpus in one file has one
  task and the order of documents follows the number of tasks. `Sources` gives each task a part of
  the input, in order, and cuts within files.
- `JsonlReader` leaves a bad line out with a word in a log, and the rest of a file from the first
  byte that is no UTF-8. `Sources` names file and line, and counts under --skip-bad.
- `JsonlReader` gives task 3 the third file there is, which is another one where a task before wrote
  none; and it ends without a word where a file was cut. `ShardReader` opens the file of its task
  alone and knows how many documents it must hold.
- `DiskWriter` fills its name's template twice a document, copies all metadata, counts four things
  of each, and makes no file where there is no document. `ShardWriter` has one file a task.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from socket import gethostname
from typing import IO

import orjson
import zstandard
from datatrove.data import Document
from datatrove.io import get_datafolder
from datatrove.pipeline.readers.base import BaseReader
from datatrove.pipeline.readers.jsonl import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter

from klue_common.errors import InputError, one_line

from .counting import BAD, Counting, Documents
from .readers import FIELD, Reading, rows
from .sources import BUFFER, Piece, damage

SHARD_FILE = "${rank}.jsonl.zst"
PACKING, LEVEL = "zstd", 1
TEXT_FILE = "${rank}.jsonl"
UNREADABLE: tuple[type[Exception], ...]
UNREADABLE = (*damage(), OSError, ValueError, TypeError, KeyError)
KEPT = ("changes",)  # of the metadata
END = "documents"  # of the last line of a shard: how many come before it
TELL_EVERY = 1.0  # seconds between two words on how far a task is
ENCODE = json.JSONEncoder(ensure_ascii=False).encode


class Sources(Counting, BaseReader):  # type: ignore[misc, unused-ignore]
    """Reads the pieces of the sources that are a task's.

    Args:
        examples: the folder for the first bad lines.
        shares: a file with each task's pieces, by `save_shares`.
        skip_bad, field: see `Reading`.
        progress: a folder in which each task says how many bytes it has read, "" for none.
    """

    name = "sources"

    def __init__(
        self, examples: str, shares: str, skip_bad: bool, field: str = FIELD, progress: str = ""
    ) -> None:
        BaseReader.__init__(self, text_key=field)
        Counting.__init__(self, examples)
        self.shares, self.skip_bad, self.progress = shares, skip_bad, progress

    def run(self, data: Documents | None = None, rank: int = 0, world_size: int = 1) -> Documents:
        """Yield a task's documents."""
        reading = Reading(self.skip_bad, self.text_key)
        told = time.monotonic()
        for piece in opened_shares(self.shares)[rank]:
            for place, text in rows(piece, reading):
                yield Document(text, place)
                if self.progress and time.monotonic() - told > TELL_EVERY:
                    tell(self.progress, rank, reading.bytes)
                    told = time.monotonic()
        self.stat_update("bytes", value=reading.bytes)
        self.stat_update(BAD, value=reading.bad)
        for example in reading.examples:
            self.example(BAD, example)
        self.save(rank)
        if self.progress:
            tell(self.progress, rank, reading.bytes)


def tell(progress: str, rank: int, size: int) -> None:
    """Say how many bytes a task has read."""
    with get_datafolder(progress).open(f"{rank:05d}", "wb") as file:
        file.write(str(size).encode())


def save_shares(path: str, shares: list[list[Piece]]) -> None:
    """Write each task's pieces."""
    import fsspec

    parts = [[list(vars(piece).values()) for piece in share] for share in shares]
    with fsspec.open(path, "wb", auto_mkdir=True) as file:
        file.write(json.dumps(parts).encode())


def opened_shares(path: str) -> list[list[Piece]]:
    """Read each task's pieces.

    Raises:
        InputError: the file is damaged, or not there, as on a machine that does not see the folder.
    """
    import fsspec

    try:
        with fsspec.open(path, "rb") as file:
            return [[Piece(*values) for values in share] for share in json.load(file)]
    except FileNotFoundError:
        found, expected = f"no such file on {gethostname()}", "a folder that all machines share"
        raise InputError(f"{path}: found {found}, expected {expected}") from None
    except (OSError, ValueError, TypeError) as error:
        raise damaged(path, one_line(error)) from None


def damaged(path: str, found: str) -> InputError:
    """Return the error of a file of ours that is not as we left it."""
    expected = "what was written there; remove the folder it is in to begin anew"
    return InputError(f"{path}: found {found}, expected {expected}")


def file_of(name: str, rank: int) -> str:
    """Return the name of a task's file.

    >>> file_of(TEXT_FILE, 7)
    '00007.jsonl'
    """
    return name.replace("${rank}", f"{rank:05d}")


class ShardWriter(JsonlWriter):  # type: ignore[misc, unused-ignore]
    """Writes a task's documents to a file of the task.

    Of their metadata `changes` is kept.

    Args:
        folder: of all tasks' files.
        name: of a task's.
    """

    name = "shard"

    def __init__(self, folder: str, name: str = SHARD_FILE) -> None:
        super().__init__(folder, name, compression=None)

    def line(self, document: Document) -> bytes:
        """Return a document's line."""
        kept = {name: document.metadata[name] for name in KEPT if name in document.metadata}
        content = {"id": document.id, "text": document.text, "metadata": kept}
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)

    def end(self, documents: int) -> bytes:
        """Return the last line."""
        return orjson.dumps({END: documents})

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Write all documents, and the file also where there are none."""
        documents = 0
        with self:
            raw = self.output_mg.get_file(file_of(self.output_filename.template, rank))
            with self.packed(raw) as file:
                for document in data:
                    file.write(self.line(document))
                    documents += 1
                    yield document
                file.write(self.end(documents))

    def packed(self, raw: IO[bytes]) -> IO[bytes]:
        """Return what packs all that is written to it; fsspec would do it nine times slower."""
        stream = zstandard.ZstdCompressor(LEVEL).stream_writer(raw)
        # Each write to it takes as long as packing a hundred kilobytes.
        return io.BufferedWriter(stream, BUFFER)  # type: ignore[type-var, unused-ignore]


class TextWriter(ShardWriter):
    """Writes the texts of a task's documents, as the corpus holds them.

    Args:
        folder: of all tasks' files.
    """

    name = "texts"

    def __init__(self, folder: str) -> None:
        super().__init__(folder, TEXT_FILE)

    def line(self, document: Document) -> bytes:
        """Return a document's line: what the encoder makes of a dict, in half the time."""
        return f'{{"{FIELD}": {ENCODE(document.text)}}}\n'.encode()

    def packed(self, raw: IO[bytes]) -> IO[bytes]:
        """Return the file itself: people read it."""
        return raw

    def end(self, documents: int) -> bytes:
        """Return nothing: people read these files."""
        return b""


class ShardReader(JsonlReader):  # type: ignore[misc, unused-ignore]
    """Reads what `ShardWriter` wrote for the same task.

    Args:
        folder: of all tasks' files.
    """

    name = "shard"

    def __init__(self, folder: str) -> None:
        super().__init__(folder, compression=PACKING, add_file_path=False)

    def run(self, data: Documents | None = None, rank: int = 0, world_size: int = 1) -> Documents:
        """Yield a task's documents.

        Raises:
            InputError: the file is not there, damaged, or not whole.
        """
        name = file_of(SHARD_FILE, rank)
        place = str(self.data_folder.resolve_paths(name))
        try:
            yield from self.read_file(name)
        except UNREADABLE as error:
            raise damaged(place, one_line(error)) from None

    def read_file(self, filepath: str) -> Iterator[Document]:
        """Yield the documents of a file; its last line must be the number of them."""
        count = 0
        packed = self.data_folder.open(filepath, "rb", compression=self.compression)
        with io.BufferedReader(packed, BUFFER) as file:
            for line in file:
                row = orjson.loads(line)
                if END in row:
                    if row[END] == count:
                        return
                    break
                count += 1
                yield Document(row["text"], row["id"], metadata=row["metadata"])
        raise ValueError(f"{count:,} documents and no end")
