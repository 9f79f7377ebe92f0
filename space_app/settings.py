"""What the operator of a page decides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from klue_common.errors import InputError
from klue_metrics import METRICS

from .typed.limits import TypedLimits

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much one visitor may ask for.

    Attributes:
        upload_bytes, upload_lines: of a prediction file.
        line_bytes: of one of its lines; KLUE's own longest is below 4 kB.
        text_characters: of one text on Try.
        typed: of a model whose id a visitor types.
        calls: kind of request -> (how many, in so many seconds) per session.
    """

    upload_bytes: int = 64 * MEGABYTE
    upload_lines: int = 200_000
    line_bytes: int = 256 << 10
    text_characters: int = 10_000
    typed: TypedLimits = field(default_factory=TypedLimits)
    calls: Mapping[str, tuple[int, float]] = field(
        default_factory=lambda: {"try": (60, 60.0), "score": (10, 60.0), "submit": (6, 600.0)}
    )


@dataclass(frozen=True)
class Settings:
    """One page.

    Attributes:
        runs: the folder whose newest fine-tuned models stand behind Try.
        models: task -> Hub id, where `runs` has none.
        trusted: the Hub ids whose own code may run here.
        typed_models: whether visitors may name other models of the Hub.
        data_dir, sample: as for `klue score`.
        leaderboard: a folder, or `hub:<id>` for a dataset repository of the Hub.
        limits: of one visitor.
    """

    runs: Path = Path("runs")
    models: Mapping[str, str] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    typed_models: bool = True
    data_dir: str | None = None
    sample: bool = False
    leaderboard: str = "build/leaderboard"
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls) -> Settings:
        """Return the settings of a Space on the Hub, whose variables are all there is to set.

        KLUE_SPACE_MODELS: "ynat=org/model sts=org/other". KLUE_SPACE_TRUSTED: "org/model ...".
        KLUE_SPACE_TYPED_MODELS: "1", else visitors name no models of their own.
        KLUE_SPACE_LEADERBOARD: a folder or "hub:org/name". KLUE_SPACE_SAMPLE: "1".
        """
        return cls(
            models=task_models(os.environ.get("KLUE_SPACE_MODELS", "").split()),
            trusted=frozenset(os.environ.get("KLUE_SPACE_TRUSTED", "").split()),
            typed_models=os.environ.get("KLUE_SPACE_TYPED_MODELS") == "1",
            leaderboard=os.environ.get("KLUE_SPACE_LEADERBOARD", cls.leaderboard),
            sample=os.environ.get("KLUE_SPACE_SAMPLE") == "1",
        )


def task_models(pairs: list[str]) -> dict[str, str]:
    """Return {task: Hub id} of "task=Hub id" pairs.

    >>> task_models(["nli=org/model"])
    {'nli': 'org/model'}
    """
    models = {}
    for pair in pairs:
        task, equals, model = pair.partition("=")
        if not equals or task not in METRICS or not model:
            raise InputError(
                f"model: found {pair!r}, expected TASK=HUB_ID with {', '.join(METRICS)}"
            )
        models[task] = model
    return models
