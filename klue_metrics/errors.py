"""The one exception of this package and the way it shows a value."""

import re

MOST_CHARACTERS = 1_500  # of a message: what is longer nobody reads to its end
# What would break a line, drive a terminal, or cannot be written as UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class MetricError(ValueError):
    """An input that no score can be computed from: one line with place, found, expected."""

    def __init__(self, message: str) -> None:
        line = _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], message)
        if len(line) > MOST_CHARACTERS:
            half = MOST_CHARACTERS // 2
            line = f"{line[:half]} … {line[-half:]}"
        super().__init__(line)


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as it is named in a message: its repr, cut to `limit` characters.

    >>> shown("가" * 100, limit=8)
    "'가가가가가가…"
    """
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
