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

from klue_datasets import TASKS
from klue_datasets.notes import Notes
from klue_datasets.sources import DataDir, resolve

from .asking import TOKENS_A_CHARACTER
from .engine import Engine, TooLongError

SPLIT = "validation"
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
    task: str,
    count: int,
    data_dir: DataDir | None = None,
    advance: Callable[[int], None] = lambda count: None,
) -> dict[str, Found]:
    """Return what a model makes of dev's texts, and of the bundled sample's.

    Args:
        engine: the model.
        task: the id of the task whose texts they are.
        count: how many of dev, its first ones; of the sample as many as there are.
        data_dir: as for `klue_datasets.load`.
        advance: counts texts.

    Raises:
        RunError, InputError: as the engine says.
        DataError: a file that is missing or broken.
    """
    return {
        "dev": of_texts(engine, texts_of(task, data_dir)[:count], advance),
        "sample": of_texts(engine, texts_of(task, sample=True)[:count], advance),
    }


def texts_of(task: str, data_dir: DataDir | None = None, sample: bool = False) -> list[str]:
    """Return dev's texts that are long enough, each once."""
    record = TASKS[task]
    source = resolve(record, data_dir, sample, [SPLIT])
    source.fetch()
    path = source.file(record, SPLIT)
    tables = record.read(path, full=False, notes=Notes(path.name))
    texts = (text for table in tables for text in record.each_text(table))
    return list(dict.fromkeys(text for text in texts if len(text) >= SHORTEST))


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
