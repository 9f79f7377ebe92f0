"""The models behind Try: the newest ones under runs/, those that the operator names, and typed ids.

What a visitor types is only ever an id on the Hub, never a path; of a model's files nothing but
configuration, tokenizer and safetensors is fetched, unless the operator trusts the repository.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
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

from .settings import MEGABYTE, Settings

OPEN_MODELS = 8  # kept in memory
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
PLAIN_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]


@dataclass(frozen=True)
class Found:
    """A model for a task: `name` for people, `place` for the library; what its run says of it."""

    name: str
    place: str
    about: str
    sample: bool = False


@dataclass
class Slot:
    """A model's place in memory; a tokenizer serves one caller at a time."""

    pipeline: KluePipeline | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Models:
    """Finds, opens and lends models."""

    def __init__(self, settings: Settings, api: HfApi | None = None) -> None:
        self.settings, self.api = settings, api or HfApi()
        self.lock = threading.Lock()
        self.slots: OrderedDict[tuple[str, str, float], Slot] = OrderedDict()

    def default(self, task: str) -> Found | None:
        """The newest fine-tuned model of a task, else the operator's, else none."""
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

    def find(self, task: str, typed: str) -> Found:
        """The model that a visitor asks for: by id, or the default one.

        Raises:
            InputError: there is none.
        """
        found = self.default(task)
        if typed.strip():
            found = Found(typed.strip(), "", "")
        if found is None:
            raise InputError(f"{task}: no model here")
        if found.place:
            return found
        return Found(found.name, self.fetch(found.name), "")

    def fetch(self, repo: str) -> str:
        """Fetch a model of the Hub and give its folder.

        Raises:
            InputError: no id, no such model, one that is too large, or one with code of its own.
        """
        if not HUB_ID.fullmatch(repo):
            raise InputError(f"model: found {repo[:60]!r}, expected an id of the Hub like org/name")
        trusted = repo in self.settings.trusted
        try:
            self.check_size(repo)
            files = [*PLAIN_FILES, "*.py"] if trusted else PLAIN_FILES
            folder = snapshot_download(
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
        if not trusted:
            refuse_code(repo, Path(folder))
        return folder

    def check_size(self, repo: str) -> None:
        """Refuse a model of too many bytes, or without safetensors."""
        files = self.api.model_info(repo, files_metadata=True).siblings or []
        weights = [file.size or 0 for file in files if file.rfilename.endswith(".safetensors")]
        if not weights:
            raise InputError(f"{repo}: found no safetensors, expected the weights in that format")
        most = self.settings.limits.weight_bytes
        if sum(weights) > most:
            size = sum(weights) // MEGABYTE
            raise InputError(f"{repo}: found {size} MB, expected at most {most // MEGABYTE} MB")

    @contextmanager
    def lend(self, task: str, typed: str = "") -> Iterator[tuple[KluePipeline, Found]]:
        """Lend a model to one caller, opening it if nobody has had it before.

        Raises:
            InputError: there is none, or it is none of this task.
        """
        found = self.find(task, typed)
        slot = self.slot(task, found)
        with slot.lock:  # Of this model alone: others go on while it is opened.
            if slot.pipeline is None:
                slot.pipeline = open_pipeline(task, found, found.name in self.settings.trusted)
            yield slot.pipeline, found

    def slot(self, task: str, found: Found) -> Slot:
        """The place of a model in memory; those that were not asked for longest are let go."""
        changed = (Path(found.place) / "config.json").stat().st_mtime
        key = (task, found.place, changed)
        with self.lock:
            slot = self.slots.setdefault(key, Slot())
            self.slots.move_to_end(key)
            while len(self.slots) > OPEN_MODELS:
                self.slots.popitem(last=False)
            return slot


def open_pipeline(task: str, found: Found, trusted: bool) -> KluePipeline:
    """Open a model's folder; messages name the model and not the folder."""
    try:
        return KluePipeline.from_pretrained(
            task, found.place, trust_remote_code=trusted, use_safetensors=True
        )
    except InputError as error:
        raise InputError(str(error).replace(found.place, found.name)) from None


def refuse_code(repo: str, folder: Path) -> None:
    """Refuse a model that would bring code of its own where the libraries have none for it."""
    from transformers import CONFIG_MAPPING

    from klue_baselines.heads.modeling_dependency_parsing import DependencyParserConfig
    from klue_baselines.heads.modeling_dialogue_state_tracking import DialogueStateTrackerConfig

    config = read_json(folder / "config.json")
    ours = {DependencyParserConfig.model_type, DialogueStateTrackerConfig.model_type}
    kinds = {config.get("model_type"), (config.get("encoder") or {}).get("model_type")} - {None}
    odd = [kind for kind in kinds if kind not in CONFIG_MAPPING and kind not in ours]
    if odd:
        raise InputError(f"{repo}: found code of its own ({odd[0]}), which is not run here")


def task_of(config: Path) -> str | None:
    """The task that a model was made for, None if it is none of ours."""
    task = read_json(config).get("klue_task")
    return task if isinstance(task, str) else None


def run_of(folder: Path) -> tuple[str, bool]:
    """What the run says of its model: encoder and scores in a line, and if it is of the sample."""
    result = read_json(folder / "result.json")
    scores = result.get("scores") or {}
    parts = [str(result["model"])] if result.get("model") else []
    parts += [f"{name} {value:.2f}" for name, value in scores.items()]
    return " · ".join(parts), bool(result.get("sample"))


def read_json(path: Path) -> dict[str, Any]:
    """A small JSON object; empty if there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
