from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from klue_cli.launching import Launching
from klue_common.errors import InputError


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parallel": 0}, "--parallel: found 0, expected a number from 1 on"),
        ({"parallel": 2, "ray": "local"}, "--parallel: found it beside --ray, expected one of th"),
        ({"ray": "local", "launcher": "slurm"}, "--ray: found it beside --launcher"),
        ({"launcher": "pbs"}, "--launcher: found 'pbs', expected slurm"),
        ({"ray": "local", "gpus_per_run": 2}, "--gpus-per-run: found 2, expected from 0 to 1"),
        ({"ray": "local", "gpus_per_run": -1}, "--gpus-per-run: found -1, expected from 0 to 1"),
        ({"ray": "local", "cpus_per_run": 0}, "--cpus-per-run: found 0, expected a number from"),
        ({"gpus_per_run": 1}, "--gpus-per-run: found it alone, expected --ray or --launcher too"),
        ({"launcher": "slurm", "gpus_per_run": 0.5}, "--gpus-per-run: found 0.5, expected 0 or 1"),
        ({"slurm": Path("s.toml")}, "--slurm: found it alone, expected --launcher slurm too"),
        ({"dry_run": True}, "--dry-run: found it alone, expected --launcher slurm too"),
        ({"launcher": "slurm", "slurm": Path("no.toml")}, "no.toml: found .*No such file"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        Launching(**options).launch(tmp_path)


def test_a_job_asks_for_what_the_file_says_last(tmp_path: Path) -> None:
    path = tmp_path / "slurm.toml"
    path.write_text('partition = "gpu"\ncpus_per_task = 6\n')
    asked = Launching(launcher="slurm", cpus_per_run=2, slurm=path).of_slurm()
    assert asked == {"partition": "gpu", "cpus_per_task": 6, "gpus_per_node": 1}
    asked = Launching(launcher="slurm", cpus_per_run=2, gpus_per_run=0).of_slurm()
    assert asked == {"cpus_per_task": 2}
