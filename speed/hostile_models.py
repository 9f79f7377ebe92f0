"""What a page bears whose visitors type the ids of hostile models.

    python -m speed.hostile_models [NAME ...]

NAME: of an attack in tests/space_app/hostile_models.py; all of them without one. The models lie on
the Hub of the tests. While four requests for one come at once, another visitor asks the page's own
model, which is random and stands on klue-tiny. The page may take 8 GB, so that a page which does
not hold leaves the machine alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

AT_ONCE, PAUSE, PATIENCE = 4, 0.2, 20.0
OWN, ATTACKER = "127.0.0.1", "127.0.0.2"  # limits by address are limits of a visitor
BYTES = 8 << 30
PAGE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[3]),) * 2)
from pathlib import Path
from klue_common.progress import quiet_libraries
from space_app.page import build, launch_options
from space_app.settings import Limits, Settings
quiet_libraries()
calls = dict.fromkeys(("try", "score", "submit"), (100000, 1.0))
runs, board = Path(sys.argv[1]), sys.argv[2]
settings = Settings(runs=runs, sample=True, leaderboard=board, limits=Limits(calls=calls))
page = build(settings)
_, address, _ = page.launch(
    server_name="127.0.0.1", quiet=True, prevent_thread_lock=True, **launch_options(settings)
)
print(address, flush=True)
sys.stdin.read()
"""
HEADINGS = (
    "attack",
    "page",
    "longest request, s",
    "others' p95, s",
    "worst, s",
    "page, MB",
    "models, MB",
    "said",
)


@dataclass
class Page:
    """A page in a process of its own, and the largest it and its children have been, in bytes."""

    process: subprocess.Popen[str]
    address: str
    own: int = 0
    children: int = 0
    watching: bool = True

    def watch(self) -> None:
        """Look at the memory until told not to."""
        with_children = psutil.Process(self.process.pid)
        while self.watching and self.process.poll() is None:
            try:
                self.own = max(self.own, with_children.memory_info().rss)
                for child in with_children.children(recursive=True):
                    self.children = max(self.children, child.memory_info().rss)
            except psutil.Error:
                pass
            time.sleep(0.05)

    def ask(self, model: str, texts: tuple[str, str], source: str = OWN) -> str:
        """Return the HTML of an answer of NLI; httpx.HTTPError where there is none in time."""
        way, data = "/gradio_api/call/try_nli", [*texts, model]
        transport = httpx.HTTPTransport(local_address=source)
        with httpx.Client(base_url=self.address, transport=transport, timeout=PATIENCE) as client:
            event = client.post(way, json={"data": data}).raise_for_status().json()["event_id"]
            until, said = time.monotonic() + PATIENCE, "null"
            with client.stream("GET", f"{way}/{event}") as answer:
                for line in answer.iter_lines():  # a heartbeat now and then keeps the connection
                    if line.startswith("data: "):
                        said = line[6:]
                    if time.monotonic() > until:
                        raise httpx.ReadTimeout("no answer")
        return str(json.loads(said)[0])


@dataclass
class Visitor:
    """Somebody who asks the page's own model again and again."""

    page: Page
    waits: list[float] = field(default_factory=list)
    goes_on: bool = True

    def visit(self) -> None:
        """Ask until told not to; a question without an answer counts with the time it took."""
        while self.goes_on:
            began = time.monotonic()
            try:
                self.page.ask("", ("비가 온다.", "날이 맑다."))
            except (httpx.HTTPError, ValueError, TypeError):
                self.goes_on = self.page.process.poll() is None
            self.waits.append(time.monotonic() - began)
            time.sleep(PAUSE)


@contextmanager
def started(runs: Path, folder: Path, hub: str) -> Iterator[Page]:
    """Start a page whose Hub is the one given."""
    environment = {**os.environ, "HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0"}
    environment |= {"HF_HOME": str(folder / "home"), "HF_HUB_DISABLE_XET": "1"}
    environment |= {"OMP_NUM_THREADS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", PAGE, str(runs), str(folder / "board"), str(BYTES)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        page = Page(process, process.stdout.readline().strip())
        threading.Thread(target=page.watch, daemon=True).start()
        page.ask("", ("가", "나"))  # opens its own model
        yield page
        page.watching = False
        process.kill()


def attack(page: Page, name: str, repo: str) -> tuple[str, ...]:
    """Return a row of the table: what became of the page, its visitor and the attackers."""
    from tests.space_app.hostile_models import SLOW_TEXT

    page.own = page.children = 0
    visitor = Visitor(page)
    thread = threading.Thread(target=visitor.visit)
    thread.start()

    def attacked(_: int) -> tuple[float, str]:
        longest, until, said = 0.0, time.monotonic() + 3 * PATIENCE, "ask again"
        while "ask again" in said and time.monotonic() < until:
            began = time.monotonic()
            try:
                said = page.ask(repo, (SLOW_TEXT, SLOW_TEXT), ATTACKER)
            except (httpx.HTTPError, ValueError, TypeError) as error:
                said = f"no answer ({type(error).__name__})"
            longest = max(longest, time.monotonic() - began)
            time.sleep(PAUSE)
        return longest, said

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(attacked, range(AT_ONCE)))
    time.sleep(1)
    visitor.goes_on = False
    thread.join()
    state = "holds" if page.process.poll() is None else "gone"
    hung = any(said.startswith("no answer") for _, said in answers)
    waits = sorted(visitor.waits)
    return (
        name,
        "blocked" if state == "holds" and hung else state,
        f"{max(seconds for seconds, _ in answers):.1f}",
        f"{waits[int(0.95 * len(waits))]:.2f}",
        f"{waits[-1]:.2f}",
        f"{page.own >> 20:,}",
        f"{page.children >> 20:,}",
        plain(max(answers)[1]),
    )


def plain(html: str) -> str:
    """Return the beginning of an answer's text, without its tags."""
    import re

    return re.sub(r"<[^>]*>", "", html)[:100]


def rows(names: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each attack; a page that is gone or blocked is started anew."""
    from speed.space import tiny_runs
    from tests.space_app.hostile_models import HOSTILE, files_of, put

    Hub: Any = import_module("tests.hub").Hub  # noqa: N806 - a class
    left = names or list(HOSTILE)
    with tempfile.TemporaryDirectory() as name, Hub() as hub:
        runs = tiny_runs(Path(name) / "runs")
        files = files_of(runs / "nli")
        put(hub, "org/good", files)
        while left:
            with started(runs, Path(name), hub.url) as page:
                for _ in range(3):  # the libraries of the models' processes are loaded
                    if "answer" in page.ask("org/good", ("가", "나")):
                        break
                while left:
                    attacked = left.pop(0)
                    repo = put(hub, f"org/{attacked}", HOSTILE[attacked](files))
                    done: tuple[Any, ...] = attack(page, attacked, repo)
                    yield done
                    if done[1] != "holds":
                        break


def main() -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in HEADINGS:
        justify: Any = "left" if heading in ("attack", "page", "said") else "right"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in rows(sys.argv[1:]):
        print(*row, sep=" | ", file=sys.stderr, flush=True)
        table.add_row(*row)
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
