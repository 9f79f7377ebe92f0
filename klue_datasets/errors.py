"""The one error of this package and the one form of its messages."""

from __future__ import annotations

import re
from pathlib import Path

MOST_CHARACTERS = 1_500  # of a message: what is longer nobody reads to its end
# What would break a line, drive a terminal, or cannot be written as UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class DataError(ValueError):
    """An input that cannot be read as KLUE data; the message is one line a person can act on.

    Attributes:
        place, found, expected: the parts of the message, where `data_error` made it; of another
            error `found` is the whole message.
    """

    def __init__(self, message: str, place: str = "", found: str = "", expected: str = "") -> None:
        super().__init__(on_one_line(message))
        self.place, self.found, self.expected = place, found or message, expected


def data_error(file: Path | str, place: str, found: str, expected: str) -> DataError:
    """Build the error for one place of a file.

    Args:
        file: the file that is wrong; only its name is shown where it is a path.
        place: where in the file: a line, a guid and field, or "" for the file as a whole.
        found: what stands there.
        expected: what should.

    Example:
        >>> print(data_error("ynat-v1.1_dev.json", "line 3", "'날씨'", "one of the 7 topics"))
        ynat-v1.1_dev.json: line 3: found '날씨', expected one of the 7 topics
    """
    name = str(file)
    where = f"{name}: {place}" if place else name
    return DataError(f"{where}: found {found}, expected {expected}", place, found, expected)


def show(value: object, width: int = 60) -> str:
    """Show a value of the input on one line, cut to `width` characters.

    Example:
        >>> show(None), show("서울"), show([1] * 100, width=12)
        ('null', "'서울'", '[1, 1, 1, 1…')
    """
    text = "null" if value is None else ascii_safe(repr(value))
    return text if len(text) <= width else text[: width - 1] + "…"


def on_one_line(message: str) -> str:
    """Return a message on one line that every UTF-8 terminal can print: the rest as escapes.

    Of a message of more than `MOST_CHARACTERS` the middle is left out: where and what was expected
    stand at its ends.

    Example:
        >>> on_one_line("guid a\\nb: found 'x'")
        "guid a\\\\nb: found 'x'"
    """
    line = _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], message)
    if len(line) <= MOST_CHARACTERS:
        return line
    half = MOST_CHARACTERS // 2
    return f"{line[:half]} … {line[-half:]}"


def ascii_safe(text: str) -> str:
    """Replace what a terminal cannot print (lone surrogates) by its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def not_utf8(path: Path) -> DataError:
    """Build the error of a file that is no UTF-8, naming the line of its first bad byte."""
    raw = path.read_bytes()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return data_error(path, f"line {line}", f"the byte 0x{raw[error.start]:02x}", "UTF-8")
    return data_error(path, "", "text that is no UTF-8", "a UTF-8 file")
