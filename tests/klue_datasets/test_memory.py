"""Peak memory of reading, measured in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from klue_datasets import TASKS
from klue_datasets.sources import SAMPLE, resolve

MEASURE = """
import resource, sys
from pathlib import Path
from klue_datasets import TASKS
from klue_datasets.notes import Notes

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

task = TASKS[sys.argv[1]]
for path in sys.argv[2:]:
    before = peak()
    for table in task.read(Path(path), full=True, notes=Notes("")):
        pass
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_reading_takes_at_most_four_times_the_file(name: str, data_dir: list[Path]) -> None:
    for path in resolve(TASKS[name], data_dir).files.values():
        # The sample first: what the libraries load late is not the reader's memory.
        command = [sys.executable, "-c", MEASURE, name, str(SAMPLE / TASKS[name].files["train"])]
        done = subprocess.run(
            [*command, str(path)],
            cwd=SAMPLE.parent.parent,
            # Arrow's own allocator keeps some 16 MB to itself, however little it is asked for.
            env={**os.environ, "PYTHONPATH": ".", "ARROW_DEFAULT_MEMORY_POOL": "system"},
            capture_output=True,
            text=True,
            check=True,
        )
        growth, size = int(done.stdout), path.stat().st_size
        assert growth <= 4 * size, f"{path.name}: {growth / size:.1f} times"
