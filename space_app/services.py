"""What the tabs share: one set for the whole page, whatever the language."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from klue_common.errors import InputError
from klue_metrics.ties import Outcome

from .board.leaderboard import Board
from .board.overview import Overview
from .board.stores import HUB, open_store
from .board.ties import TieKeeper, Work
from .models import Models
from .rate_limit import RateLimit
from .rows import Rows
from .scoring import SPLIT, Records, Scorer
from .settings import Settings
from .turns import Turns
from .workers import Worker, Workers

PAIR_SECONDS = 120.0  # that the test of two submissions may take, which nobody waits for
PATIENCE = 10  # niceness of the process that tests them


@dataclass(frozen=True)
class Services:
    """The parts behind the page."""

    settings: Settings
    models: Models
    scorer: Scorer
    board: Board
    overview: Overview
    ties: TieKeeper
    rows: Rows
    limit: RateLimit
    workers: Workers
    answering: Turns
    scoring: Turns

    @classmethod
    def of(cls, settings: Settings) -> Services:
        """Open everything that the settings name."""
        limits = settings.limits
        board = Board(open_store(settings.leaderboard), settings.sample)
        return cls(
            settings=settings,
            models=Models(settings),
            scorer=Scorer(settings),
            board=board,
            overview=Overview(board),
            ties=TieKeeper(board, pair_tester(settings), ties_folder(settings)),
            rows=Rows(settings),
            limit=RateLimit(limits.calls, address_calls=limits.address_calls),
            workers=Workers(settings),
            answering=Turns(limits.places, limits.waiting, limits.waiting_seconds),
            scoring=Turns(limits.score_places, limits.waiting, limits.waiting_seconds),
        )

    def warm(self, task: str) -> None:
        """Read what the page shows of a task when it is opened.

        Else its first visitors wait for that together, and whoever comes behind them.
        """
        with suppress(InputError):  # no data here, which the page says by itself
            self.scorer.gold(task)
            self.rows.index(task, SPLIT)


def pair_tester(settings: Settings) -> Work:
    """Return what tests a pair of submissions, in a process of its own that gives way to others."""
    limits = replace(settings.limits, score_seconds=PAIR_SECONDS)
    worker = Worker(replace(settings, limits=limits), PATIENCE)

    def work(task: str, a: Records, b: Records) -> Mapping[str, Outcome]:
        found: dict[str, Outcome] = worker.work(("tested", task, (a, b)))
        return found

    return work


def ties_folder(settings: Settings) -> Path | None:
    """Return where what is known of pairs is kept: beside the submissions in a folder."""
    return None if settings.leaderboard.startswith(HUB) else Path(settings.leaderboard)
