"""The models behind Try: the newest ones under runs/, those that the operator names, typed ids.

What a visitor types is only ever an id on the Hub, never a path. The operator's own models answer
in this process; those that only visitors have named answer from processes of their own (`typed/`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
)

from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError
from klue_common.own_files import is_number, read_json
from klue_results.results import RESULT

from .settings import Settings
from .task import Answer, TaskDemo
from .texts import Language
from .typed.lodging import TypedModels
from .typed.nursery import possible

OPEN_MODELS = 8  # kept in memory
PLAIN_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]


@dataclass(frozen=True)
class Found:
    """A model for a task.

    Attributes:
        name: for people.
        place: a folder, "" for a model of the Hub that was not fetched yet.
        about: what its run says of it.
        sample: whether it has learned from the bundled sample.
    """

    name: str
    place: str
    about: str
    sample: bool = False


@dataclass
class OpenModel:
    """A model in memory, once it is opened; a tokenizer serves one caller at a time."""

    pipeline: KluePipeline | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Models:
    """Finds, opens and lends models."""

    def __init__(self, settings: Settings, api: HfApi | None = None) -> None:
        self.settings, self.api = settings, api or HfApi()
        self.lock = threading.Lock()
        self.opened: OrderedDict[tuple[str, str, float], OpenModel] = OrderedDict()
        self.typed: TypedModels | None = None
        if settings.typed_models and possible():
            self.typed = TypedModels(settings.limits.typed, self.api.endpoint)

    def default(self, task: str) -> Found | None:
        """Return the newest fine-tuned model of a task, else the operator's, else None."""
        folders = [
            config.parent
            for pattern in ("*/config.json", "*/*/config.json")
            for config in self.settings.runs.glob(pattern)
            if not config.parent.name.startswith((".", "checkpoint")) and task_of(config) == task
        ]
        if folders:
            newest = max(folders, key=lambda folder: (folder / "config.json").stat().st_mtime)
            name = newest.relative_to(self.settings.runs).as_posix()
            return Found(name, str(newest), *run_of(newest))
        if task in self.settings.models:
            return Found(self.settings.models[task], "", "")
        return None

    def answer(
        self, demo: TaskDemo, language: Language, typed: str, texts: Sequence[str]
    ) -> tuple[Answer, Found]:
        """Return the answer of the model that a visitor asks for, and which one it was.

        A model that the operator has not named answers from a process of its own.

        Args:
            demo: the task.
            language: with the task's texts.
            typed: what the visitor has typed for a model, "" for the default one.
            texts: one for each of the task's fields.

        Raises:
            InputError: there is no such model, it is none of this task, or a text is no such thing.
        """
        if not typed or self.is_named(typed):
            with self.lend(demo.name, typed) as (pipeline, found):
                return demo.answer(pipeline, language, *texts), found
        if self.typed is None:
            raise InputError("model: found an id, expected none: this page's models are fixed")
        html, text = self.typed.answer(demo.name, typed, language.code, list(texts))
        return Answer(html, text), Found(typed, "", "")

    def is_named(self, typed: str) -> bool:
        """Return whether the operator has named this model of the Hub."""
        return typed in self.settings.trusted or typed in self.settings.models.values()

    def find(self, task: str, named: str = "") -> Found:
        """Return a model that the operator has named, or the default one.

        Raises:
            InputError: there is none.
        """
        found = Found(named, "", "") if named else self.default(task)
        if found is None:
            raise InputError(f"{task}: no model here")
        if found.place:
            return found
        return Found(found.name, self.fetch(found.name), "")

    def fetch(self, repo: str) -> str:
        """Fetch a model that the operator has named and return its folder.

        Raises:
            InputError: no such model, or the Hub cannot be reached.
        """
        trusted = repo in self.settings.trusted
        try:
            files = [*PLAIN_FILES, "*.py"] if trusted else PLAIN_FILES
            return snapshot_download(
                repo, allow_patterns=files, endpoint=self.api.endpoint, token=self.api.token
            )
        except LocalEntryNotFoundError:
            raise InputError(f"{repo}: the Hub cannot be reached from here") from None
        except OfflineModeIsEnabled:
            raise InputError(f"{repo}: this page runs without the Hub") from None
        except HfHubHTTPError as error:
            status = getattr(error.response, "status_code", "no answer")
            raise InputError(f"{repo}: no model that can be read there ({status})") from None
        except (httpx2.TransportError, OSError):
            raise InputError(f"{repo}: the Hub cannot be reached from here") from None
        except HFValidationError:
            raise InputError(f"{repo}: found no id of the Hub, expected org/name") from None

    @contextmanager
    def lend(self, task: str, named: str = "") -> Iterator[tuple[KluePipeline, Found]]:
        """Lend a model of the operator to one caller, opening it if nobody has had it before.

        Raises:
            InputError: there is none, or it is none of this task.
        """
        found = self.find(task, named)
        model = self.open_model(task, found)
        with model.lock:  # Of this model alone: others go on while it is opened.
            if model.pipeline is None:
                model.pipeline = open_pipeline(task, found, found.name in self.settings.trusted)
            yield model.pipeline, found

    def open_model(self, task: str, found: Found) -> OpenModel:
        """Return a model's place in memory; those that were not asked for longest are let go."""
        changed = (Path(found.place) / "config.json").stat().st_mtime
        key = (task, found.place, changed)
        with self.lock:
            model = self.opened.setdefault(key, OpenModel())
            self.opened.move_to_end(key)
            while len(self.opened) > OPEN_MODELS:
                self.opened.popitem(last=False)
            return model


def open_pipeline(task: str, found: Found, trusted: bool) -> KluePipeline:
    """Return the model of a folder; messages name the model and not the folder."""
    try:
        return KluePipeline.from_pretrained(
            task, found.place, trust_remote_code=trusted, use_safetensors=True
        )
    except InputError as error:
        raise InputError(str(error).replace(found.place, found.name)) from None


def task_of(config: Path) -> str | None:
    """Return the task that a model was made for, None if it is none of ours."""
    task = json_of(config).get("klue_task")
    return task if isinstance(task, str) else None


def run_of(folder: Path) -> tuple[str, bool]:
    """Return what a run says of its model, and whether it is of the bundled sample.

    The first is the encoder and the scores in a line, as far as the run tells them.
    """
    result = json_of(folder / RESULT)
    scores = result.get("scores")
    parts = [str(result["model"])] if result.get("model") else []
    if isinstance(scores, dict):
        parts += [f"{name} {value:.2f}" for name, value in scores.items() if is_number(value)]
    return " · ".join(parts), bool(result.get("sample"))


def json_of(path: Path) -> dict[str, Any]:
    """Return the object of a JSON file; empty if there is none."""
    try:
        return read_json(path, "an object")
    except InputError:
        return {}
