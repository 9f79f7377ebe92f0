"""The pipelines that a corpus is made by, one after another; what each leaves for the next.

clean     sources -> sentences -> benchmark sentences -> personal data -> shards, signatures
exact     signatures -> documents that were there before
meetings  signatures -> documents that meet in a band
cluster   meetings -> documents that go
texts     shards -> those without duplicates -> texts
"""

from __future__ import annotations

import contextlib
import math
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datatrove.io import get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.exact_dedup import ExactDedupFilter, ExactFindDedups
from datatrove.pipeline.dedup.minhash import MinhashDedupFilter

from klue_common.progress import meter
from klue_datasets.files import writable
from klue_text.duplicates import BANDS

from .cleaning import BenchmarkSentences, Pseudonyms, Sentences, Settings
from .counting import Kept, Removed, totals
from .exact_duplicates import FirstComes, exact_config
from .executors import Execution, run
from .near_duplicates import AT_A_TIME, SIGNED, FirstStays, Meetings, Shingles, near_config
from .shards import ShardReader, ShardWriter, Sources, TextWriter, damaged
from .work_folder import Work

FINDERS = 16  # tasks that compare exact signatures, each a part of the hashes
REMOTE_EVERY = 10.0  # seconds between two looks at an address
BENCHMARK, SHARES = "benchmark.json", "shares.json"


@dataclass(frozen=True)
class Stages:
    """Runs the pipelines of a corpus.

    work: the folder. settings, skip_bad: of the cleaning. execution: how tasks run. texts: the
    folder for the corpus's shards. kilobytes: to read, 0 where that is not known.
    """

    work: Work
    settings: Settings
    skip_bad: bool
    execution: Execution
    texts: str
    kilobytes: int

    def run(self) -> None:
        """Run all pipelines, as far as they have not been.

        Raises:
            InputError: a source is wrong, or the working folder is damaged.
            RunError: a task failed.
        """
        self.clean()
        finders = min(self.work.tasks, FINDERS)
        find = ExactFindDedups(
            self.work.at("exact", "signatures"), self.work.at("exact", "found"), exact_config(),
            lines_to_buffer=1000,
        )  # fmt: skip
        self.pipeline("exact", [find], finders)
        if self.settings.near_duplicates:
            self.near()
        self.write_texts()

    def cleaning(self) -> list[PipelineStep]:
        """Return the steps that clean documents, and sign them for the exact comparison."""
        work, settings, near = self.work, self.settings, self.settings.near_duplicates
        examples = work.at("examples")
        steps: list[PipelineStep] = [
            Sources(examples, work.at(SHARES), self.skip_bad, settings.field, work.at("progress")),
            Sentences(examples, settings.sentences, settings.shortest),
        ]
        if settings.benchmark:
            steps.append(BenchmarkSentences(examples, work.at(BENCHMARK)))
        steps += [
            Pseudonyms(settings.seed),
            ShardWriter(work.at("clean")),
            *([Shingles(work.at("near", "signatures"), near_config(settings.seed))] * near),
            FirstComes(work.at("exact", "signatures"), exact_config(), min(work.tasks, FINDERS)),
        ]
        return steps

    def near(self) -> None:
        """Find the near duplicates."""
        work, config = self.work, near_config(self.settings.seed)
        signatures, meetings = work.at("near", "signatures"), work.at("near", "meetings")
        parts = max(math.ceil(totals(work.at("logs", "clean"))[SIGNED] / AT_A_TIME), 1)
        found = Meetings(signatures, meetings, config=config)
        self.pipeline("meetings", [found], BANDS * parts)
        places = signatures, work.at("exact", "found"), meetings, work.at("near", "found")
        self.pipeline("cluster", [FirstStays(*places, config)], 1)

    def write_texts(self) -> None:
        """Write the texts of the documents that stay, and count everything that went."""
        examples = self.work.at("examples")
        exact, near = (Removed(examples, f"duplicate, {kind}") for kind in ("exact", "near"))
        steps: list[PipelineStep] = [
            ShardReader(self.work.at("clean")),
            ExactDedupFilter(self.work.at("exact", "found"), exact_config(), exact),
            exact,
        ]
        if self.settings.near_duplicates:
            steps += [MinhashDedupFilter(self.work.at("near", "found"), near), near]
        steps += [Kept(examples), TextWriter(self.texts)]
        self.pipeline("texts", steps, self.work.tasks)

    def pipeline(
        self,
        label: str,
        steps: Sequence[PipelineStep],
        tasks: int,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        """Run one pipeline.

        Raises:
            DataError: the working folder cannot be written to.
            InputError: a source is wrong, or the working folder is damaged.
            RunError: a task failed.
        """
        logs = self.work.at("logs", label)
        with writable(Path(self.work.folder)):
            try:
                run(self.execution, steps, tasks, logs, label, meanwhile)
            except (AssertionError, FileNotFoundError, struct.error) as error:
                # datatrove's stages take their files to be as they left them.
                raise damaged(self.work.folder, str(error) or "files that do not fit") from None

    def clean(self) -> None:
        """Run the tasks that read the sources, and show how far they are."""
        with meter("corpus", self.kilobytes, "kB") as advance:
            progress = Progress(self.work.at("progress"), advance)
            self.pipeline("clean", self.cleaning(), self.work.tasks, progress)


class Progress:
    """Counts what the tasks say they have read.

    Args:
        folder: where they say it.
        advance: counts kilobytes.
    """

    def __init__(self, folder: str, advance: Callable[[int], None]) -> None:
        self.folder, self.advance, self.told = get_datafolder(folder), advance, 0
        self.every = 0.0 if self.folder.is_local() else REMOTE_EVERY
        self.looked = time.monotonic()

    def __call__(self) -> None:
        """Look, and count what is more than before."""
        if time.monotonic() - self.looked < self.every:
            return
        self.looked, found = time.monotonic(), 0
        with contextlib.suppress(OSError, ValueError):
            self.folder.fs.invalidate_cache()
            names = self.folder.list_files()
            found = sum(int(self.folder.cat_file(name) or 0) for name in names) // 1000
        if found > self.told:
            self.advance(found - self.told)
            self.told = found
