"""A Label Studio of the tests' own; where there is none, tests that need it are skipped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from klue_annotation import studio_server
from klue_common.errors import InputError


class LabelStudio(studio_server.LabelStudio):
    """A running server, and what annotators and others do there."""

    def __init__(self, folder: Path, people: int) -> None:
        try:
            studio_server.command()
        except InputError as error:
            pytest.skip(str(error))
        super().__init__(folder, people)

    def change(self, task: int, data: Mapping[str, Any]) -> None:
        self.ask("PATCH", f"/api/tasks/{task}/", json={"data": data})
