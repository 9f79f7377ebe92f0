"""Visits to a page as a browser makes them, and an ordinary visitor beside one that is none.

Everybody comes from an address of 127.0.0.0/8 of its own, so that limits by address are limits of
a visitor.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

LIMIT = 60.0  # seconds after which a visitor gives up


@contextmanager
def served_page(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Serve the page in a process of its own; yield its address and the process's id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "klue_cli", "space", "--port", str(port)]
    command += ["--leaderboard", str(folder / "board"), *options]
    with (folder / "page.log").open("wb") as log:
        uploads = {"GRADIO_TEMP_DIR": str(folder / "uploads")}
        process = subprocess.Popen(command, stderr=log, stdout=log, env={**os.environ, **uploads})
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    httpx.get(address, timeout=30)
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
            config_of(address)  # else each of the first visitors would fetch it beside its visit
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(30)


def megabytes(process: int, field: str = "VmRSS") -> int:
    """Return the memory of a process: what it holds, or with VmHWM the most that it ever held."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) >> 10 if found else 0


@cache
def config_of(page: str) -> Any:
    """Return what a page is made of."""
    return httpx.get(f"{page}/config", timeout=LIMIT).raise_for_status().json()


class Visitor:
    """One who has an address and a browser."""

    def __init__(self, page: str, number: int) -> None:
        self.page, self.session = page, f"s{number}{random.randrange(10**9)}"
        source = f"127.{1 + number // 60000}.{number // 250 % 240}.{number % 250 + 1}"
        transport = httpx.HTTPTransport(local_address=source)
        self.http = httpx.Client(base_url=page, transport=transport, timeout=LIMIT)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def visit(self) -> None:
        """Open the page: its parts, then what it asks for when it is open."""
        for part in ("/", "/theme.css"):
            self.http.get(part).raise_for_status()
        config = config_of(self.page)  # which stands inside of the page
        values = {part["id"]: part["props"].get("value") for part in config["components"]}
        here = config["page"][""]["dependencies"]  # what the other language's page loads is not
        own = [
            part
            for part in config["dependencies"]
            if part["id"] in here and any(target[1] == "load" for target in part["targets"])
        ]
        for part in own:
            self.join(part["id"], [values.get(number) for number in part["inputs"]])
        self.read(len(own))

    def join(self, function: int, data: list[Any]) -> None:
        """Ask a handler by its number; the answer comes with `read`."""
        body = {"data": data, "fn_index": function, "session_hash": self.session}
        self.http.post("/gradio_api/queue/join", json=body).raise_for_status()

    def read(self, answers: int) -> list[Any]:
        """Read the stream of events until so many answers are there."""
        found = []
        way = "/gradio_api/queue/data"
        with self.http.stream("GET", way, params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") == "process_completed":
                    found.append(message["output"])
                if len(found) == answers or message.get("msg") == "unexpected_error":
                    break
        return found

    def call(self, name: str, *data: Any) -> str:
        """Call an endpoint and return all that it says."""
        asked = self.http.post(f"/gradio_api/call/{name}", json={"data": data})
        if asked.status_code != 200:
            return asked.text
        event = asked.json()["event_id"]
        return self.http.get(f"/gradio_api/call/{name}/{event}").text

    def upload(self, name: str, content: bytes) -> Any:
        """Upload a file; return what stands for it in a call."""
        answer = self.http.post("/gradio_api/upload", files={"files": (name, content)})
        answer.raise_for_status()
        return {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}


def visits(
    page: str, process: int, count: int, step: int, people: int = 4
) -> list[tuple[int, int]]:
    """Return (visits so far, megabytes) at the start and after each step."""
    found = [(0, megabytes(process))]

    def visit(number: int) -> None:
        with Visitor(page, number) as visitor:
            visitor.visit()

    visit(0)
    with ThreadPoolExecutor(people) as pool:
        for start in range(0, count, step):
            list(pool.map(visit, range(start + 1, start + step + 1)))
            found.append((start + step, megabytes(process)))
            print(*found[-1], file=sys.stderr, flush=True)
    return found


class Beside(threading.Thread):
    """An ordinary visitor who asks again and again while somebody else does something."""

    def __init__(self, page: str, task: str, texts: tuple[str, ...]) -> None:
        super().__init__(daemon=True)
        self.page, self.task, self.texts = page, task, texts
        self.waits: list[float] = []
        self.errors = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Ask for the page, an answer, the board, the data, until it is over."""
        number = 50_000
        while not self.over.is_set():
            number += 1
            with Visitor(self.page, number) as visitor:
                asks: list[Callable[[], str]] = [
                    lambda: visitor.http.get("/").text,
                    lambda: visitor.call(f"try_{self.task}", *self.texts, ""),
                    lambda: visitor.call("leaderboard", self.task),
                    lambda: visitor.call("data", self.task, "validation", "", "", "", 0),
                ]
                for ask in asks:
                    began = time.monotonic()
                    try:
                        said = ask()
                        self.errors += "event: error" in said or 'role="alert"' in said
                    except httpx.HTTPError:
                        self.errors += 1
                    self.waits.append(time.monotonic() - began)
            time.sleep(0.2)

    def p95(self) -> float:
        """Return what 95 % of the waits are below, in seconds."""
        return sorted(self.waits)[int(0.95 * (len(self.waits) - 1))] if self.waits else 0.0


def worst_of(people: int, ask: Callable[[Visitor], object], page: str, number: int) -> float:
    """Let one address do a thing `people` times at once; return the longest wait in seconds."""

    def one(_: int) -> float:
        began = time.monotonic()
        with Visitor(page, number) as visitor:
            try:
                ask(visitor)
            except httpx.HTTPError as error:
                print(f"speed.crowds: {type(error).__name__} {error}", file=sys.stderr)
        return time.monotonic() - began

    with ThreadPoolExecutor(people) as pool:
        return max(pool.map(one, range(people)))
