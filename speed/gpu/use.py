"""How busy a GPU is and what of its memory is taken, as nvidia-smi samples it beside a run."""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 200  # milliseconds


@dataclass
class GpuUse:
    """What was seen of the first visible GPU; None where nvidia-smi is not there or says nothing.

    busy: percent of the time from the first kernel to the last in which one was running, the mean
    of all samples. memory: the most that was taken, in GiB, by whatever runs there.
    """

    busy: float | None = None
    memory: float | None = None


@contextlib.contextmanager
def watched() -> Iterator[GpuUse]:
    """Watch the GPU until the block ends; what is yielded is filled then."""
    use, program = GpuUse(), shutil.which("nvidia-smi")
    if program is None:
        yield use
        return
    gpu = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0] or "0"
    query = ["--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.csv"
        with path.open("w", encoding="utf-8") as out:
            watcher = subprocess.Popen(
                [program, f"--id={gpu}", *query, f"--loop-ms={EVERY}"],
                stdout=out,
                stderr=subprocess.DEVNULL,
            )
            try:
                yield use
            finally:
                watcher.terminate()
                watcher.wait()
        seen = use_of(path.read_text(encoding="utf-8").splitlines())
        use.busy, use.memory = seen.busy, seen.memory


def use_of(lines: Sequence[str]) -> GpuUse:
    """Return what samples say, each a line of percent and MiB; a line that was cut is left out.

    >>> use_of(["0, 500", "80, 2048", "0, 4096", "70, 4096", "0, 500", "[N/A], "])
    GpuUse(busy=50.0, memory=4.0)
    >>> use_of(["0, 500"])
    GpuUse(busy=0.0, memory=0.48828125)
    """
    parts = [line.split(",") for line in lines]
    pairs = [
        (float(pair[0]), float(pair[1]))
        for pair in parts
        if len(pair) == 2 and all(text.strip().isdigit() for text in pair)
    ]
    if not pairs:
        return GpuUse()
    at_work = [at for at, (busy, _) in enumerate(pairs) if busy]
    between = pairs[at_work[0] : at_work[-1] + 1] if at_work else pairs
    memory = max(memory for _, memory in pairs) / 1024
    return GpuUse(statistics.fmean(busy for busy, _ in between), memory)
