"""The forms in which people publish predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .asked import Answers, Asked
from .conll import fits_conll, read_conll
from .head import Head
from .lines import fits_lines, fits_probabilities, read_lines, read_probabilities
from .logs import fits_inspect, fits_lm_eval, read_inspect, read_lm_eval
from .tables import fits_csv, fits_dataset, fits_json, read_csv, read_dataset, read_json


@dataclass(frozen=True)
class Format:
    """A form of files.

    Attributes:
        description: what such a file is, in words.
        fits: whether a file begins like one, for a task.
        read: the answers in it.
        columns: whether its columns can be named.
        counts: whether labels can stand in it as numbers.
    """

    description: str
    fits: Callable[[Head, Asked], bool]
    read: Callable[[Asked], Answers]
    columns: bool = False
    counts: bool = True


FORMATS: dict[str, Format] = {
    "csv": Format(
        "a table (CSV, or TSV) whose first line names the columns", fits_csv, read_csv, columns=True
    ),
    "json": Format(
        "a JSON list of objects, JSON Lines, or one object: guid -> answer",
        fits_json,
        read_json,
        columns=True,
    ),
    "datasets": Format(
        "a folder that `Dataset.save_to_disk` wrote, or a Parquet file",
        fits_dataset,
        read_dataset,
        columns=True,
    ),
    "lines": Format(
        "an answer a line, the first line too; of a longer line what stands behind its last comma",
        fits_lines,
        read_lines,
    ),
    "probabilities": Format(
        "a line of probabilities an example, a column a label",
        fits_probabilities,
        read_probabilities,
    ),
    "conll": Format(
        "a word or character a line in columns, sentences in KLUE's order",
        fits_conll,
        read_conll,
        columns=True,
    ),
    "lm-eval": Format(
        "a sample log of `lm_eval run --tasks klue_... --log_samples`",
        fits_lm_eval,
        read_lm_eval,
        counts=False,
    ),
    "inspect": Format(
        "a log of `inspect eval klue_lm/klue_...`", fits_inspect, read_inspect, counts=False
    ),
}
