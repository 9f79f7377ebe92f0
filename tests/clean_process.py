"""Processes that talk to the Hub on this machine: as a user has them, and the `klue` command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.hub import TOKEN, Hub

ROOT = Path(__file__).parent.parent

# An editable install is found by a hook on `sys.meta_path`, wherever the process runs.
WITHOUT_THIS_PROJECT = """
import importlib.util, sys
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
sys.path_hooks[:] = [f for f in sys.path_hooks if "editable" not in repr(f).lower()]
rooms = "datasets metrics common text results baselines pretraining hub cli"
for name in (*(f"klue_{room}" for room in rooms.split()), "model_cards", "space_app"):
    assert importlib.util.find_spec(name) is None, f"{name} can be imported here"
"""

COMMANDS = """
import json, sys
from typer.testing import CliRunner
from klue_cli.app import app
done = [CliRunner().invoke(app, words) for words in json.loads(sys.argv[1])]
print(json.dumps([(one.exit_code, one.stdout, one.stderr) for one in done]))
"""


class CleanProcess:
    """Starts processes with a home and a working folder of their own."""

    def __init__(self, hub: Hub, folder: Path, root: Path = ROOT) -> None:
        self.hub, self.home, self.work = hub, folder / "home", folder / "work"
        self.root = root
        self.work.mkdir()

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of a user whose Hub this is."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HF_", "KLUE_", "PYTHON", "TRANSFORMERS_"))
        }
        return {
            **kept,
            "HF_ENDPOINT": self.hub.url,
            "HF_TOKEN": TOKEN,
            "HF_HOME": str(self.home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",  # evaluate's counter is elsewhere
            "DISABLE_SAFETENSORS_CONVERSION": "1",
            **changes,
        }

    def python(self, code: str, *arguments: object, **changes: str) -> str:
        """What a program prints that can not import this project; it has to succeed."""
        program = ["-I", "-c", WITHOUT_THIS_PROJECT + code, *arguments]
        return output(self.run(program, self.environment(**changes)))

    def ours(self, code: str, *arguments: object, **changes: str) -> str:
        """What a program prints that can import this project; it has to succeed."""
        return output(self.run(["-c", code, *arguments], self.with_us(**changes)))

    def klue(self, *arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
        """The `klue` command."""
        return self.run(["-m", "klue_cli", *arguments], self.with_us(**changes))

    def commands(self, *commands: Sequence[object]) -> list[str]:
        """What `klue` commands print, one after another in one process; all have to succeed."""
        words = json.dumps([[*map(str, command)] for command in commands])
        printed = []
        for command, (code, out, err) in zip(
            commands, json.loads(self.ours(COMMANDS, words).splitlines()[-1]), strict=True
        ):
            assert code == 0, (command, err)
            printed.append(out)
        return printed

    def with_us(self, **changes: str) -> dict[str, str]:
        """The environment of a user who has this project."""
        return self.environment(PYTHONPATH=str(self.root), **changes)

    def run(
        self, arguments: Sequence[object], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run Python and wait for it."""
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.work,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def output(done: subprocess.CompletedProcess[str]) -> str:
    """What a process printed that should have succeeded."""
    assert done.returncode == 0, done.stderr
    return done.stdout
