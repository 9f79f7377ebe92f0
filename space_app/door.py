"""What stands before Gradio: who may come in how often, with what, and what goes out with it.

Gradio serves more than this page needs: its own tools for developers, other ways to run a handler
without the queue, addresses that it fetches for whoever names one. What is not listed here is not
there.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from klue_common.errors import InputError

from .callers import address_of, header
from .foreign_files import check_files
from .gradio_internals import forget_sessions, upload_folder
from .rate_limit import Windows
from .settings import Settings
from .upload_folder import trim

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

API = r"/gradio_api"
PARTS = re.compile(r"/(assets|static|svelte)/.+|/favicon\.ico|/pwa_icon(/\w+)?|/manifest\.json")
PAGES = re.compile(
    rf"/|/en/?|/config/?|(/en)?/config/?|(/en)?/theme\.css|/robots\.txt|{API}/theme\.css|"
    rf"{API}/(info/?|startup-events|app_id/?|login_check/?|openapi\.json|queue/status)|"
    rf"{API}/file=(?!https?:).+|/login_check/?"
)
STREAMS = re.compile(
    rf"{API}/(queue/data|heartbeat/\w+|upload_progress|call/(v2/)?\w+/\w+)",
)
# Examples fill their boxes through run/predict; `api_open=False` keeps all others from it.
CALLS = re.compile(rf"{API}/(queue/join|run/predict|call/(v2/)?\w+/?|cancel|reset/?)")
UPLOAD = re.compile(rf"{API}/upload")
PIECE = 64 << 10  # bytes of a body that have to come within `Limits.body_seconds`
HOUR = 3600.0
OVERHEAD = 64 << 10  # bytes of a form around its file
POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio begins with scripts inside the page, and makes functions of its own templates.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        # A Space is shown inside of the Hub's own page.
        "frame-ancestors 'self' https://huggingface.co",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class RefusedError(Exception):
    """A request that goes no further: a status of HTTP and a line for the person."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status, self.line = status, line


class Door:
    """The middleware (ASGI) that refuses what the page does not offer, before Gradio reads it."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.windows = Windows()
        self.streams: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        peer = (scope.get("client") or ("", 0))[0]
        forwarded = header(scope, b"x-forwarded-for")
        address = address_of(peer, forwarded, self.settings.proxies)
        scope["client"] = (address, 0)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        try:
            await self.let_in(scope, address, receive, guarded)
        except RefusedError as refusal:
            await answer(guarded, refusal)

    async def let_in(self, scope: Message, address: str, receive: Receive, send: Send) -> None:
        """Pass a request on within its limits.

        Raises:
            RefusedError: it is not passed on.
        """
        self.check_host(scope)
        path, method = scope["path"], scope["method"]
        if method in ("GET", "HEAD") and PARTS.fullmatch(path):
            return await self.app(scope, receive, send)
        self.count(f"visit {address}", 1, *self.settings.limits.visits, "requests")
        if method in ("GET", "HEAD") and PAGES.fullmatch(path):
            return await self.app(scope, receive, send)
        if method == "GET" and STREAMS.fullmatch(path):
            with self.stream(address):
                return await self.app(scope, receive, send)
        if method == "POST" and UPLOAD.fullmatch(path):
            return await self.upload(scope, address, receive, send)
        if method == "POST" and CALLS.fullmatch(path):
            body = await self.whole_body(scope, receive)
            forget_sessions(scope["app"], body[1], address, self.settings.limits.sessions)
            return await self.app(scope, again(body[0], receive), send)
        raise RefusedError(404, "not found")

    def check_host(self, scope: Message) -> None:
        """Refuse a name that the operator has not listed."""
        hosts = self.settings.hosts
        name = re.sub(r":\d+$", "", header(scope, b"host"))
        if hosts and name not in hosts:
            raise RefusedError(400, f"host: found {name[:60]!r}, which is no name of this page")

    def count(self, who: str, amount: int, most: int, seconds: float, what: str) -> None:
        """Count what an address takes."""
        try:
            self.windows.add(who, amount, most, seconds, what)
        except InputError as error:
            raise RefusedError(429, str(error)) from None

    @contextmanager
    def stream(self, address: str) -> Iterator[None]:
        """Count a stream of events while it is open."""
        of_one, in_all = self.settings.limits.streams
        if self.streams[address] >= of_one or self.streams.total() >= in_all:
            raise RefusedError(429, f"found {self.streams[address]} open streams, expected fewer")
        self.streams[address] += 1
        try:
            yield
        finally:
            self.streams[address] -= 1
            if not self.streams[address]:
                del self.streams[address]

    async def upload(self, scope: Message, address: str, receive: Receive, send: Send) -> None:
        """Pass a file on that is small enough, from an address that has not sent too many."""
        limits = self.settings.limits
        size = self.length(scope, limits.upload_bytes + OVERHEAD)
        self.count(f"upload {address}", 1, *limits.uploads, "files")
        self.count(f"bytes {address}", size, limits.upload_address, HOUR, "bytes")
        with self.stream(address):
            await asyncio.to_thread(trim, upload_folder(scope["app"]), limits.upload_folder - size)
            await self.app(scope, paced(receive, size, limits.body_seconds), send)

    def length(self, scope: Message, most: int) -> int:
        """Return how long a body says it is."""
        text = header(scope, b"content-length")
        if not text.isdecimal():
            raise RefusedError(411, "found a body of unknown length, expected Content-Length")
        if int(text) > most:
            raise RefusedError(413, f"found {int(text):,} bytes, expected at most {most:,}")
        return int(text)

    async def whole_body(self, scope: Message, receive: Receive) -> tuple[bytes, Any]:
        """Return the body of a call and its JSON, an object that hands over no foreign file."""
        limits = self.settings.limits
        size = self.length(scope, limits.body_bytes)
        incoming, parts = paced(receive, size, limits.body_seconds), []
        while True:
            message = await incoming()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        try:
            content = json.loads(b"".join(parts))
            check_files(content)
        except InputError as error:
            raise RefusedError(422, str(error)) from None
        except (ValueError, RecursionError):
            raise RefusedError(422, "found no JSON, expected an object") from None
        return b"".join(parts), content


def paced(receive: Receive, size: int, seconds: float) -> Receive:
    """Return a `receive` that ends a request which comes too slowly."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds * (1 + size // PIECE)
    whole = False

    async def within() -> Message:
        nonlocal whole
        if whole:  # What comes now is only that the client has gone.
            return await receive()
        try:
            async with asyncio.timeout(min(seconds, max(end - loop.time(), 0))):
                message = await receive()
        except TimeoutError:
            raise RefusedError(408, f"found no more of the request within {seconds:g} s") from None
        whole = not message.get("more_body", False)
        return message

    return within


def again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body which was read already."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


async def answer(send: Send, refusal: RefusedError) -> None:
    """Answer with a line, in the form in which Gradio's clients look for it."""
    content = json.dumps({"detail": refusal.line, "error": refusal.line}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(content)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
