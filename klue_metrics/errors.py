"""The one exception of this package and the way it shows a value."""


class MetricError(ValueError):
    """An input that no score can be computed from: one line with place, found, expected."""


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as it is named in a message: its repr, cut to `limit` characters.

    >>> shown("가" * 100, limit=8)
    "'가가가가가가…"
    """
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
