"""Which columns of somebody's table hold the predictions, the guids and their own references."""

from __future__ import annotations

import re
from collections.abc import Sequence

from klue_common.errors import InputError
from klue_metrics.prediction_files import Field

from .asked import Asked

# How people begin the names of the columns of predictions, and of the references beside them.
SAID = ("pred", "예측")
GOLD = ("true", "gold", "truth", "target", "reference", "actual", "정답", "실제")
KEYS = ("guid", "id")
SHOWN = 12  # columns that a message names


def parts_of(name: str) -> list[str]:
    """Return the words of a column's name, in lower case.

    >>> parts_of("predictedLabel"), parts_of("true-real-label"), parts_of("y_true")
    (['predicted', 'label'], ['true', 'real', 'label'], ['y', 'true'])
    """
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [part.lower() for part in re.split(r"[\W_]+", spread) if part]


def begins_with(name: str, words: tuple[str, ...]) -> bool:
    """Return whether a part of a column's name begins with one of some words."""
    return any(part.startswith(words) for part in parts_of(name))


def without(name: str, words: tuple[str, ...]) -> str:
    """Return a column's name without the parts that begin with one of some words.

    >>> without("predicted_heads", SAID)
    'heads'
    """
    return "_".join(part for part in parts_of(name) if not part.startswith(words))


def names_field(name: str, field: str) -> bool:
    """Return whether a column of predictions is named after a field, in the plural perhaps.

    >>> [names_field(name, "label") for name in ("predicted_label", "pred_label_id", "labels")]
    [True, False, True]
    """
    return name.lower() == field or without(name, SAID) in (field, f"{field}s")


def prediction_columns(asked: Asked, names: Sequence[str]) -> dict[str, str]:
    """Return field -> the column that holds it.

    Args:
        asked: with the columns that a person named, if they did.
        names: of all columns.

    Raises:
        InputError: a column is not there, or it cannot be told which one is meant.
    """
    if asked.columns:
        missing = [name for name in asked.columns if name not in names]
        if missing:
            raise InputError(f"{asked.path}: {found_columns(names)}, expected {missing[0]!r:.60}")
        return dict(zip((one.name for one in asked.metric.fields), asked.columns, strict=False))
    found = {one.name: the_column(asked, one, names) for one in asked.required}
    for one in asked.metric.fields:
        if not one.required and (more := [name for name in names if names_field(name, one.name)]):
            found[one.name] = more[0]
    return found


def the_column(asked: Asked, field: Field, names: Sequence[str]) -> str:
    """Return the one column that can hold a field.

    Raises:
        InputError: there is none, or there are several; the line says how to name one.
    """
    said = [name for name in names if begins_with(name, SAID)]
    named = [name for name in said if names_field(name, field.name)]
    alone = said if len(asked.required) == 1 else []
    own = [name for name in names if name.lower() == field.name]
    candidates = named or alone or own
    if len(candidates) == 1:
        return candidates[0]
    option = " ".join(f"--column {one.name.upper()}" for one in asked.required)
    raise InputError(
        f"{asked.path}: {found_columns(candidates or names)}, expected one of predictions "
        f"({field.description}): {option} names it"
    )


def found_columns(names: Sequence[str]) -> str:
    """Return in words which columns there are."""
    shown = ", ".join(f"{name!r:.40}" for name in names[:SHOWN]) or "none"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"found the columns {shown}{more}"


def key_columns(names: Sequence[str]) -> list[str]:
    """Return the columns that may hold guids, the likeliest first.

    >>> key_columns(["label", "sample_id", "guid"])
    ['guid', 'sample_id']
    """
    ends = [name for name in names if parts_of(name)[-1:] and parts_of(name)[-1] in KEYS]
    return sorted(ends, key=lambda name: name.lower() != KEYS[0])


def reference_columns(names: Sequence[str], field: str, said_in: str) -> list[str]:
    """Return the columns of a file's own references for a field.

    Those that name it, and the one that stands beside the column of predictions.

    >>> names = ["true_label", "true_label_text", "predicted_label", "label"]
    >>> reference_columns(names, "label", "predicted_label")
    ['true_label', 'true_label_text', 'label']
    >>> reference_columns(["true-real", "true-binary", "predict-real"], "score", "predict-real")
    ['true-real']
    """
    plain = [name for name in names if name.lower() in (field, f"{field}s") and name != said_in]
    rest = without(said_in, SAID)
    beside = [
        name
        for name in names
        if begins_with(name, GOLD)
        and name != said_in
        and (field in parts_of(name) or without(name, GOLD) == rest)
    ]
    return beside + [name for name in plain if name not in beside]
