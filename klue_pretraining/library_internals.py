"""What this room uses of its libraries that they do not promise to keep, all of it and only here.

`tests/klue_pretraining/test_library_internals.py` says whether a release has moved it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def term_weights(index: Any) -> list[float]:
    """Return the score of each term of a bm25s index, for a document that holds it.

    bm25s keeps a term's postings with their scores, and gives them out for whole queries alone.
    Where each term counts once in a document and lengths play no part (b = 0), all postings of a
    term have one score: that of its first.

    Args:
        index: a `bm25s.BM25` that has indexed its documents.
    """
    first_posting = index.scores["indptr"][:-1]
    weights: list[float] = index.scores["data"][first_posting].tolist()
    return weights


def quiet_datatrove() -> None:
    """Keep datatrove's log and bars off the terminal; its log files are as they were.

    It gives loguru `sys.stderr` anew before and after each task, and makes bars without asking. A
    log file that cannot be written ends the task, as its other files do; else loguru would print
    a traceback a line.
    """
    from datatrove.pipeline.dedup import exact_dedup
    from datatrove.utils import logging

    if logging.sys is _Nowhere:
        return
    logging.sys, logging.logger = _Nowhere, _Log(logging.logger)
    exact_dedup.tqdm = _no_bar
    logging.setup_default_logger()


class _Silent:
    """A stream that keeps nothing."""

    def write(self, _: str) -> None: ...


class _Nowhere:
    """Stands in for `sys` in a module that prints."""

    stderr = _Silent()


class _Log:
    """A log of loguru's that raises what goes wrong in it."""

    def __init__(self, log: Any) -> None:
        self._log = log

    def add(self, sink: Any, **options: Any) -> None:
        self._log.add(sink, catch=False, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def _no_bar(items: Iterable[Any], **_: Any) -> Iterable[Any]:
    """Return what a bar would show."""
    return items
