"""A Label Studio on this machine alone, its database in a folder, and what people do there.

It is found through KLUE_LABEL_STUDIO (the path of its command), on PATH, or in .venv-label-studio
of the checkout, where `make label-studio` puts it: its pins would bend this project's.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2

from klue_common.errors import InputError

VARIABLE = "KLUE_LABEL_STUDIO"
OWN = Path(__file__).parent.parent / ".venv-label-studio" / "bin" / "label-studio"
TOKEN = "the-token-of-the-first-annotator"  # of a server that nobody else can reach
PASSWORD = "a-password-of-this-machine"
PATIENCE = 600  # seconds; it makes its database first, with 300 migrations


def command() -> str:
    """Return the path of its command.

    Raises:
        InputError: there is none.
    """
    named = os.environ.get(VARIABLE) or shutil.which("label-studio") or str(OWN)
    if not Path(named).is_file():
        raise InputError(
            f"Label Studio: found neither {VARIABLE}, nor label-studio on PATH, nor {OWN}, "
            "expected one of them (make label-studio)"
        )
    return named


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LabelStudio:
    """A running server, and what annotators do there.

    Attributes:
        people: their numbers there, the first one's first.
    """

    def __init__(self, folder: Path, people: int) -> None:
        """Start it, and wait until it answers.

        Args:
            folder: for its database and its log.
            people: how many are to annotate.

        Raises:
            InputError: there is none, or it does not answer.
        """
        port = free_port()
        settings = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
            "DJANGO_DB": "sqlite",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_USERNAME": "1@example.com",
            "LABEL_STUDIO_PASSWORD": PASSWORD,
            "LABEL_STUDIO_USER_TOKEN": TOKEN,
            "HOME": str(folder),
        }
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self.log = folder / "log.txt"
        address = ["--internal-host", "127.0.0.1", "--port", str(port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [command(), "start", "--no-browser", *address],
                env={**inherited, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Token {TOKEN}"},
            timeout=120,
            trust_env=False,
        )
        try:
            self._wait()
            self.people = [1, *(self._person(number) for number in range(2, people + 1))]
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                if self.client.get("/health").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.5)
        last = " / ".join(self.log.read_text(errors="replace").split("\n")[-4:])
        raise InputError(f"Label Studio: found no answer, expected one (its log ends: {last})")

    def __enter__(self) -> LabelStudio:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it."""
        self.client.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """Send a request to its API and return what it answers.

        Raises:
            InputError: it refuses.
        """
        return self._answer(path, self.client.request(method, path, **request)).json()

    def _answer(self, path: str, response: httpx2.Response) -> httpx2.Response:
        if not response.is_success:
            found = f"{response.status_code} {response.text[:500]}"
            raise InputError(f"Label Studio: {path}: found {found}, expected success")
        return response

    def _person(self, number: int) -> int:
        address = f"{number}@example.com"
        made = self.ask(
            "POST",
            "/api/users/",
            json={"email": address, "username": address, "password": PASSWORD},
        )
        found: int = made["id"]
        return found

    def project(self, title: str, form: str) -> int:
        """Make a project and return its number."""
        made = self.ask("POST", "/api/projects/", json={"title": title, "label_config": form})
        number: int = made["id"]
        return number

    def upload(self, project: int, path: Path) -> int:
        """Import a file of tasks, as the page does, and return how many it had."""
        with path.open("rb") as file:
            made = self.ask(
                "POST",
                f"/api/projects/{project}/import",
                files={"file": ("tasks.json", file, "application/json")},
            )
        number: int = made["task_count"]
        return number

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Return the tasks of a project in the order in which they came."""
        found = self.ask("GET", "/api/tasks/", params={"project": project, "page_size": 100})
        return sorted(found["tasks"], key=lambda task: int(task["id"]))

    def annotate(self, task: int, person: int, result: Sequence[Any] | None) -> None:
        """Submit what a person, counted from 0, filled in; None skips the task."""
        annotation = {
            "result": result or [],
            "was_cancelled": result is None,
            "completed_by": self.people[person],
            "lead_time": 3.5,
        }
        self.ask("POST", f"/api/tasks/{task}/annotations/", json=annotation)

    def export(self, project: int, path: Path) -> Path:
        """Write a project's export in JSON, as the page gives it."""
        asked = {"exportType": "JSON", "download_all_tasks": "true"}
        address = f"/api/projects/{project}/export"
        response = self._answer(address, self.client.get(address, params=asked))
        path.write_bytes(response.content)
        return path
