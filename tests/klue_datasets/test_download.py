"""Downloads against a server of our own on this machine."""

from __future__ import annotations

import hashlib
import http.server
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from klue_datasets import DataError, download
from klue_datasets.identity import Expected

CONTENT = bytes(range(256)) * 1000


def sha1_of(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


RIGHT = Expected(sha1_of(CONTENT), len(CONTENT))


# A status, "cut" after half of the rest, or what answers in place of the server.
Fault = int | str | Callable[[http.server.BaseHTTPRequestHandler], None]


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT, with the faults that a test asks for.

    Attributes:
        faults: what to do with the next requests.
        ranges: whether Range is honoured.
        content: what is served.
        seen: the Range header of each request.
        busy, busiest: requests at work at one time.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults: list[Fault] = []
        self.ranges = True
        self.content = CONTENT
        self.seen: list[str | None] = []
        self.pause = 0.0
        self.busy = self.busiest = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.busy += 1
            self.server.busiest = max(self.server.busy, self.server.busiest)
            self.server.seen.append(self.headers["Range"])
            fault = self.server.faults.pop(0) if self.server.faults else None
        time.sleep(self.server.pause)
        self.answer(fault)
        with self.server.lock:
            self.server.busy -= 1

    def answer(self, fault: Fault | None) -> None:
        if callable(fault):
            with suppress(OSError):  # the other side has gone
                fault(self)
            return
        if isinstance(fault, int):
            self.send_error(fault)
            return
        asked = self.headers["Range"] if self.server.ranges else None
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if asked and start >= len(self.server.content):
            self.send_error(416)
            return
        rest = self.server.content[start:]
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(rest) + start - 1}/*")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: len(rest) // 2] if fault == "cut" else rest)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "BACK_OFF", 0.0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = Server()
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_a_file_arrives_whole(server: Server, tmp_path: Path) -> None:
    received: list[int] = []
    path = tmp_path / "new" / "file"
    download.download(server.url, path, RIGHT, received.append)
    assert path.read_bytes() == CONTENT
    assert sum(received) == len(CONTENT)
    assert left(path.parent) == ["file"]


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    download.download(server.url, path, RIGHT)
    assert server.seen == []


def test_passing_faults_are_tried_again(server: Server, tmp_path: Path) -> None:
    server.faults = [503, 429, 500]
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert len(server.seen) == 4


def test_a_cut_transfer_goes_on_where_it_broke_off(server: Server, tmp_path: Path) -> None:
    server.faults = ["cut", "cut"]
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT
    half = len(CONTENT) // 2
    assert server.seen == [None, f"bytes={half}-", f"bytes={half + half // 2}-"]


def test_what_an_earlier_call_left_is_used(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    received: list[int] = []
    download.download(server.url, tmp_path / "file", RIGHT, received.append)
    assert server.seen == ["bytes=1000-"]
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert sum(received) == len(CONTENT)


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    (tmp_path / "file.part").write_bytes(b"x" * 1000)
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("leftover", [b"x" * 1000, CONTENT + b"x", CONTENT])
def test_a_wrong_leftover_does_no_harm(server: Server, tmp_path: Path, leftover: bytes) -> None:
    (tmp_path / "file.part").write_bytes(leftover)
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_wrong_hash_names_both_and_leaves_nothing(server: Server, tmp_path: Path) -> None:
    wrong = Expected("0" * 40, len(CONTENT))
    with pytest.raises(DataError, match=rf"{RIGHT.sha1}, expected {'0' * 40}"):
        download.download(server.url, tmp_path / "file", wrong)
    assert left(tmp_path) == []


def test_a_wrong_hash_after_resuming_is_tried_once_more(server: Server, tmp_path: Path) -> None:
    server.content = b"y" * 5000
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    with pytest.raises(DataError, match="found 5,000 bytes, expected 256,000 bytes"):
        download.download(server.url, tmp_path / "file", RIGHT)
    assert server.seen == ["bytes=1000-", None]
    assert left(tmp_path) == []


def test_an_unknown_size_is_not_checked(server: Server, tmp_path: Path) -> None:
    download.download(server.url, tmp_path / "file", Expected(RIGHT.sha1))
    assert (tmp_path / "file").exists()


def test_a_refusal_is_not_tried_again(server: Server, tmp_path: Path) -> None:
    server.faults = [404]
    with pytest.raises(DataError, match="found HTTP 404 Not Found, expected the file"):
        download.download(server.url, tmp_path / "file", RIGHT)
    assert len(server.seen) == 1


def test_after_five_tries_the_last_fault_is_named(server: Server, tmp_path: Path) -> None:
    server.faults = [503] * 10
    with pytest.raises(DataError, match="found HTTP 503 Service Unavailable in 5 tries"):
        download.download(server.url, tmp_path / "file", RIGHT)
    assert len(server.seen) == 5


def test_no_server_is_one_line(server: Server, tmp_path: Path) -> None:
    url = server.url
    server.shutdown()
    server.server_close()
    with pytest.raises(DataError, match=r"Connection refused in 5 tries, expected the file"):
        download.download(url, tmp_path / "file", RIGHT)


def test_waits_grow(monkeypatch: pytest.MonkeyPatch, server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    monkeypatch.setattr(download, "BACK_OFF", 1.0)
    monkeypatch.setattr(download.time, "sleep", waits.append)
    server.faults = [503] * 4
    download.download(server.url, tmp_path / "file", RIGHT)
    assert [wait for wait in waits if wait] == [1.0, 2.0, 4.0, 8.0]


def test_two_at_once_fetch_it_once(server: Server, tmp_path: Path) -> None:
    server.pause = 0.2
    threads = [
        threading.Thread(target=download.download, args=(server.url, tmp_path / "file", RIGHT))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.seen) == 1
    assert (tmp_path / "file").read_bytes() == CONTENT


def answer(head: str, *bodies: bytes, pause: float = 0.0) -> Fault:
    """Send a head and bodies as they are."""

    def send(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n")
        for body in bodies:
            handler.wfile.write(body)
            time.sleep(pause)

    return send


def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(bytes(1 << 16))


def endless_chunks(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"10000\r\n" + bytes(1 << 16) + b"\r\n")


TOO_LONG: dict[str, Fault] = {
    "it never ends": endless,
    "in chunks without end": endless_chunks,
    "it says so": answer("HTTP/1.1 200 OK\nContent-Length: 9999999999", bytes(1000)),
    "a length that is none": answer("HTTP/1.0 200 OK\nContent-Length: many", *[bytes(100_000)] * 5),
}


@pytest.mark.parametrize("kind", TOO_LONG)
@pytest.mark.parametrize("size", [len(CONTENT), None])
def test_no_more_is_written_than_there_may_be(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    size: int | None,
) -> None:
    monkeypatch.setattr(download, "LARGEST", len(CONTENT))
    written: list[int] = []
    server.faults = [TOO_LONG[kind]] * 10
    with pytest.raises(DataError, match=r"bytes, expected at most 256,000 bytes$"):
        download.download(server.url, tmp_path / "file", Expected(RIGHT.sha1, size), written.append)
    assert sum(written) <= len(CONTENT)
    assert left(tmp_path) == []
    assert len(server.seen) == 1


def test_a_server_that_says_less_than_it_sends(server: Server, tmp_path: Path) -> None:
    server.faults = [answer("HTTP/1.1 200 OK\nContent-Length: 1000", CONTENT)]
    with pytest.raises(DataError, match="found 1,000 bytes, expected 256,000 bytes"):
        download.download(server.url, tmp_path / "file", RIGHT)
    assert left(tmp_path) == []


def test_a_leftover_of_more_bytes_than_there_may_be_is_not_gone_on_with(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT * 2)
    download.download(server.url, tmp_path / "file", RIGHT)
    assert server.seen == [None]
    assert (tmp_path / "file").read_bytes() == CONTENT


def drip_head(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: y\r\n"[:1])
        time.sleep(0.05)


def drip_body(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 256000\r\n\r\n")
    for byte in CONTENT:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("drip", [drip_head, drip_body])
def test_a_server_that_drips_is_left_in_the_end(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drip: Fault
) -> None:
    monkeypatch.setattr(download, "PATIENCE", 0.5)
    monkeypatch.setattr(download, "SLOWEST", 1e9)
    server.faults = [drip] * 10
    with pytest.raises(DataError, match=r"found no end within \d+ s .*goes on where it was"):
        download.download(server.url, tmp_path / "file", RIGHT)
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.faults = []
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("place", ["bytes 0-255999/256000", "bytes 500-/9", "\x1b[31m", "bytes"])
def test_a_part_of_another_place_is_not_put_behind_the_first(
    server: Server, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    head = f"HTTP/1.1 206 Partial Content\nContent-Range: {place}\nContent-Length: 5"
    server.faults = [answer(head, b"wrong")]
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.seen == ["bytes=1000-", None]


HOSTILE = {
    "a reason": "HTTP/1.1 404 \x1b]0;title\x07\x9b31m" + "long " * 1000,
    "a redirect to a file": "HTTP/1.1 302 \x1b[2J\nLocation: file:///etc/\x1b[31mpasswd",
    "a redirect to itself": "HTTP/1.1 302 \x1b[2J\nLocation: /file",
    "no protocol": "\x1b[31mno HTTP at all" + "!" * 1000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_a_server_says_drives_no_terminal(server: Server, tmp_path: Path, kind: str) -> None:
    server.faults = [answer(f"{HOSTILE[kind]}\nContent-Length: 0")] * 100
    with pytest.raises(DataError) as caught:
        download.download(server.url, tmp_path / "file", RIGHT)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
    assert left(tmp_path) == []


def test_a_full_disk_is_no_fault_of_the_server(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(DataError, match=r"file.part: cannot be written: File too large"):
            download.download(server.url, tmp_path / "file", RIGHT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(server.seen) == 1
    assert left(tmp_path) == ["file.part"]
    download.download(server.url, tmp_path / "file", RIGHT)
    assert (tmp_path / "file").read_bytes() == CONTENT
