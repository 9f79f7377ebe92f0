"""What each step of the cleaning removed, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from klue_common.own_files import json_text
from klue_text.filters import REASONS
from klue_text.personal_kinds import KINDS

from .cleaning import Settings
from .counting import BAD, CHARACTERS, first_examples, totals

STEPS = {
    **{name: f"{text} (sentences)" for name, text in REASONS.items()},
    "benchmark, exact": "letters and digits of a benchmark sentence (sentences)",
    "benchmark, near": "near to a benchmark text by BM25 (sentences)",
    "duplicate, exact": "letters and digits of an earlier document (documents)",
    "duplicate, near": "near to an earlier document by MinHash (documents)",
}


@dataclass
class Step:
    """What one step removed: how many units, their characters, and the first of them."""

    removed: int = 0
    characters: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Report:
    """The balance of a cleaning run.

    benchmark: the files of KLUE whose sentences were looked for. steps: what went, by the keys of
    STEPS. personal_data: values replaced in what was kept, by kind. pseudonyms: examples, the form
    of what was found and what stands there now. bad_lines: left out by --skip-bad. sha256: of the
    corpus file, or of its shards one after another. seconds: wall time of the last start. Sizes are
    in characters.
    """

    sources: list[str]
    settings: Settings
    benchmark: list[str] = field(default_factory=list)
    documents_in: int = 0
    documents_out: int = 0
    sentences_in: int = 0
    sentences_out: int = 0
    characters_out: int = 0
    bytes_in: int = 0
    steps: dict[str, Step] = field(default_factory=lambda: {name: Step() for name in STEPS})
    personal_data: Counter[str] = field(default_factory=Counter)
    pseudonyms: dict[str, list[str]] = field(default_factory=dict)
    bad_lines: int = 0
    bad_examples: list[str] = field(default_factory=list)
    sha256: str = ""
    seconds: float = 0.0

    def add_up(self, logs: str, examples: str) -> None:
        """Add what the tasks of all pipelines counted, and the first examples.

        Args:
            logs: the folder of the pipelines' logs.
            examples: the folder of all examples.
        """
        found, first = totals(f"{logs}/clean") + totals(f"{logs}/texts"), first_examples(examples)
        for name, step in self.steps.items():
            step.removed, step.characters = found[name], found[name + CHARACTERS]
            step.examples = first.get(name, [])
        self.documents_in, self.documents_out = found["documents in"], found["documents out"]
        self.sentences_in, self.sentences_out = found["sentences in"], found["sentences out"]
        self.characters_out, self.bytes_in = found["characters out"], found["bytes"]
        self.bad_lines, self.bad_examples = found[BAD], first.get(BAD, [])
        for kind in KINDS:
            if number := found[f"personal data, {kind.name}"]:
                self.personal_data[kind.name] = number
                self.pseudonyms[kind.name] = first.get(kind.name, [])

    def finish(self, sha256: str, seconds: float) -> None:
        """Add what is known at the end."""
        self.sha256, self.seconds = sha256, round(seconds, 2)

    def nothing_left(self) -> str:
        """Return why the corpus is empty."""
        if self.documents_in == 0:
            return "found no document, expected some text"
        removed = ", ".join(f"{s.removed} {name}" for name, s in self.steps.items() if s.removed)
        return f"of {self.documents_in:,} documents nothing is left (removed: {removed})"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "personal_data": dict(self.personal_data)}

    def text(self) -> bytes:
        """Return the JSON for a file; names of files may be no text."""
        return json_text(self.to_json()).encode(errors="replace")

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return the balance for people: step, removed, characters, what it is or an example."""
        rows = []
        for name, step in self.steps.items():
            rows.append((name, f"{step.removed:,}", f"{step.characters:,}", STEPS[name]))
            rows += [("", "", "", f"  {example}") for example in step.examples]
        if self.bad_lines:
            rows.append(("bad lines", f"{self.bad_lines:,}", "", "cannot be read (--skip-bad)"))
        for kind in KINDS:
            if self.personal_data[kind.name]:
                rows.append((kind.name, f"{self.personal_data[kind.name]:,}", "", "replaced"))
                rows += [("", "", "", f"  {example}") for example in self.pseudonyms[kind.name]]
        return rows

    def summary(self) -> str:
        """Return what went in and what came out, in a line."""
        return (
            f"documents {self.documents_in:,} -> {self.documents_out:,}, sentences "
            f"{self.sentences_in:,} -> {self.sentences_out:,}, {self.characters_out:,} characters, "
            f"{self.seconds:.0f} s, sha256 {self.sha256[:12]}"
        )
