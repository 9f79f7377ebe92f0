"""What each step of the cleaning removed, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from klue_text.filters import REASONS
from klue_text.personal_kinds import KINDS
from klue_text.pseudonyms import pseudonymise

from .cleaning import Cleaned, Settings
from .readers import Reading

EXAMPLES = 3
LONGEST_EXAMPLE = 120  # characters
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

    def count(self, text: str) -> None:
        """Count one more."""
        self.removed += 1
        self.characters += len(text)
        if len(self.examples) < EXAMPLES:
            self.examples.append(pseudonymise(text[:LONGEST_EXAMPLE])[0])


@dataclass
class Report:
    """The balance of a cleaning run.

    benchmark: the files of KLUE whose sentences were looked for. steps: what went, by the keys of
    STEPS. personal_data: values replaced in what was kept, by kind. pseudonyms: examples, the form
    of what was found and what stands there now. bad_lines: left out by --skip-bad. sha256: of the
    corpus file. seconds: wall time. Sizes are in characters.
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

    def read(self, document: Cleaned) -> None:
        """Count a document that came in, and the sentences it lost."""
        self.documents_in += 1
        self.sentences_in += document.sentences
        for step, sentence in document.removed:
            self.steps[step].count(sentence)

    def drop(self, step: str, text: str) -> None:
        """Count a document that went."""
        self.steps[step].count(text)

    def keep(self, document: Cleaned) -> None:
        """Count a document that stays."""
        self.documents_out += 1
        self.sentences_out += document.text.count("\n") + 1
        self.characters_out += len(document.text)
        for kind, form, new in document.changes:
            self.personal_data[kind] += 1
            examples = self.pseudonyms.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append(f"{form} -> {new}")

    def finish(self, reading: Reading, sha256: str, seconds: float) -> None:
        """Add what is known at the end."""
        self.bytes_in, self.bad_lines, self.bad_examples = (
            reading.bytes, reading.bad, reading.examples,
        )  # fmt: skip
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
