"""A disk that fills up while a checkpoint is written: one line, and the one before is intact."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OWN = ["--sample", "--epochs", "12", "--batch-size", "8", "--evaluations", "1"]


def mounts() -> bool:
    """Whether this process may mount a small file system in a name space of its own."""
    if not shutil.which("unshare"):
        return False
    probe = ["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not mounts(), reason="no small file system can be mounted to be filled up")
def test_a_full_disk_leaves_the_checkpoint_before(tiny_encoder: Path, tmp_path: Path) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    train = [
        sys.executable, "-m", "klue_cli", "train", "ynat", "--model", str(tiny_encoder),
        "--output", str(disk / "run"), "--results", str(tmp_path / "results"), *OWN,
    ]  # fmt: skip
    # A checkpoint has the weights and twice as much for the optimiser: there is room for one and a
    # half, whatever a library keeps beside them.
    weights = (tiny_encoder / "model.safetensors").stat().st_size
    script = (
        f'mount -t tmpfs -o size={int(weights * 4.5)} tmpfs "{disk}"; shift 0; "$@"; code=$?; '
        f'cp -r "{disk}/run" "{kept}"; exit $code'
    )
    full = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", *train],
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1, full.stderr[-2000:]
    last = full.stderr.strip().splitlines()[-1]
    assert last.startswith(f"klue: error: {disk}/run/checkpoints: cannot write checkpoint ")
    assert "is complete; make room, then run the same again" in last
    assert "Traceback" not in full.stderr
    assert not (kept / "result.json").exists()

    # With room the same command goes on where it was.
    shutil.copytree(kept, disk / "run")
    again = subprocess.run(train, capture_output=True, text=True, check=False, env=os.environ)
    assert again.returncode == 0, again.stderr[-2000:]
    assert (disk / "run" / "result.json").exists()
