"""What a person sees of one example in an error analysis, before it is drawn anywhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .labels import answer_name

# Marks of a span: right on both sides; in the reference only; in the prediction only.
RIGHT, MISSED, WRONG, PLAIN = "right", "missed", "wrong", ""


class Confusion(NamedTuple):
    """What was expected, what was found, and whether that is right: one count of the table."""

    gold: str
    predicted: str
    right: bool


@dataclass(frozen=True)
class Span:
    """A stretch of text with a mark, and a label (an entity type) where it has one."""

    text: str
    mark: str = PLAIN
    label: str = ""


@dataclass(frozen=True)
class Line:
    """A named line of spans: "question", "reference", "prediction"."""

    name: str
    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return "".join(f"[{s.text} {s.label}]" if s.label else s.text for s in self.spans)


@dataclass(frozen=True)
class Tree:
    """A sentence with two dependency trees: heads from 1, 0 for the root; a relation per word.

    A predicted head that is not there is -1.
    """

    words: Sequence[str]
    gold_heads: Sequence[int]
    gold_deprels: Sequence[str]
    predicted_heads: Sequence[int]
    predicted_deprels: Sequence[str]


@dataclass(frozen=True)
class View:
    """One example: its text, then reference and prediction."""

    lines: tuple[Line, ...]
    tree: Tree | None = None


def text_lines(parts: Mapping[str, str]) -> list[Line]:
    """Return an unmarked line for each named text."""
    return [Line(name, (Span(text),)) for name, text in parts.items()]


def compared_lines(reference: str, prediction: str) -> list[Line]:
    """Return the lines of one gold and one predicted value."""
    right = reference == prediction
    return [
        Line("reference", (Span(reference, RIGHT if right else MISSED),)),
        Line("prediction", (Span(prediction, RIGHT if right else WRONG),)),
    ]


def label_view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the view of an example that has one label."""
    return View((*text_lines(parts), *compared_lines(reference, answer_name(record["label"]))))


def label_confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield the gold and the predicted label of an example."""
    yield Confusion(reference, answer_name(record["label"]), reference == record["label"])


def listed_line(name: str, entries: Iterable[str], others: Iterable[str], mark: str) -> Line:
    """Return a line of entries, each marked right where it is among the others."""
    known = set(others)
    spans = []
    for entry in entries:
        spans += [Span(entry, RIGHT if entry in known else mark), Span(", ")]
    return Line(name, tuple(spans[:-1]) or (Span("(empty)"),))
