"""Has a model read KLUE's dev texts? It is shown their beginnings, and asked to go on.

A text that is reproduced was read, or is a common phrase. What tells the two apart is a control:
the bundled sample's texts, which were written for this project in the same style. The probe finds
texts that were learned by heart; a model that has read dev without learning it by heart, or that
has read the labels beside other texts, passes it. It is a reason to look, and proves no innocence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from klue_datasets import read_rows
from klue_datasets.sources import DataDir

from .asking import TOKENS_A_CHARACTER
from .engine import Engine, TooLongError
from .task import LMTask

SHOWN, SHORTEST = 0.5, 24  # of a text's characters; a shorter text is not asked about
BY_HEART = 12  # characters in a row: what is that long is hardly guessed


@dataclass(frozen=True)
class Found:
    """What a model made of some texts.

    Attributes:
        texts: how many were begun.
        by_heart: percent of them that it went on with for `BY_HEART` characters or to their end.
        characters: that it went on with, the mean.
    """

    texts: int
    by_heart: float
    characters: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def probe(
    engine: Engine,
    task: LMTask,
    count: int,
    data_dir: DataDir | None = None,
    advance: Callable[[int], None] = lambda count: None,
) -> dict[str, Found]:
    """Return what a model makes of dev's texts, and of the bundled sample's.

    Args:
        engine: the model.
        task: whose texts.
        count: how many of dev, its first ones; of the sample as many as there are.
        data_dir: as for `klue_datasets.load`.
        advance: counts texts.

    Raises:
        RunError, InputError: as the engine says.
        DataError: a file that is missing or broken.
    """
    dev = read_rows(task.name, "validation", data_dir=data_dir, full=True)
    sample = read_rows(task.name, "validation", sample=True, full=True)
    return {
        "dev": of_texts(engine, texts_of(task, dev)[:count], advance),
        "sample": of_texts(engine, texts_of(task, sample)[:count], advance),
    }


def texts_of(task: LMTask, rows: Sequence[Any]) -> list[str]:
    """Return the texts of rows that are long enough, each once."""
    texts = (text for row in rows for text in strings(task.given(row)) if len(text) >= SHORTEST)
    return list(dict.fromkeys(texts))


def strings(value: Any) -> list[str]:
    """Return the texts in a given row; characters and eojeols make one text together.

    >>> strings({"guid": "a", "title": "비 온다", "tokens": ["가", "나"]})
    ['비 온다', '가나']
    """
    found = []
    for name, part in value.items():
        if name == "guid":
            continue
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, list) and part and isinstance(part[0], str):
            found.append(("" if name == "tokens" else " ").join(part))
        elif isinstance(part, list):
            found += [one["text"] for one in part if isinstance(one, dict) and "text" in one]
    return found


def of_texts(engine: Engine, texts: Sequence[str], advance: Callable[[int], None]) -> Found:
    """Return what a model makes of some texts."""
    lengths, whole = [], 0
    for text in texts:
        at = int(SHOWN * len(text))
        begun, rest = text[:at].rstrip(), text[len(text[:at].rstrip()) :]
        wanted = rest[: 4 * BY_HEART]
        longest = int(len(wanted) * TOKENS_A_CHARACTER) + 1
        try:
            reply = engine.generate(begun, stop="\n\n", longest=longest, form=None).text or ""
        except TooLongError:
            continue
        same = in_common(reply.lstrip(), wanted.lstrip())
        lengths.append(same)
        whole += same >= min(BY_HEART, len(wanted.lstrip()))
        advance(1)
    count = len(lengths)
    if not count:
        return Found(0, 0.0, 0.0)
    return Found(count, 100 * whole / count, fmean(lengths))


def in_common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike.

    >>> in_common("한국어", "한국")
    2
    """
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
