"""What a public page bears: visits, the worst request of each kind, a crowd.

    python -m speed.public RUNS [VISITS]

RUNS: a folder of fine-tuned models; `-` for a random one of two layers that answers nli. With
KLUE_DATA_DIR the page has KLUE's own files, so that prediction files are as large as they get,
else the bundled sample.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .crowds import Beside, Visitor, megabytes, served_page, visits, worst_of
from .space import row, tiny_runs
from .worst_files import WORST, worst_files

VISITS, STEP, CROWD, SECONDS = 5000, 1000, 50, 30.0
ORDINARY = ("비가 온다.", "날씨가 좋다.")


def main() -> None:
    sample = [] if "KLUE_DATA_DIR" in os.environ else ["--sample"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] != "-" else None
        runs = runs or tiny_runs(folder / "runs")
        count = int(sys.argv[2]) if len(sys.argv) > 2 else VISITS
        with served_page(folder, "--runs", str(runs), *sample) as (page, process):
            worst(page, process, folder, bool(sample))
        with served_page(folder, "--runs", str(runs), *sample) as (page, process):
            crowd(page)
        with served_page(folder, "--runs", str(runs), *sample) as (page, process):
            print("visits, MB:", visits(page, process, count, max(1, min(STEP, count // 5))))


def worst(page: str, process: int, folder: Path, sample: bool) -> None:
    """Print, for each worst request, its time and what others wait meanwhile."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("one address", "its longest, s", "others' p95, s", "errors", "page's peak, MB"):
        table.add_column(heading, justify="left" if heading == "one address" else "right")
    from space_app.settings import Settings

    most = Settings().limits.text_characters
    long_text = ("아버지가 방에 들어가신다. " * 700)[:most]
    asks: list[tuple[str, int, Callable[[Visitor], object]]] = [
        ("nothing", 1, lambda visitor: time.sleep(5)),
        ("24 long texts", 24, lambda visitor: visitor.call("try_nli", *2 * [long_text], "")),
        ("40 visits", 40, Visitor.visit),
    ]
    Visitor(page, 59_999).call("try_nli", *ORDINARY, "")  # opens the model
    for number, (what, people, ask) in enumerate(asks):
        add(table, what, *beside(page, process, people, ask, number))
    for number, (task, path) in enumerate(files(folder, sample)):

        def score(visitor: Visitor, task: str = task, path: Path = path) -> None:
            visitor.call("score", task, visitor.upload(path.name, path.read_bytes()), "", True)

        add(table, f"score {path.stem}", *beside(page, process, 1, score, 100 + number))
        path.unlink()
    Console(width=120).print(table)


def add(table: Table, *cells: str) -> None:
    """Add a row, and tell it at once: the whole takes many minutes."""
    table.add_row(*cells)
    print(" | ".join(cells), file=sys.stderr, flush=True)


def files(folder: Path, sample: bool) -> list[tuple[str, Path]]:
    """Return the worst prediction files of all tasks."""
    from space_app.scoring import Scorer
    from space_app.settings import Settings

    scorer = Scorer(Settings(sample=sample))
    return [
        (task, path) for task in WORST for path in worst_files(task, scorer.gold(task)[0], folder)
    ]


def beside(
    page: str, process: int, people: int, ask: Callable[[Visitor], object], number: int
) -> tuple[str, ...]:
    """Return the longest wait, the others' p95 and errors, and the most memory until now."""
    others = Beside(page, "nli", ORDINARY)
    others.start()
    time.sleep(1)
    seconds = worst_of(people, ask, page, 55_000 + number)
    others.over.set()
    others.join()
    peak = str(megabytes(process, "VmHWM"))
    return f"{seconds:.1f}", f"{others.p95():.2f}", str(others.errors), peak


def crowd(page: str) -> None:
    """Print what 50 visitors wait who ask as ordinary ones do for 30 s."""
    others = [Beside(page, "nli", ORDINARY) for _ in range(CROWD)]
    began = time.monotonic()
    for other in others:
        other.start()
    time.sleep(SECONDS)
    for other in others:
        other.over.set()
    with ThreadPoolExecutor(CROWD) as pool:
        list(pool.map(lambda other: other.join(), others))
    waits = [wait for other in others for wait in other.waits]
    errors = sum(other.errors for other in others)
    said = row(f"{CROWD} for {SECONDS:g} s", waits, errors, time.monotonic() - began)
    print(dict(zip(("what", "asked", "errors", "median", "p95", "all"), said, strict=True)))


if __name__ == "__main__":
    main()
