"""Lines of files and pipes, one at a time: never more of a file in memory than a line may have."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from klue_common.errors import InputError, one_line

from .rows import Bad

LONGEST = 1 << 24  # bytes of a line
BOM = "\ufeff"
GZIP = b"\x1f\x8b"
# What files begin with that are no text: what each is, and how to go on.
FOREIGN = {
    b"\xff\xfe": "UTF-16, expected UTF-8: iconv -f utf-16 -t utf-8",
    b"\xfe\xff": "UTF-16, expected UTF-8: iconv -f utf-16 -t utf-8",
    b"PK\x03\x04": "a zip archive or an Excel workbook, expected a table saved as .csv",
    b"PAR1": "Parquet, expected text, or the ending .parquet",
    b"BZh": "a file packed by bzip2, expected it unpacked",
    b"\xfd7zXZ": "a file packed by xz, expected it unpacked",
    b"\x28\xb5\x2f\xfd": "a file packed by zstd, expected it unpacked",
    GZIP: "a file packed by gzip, expected it unpacked: gunzip -c",
}


def opened(path: Path | None) -> BinaryIO:
    """Open a file, unpacked where gzip has packed it; None is what this process is piped.

    Raises:
        InputError: it cannot be opened.
    """
    try:
        if path is None:
            # Not sys.stdin, which Python would lock and close at its end while a thread reads.
            return open(0, "rb", closefd=False)
        file = path.open("rb")
        if path.is_file() and file.peek(2)[:2] == GZIP:
            return cast(BinaryIO, gzip.open(file))
        return file
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or one_line(error)}") from None


def lines_of(file: BinaryIO, name: str) -> Iterator[tuple[int, str | Bad]]:
    """Yield (number from 1, line) of text in UTF-8, the line with its end.

    Args:
        file: what is read, and closed at its end.
        name: what to call it in messages.

    Raises:
        InputError: it is something else than text, or reading it fails.
    """
    number = 0
    try:
        with file:
            while raw := file.readline(LONGEST + 1):
                number += 1
                if number == 1:
                    refuse_foreign(raw, name)
                if len(raw) > LONGEST:
                    skip_line(file, raw)
                    found = f"found a line of more than {LONGEST >> 20} MB, expected a row"
                    yield number, Bad(f"{name}:{number}: {found}")
                    continue
                yield number, decoded(raw, f"{name}:{number}")
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{name}: cannot be read: {one_line(error)}") from None


def refuse_foreign(raw: bytes, name: str) -> None:
    """Refuse what begins like a file that is no text.

    Raises:
        InputError: it does.
    """
    for sign, words in FOREIGN.items():
        if raw.startswith(sign):
            raise InputError(f"{name}: found {words}")


def skip_line(file: BinaryIO, raw: bytes) -> None:
    """Read to the end of the line that begins with `raw`."""
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST)


def decoded(raw: bytes, place: str) -> str | Bad:
    """Return a line as text."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"found the byte 0x{raw[error.start]:02x}, expected UTF-8"
        korean = " (iconv -f cp949 -t utf-8 makes it of Windows' Korean)"
        return Bad(f"{place}: {found}{korean if is_cp949(raw) else ''}")


def is_cp949(raw: bytes) -> bool:
    """Return whether bytes are text in Windows' Korean encoding.

    >>> is_cp949("서울".encode("cp949")), is_cp949(bytes([0xFF, 0xFF]))
    (True, False)
    """
    try:
        raw.decode("cp949")
    except UnicodeDecodeError:
        return False
    return True
