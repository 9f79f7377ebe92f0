"""A Label Studio of the tests' own, on this machine alone, its database in a temporary folder.

It is found through KLUE_LABEL_STUDIO (the path of its command), on PATH, or in .venv-label-studio
in the checkout, where `make label-studio` puts it: its pins would bend this project's.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

VARIABLE = "KLUE_LABEL_STUDIO"
OWN = Path(__file__).parent.parent / ".venv-label-studio" / "bin" / "label-studio"
TOKEN = "the-token-of-the-first-annotator"
PATIENCE = 600  # seconds; it makes its database first, with 300 migrations


def command() -> str:
    """The path of its command; without one the test is skipped."""
    named = os.environ.get(VARIABLE) or shutil.which("label-studio") or str(OWN)
    if not Path(named).is_file():
        pytest.skip(f"no Label Studio: neither {VARIABLE}, nor on PATH, nor {OWN}")
    return named


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LabelStudio:
    """A running server, and what annotators do there."""

    def __init__(self, folder: Path, people: int) -> None:
        port = free_port()
        settings = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
            "DJANGO_DB": "sqlite",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_USERNAME": "1@example.com",
            "LABEL_STUDIO_PASSWORD": "a-password-of-the-tests",
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
        raise RuntimeError(f"Label Studio does not answer: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        self.client.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, method: str, path: str, **request: Any) -> Any:
        response = self.client.request(method, path, **request)
        assert response.is_success, f"{path}: {response.status_code} {response.text[:500]}"
        return response.json()

    def _person(self, number: int) -> int:
        address = f"{number}@example.com"
        made = self.ask(
            "POST",
            "/api/users/",
            json={"email": address, "username": address, "password": "a-password-of-the-tests"},
        )
        found: int = made["id"]
        return found

    def project(self, title: str, form: str) -> int:
        made = self.ask("POST", "/api/projects/", json={"title": title, "label_config": form})
        number: int = made["id"]
        return number

    def upload(self, project: int, path: Path) -> int:
        """Import a file of tasks, as the page does; how many tasks it had."""
        with path.open("rb") as file:
            made = self.ask(
                "POST",
                f"/api/projects/{project}/import",
                files={"file": ("tasks.json", file, "application/json")},
            )
        number: int = made["task_count"]
        return number

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """The tasks of a project in the order in which they came."""
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

    def change(self, task: int, data: Mapping[str, Any]) -> None:
        self.ask("PATCH", f"/api/tasks/{task}/", json={"data": data})

    def export(self, project: int, path: Path) -> Path:
        """Write a project's export in JSON, as the page gives it."""
        asked = {"exportType": "JSON", "download_all_tasks": "true"}
        response = self.client.get(f"/api/projects/{project}/export", params=asked)
        assert response.is_success, response.text[:500]
        path.write_bytes(response.content)
        return path
