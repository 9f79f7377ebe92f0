"""Rows whose texts were there before, exactly or nearly: found before anything is written."""

from __future__ import annotations

from collections.abc import Iterable

from klue_baselines.labelling.rows import Asked, Bad
from klue_text.duplicates import NearDuplicates, skeleton

EXACT, NEAR = "duplicate", "near duplicate"


def find_duplicates(rows: Iterable[Asked | Bad], near: bool = True) -> dict[int, str]:
    """Return why rows are no news, by their numbers: "near duplicate (row 3)".

    It takes 100 bytes a row, with near ones 1.6 kB.

    Args:
        rows: by `Numbered`.
        near: whether near ones count too.

    Raises:
        InputError: near ones are asked for and rensa is not installed.

    Example:
        >>> from klue_baselines.labelling.rows import Row
        >>> texts = ["비가 온다.", "비가 온다", "눈이 온다"]
        >>> find_duplicates(
        ...     [Asked(Row("", at, {}), (at, text)) for at, text in enumerate(texts, 1)], near=False
        ... )
        {2: 'duplicate (row 1)'}
    """
    index = NearDuplicates() if near else None
    first: dict[int, int] = {}
    found: dict[int, str] = {}
    for asked in rows:
        if isinstance(asked, Bad) or isinstance(asked.parts, Bad):
            continue
        number, *texts = asked.parts
        letters = "\n".join(map(skeleton, texts))
        earlier = first.setdefault(hash(letters), number)
        if earlier != number:
            found[number] = f"{EXACT} (row {earlier})"
        elif index is not None:
            twin = index.twin(letters, str(number))
            if twin is not None:
                found[number] = f"{NEAR} (row {twin})"
    return found
