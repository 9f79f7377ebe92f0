"""The pipelines that a corpus is made by, one after another; what each leaves for the next.

clean     sources -> sentences -> benchmark sentences -> personal data -> shards, exact signatures
exact     signatures -> documents that were there before
near      shards -> those without exact duplicates -> MinHash signatures
meetings  signatures -> documents that meet in a band
cluster   meetings -> documents that go
texts     shards -> those without duplicates -> texts
"""

from __future__ import annotations

import contextlib
import math
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from datatrove.io import get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.exact_dedup import ExactDedupFilter, ExactFindDedups
from datatrove.pipeline.dedup.minhash import MinhashDedupFilter

from klue_common.progress import meter
from klue_text.duplicates import BANDS

from .cleaning import BenchmarkSentences, Pseudonyms, Sentences, Settings
from .counting import Kept, Removed, totals
from .duplicates import (
    AT_A_TIME,
    SIGNED,
    FirstComes,
    FirstStays,
    Meetings,
    Shingles,
    exact_config,
    near_config,
)
from .executors import Execution, run
from .shards import ShardReader, ShardWriter, Sources, TextWriter, damaged
from .sources import ADDRESS
from .work_folder import Work

FINDERS = 16  # tasks that compare exact signatures, each a part of the hashes
LOOK_EVERY = 0.5  # seconds
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
        with self.shown():
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

    def clean(self) -> None:
        """Clean documents one by one, and sign them for the exact comparison."""
        work, settings = self.work, self.settings
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
            FirstComes(work.at("exact", "signatures"), exact_config(), min(work.tasks, FINDERS)),
        ]
        self.pipeline("clean", steps, work.tasks)

    def near(self) -> None:
        """Find the near duplicates among the documents that are no exact ones."""
        work, config = self.work, near_config(self.settings.seed)
        signatures, meetings = work.at("near", "signatures"), work.at("near", "meetings")
        self.pipeline("near", [*self.without_exact(), Shingles(signatures, config)], work.tasks)
        parts = max(math.ceil(totals(work.at("logs", "near"))[SIGNED] / AT_A_TIME), 1)
        found = Meetings(signatures, meetings, config=config)
        self.pipeline("meetings", [found], BANDS * parts)
        decided = FirstStays(signatures, meetings, work.at("near", "found"), config)
        self.pipeline("cluster", [decided], 1)

    def write_texts(self) -> None:
        """Write the texts of the documents that stay, and count everything that went."""
        examples = self.work.at("examples")
        exact, near = (Removed(examples, f"duplicate, {kind}") for kind in ("exact", "near"))
        steps: list[PipelineStep] = [*self.without_exact(exact), exact]
        if self.settings.near_duplicates:
            steps += [MinhashDedupFilter(self.work.at("near", "found"), near), near]
        steps += [Kept(examples), TextWriter(self.texts)]
        self.pipeline("texts", steps, self.work.tasks)

    def without_exact(self, removed: Removed | None = None) -> list[PipelineStep]:
        """Return the steps that read the cleaned documents and drop the exact duplicates."""
        found = self.work.at("exact", "found")
        return [
            ShardReader(self.work.at("clean")),
            ExactDedupFilter(found, exact_config(), exclusion_writer=removed),
        ]

    def pipeline(self, label: str, steps: Sequence[PipelineStep], tasks: int) -> None:
        """Run one pipeline.

        Raises:
            InputError: a source is wrong, or the working folder is damaged.
            RunError: a task failed.
        """
        try:
            run(self.execution, steps, tasks, self.work.at("logs", label), label)
        except (AssertionError, FileNotFoundError, struct.error) as error:
            # datatrove's stages take their files to be as they left them.
            raise damaged(self.work.folder, str(error) or "files that do not fit") from None

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Show how far the tasks are that read the sources, while the block runs."""
        over = threading.Event()
        with meter("corpus", self.kilobytes, "kB") as advance:
            watch = threading.Thread(target=self.watch, args=(over, advance), daemon=True)
            watch.start()
            try:
                yield
            finally:
                over.set()
                watch.join()

    def watch(self, over: threading.Event, advance: Callable[[int], None]) -> None:
        """Count what the tasks say they have read, until it is over."""
        place, told = get_datafolder(self.work.at("progress")), 0
        while not over.wait(LOOK_EVERY if ADDRESS not in self.work.folder else 20 * LOOK_EVERY):
            found = 0
            with contextlib.suppress(OSError, ValueError):
                place.fs.invalidate_cache()
                found = sum(int(place.cat_file(name) or 0) for name in place.list_files())
            if found // 1000 > told:
                advance(found // 1000 - told)
                told = found // 1000
