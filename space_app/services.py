"""What the tabs share: one set for the whole page, whatever the language."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from klue_common.errors import InputError

from .board.leaderboard import Board
from .board.overview import Overview
from .board.stores import open_store
from .models import Models
from .rate_limit import RateLimit
from .rows import Rows
from .scoring import SPLIT, Scorer
from .settings import Settings
from .turns import Turns
from .workers import Workers


@dataclass(frozen=True)
class Services:
    """The parts behind the page."""

    settings: Settings
    models: Models
    scorer: Scorer
    board: Board
    overview: Overview
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
