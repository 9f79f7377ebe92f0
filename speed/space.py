"""What the page bears: 50 submitters at once, killed writers, 20 visitors on Try.

    python -m speed.space [RUNS]

RUNS: a folder of fine-tuned models; without it a random one of two layers answers. Everything runs
on the bundled sample. The store on the Hub is measured by tests/space_app/test_hub_store.py,
against the Hub of the tests.
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

SUBMITTERS, VISITORS, QUESTIONS, KILLS = 50, 20, 5, 20


def main() -> None:
    runs = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("what", "done", "errors", "median, s", "p95, s", "all, s"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table.add_row(*submitters(folder / "board"))
        table.add_row(*killed(folder / "killed"))
        runs = runs or tiny_runs(folder / "runs")
        for row in visitors(runs, folder / "page"):
            table.add_row(*row)
    Console().print(table)


def row(what: str, waits: list[float], errors: int, seconds: float) -> tuple[str, ...]:
    p95 = statistics.quantiles(waits, n=20)[-1]
    numbers = (statistics.median(waits), p95, seconds)
    return (what, str(len(waits)), str(errors), *(f"{number:.2f}" for number in numbers))


def at_once(work: Callable[[int], list[float]], people: int) -> tuple[list[float], int, float]:
    """Run `work` for all people at once; their waits, how many failed, and the time in all."""
    began, waits, errors = time.monotonic(), [], 0
    with ThreadPoolExecutor(people) as pool:
        for job in [pool.submit(work, number) for number in range(people)]:
            try:
                waits += job.result()
            except Exception as error:
                print(f"speed.space: {error}", file=sys.stderr)
                errors += 1
    return waits, errors, time.monotonic() - began


def submitters(folder: Path) -> tuple[str, ...]:
    from space_app.board.local_store import LocalStore

    def submit(number: int) -> list[float]:
        began = time.monotonic()
        LocalStore(folder).append(entry(number), b"x" * 500_000)
        return [time.monotonic() - began]

    waits, errors, seconds = at_once(submit, SUBMITTERS)
    found = [made.id for made in LocalStore(folder).read()]
    assert len(found) == len(set(found)) == SUBMITTERS
    return row("submissions at once, folder", waits, errors, seconds)


def write(folder: Path, start: int, said: int) -> None:
    from space_app.board.local_store import LocalStore

    store = LocalStore(folder)
    for number in itertools.count(start):
        store.append(entry(number), b"x" * 500_000)
        os.write(said, b"%d\n" % number)


def killed(folder: Path) -> tuple[str, ...]:
    from space_app.board.local_store import LocalStore

    accepted: list[int] = []
    began = time.monotonic()
    for attempt in range(KILLS):
        reading, writing = os.pipe()
        target = get_context("fork").Process(target=write, args=(folder, 1000 * attempt, writing))
        target.start()
        os.close(writing)
        time.sleep(random.uniform(0.05, 0.3))
        target.kill()
        target.join()
        with os.fdopen(reading) as said:
            accepted += [int(line) for line in said]
    found = [int(made.id, 16) for made in LocalStore(folder).read()]
    lost = len(set(accepted) - set(found))
    doubled = len(found) - len(set(found))
    what = f"accepted by {KILLS} killed writers"
    seconds = time.monotonic() - began
    return what, str(len(accepted)), str(lost + doubled), "", "", f"{seconds:.2f}"


def visitors(runs: Path, folder: Path) -> list[tuple[str, ...]]:
    from gradio_client import Client

    from space_app.models import Models
    from space_app.page import build, launch_options
    from space_app.settings import Limits, Settings
    from space_app.tasks import DEMOS

    free = dict.fromkeys(("try", "score", "submit"), (100000, 1.0))
    # All of them come from one address, of which a page would let fewer wait.
    limits = Limits(calls=free, visits=(10**6, 1.0), waiting=(1000, 1000), waiting_seconds=300.0)
    settings = Settings(runs=runs, sample=True, leaderboard=str(folder), limits=limits)
    page = build(settings)
    options: dict[str, Any] = {"server_name": "127.0.0.1", "quiet": True}
    _, address, _ = page.launch(prevent_thread_lock=True, **options, **launch_options(settings))
    rows = []
    for task, demo in DEMOS.items():
        if Models(settings).default(task) is None:
            continue
        clients = [Client(address, verbose=False) for _ in range(VISITORS)]

        def ask(number: int, task: str = task, clients: Any = clients) -> list[float]:
            waits = []
            for question in range(QUESTIONS):
                texts = DEMOS[task].examples[question % len(DEMOS[task].examples)]
                began = time.monotonic()
                html, _ = clients[number].predict(*texts, "", api_name=f"/try_{task}")
                assert 'class="klue answer"' in html, html
                waits.append(time.monotonic() - began)
            return waits

        clients[0].predict(*demo.examples[0], "", api_name=f"/try_{task}")  # opens the model
        waits, errors, seconds = at_once(ask, VISITORS)
        rows.append(row(f"{VISITORS} on Try, {task}", waits, errors, seconds))
    page.close()
    return rows


def entry(number: int) -> Any:
    from tests.space_app.made_entries import entry as made

    return made(number)


def tiny_runs(folder: Path) -> Path:
    from klue_baselines.encoding.encoder import open_tokenizer
    from klue_baselines.tasks import BASELINES
    from klue_baselines.tiny import make_encoder

    encoder = str(make_encoder(folder / "encoder"))
    task = BASELINES["nli"]
    tokenizer = open_tokenizer(encoder)
    model = task.build(encoder, head=task.heads[0], labels=task.labels, tokenizer=tokenizer)
    model.config.klue_task = "nli"
    model.save_pretrained(folder / "nli")
    tokenizer.save_pretrained(folder / "nli")
    return folder


if __name__ == "__main__":
    main()
