"""What the operator of a page decides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from klue_common.errors import InputError
from klue_metrics import METRICS

from .callers import Network, networks_of
from .typed.limits import TypedLimits

MEGABYTE = 1 << 20
PRIVATE_NETWORKS = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16"


@dataclass(frozen=True)
class Limits:
    """How much one visitor may ask for, and all of them together.

    Attributes:
        upload_bytes, upload_lines: of a prediction file.
        line_bytes: of one of its lines; KLUE's own longest is below 4 kB.
        text_characters: of one text on Try.
        typed: of a model whose id a visitor types.
        calls: kind of request -> (how many, in so many seconds) per session.
        visits, uploads: requests of any kind (but for the page's own scripts and pictures), and
            files, of an address: (how many, in so many seconds).
        address_calls: how many times as much an address may ask for as a session: several people
            may stand behind one.
        upload_folder, upload_address: bytes of uploads that are kept in all (the oldest go first),
            and that an address may send in an hour.
        body_bytes: of any request but an upload.
        body_seconds: a request that comes more slowly than 64 kB in this time is ended.
        streams: of events that are open at once, of an address and in all.
        sessions: that are kept in memory; the one that was not heard of longest goes first.
        places: at Try; how many answers are made at once.
        score_places, score_seconds, score_bytes: processes that score, and what one file may cost.
        kept_bytes: of the predictions of one submission.
        waiting: how many may wait for a place, in all and of an address.
        waiting_seconds: how long they may.
    """

    upload_bytes: int = 64 * MEGABYTE
    upload_lines: int = 200_000
    line_bytes: int = 256 << 10
    text_characters: int = 4_000
    typed: TypedLimits = field(default_factory=TypedLimits)
    calls: Mapping[str, tuple[int, float]] = field(
        default_factory=lambda: {"try": (60, 60.0), "score": (10, 60.0), "submit": (6, 600.0)}
    )
    address_calls: int = 3
    visits: tuple[int, float] = (900, 60.0)
    uploads: tuple[int, float] = (60, 600.0)
    upload_folder: int = 1024 * MEGABYTE
    upload_address: int = 256 * MEGABYTE
    body_bytes: int = MEGABYTE // 2
    body_seconds: float = 10.0
    streams: tuple[int, int] = (48, 600)
    sessions: int = 150
    places: int = 2
    score_places: int = 2
    score_seconds: float = 6.0
    score_bytes: int = 1536 * MEGABYTE
    kept_bytes: int = 16 * MEGABYTE
    waiting: tuple[int, int] = (24, 4)
    waiting_seconds: float = 3.0


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
        limits: of one visitor, and of all.
        proxies: the networks of proxies in front, whose X-Forwarded-For is believed.
        hosts: the names that the page is called by; any if there is none.
    """

    runs: Path = Path("runs")
    models: Mapping[str, str] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    typed_models: bool = True
    data_dir: str | None = None
    sample: bool = False
    leaderboard: str = "build/leaderboard"
    limits: Limits = field(default_factory=Limits)
    proxies: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def from_environment(cls) -> Settings:
        """Return the settings of a Space on the Hub, whose variables are all there is to set.

        KLUE_SPACE_MODELS: "ynat=org/model sts=org/other". KLUE_SPACE_TRUSTED: "org/model ...".
        KLUE_SPACE_TYPED_MODELS: "1", else visitors name no models of their own.
        KLUE_SPACE_LEADERBOARD: a folder or "hub:org/name". KLUE_SPACE_SAMPLE: "1".
        KLUE_SPACE_PROXIES: "10.0.0.0/8 ..."; on the Hub, which has a proxy of its own in front,
        the private networks. KLUE_SPACE_HOSTS: "klue.example.org ...".
        """
        proxies = PRIVATE_NETWORKS if "SPACE_ID" in os.environ else ""
        return cls(
            models=task_models(os.environ.get("KLUE_SPACE_MODELS", "").split()),
            trusted=frozenset(os.environ.get("KLUE_SPACE_TRUSTED", "").split()),
            typed_models=os.environ.get("KLUE_SPACE_TYPED_MODELS") == "1",
            leaderboard=os.environ.get("KLUE_SPACE_LEADERBOARD", cls.leaderboard),
            sample=os.environ.get("KLUE_SPACE_SAMPLE") == "1",
            proxies=networks_of(os.environ.get("KLUE_SPACE_PROXIES", proxies).split()),
            hosts=frozenset(os.environ.get("KLUE_SPACE_HOSTS", "").split()),
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
