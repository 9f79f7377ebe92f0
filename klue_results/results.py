"""A result: one run of one task, as a JSON file from which every table is made."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_datasets.files import write_text

PACKAGES = ("torch", "transformers", "datasets", "accelerate", "numpy", "scipy")


@dataclass(frozen=True)
class Result:
    """What one run gave and how.

    scores: name -> 0-100. intervals: name -> the 95 % bootstrap interval over the scored units,
    which says nothing of the spread over seeds. decodings: the scores under each way to decode the
    same answers, of which settings["decoding"] gave `scores`. sample: True where the bundled sample
    was used, which is no KLUE score. split: what was scored. trained_on, selected_on: what the
    model saw, and what its checkpoint was chosen by. settings: the complete recipe. data: source,
    digest and sizes, and which part of the training texts' tokens is unknown, from 0 to 1. seconds:
    training, and predicting. speed: training examples a second. peak_memory: bytes.

    The first release did not write these: encoder: the fields of `naming.Encoder`, of the one that
    `model` names. held_out: the chosen checkpoint's scores on the held-out part, none where it was
    chosen on dev. chosen_step: the step that it was made at. history: a loss or the scores, and
    the step that had them, in the order of training.
    """

    task: str
    model: str
    seed: int
    scores: Mapping[str, float]
    intervals: Mapping[str, list[float]]
    split: str
    trained_on: str
    selected_on: str
    sample: bool
    settings: Mapping[str, Any]
    data: Mapping[str, Any]
    seconds: Mapping[str, float]
    speed: float
    peak_memory: int
    versions: Mapping[str, str]
    hardware: Mapping[str, Any]
    commit: str | None
    created: str
    decodings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    encoder: Mapping[str, str | None] = field(default_factory=dict)
    held_out: Mapping[str, float] = field(default_factory=dict)
    chosen_step: int | None = None
    history: Sequence[Mapping[str, float]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the file as a whole or not at all."""
        write_text(path, json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> Result:
        """Read and check a file.

        Raises:
            InputError: not a result file.
        """
        try:
            return cls.parse(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: found {error}, expected a result file") from None

    @classmethod
    def parse(cls, text: str, place: str) -> Result:
        """Read and check a file's text; `place` is what to call it in an error.

        Raises:
            InputError: not a result file.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise InputError(f"{place}: found {error}, expected a result file") from None
        names = {field.name for field in fields(cls)}
        needed = {field.name for field in fields(cls) if is_needed(field)}
        if not isinstance(content, dict) or not needed <= set(content) <= names:
            odd = sorted(names.symmetric_difference(content))
            raise InputError(
                f"{place}: found the wrong fields ({', '.join(odd[:3])}), expected a result file"
            )
        return cls(**content)

    @property
    def digest(self) -> str | None:
        """Of the encoder's weights; None where it is not known, as in the first release."""
        return self.encoder.get("digest")


def is_needed(of_result: Field[Any]) -> bool:
    """Whether every result file has a field; later ones may be missing."""
    return of_result.default is MISSING and of_result.default_factory is MISSING


def result_path(folder: Path, result: Result) -> Path:
    """Where a result lies: <folder>/<model>/<task>/<settings>/seed-<n>.json.

    Seeds that may be averaged lie together, and a run with other settings replaces none of them.
    """
    return folder / result.model / result.task / fingerprint(result) / f"seed-{result.seed}.json"


def fingerprint(result: Result) -> str:
    """A short digest of a result's conditions."""
    # By value, as `seeds_of` compares them: 4 epochs are 4.0 epochs.
    same = {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in conditions(result).items()
    }
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:8]


def check_namesakes(folder: Path, model: str, digest: str | None) -> None:
    """Refuse an encoder's name where a folder has results of other weights by that name.

    Results without a digest, as the first release wrote them, are of nobody knows which weights:
    they keep nobody from the name, and are never averaged with those that have one.

    Raises:
        InputError: it names such a result.
    """
    for path in sorted((folder / model).rglob("seed-*.json")):
        try:
            other = Result.read(path)
        except InputError:
            continue  # a broken file keeps nobody from training
        if digest and other.digest and other.digest != digest:
            raise InputError(
                f"{path}: found a result of another encoder with the name {model} (its weights "
                f"are {other.digest[:8]}, these {digest[:8]}), expected --name with another one"
            )


def read_results(folder: Path) -> Iterator[Result]:
    """All results under a folder, by path; one that lies there twice is given once."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of results")
    paths = sorted(folder.rglob("seed-*.json"))
    if not paths:
        raise InputError(
            f"{folder}: found no results, expected <model>/<task>/<settings>/seed-<n>.json"
        )
    seen = set()
    for path in paths:
        result = Result.read(path)
        content = json.dumps(asdict(result), sort_keys=True)
        if content not in seen:
            seen.add(content)
            yield result


def versions() -> dict[str, str]:
    """The versions that a score may depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def machine(hardware: Mapping[str, Any]) -> str:
    """What a run used, for a reader: its GPUs, else the processor.

    >>> machine({"cpu": "a CPU", "cores": 8, "gpus": ["a GPU", "a GPU"], "devices": 1})
    'a GPU'
    """
    gpus = hardware["gpus"][: hardware.get("devices")]  # older results do not tell how many
    return ", ".join(gpus) or f"{hardware['cpu']}, {hardware['cores']} cores"


def commit() -> str | None:
    """The commit of this project that is running, None outside a checkout."""
    here = Path(__file__).parent
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def seeds_of(results: Iterable[Result]) -> list[list[Result]]:
    """Results that differ in nothing but their seed, together."""
    groups: list[tuple[tuple[str, str, dict[str, Any]], list[Result]]] = []
    for result in results:
        same = (result.model, result.task, conditions(result))
        # By equality: 4 epochs are 4.0 epochs.
        group = next((runs for key, runs in groups if key == same), None)
        if group is None:
            groups.append((same, group := []))
        group.append(result)
    return [runs for _, runs in groups]


def conditions(result: Result) -> dict[str, Any]:
    """What must be the same for two seeds to be averaged.

    The decoding is not among it: every run takes the one that did best on its held-out part.
    """
    return {
        **{name: value for name, value in result.settings.items() if name != "decoding"},
        "encoder": (result.digest or "unknown")[:8],
        "data": str(result.data.get("digest"))[:8],
        "train_examples": result.data.get("train_examples"),
        "split": result.split,
        "trained_on": result.trained_on,
        "selected_on": result.selected_on,
        "sample": result.sample,
    }


def differing(one: Result, other: Result) -> list[str]:
    """What keeps two results from being seeds of one run, by name; nothing if they are."""
    ours, theirs = (
        {"model": result.model, "task": result.task, **conditions(result)}
        for result in (one, other)
    )
    return [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
