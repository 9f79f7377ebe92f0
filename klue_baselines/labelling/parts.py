"""The folder beside a file in the making: whole parts of it, and the run that they are of.

A part is written beside its place and renamed, and holds the digest of what is in it. So whatever
happens to the folder, its parts up to the first that is missing or damaged are what an
uninterrupted run would have written, and a run goes on behind them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import json_text, read_json
from klue_common.progress import note
from klue_datasets.files import writable, write_text, written
from klue_datasets.unfinished import remove_leftovers

SUFFIX = ".unfinished"
RUN = "run.json"


@dataclass(frozen=True)
class Header:
    """What stands in the first line of a part.

    rows: of the input that it is made of, those that were left out among them. sha256: of what
    follows the line.
    """

    rows: int
    sha256: str


@dataclass(frozen=True)
class Parts:
    """The parts of a file.

    path: their folder.
    """

    path: Path

    @classmethod
    def of(cls, out: Path) -> Parts:
        """Return those of a file."""
        return cls(out.with_name(out.name + SUFFIX))

    def claim(self, run: Mapping[str, Any], overwrite: bool) -> list[Header]:
        """See that the folder is of a run or of none; return the parts that the run has behind it.

        Args:
            run: what has to be the same for the run to go on, as JSON has it.
            overwrite: begin anew, whatever there is.

        Raises:
            InputError: it is of another run, or cannot be written.
        """
        with writable(self.path):
            remove_leftovers(self.path)
        held = self.held()
        if held is not None and not overwrite:
            differing = [name for name in run if run[name] != held.get(name)]
            if not differing:
                return self.whole()
            raise InputError(
                f"{self.path}: found a run cut off that had another {' and '.join(differing)}, "
                "expected the same; --overwrite begins anew"
            )
        self.forget()
        write_text(self.path / RUN, json_text(run))
        return []

    def held(self) -> dict[str, Any] | None:
        """Return the run that the folder is of, None where nothing says it."""
        if not (self.path / RUN).exists():
            return None
        try:
            return read_json(self.path / RUN, "a run")
        except InputError as error:
            note(f"{error}: begun anew")
            return None

    def whole(self) -> list[Header]:
        """Return the headers of the parts up to the first that is not whole; the others go."""
        headers: list[Header] = []
        while (header := header_of(self.part(len(headers)))) is not None:
            headers.append(header)
        behind = {self.part(at) for at in range(len(headers))}
        for path in self.path.glob("*.part"):
            if path not in behind:
                path.unlink()
        return headers

    def part(self, at: int) -> Path:
        """Return where a part lies."""
        return self.path / f"{at:08}.part"

    def add(self, at: int, rows: int, content: bytes) -> None:
        """Write a part, whole or not at all."""
        header = Header(rows, hashlib.sha256(content).hexdigest())
        with written(self.part(at)) as file:
            file.write(json.dumps(asdict(header)).encode() + b"\n")
            file.write(content)

    def contents(self, count: int) -> Iterator[bytes]:
        """Yield what is in the first parts."""
        for at in range(count):
            yield self.part(at).read_bytes().partition(b"\n")[2]

    def forget(self) -> None:
        """Remove the parts and what says which run they are of, that first."""
        (self.path / RUN).unlink(missing_ok=True)
        for path in self.path.glob("*.part"):
            path.unlink()

    def remove(self) -> None:
        """Remove the folder where it holds nothing more, or all of it once its file is there."""
        with contextlib.suppress(OSError):
            self.path.rmdir()


def header_of(path: Path) -> Header | None:
    """Return the header of a part; None where the part is missing or damaged."""
    try:
        line, _, content = path.read_bytes().partition(b"\n")
        header = Header(**json.loads(line))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    sound = header.sha256 == hashlib.sha256(content).hexdigest() and isinstance(header.rows, int)
    return header if sound else None
