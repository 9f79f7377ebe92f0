"""What training a screen gave: scores, thresholds and how they work, as one JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import json_text, read_json
from klue_datasets.files import write_text

SCHEMA = 1
EXPECTED = "the result of `klue annotate train-screen`"


@dataclass(frozen=True)
class ScreenResult:
    """What one run gave and how.

    model: what results call the encoder. scores: macro F1 on dev, 0-100, and their 95 % bootstrap
    `intervals`. held_out: the same of the held-out part of train. recall: the share of harmful
    comments that is to be flagged, as it was asked for. thresholds: by kind, chosen on the held-out
    part for that recall. dev: by kind, and "either" of them: recall, precision, false alarms in
    percent with their intervals, `thresholds.working`. clean: by kind and "either", the share of
    other texts that is flagged; nobody labelled them, so it is the most that false alarms can be.
    clean_texts: how many those were. data: digest and sizes. The others are as in
    `klue_results.results.Result`.
    """

    model: str
    seed: int
    scores: Mapping[str, float]
    intervals: Mapping[str, Sequence[float]]
    held_out: Mapping[str, float]
    recall: float
    thresholds: Mapping[str, float]
    dev: Mapping[str, Mapping[str, Any]]
    clean: Mapping[str, Mapping[str, Any]]
    clean_texts: int
    chosen_step: int | None
    settings: Mapping[str, Any]
    data: Mapping[str, Any]
    encoder: Mapping[str, str | None]
    seconds: float
    versions: Mapping[str, str]
    hardware: Mapping[str, Any]
    commit: str | None
    created: str

    def to_json(self) -> dict[str, Any]:
        """Return the content of the file."""
        return {"schema": SCHEMA, **asdict(self)}

    def write(self, path: Path) -> None:
        """Write the file as a whole or not at all."""
        write_text(path, json_text(self.to_json()))

    @classmethod
    def read(cls, path: Path) -> ScreenResult:
        """Read a file that `write` wrote.

        Raises:
            InputError: it is none.
        """
        return cls.of(read_json(path, EXPECTED), str(path))

    @classmethod
    def of(cls, content: Mapping[str, Any], place: str) -> ScreenResult:
        """Return what `to_json` made.

        Raises:
            InputError: it is nothing of that kind; the line begins with the place.
        """
        names = cls.__dataclass_fields__
        missing = next((name for name in names if name not in content), None)
        if missing is not None:
            raise InputError(f"{place}: found no {missing!r}, expected {EXPECTED}")
        return cls(**{name: content[name] for name in names})
