"""The card of a dataset of somebody's own: what a person needs to know before using it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from klue_datasets.about import NO_LICENSE

from ..agreement import Agreement, Report, report_on
from ..task import AUTHOR
from .material import Material
from .report import TaskSplit

Divided = Sequence[tuple[Material, TaskSplit]]
UNKNOWN = "unknown"


def card(record: Mapping[str, Any], divided: Divided) -> str:
    """Return the card: YAML that the Hub reads, then text.

    Args:
        record: name, license, validation, seed and screening, as `dataset.json` holds them.
        divided: what the folder held of each task, and what it was divided into.
    """
    head = yaml.safe_dump(
        {
            "pretty_name": record["name"],
            "license": record["license"] or NO_LICENSE,
            "language": ["ko"],
        },
        sort_keys=False,
    )
    parts = [
        opening(record, divided),
        sources(divided),
        annotators(divided),
        agreement(divided),
        gold(divided),
        screening(record["screening"]),
        splits(record, divided),
        licence(record["license"]),
    ]
    return f"---\n{head}---\n\n" + "\n\n".join("\n".join(part).strip() for part in parts) + "\n"


def opening(record: Mapping[str, Any], divided: Divided) -> Iterator[str]:
    """Yield the title and the sizes."""
    yield f"# {record['name']}\n"
    yield "Korean texts, annotated as those of [KLUE](https://arxiv.org/abs/2105.09680) were, in"
    yield "the files and columns of its tasks. This is no part of KLUE, and a score on it is no"
    yield "KLUE score.\n"
    rows = (
        [f"`{one.task}`", material.data.title, f"{one.train.rows:,}", f"{one.validation.rows:,}"]
        for material, one in divided
    )
    yield from table(["task", "", "train", "validation"], rows)


def sources(divided: Divided) -> Iterator[str]:
    """Yield how many rows are from where."""
    yield "## Sources\n"
    found = [
        [f"`{one.task}`", name or UNKNOWN, f"{train:,}", f"{validation:,}"]
        for _, one in divided
        for kind, name, train, validation in one.balance()
        if kind == "source"
    ]
    yield from table(["task", "source", "train", "validation"], found)
    silent = [f"`{one.task}`" for material, one in divided if material.sources is None]
    if silent:
        yield f"The rows of {', '.join(silent)} do not say where their texts are from."


def annotators(divided: Divided) -> Iterator[str]:
    """Yield how many people annotated, how often each item, and what did not count."""
    yield "## Annotators\n"
    found, silent = [], []
    for material, one in divided:
        if material.votes is None:
            silent.append(f"`{one.task}`")
            continue
        votes = [[v for v in item.votes if v.annotator != AUTHOR] for item in material.votes]
        people = {vote.annotator for each in votes for vote in each}
        counts = [sum(vote.answer is not None for vote in each) for each in votes]
        without = sum(map(len, votes)) - sum(counts)
        undecided = sum(not hasattr(item.gold, "answer") for item in material.votes)
        an_item = (
            f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
        )
        numbers = (len(material.votes), undecided, len(people))
        found.append([f"`{one.task}`", *map("{:,}".format, numbers), an_item, f"{without:,}"])
    names = ["items", "without gold, left out", "people", "answers an item", "refused, not counted"]
    yield from table(["task", *names], found)
    if silent:
        yield f"Nobody recorded who annotated {', '.join(silent)}."


def agreement(divided: Divided) -> Iterator[str]:
    """Yield how far people agree, over all items, those without gold among them."""
    yield "## Agreement\n"
    measures: list[list[str]] = []
    others: list[str] = []
    for material, one in divided:
        if material.votes is not None:
            measures += measured(one.task, report_on(material.task, material.votes, below=0))
        elif material.data.agreement is not None:
            values = material.data.agreement(material.table)
            others += [f"- `{one.task}`: {name}: {value:.3f}" for name, value in values.items()]
    columns = ["task", "measure", "items", "two agree, %", "95 %", "Krippendorff's alpha"]
    yield from table(columns, measures)
    if measures:
        yield "Over all items with two answers or more, those without gold among them."
    yield from others
    if not measures and not others:
        yield "Nobody recorded the answers that gold was decided from."


def measured(task: str, report: Report) -> Iterator[list[str]]:
    """Yield a line of the table for each measure."""
    for found in report.before:
        yield [f"`{task}`", found.measure, f"{found.items:,}", *numbers(found)]


def numbers(found: Agreement) -> Iterator[str]:
    """Yield the share of people who agree, its interval, and alpha; "-" where there is none."""
    share = found.pairwise
    yield "-" if share.percent is None else f"{share.percent:.1f}"
    yield "-" if share.interval is None else "[{:.1f}, {:.1f}]".format(*share.interval)
    yield "-" if found.alpha is None else f"{found.alpha:.3f}"


def gold(divided: Divided) -> Iterator[str]:
    """Yield the rule of each task."""
    yield "## Gold\n"
    for material, one in divided:
        yield f"- `{one.task}`: {material.task.rule}."


def screening(found: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what was removed before people annotated."""
    yield "## Screening\n"
    if found is None:
        yield "Nobody recorded whether the texts were screened for personal data, insults and bias"
        yield "before they were annotated."
        return
    yield f"Of {found['rows']:,} texts, `klue annotate screen` and the people who looked over its"
    yield f"verdicts kept {found['kept']:,}. What was said against texts, some more than once:\n"
    reasons = sorted(found["reasons"].items(), key=lambda pair: (-pair[1], pair[0]))
    yield from table(["reason", "texts"], ([reason, f"{count:,}"] for reason, count in reasons))


def splits(record: Mapping[str, Any], divided: Divided) -> Iterator[str]:
    """Yield how rows were divided, and what validation has of train."""
    wanted = f"{100 * record['validation']:g} %"
    yield "## Splits\n"
    yield f"Divided by `klue annotate split` with seed {record['seed']}, {wanted} for validation. A"
    yield "unit is whole on one side: rows that share a text exactly or nearly, or belong together."
    yield "The last two columns count texts of validation that are in train too.\n"
    rows = (
        [
            f"`{one.task}`",
            f"{one.train.units + one.validation.units:,}",
            f"{100 * one.share:.1f}",
            f"{one.overlap.exact:,}",
            f"{one.overlap.near:,}",
        ]
        for _, one in divided
    )
    yield from table(["task", "units", "validation, %", "exactly", "nearly"], rows)
    labels = [
        [f"`{one.task}`", name, f"{train:,}", f"{validation:,}"]
        for _, one in divided
        for kind, name, train, validation in one.balance()
        if kind == "label"
    ]
    yield from table(["task", "label", "train", "validation"], labels)
    yield from (f"- {line}" for _, one in divided for line in one.too_small())


def licence(name: str | None) -> Iterator[str]:
    """Yield the licence."""
    yield "## Licence\n"
    yield name or "None is named yet, so that nobody may use this data."


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table and an empty one, nothing without rows.

    >>> list(table(["a"], [["x|y"]]))
    ['| a |', '|---|', '| x\\\\|y |', '']
    """
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if lines:
        yield f"| {' | '.join(columns)} |"
        yield f"|{'---|' * len(columns)}"
        yield from (*lines, "")


def cell(text: str) -> str:
    """Return a text that stays in its cell, whatever it holds."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
