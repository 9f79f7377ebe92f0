"""The table of language models: how each was asked, what its answers are worth, what was lost.

Models that were ranked, held to a form and left free stand in rows of their own, and a slice of a
split says that it is one.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .results import Result
from .tables import (
    INTERVAL,
    Row,
    cells,
    differences,
    markdown_line,
    mean_of,
    number,
    ordered,
    row_of,
    scores_of,
)

LM_COLUMNS = (
    "model",
    "task",
    "asked",
    "score",
    "value",
    INTERVAL,
    "±",
    "without a model",
    "answered",
    "outside",
    "unreadable",
    "refused",
    "cut off",
    "data",
)
LM_TEXTS = ("model", "task", "asked", "score", "data")  # the columns that stand left
OUTCOMES = ("answered", "outside", "unreadable", "refused", "cut off", "too long")
# Settings that a row tells in words of its own.
WAY = ("mode", "language", "paraphrase", "shots")
TOLD = (*WAY, "train_examples")


def encoders(results: Iterable[Result]) -> list[Result]:
    """Return the results of encoders that were fine-tuned."""
    return [result for result in results if not result.language_model]


def language_models(results: Iterable[Result]) -> list[Result]:
    """Return the results of language models that were asked."""
    return [result for result in results if result.language_model]


def lm_rows(results: Iterable[Result]) -> list[Row]:
    """Return one row a model, task, score and way of asking: only the shots differ within a row.

    Returns:
        The fields of `tables.result_rows`, whose deviation is that over the seeds of shots, and:
        asked: the way of asking in words. outcomes: replies by what became of them, over all seeds.
        trivial: the score of an answer without a model on the same rows, None where not known.
        trivial_name: what that answer is. shots_from_sample: whether train was not at hand.
    """
    groups = ordered(sorted(results, key=way))
    firsts = [group[0] for group in groups]
    return [
        {
            **row_of(score, runs, differences(runs[0], alike(runs[0], firsts))),
            **of_asking(score, runs),
        }
        for runs in groups
        for score in scores_of(runs)
    ]


def alike(result: Result, others: Iterable[Result]) -> list[Result]:
    """Return those that were asked as a result was; how the others differ is told already."""
    return [other for other in others if way(other)[:3] == way(result)[:3]]


def way(result: Result) -> tuple[str, str, str, float]:
    """Return what the rows of one task are in the order of: fewer shots stand before more."""
    mode, language, paraphrase, shots = (result.settings.get(name) for name in WAY)
    return str(mode), str(language), str(paraphrase), number(shots) or 0.0


def of_asking(score: str, runs: Sequence[Result]) -> dict[str, Any]:
    """Return what a row says of how some seeds were asked, and of their replies."""
    about = [run.language_model for run in runs]
    trivial = [one.get("trivial", {}) for one in about]
    return {
        "asked": asked(runs[0].settings),
        "outcomes": {
            name: sum(one.get("outcomes", {}).get(name, 0) for one in about) for name in OUTCOMES
        },
        "trivial": mean_of([one.get("scores", {}).get(score) for one in trivial]),
        "trivial_name": str(trivial[0].get("name", "")),
        "shots_from_sample": any(one.get("shots_from_sample") is True for one in about),
    }


def asked(settings: Mapping[str, Any]) -> str:
    """Return how a model was asked, in words.

    >>> asked({"mode": "rank", "shots": 7, "language": "ko", "paraphrase": 0})
    'rank, 7 shots, ko'
    """
    parts = [str(settings.get("mode")), f"{settings.get('shots')} shots"]
    parts.append(str(settings.get("language")))
    if settings.get("paraphrase"):
        parts.append(f"wording {settings['paraphrase']}")
    return ", ".join(parts)


def lm_cells(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row's cells as text, by the heading of their column."""
    outcomes = row["outcomes"]
    counts = {name: f"{outcomes[name]:,}" for name in OUTCOMES}
    counts["cut off"] = f"{outcomes['cut off'] + outcomes['too long']:,}"
    trivial = "" if row["trivial"] is None else f"{row['trivial']:.2f}"
    return {
        **cells(row),
        **counts,
        "asked": row["asked"],
        "without a model": trivial,
        "data": asked_about(row),
    }


def asked_about(row: Mapping[str, Any]) -> str:
    """Return what was asked about, and what tells a row from others of the same model and task."""
    parts = ["sample" if row["sample"] else row["split"]]
    if row["shots_from_sample"]:
        parts.append("shots of the sample")
    told = {name: value for name, value in row["differs"].items() if name not in TOLD}
    return ", ".join([*parts, *(f"{name} {value}" for name, value in told.items())])


def lm_markdown(results: Iterable[Result]) -> str:
    """Return the table as Markdown."""
    rules = ["---" if name in LM_TEXTS else "--:" for name in LM_COLUMNS]
    lines = [markdown_line(LM_COLUMNS), markdown_line(rules)]
    for row in lm_rows(results):
        of_row = lm_cells(row)
        lines.append(markdown_line([of_row[name] for name in LM_COLUMNS]))
    return "\n".join(lines)


def wording_notes(results: Iterable[Result]) -> list[str]:
    """Return a sentence a model, task and way of asking that several wordings were tried for.

    The spread is over the wordings' means, so that it is none of the shots.
    """
    of_way: dict[tuple[Any, ...], list[Row]] = {}
    for runs in ordered(results):
        told = {**runs[0].settings, "paraphrase": 0}
        way = (runs[0].model, runs[0].task, asked(told), runs[0].split, runs[0].sample)
        for score in scores_of(runs):
            of_way.setdefault((*way, score), []).append(row_of(score, runs, {}))
    notes = []
    for (model, task, how, split, _, score), rows in of_way.items():
        values = [row["mean"] for row in rows]
        if len(values) > 1:
            notes.append(
                f"{model} {task} {score} ({how}, {split}): {len(values)} wordings give "
                f"{min(values):.2f} to {max(values):.2f}, ± {statistics.stdev(values):.2f}."
            )
    return notes


def lm_notes(results: Iterable[Result]) -> list[str]:
    """Return the sentences that belong below the table."""
    results = list(results)
    if not results:
        return []
    names = {row["task"]: row["trivial_name"] for row in lm_rows(results) if row["trivial_name"]}
    without = "; ".join(f"{task}: {name}" for task, name in names.items())
    return [
        *wording_notes(results),
        f"Without a model: {without}.",
        "The interval is over the split's units, ± over seeds of shots. What was not answered, or "
        "is outside the label set, counts as wrong. KLUE's dev labels have been public since 2021, "
        "so that a model may have read them.",
    ]
