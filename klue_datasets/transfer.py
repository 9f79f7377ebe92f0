"""One answer of a server into a file: no byte more than there may be, no second longer.

A server may send without end, or a byte a minute: neither may fill the disk or hold whoever waits.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .files import writable

TIMEOUT = 30.0  # seconds without a byte
BLOCK = 1 << 16
PARTIAL = 206


class TooLongError(Exception):
    """A server sends, or is about to send, more bytes than there may be."""


class Deadline:
    """A point in time at which connections are cut, whatever they are at.

    Args:
        seconds: until then.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.end = seconds, time.monotonic() + seconds
        self.sockets: list[socket.socket] = []

    @property
    def left(self) -> float:
        """Seconds until then, 0 once it has passed."""
        return max(self.end - time.monotonic(), 0.0)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Cut the connections that are opened while the block runs, should it run too long."""
        timer = threading.Timer(self.left, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.sockets.clear()

    def cut(self) -> None:
        """End all connections: whoever reads from them sees their end."""
        for opened in self.sockets:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def opener(self) -> urllib.request.OpenerDirector:
        """Return what opens addresses by HTTP(S), with connections that end in time."""
        deadline = self

        class Watching(urllib.request.AbstractHTTPHandler):
            def do_open(self, http_class: Any, req: Any, **named: Any) -> Any:
                def connection(*given: Any, **more: Any) -> Any:
                    made = http_class(*given, **more)
                    connect = made.connect

                    def watched() -> None:
                        connect()
                        deadline.sockets.append(made.sock)

                    made.connect = watched
                    return made

                return super().do_open(connection, req, **named)

        class Http(Watching, urllib.request.HTTPHandler):
            pass

        class Https(Watching, urllib.request.HTTPSHandler):
            pass

        return urllib.request.build_opener(Http, Https, NoWayOut)


class NoWayOut(urllib.request.HTTPRedirectHandler):
    """Follows a server to other web addresses alone."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse what is neither http nor https."""
        if not newurl.lower().startswith(("http://", "https://")):
            words = f"{msg}, to {newurl}"
            raise urllib.error.HTTPError(req.full_url, code, words, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def receive_rest(
    url: str, part: Path, most: int, deadline: Deadline, received: Callable[[int], None]
) -> None:
    """Fetch what `part` still lacks, or all of it where the server sends no parts.

    Args:
        url: where it is.
        part: what has come so far; there may be none.
        most: bytes that it may have in the end.
        deadline: when to give up.
        received: called with the number of bytes of each block.

    Raises:
        OSError, http.client.HTTPException: the server refuses, breaks off, or sends another part
            than was asked for; then there is no part.
        TooLongError: there is more; nothing beyond `most` is written.
        DataError: the file cannot be written.
    """
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url)
    if start:
        request.add_header("Range", f"bytes={start}-")
    timeout = min(TIMEOUT, deadline.left)
    with deadline.watched(), deadline.opener().open(request, timeout=timeout) as answer:
        if answer.status == PARTIAL:
            _check_part(part, start, answer.headers.get("Content-Range"))
        else:
            start = 0
        announced = _whole_number(answer.headers.get("Content-Length"))
        if announced is not None and start + announced > most:
            raise TooLongError(f"{start + announced:,} bytes")
        got = _write(answer, part, start, most, received)
    if got != announced and not deadline.left:  # what was cut looks like an end
        raise TimeoutError("timed out")
    if announced is not None and got < announced:
        raise http.client.IncompleteRead(b"", announced - got)


def _check_part(part: Path, start: int, given: str | None) -> None:
    """See that a part begins where the last one ended, where the server says so."""
    found = re.fullmatch(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", (given or "").strip())
    if given is not None and (found is None or int(found[1]) != start):
        with suppress(FileNotFoundError):
            part.unlink()
        raise http.client.HTTPException(f"the part {given!r}, not that from byte {start:,}")


def _whole_number(text: str | None) -> int | None:
    """Return a length, None for what is none: then the connection's end is that of the file."""
    return int(text) if text and re.fullmatch(r"\d{1,18}", text.strip()) else None


def _write(answer: Any, part: Path, start: int, most: int, received: Callable[[int], None]) -> int:
    """Write what comes behind the first `start` bytes of a part; returns how many bytes."""
    got = 0
    with writable(part):
        file = part.open("ab" if start else "wb")
    with file:
        # One piece of network at a time: a whole block of a slow server may take hours.
        while block := answer.read1(BLOCK):
            if start + got + len(block) > most:
                raise TooLongError(f"more than {most:,} bytes")
            with writable(part):
                file.write(block)
            received(len(block))
            got += len(block)
        with writable(part):
            file.flush()
    return got
