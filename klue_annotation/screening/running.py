"""One screening: a table of texts to the same table with verdicts, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from klue_baselines.labelling.job import Job, prepare
from klue_baselines.labelling.running import write_file
from klue_baselines.labelling.writers import format_of
from klue_baselines.screening.screen import Screen, open_screen
from klue_common.errors import InputError
from klue_common.progress import note
from klue_pretraining.benchmark_texts import SPLITS, benchmark_texts
from klue_pretraining.contamination import Benchmark
from klue_results.naming import identify
from klue_text.filters import SHORTEST

from .duplicates import find_duplicates
from .judging import LONGEST, Judge
from .report import Report, report_on
from .rows import ROWS, Numbered, Verdicts, is_klue, source_to_screen

NO_MODEL = "none"
TEXT_ENDINGS = (".jsonl", ".csv", ".tsv", ".parquet")


@dataclass(frozen=True)
class Screening:
    """Everything that decides a screening.

    given, names, split, data_dir, sample: see `source_to_screen`. model, labels, threshold: see
    `open_screen`; NO_MODEL asks none. benchmark: the splits of KLUE whose sentences must not be in
    the rows; KLUE's own texts are not compared with it. The others are as in `Judge`.
    """

    given: str
    names: tuple[str, ...] | None = None
    split: str | None = None
    model: str = NO_MODEL
    labels: Mapping[str, str] = field(default_factory=dict)
    threshold: float | None = None
    shortest: int = SHORTEST
    longest: int = LONGEST
    near_duplicates: bool = True
    benchmark: tuple[str, ...] = SPLITS
    keep_flagged: bool = False
    data_dir: str | None = None
    sample: bool = False


def screen(
    wanted: Screening,
    out: Path,
    skip_bad: bool = False,
    overwrite: bool = False,
    device: str | None = None,
) -> Report:
    """Write the rows with their verdicts; a run that was cut off goes on.

    Args:
        wanted: what decides it.
        out: the file, of a format that its ending says.
        skip_bad: go on where a row holds no text.
        overwrite: forget what a run that was cut off has done.
        device: of the classifier; None for the CPU.

    Raises:
        InputError: a setting is wrong, or the input; nothing is written.
        DataError: the file cannot be written.
    """
    if out.suffix.lower() not in TEXT_ENDINGS:
        raise InputError(f"--out: found {str(out)!r:.80}, expected {', '.join(TEXT_ENDINGS)}")
    source = source_to_screen(
        wanted.given, wanted.names, wanted.split, wanted.data_dir, wanted.sample
    )
    if source.path is not None and out.exists() and out.samefile(source.path):
        raise InputError(f"--out: found {out}, which is the input, expected another file")
    question = Numbered(ROWS, wanted.names, source.of_texts)
    job = prepare(source, question, Verdicts(ROWS, ""), format_of(out, ROWS), skip_bad)
    classifier = opened(wanted, device)
    texts = leaks(wanted)
    judge = judge_of(wanted, job, classifier, texts)
    write_file(job, judge, out, identity(wanted, texts), overwrite)
    for line in job.tally.named:
        note(f"skipped: {line}")
    return report_on(str(out), wanted.names)


def opened(wanted: Screening, device: str | None) -> Screen | None:
    """Return the classifier, None where nobody wants one."""
    if wanted.model == NO_MODEL:
        return None
    classifier = open_screen(wanted.model, wanted.labels, wanted.threshold)
    if device is not None:
        classifier.model.to(device)
    return classifier


def leaks(wanted: Screening) -> list[str]:
    """Return the benchmark's texts that must not be among the rows."""
    if not wanted.benchmark or is_klue(wanted.given):
        return []
    return list(benchmark_texts(wanted.benchmark, wanted.data_dir, wanted.sample))


def judge_of(wanted: Screening, job: Job, classifier: Screen | None, texts: list[str]) -> Judge:
    """Return who judges the rows, once they have been compared with each other."""
    return Judge(
        scores=classifier,
        thresholds=classifier.thresholds if classifier else {},
        twins=find_duplicates(job.rows(), wanted.near_duplicates),
        benchmark=Benchmark(texts) if texts else None,
        shortest=wanted.shortest,
        longest=wanted.longest,
        keep_flagged=wanted.keep_flagged,
    )


def identity(wanted: Screening, texts: list[str]) -> dict[str, Any]:
    """Return what has to be the same for a run to go on, as JSON has it."""
    named = {**asdict(wanted), "names": list(wanted.names or ())}
    named["benchmark"] = list(wanted.benchmark)
    del named["given"], named["data_dir"], named["sample"]
    weights = None if wanted.model == NO_MODEL else asdict(identify(wanted.model))
    digest = hashlib.sha256("\n".join(texts).encode(errors="replace")).hexdigest()
    return {**named, "weights": weights, "benchmark_texts": digest}
