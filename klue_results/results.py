"""A result: one run of one task, as a JSON file from which every table is made.

A file is read by what it holds. It may lack the fields that came later, have scores and tasks that
this version does not know, and, where a later version wrote it, fields that this one does not know.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import json_text, read_text
from klue_datasets.files import write_text

from .result_files import EXPECTED, SCHEMA, read_fields

RESULT, PREDICTIONS = "result.json", "predictions.jsonl"  # of a run, in its folder
PACKAGES = ("torch", "transformers", "datasets", "accelerate", "numpy", "scipy")


@dataclass(frozen=True)
class Result:
    """What one run gave and how.

    Attributes:
        task: the task's id.
        model: what results call the encoder; see `naming.model_name`.
        seed: of the run.
        scores: name -> 0-100.
        intervals: name -> the 95 % bootstrap interval over the scored units, [low, high]; it says
            nothing of the spread over seeds.
        split: what was scored.
        trained_on: what the model was trained on.
        selected_on: what its checkpoint was chosen by, "held-out" or "dev".
        sample: whether the bundled sample was used, which is no KLUE score.
        settings: the complete recipe.
        data: source, digest and sizes, and which part of the training texts' tokens is unknown,
            from 0 to 1.
        seconds: of training ("train") and of predicting ("predict").
        speed: training examples a second.
        peak_memory: bytes.
        versions: of the packages that a score may depend on.
        hardware: processor, cores, GPUs and how many devices were used.
        commit: of this project, None outside a checkout.
        created: the time in UTC, ISO 8601.
        decodings: name -> the scores under this way to decode the same answers, of which
            settings["decoding"] gave `scores`.
        encoder: the fields of `naming.Encoder`; empty in the first release's files, as are the
            following.
        held_out: the chosen checkpoint's scores on the held-out part, empty where it was chosen on
            dev.
        chosen_step: the step that the chosen checkpoint was made at.
        history: a loss or the scores, and the step that had them, in the order of training.
        language_model: how a language model was asked and what became of its replies; empty for an
            encoder that was fine-tuned.
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
    language_model: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the content of the result's file."""
        return {"schema": SCHEMA, **asdict(self)}

    def as_json(self) -> str:
        """Return the text of the result's file."""
        return json_text(self.as_dict())

    def write(self, path: Path) -> None:
        """Write the file as a whole or not at all."""
        write_text(path, self.as_json())

    @classmethod
    def read(cls, path: Path) -> Result:
        """Read and check a file.

        Raises:
            InputError: not a result file.
        """
        return cls.parse(read_text(path, EXPECTED), str(path))

    @classmethod
    def parse(cls, text: str, place: str) -> Result:
        """Read and check a file's text.

        Of a file of a later version the known fields are read, and a line on stderr says so.

        Args:
            text: JSON.
            place: what to call it in an error.

        Raises:
            InputError: not a result file.
        """
        return cls(**read_fields(text, place, cls))

    @property
    def digest(self) -> str | None:
        """The digest of the encoder's weights, None where it is not known."""
        return self.encoder.get("digest")


def result_path(folder: Path, result: Result) -> Path:
    """Return where a result lies: <folder>/<model>/<task>/<settings>/seed-<n>.json.

    Seeds that may be averaged lie together, and a run with other settings replaces none of them.
    """
    return folder / result.model / result.task / fingerprint(result) / f"seed-{result.seed}.json"


def fingerprint(result: Result) -> str:
    """Return a short digest of a result's conditions, 8 hexadecimal digits."""
    # By value, as `seeds_of` compares them: 4 epochs are 4.0 epochs.
    same = {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in conditions(result).items()
    }
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:8]


def check_namesakes(folder: Path, model: str, digest: str | None) -> None:
    """Refuse an encoder's name where a folder has results of other weights by that name.

    Results without a digest, as the first release wrote them, are of unknown weights: they keep
    nobody from the name, and are never averaged with those that have one.

    Args:
        folder: that of the results.
        model: the encoder's name.
        digest: that of its weights, None where they are not on this machine.

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


def read_results(folder: Path, broken: list[InputError] | None = None) -> Iterator[Result]:
    """Yield all results under a folder, by path; one that lies there twice is given once.

    Args:
        folder: where they lie.
        broken: takes the errors of broken files; without it the first of them is raised.

    Raises:
        InputError: no such folder, no result in it, or a broken file.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of results")
    paths = sorted(folder.rglob("seed-*.json"))
    if not paths:
        raise InputError(
            f"{folder}: found no results, expected <model>/<task>/<settings>/seed-<n>.json"
        )
    seen = set()
    for path in paths:
        try:
            result = Result.read(path)
        except InputError as error:
            if broken is None:
                raise
            broken.append(error)
            continue
        content = json.dumps(asdict(result), sort_keys=True)
        if content not in seen:
            seen.add(content)
            yield result


def versions() -> dict[str, str]:
    """Return the versions that a score may depend on, by package; those that are there."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def machine(hardware: Mapping[str, Any]) -> str:
    """Return what a run used, for a reader: its GPUs, else the processor.

    Args:
        hardware: that of a result.

    Example:
        >>> machine({"cpu": "a CPU", "cores": 8, "gpus": ["a GPU", "a GPU"], "devices": 1})
        'a GPU'
    """
    gpus = hardware["gpus"][: hardware.get("devices")]  # older results do not tell how many
    return ", ".join(gpus) or f"{hardware['cpu']}, {hardware['cores']} cores"


def commit() -> str | None:
    """Return the commit of this project that is running, None outside a checkout."""
    here = Path(__file__).parent
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def seeds_of(results: Iterable[Result]) -> list[list[Result]]:
    """Return results in groups that differ in nothing but their seed, in the order of the first."""
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
    """Return what must be the same for two seeds to be averaged, by name.

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
    """Return the names of what keeps two results from being seeds of one run, none if they are."""
    ours, theirs = (
        {"model": result.model, "task": result.task, **conditions(result)}
        for result in (one, other)
    )
    return [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
