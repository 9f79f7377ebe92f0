"""A result: one run of one task, as a JSON file from which every table is made."""

from __future__ import annotations

import datetime
import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .errors import InputError

PACKAGES = ("torch", "transformers", "datasets", "accelerate", "numpy", "scipy")


@dataclass(frozen=True)
class Result:
    """What one run gave and how.

    scores: name -> 0-100. intervals: name -> the 95 % bootstrap interval over the scored units,
    which says nothing of the spread over seeds. decodings: the scores under each way to decode the
    same answers, of which settings["decoding"] gave `scores`. sample: True where the bundled sample
    was used, which is no KLUE score. split: what was scored. trained_on, selected_on: what the
    model saw, and what its checkpoint was chosen by. settings: the complete recipe. data: source,
    digest and sizes. seconds: training, and predicting. speed: training examples a second.
    peak_memory: bytes.
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
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: found {error}, expected a result file") from None
        names = {field.name for field in fields(cls)}
        needed = {field.name for field in fields(cls) if field.default_factory is MISSING}
        if not isinstance(content, dict) or not needed <= set(content) <= names:
            odd = sorted(names.symmetric_difference(content))
            raise InputError(
                f"{path}: found the wrong fields ({', '.join(odd[:3])}), expected a result file"
            )
        return cls(**content)


def write_text(path: Path, text: str) -> None:
    """Write beside, then rename, so that a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def result_path(folder: Path, model: str, task: str, seed: int) -> Path:
    """Where a result lies: <folder>/<model>/<task>/seed-<n>.json.

    >>> result_path(Path("results"), "klue/bert-base", "dp", 1).as_posix()
    'results/klue--bert-base/dp/seed-1.json'
    """
    return folder / model_name(model) / task / f"seed-{seed}.json"


def model_name(model: str) -> str:
    """A folder's name, or a Hub id with its slash replaced."""
    return Path(model).resolve().name if Path(model).is_dir() else model.replace("/", "--")


def read_results(folder: Path) -> Iterator[Result]:
    """All results under a folder, by path."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of results")
    paths = sorted(folder.rglob("seed-*.json"))
    if not paths:
        raise InputError(f"{folder}: found no results, expected <model>/<task>/seed-<n>.json")
    for path in paths:
        yield Result.read(path)


def versions() -> dict[str, str]:
    """The versions that a score may depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def hardware() -> dict[str, Any]:
    """What the run ran on."""
    import torch  # takes seconds, and reading results needs none of it

    gpus = [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())]
    return {"cpu": cpu_name(), "cores": os.cpu_count(), "gpus": gpus}


def cpu_name() -> str:
    """The processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    for line in info.read_text(encoding="utf-8").splitlines() if info.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def peak_memory() -> int:
    """The most memory that this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


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
        "data": str(result.data.get("digest"))[:8],
        "train_examples": result.data.get("train_examples"),
        "split": result.split,
        "trained_on": result.trained_on,
        "selected_on": result.selected_on,
        "sample": result.sample,
    }
