"""Documents that were nearly there before, found on disk: datatrove's stages, our idea of near.

What is changed in them, and why (datatrove 0.10):

- `MinhashDedupSignature` makes shingles of words, by a tokenizer, hashes one after the other in
  Python, and sorts records of nine fields. Here shingles are five letters or digits, by
  `klue_text.duplicates`. A band's eight values are kept as one hash of 61 bits, and all values of a
  document once more, by themselves.
- `MinhashDedupBuckets` merges the tasks' files record by record in Python, 16 records a document:
  the most costly part of all. The files are sorted already; numpy merges them.
- `MinhashDedupCluster` takes all for duplicates that meet in one band, and all that are so over
  others: of pairs with a similarity of 0.7, six in ten would go. Here documents are taken in the
  order of the corpus, as `klue_text.duplicates.NearDuplicates` does in memory, and one goes if it
  meets an earlier one that stays in a band and is as similar as NEAR, by all values.
"""

from __future__ import annotations

import contextlib
import tempfile
from functools import lru_cache
from io import FileIO
from pathlib import Path

import numpy as np
from datatrove.io import get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
)
from datatrove.utils.hashing import HashConfig

from klue_text.duplicates import BANDS, NEAR, PERMUTATIONS, signatures

from .counting import Documents, batches
from .exact_duplicates import LOWER, PAIR, Numbers, exact_duplicates, letters_of
from .shards import damaged

HASHES = 2**61 - 1  # datatrove's bound of 64-bit hashes
RECORD = np.dtype([("hash", "<u8"), ("document", "<u4")])
SIGNATURES, SIGN = "all/{:05d}.u4", np.dtype("<u4")
REMEMBERED = 100_000  # signatures, at 600 bytes each
BATCH = 25_000  # characters that are signed at a time: more do not fit into a processor's cache
SIGNED = "documents signed"
AT_A_TIME = 8_000_000  # records of a band that are sorted at a time, at 50 bytes each


def near_config(seed: int) -> MinhashConfig:
    """Return datatrove's settings of the near ones: a hash for each band."""
    return MinhashConfig(
        num_buckets=BANDS, hashes_per_bucket=1, seed=seed, hash_config=HashConfig(precision=64)
    )


class Shingles(PipelineStep):  # type: ignore[misc, unused-ignore]
    """Signs documents for the near comparison; writes what `MinhashDedupSignature` would.

    It lets the documents pass, so that they need not be read once more for it.

    Args:
        folder: for the signatures.
        config: of the bands.
    """

    type = "🫂 - KLUE"
    name = "🎯 near, stage 1"

    def __init__(self, folder: str, config: MinhashConfig) -> None:
        super().__init__()
        self.folder, self.config = folder, config

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Write a task's signatures: all values as they come, the hashes of each band sorted."""
        folder, bands = get_datafolder(self.folder), [np.zeros((0, BANDS), np.uint64)]
        with folder.open(SIGNATURES.format(rank), "wb") as file:
            for batch in batches(data, BATCH):
                signs = signatures(list(map(letters_of, batch)), self.config.seed)
                file.write(signs.astype(SIGN).tobytes())
                bands.append(band_hashes(signs))
                yield from batch
        hashes = np.concatenate(bands)
        for band in range(BANDS):
            order = np.argsort(hashes[:, band], kind="stable")
            records = np.empty(len(hashes), RECORD)
            records["hash"], records["document"] = hashes[order, band], order
            with folder.open(f"bucket_{band:03d}/{rank:05d}.minhash.sig", "wb") as file:
                file.write(records.tobytes())
        self.stat_update(SIGNED, value=len(hashes))


def band_hashes(signs: Numbers) -> Numbers:
    """Return a hash of each band of each document: (documents, PERMUTATIONS) to (documents, BANDS).

    >>> band_hashes(np.zeros((2, PERMUTATIONS), np.uint32)).shape
    (2, 16)
    """
    pairs = np.ascontiguousarray(signs, "<u4").view("<u8").reshape(len(signs), BANDS, -1)
    hashes = np.zeros(pairs.shape[:2], np.uint64)
    for at in range(pairs.shape[2]):
        hashes = (hashes ^ pairs[:, :, at]) * np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    return hashes % np.uint64(HASHES)


class Meetings(MinhashDedupBuckets):  # type: ignore[misc, unused-ignore]
    """Finds the documents that meet in a band."""

    name = "🎯 near, stage 2"

    def run(self, data: Documents | None = None, rank: int = 0, world_size: int = 1) -> None:
        """Write (shard, document, shard, document) of neighbours with equal hashes."""
        band, part = divmod(rank, world_size // BANDS)
        names = self.input_folder.list_files(subdirectory=f"bucket_{band:03d}")
        parts = world_size // BANDS  # as hashes are spread evenly, each part is as large
        low, high = part * HASHES // parts, (part + 1) * HASHES // parts
        hashes, shards, documents = [], [], []
        with self.track_time():
            for name in names:
                records = np.frombuffer(self.input_folder.cat_file(name), RECORD)
                first, last = np.searchsorted(records["hash"], [low, high])
                hashes.append(records["hash"][first:last])
                documents.append(records["document"][first:last])
                shards.append(np.full(last - first, int(Path(name).name[:5]), "<u4"))
            order = np.argsort(np.concatenate(hashes), kind="stable")  # files follow each other
            sorted_hashes = np.concatenate(hashes)[order]
            where = np.stack([np.concatenate(shards)[order], np.concatenate(documents)[order]], 1)
            same = np.flatnonzero(sorted_hashes[1:] == sorted_hashes[:-1])
            pairs = np.concatenate([where[same], where[same + 1]], axis=1).astype(PAIR)
        with self.output_folder.open(f"{band:05d}_{part:02d}.dups", "wb") as file:
            file.write(pairs.tobytes())
        self.stat_update("meetings", value=len(pairs))


class FirstStays(MinhashDedupCluster):  # type: ignore[misc, unused-ignore]
    """Decides which documents go, in the order of the corpus; exact duplicates are gone by then.

    Memory: 64 bytes for each band in which a document meets another one; signatures stay on disk.

    Args:
        signs: the folder that `Shingles` wrote to.
        exact: the folder that `ExactFindDedups` wrote to.
        input_folder, output_folder, config: see `MinhashDedupCluster`.
    """

    name = "🎯 near, stage 3"

    def __init__(
        self,
        signs: str,
        exact: str,
        input_folder: str,
        output_folder: str,
        config: MinhashConfig,
    ) -> None:
        super().__init__(input_folder, output_folder, config)
        self.signs, self.exact = signs, exact

    def run(self, data: Documents | None = None, _: int = 0, world_size: int = 1) -> None:
        """Write the documents that go, a file a shard, for datatrove's filter.

        That filter stands behind the one of exact duplicates, and counts without them.
        """
        exact = exact_duplicates(self.exact)
        documents, groups = self.meetings()
        here = ~np.isin(documents, exact)
        with Signs(self.signs) as signs:
            removed = removals(documents[here], groups[here], signs)
        shards = removed >> 32
        for shard in np.unique(shards):
            numbers = removed[shards == shard]
            first = np.searchsorted(exact, shard << 32)
            numbers = (numbers & LOWER) - (np.searchsorted(exact, numbers) - first)
            with self.output_folder.open(f"{shard:06d}.remove", "wb") as file:
                file.write(numbers.astype(PAIR).tobytes())

    def meetings(self) -> tuple[Numbers, Numbers]:
        """Return (documents, groups that they are in): in the order of documents, a row a group.

        Pairs of neighbours are chains: a group's members follow each other in a file.
        """
        documents, groups, before = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
        for name in self.input_folder.list_files(glob_pattern="*.dups"):
            pairs = np.frombuffer(self.input_folder.cat_file(name), PAIR).reshape(-1, 4)
            wide = pairs.astype(np.int64)
            first, second = wide[:, 0] << 32 | wide[:, 1], wide[:, 2] << 32 | wide[:, 3]
            begins = np.ones(len(pairs), bool)
            begins[1:] = first[1:] != second[:-1]
            group = np.cumsum(begins) + before
            documents += [first[begins], second]
            groups += [group[begins], group]
            before += int(begins.sum())
        found = np.concatenate(documents)
        del documents
        group = np.concatenate(groups)
        del groups
        order = np.argsort(found, kind="stable")
        return found[order], group[order]


class Signs:
    """The signatures of all documents, on disk.

    They are read one by one: mapped into memory, all that were looked at would stay there.

    Args:
        folder: that `Shingles` wrote to; files at an address are fetched when they are needed.
    """

    def __init__(self, folder: str) -> None:
        self.folder = get_datafolder(folder)
        self.shards: dict[int, FileIO] = {}
        self.files = contextlib.ExitStack()
        self.fetched = self.files.enter_context(tempfile.TemporaryDirectory())
        self.of = lru_cache(REMEMBERED)(self.read)

    def __enter__(self) -> Signs:
        return self

    def __exit__(self, *_: object) -> None:
        self.files.close()

    def read(self, document: int) -> Numbers:
        """Return a document's signature; the shard is the upper half of its number.

        Raises:
            InputError: the file is damaged.
        """
        shard = document >> 32
        if shard not in self.shards:
            name = SIGNATURES.format(shard)
            path = self.folder.resolve_paths(name)
            if not self.folder.is_local():
                path = f"{self.fetched}/{shard}"
                self.folder.get_file(name, path)
            file = Path(path).open("rb", buffering=0)  # noqa: SIM115 - the stack closes it
            self.shards[shard] = self.files.enter_context(file)
        size = SIGN.itemsize * PERMUTATIONS
        self.shards[shard].seek((document & LOWER) * size)
        if len(found := self.shards[shard].read(size)) < size:
            raise damaged(self.shards[shard].name, "too few signatures")
        return np.frombuffer(found, SIGN)


def removals(documents: Numbers, groups: Numbers, signs: Signs) -> Numbers:
    """Return the documents that go: near to an earlier one that stays and is in a group of theirs.

    Args:
        documents, groups: a row for each group of each document, in the documents' order.
        signs: the documents' signatures.
    """
    removed = []
    sizes = np.bincount(groups)
    # Those that stay of a group, one after another: in arrays, as lists would take a hundred bytes.
    places, numbers, stay = np.cumsum(sizes) - sizes, np.zeros_like(sizes), np.zeros_like(documents)
    starts = np.flatnonzero(np.diff(documents, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(documents)], strict=False):
        document, of = int(documents[start]), groups[start:stop]
        first, end = places[of], places[of] + numbers[of]
        earlier = np.unique(np.concatenate([stay[a:b] for a, b in zip(first, end, strict=True)]))
        if len(earlier) and near_to_one(signs.of(document), list(map(signs.of, earlier.tolist()))):
            removed.append(document)
            continue
        stay[end] = document
        numbers[of] += 1
    return np.array(removed, np.int64)


def near_to_one(sign: Numbers, others: list[Numbers]) -> bool:
    """Return whether a signature is as similar as NEAR to one of others."""
    return bool(((np.stack(others) == sign).mean(axis=1) >= NEAR).any())
