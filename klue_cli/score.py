"""`klue score` and `klue compare`: prediction files to scores, intervals and differences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from klue_datasets.files import write_text

from .doors import a_file
from .options import DataDir, Json, Sample, Task, known_task
from .terminal import show

Split = Annotated[str, typer.Option(help='Like "validation" or "validation[80%:]".')]
Confidence = Annotated[float, typer.Option(help="Of the bootstrap intervals, e.g. 0.95.")]
Resamples = Annotated[int, typer.Option(help="Resamples behind an interval or p-value.")]
Seed = Annotated[int, typer.Option(help="Of the resampling.")]
UnknownLabel = Annotated[
    str,
    typer.Option(
        help='"error", or "wrong": labels outside the label set, null and missing answers count '
        "as wrong."
    ),
]


def score(
    task: Task,
    predictions: Annotated[
        Path, typer.Argument(help="A prediction file (JSON Lines).", callback=a_file)
    ],
    split: Split = "validation",
    confidence: Confidence = 0.95,
    intervals: Annotated[bool, typer.Option(help="Bootstrap intervals.")] = True,
    n_resamples: Resamples = 1000,
    seed: Seed = 0,
    by: Annotated[
        str | None,
        typer.Option(help="A breakdown: source, domain, question_type, label or length."),
    ] = None,
    textbook: Annotated[
        bool, typer.Option("--textbook", "--detail", help="Add the textbook scores.")
    ] = False,
    errors: Annotated[int, typer.Option(min=0, help="Show this many examples that cost most.")] = 0,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the error analysis as a page to this file.", callback=a_file),
    ] = None,
    unknown_label: UnknownLabel = "error",
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Score a prediction file: official scores with bootstrap intervals."""
    from klue_metrics import METRICS
    from klue_metrics.interval_notes import estimates_of, interval_note

    metric = METRICS[known_task(task)]
    gold = load_gold(task, split, data_dir, sample)
    records = metric.read_predictions(predictions, gold, unknown_label)
    scores = metric.score(
        gold,
        records,
        confidence=confidence if intervals else None,
        n_resamples=n_resamples,
        seed=seed,
        by=by,
        textbook=textbook,
        unknown_label=unknown_label,
    )
    about: dict[str, Any] = {"task": task, "split": split, "sample": sample, "examples": len(gold)}
    groups, unknown = scores.pop("by", {}), scores.pop("unknown_labels", {})
    note_forms(metric, gold, records, predictions)
    note_left_out(metric, scores, "scored")
    note = interval_note(estimates_of(scores))
    of_groups = interval_note(
        {
            f"{group} {name}": estimate
            for group, part in groups.items()
            for name, estimate in estimates_of(part).items()
        }
    )
    notes = [text for text in (note, of_groups) if text]
    further = {"unknown_labels": unknown, "by": groups, "notes": notes}
    content = {**about, "scores": scores, **{name: part for name, part in further.items() if part}}
    title = title_of(metric, about)
    parts: list[Any] = [heading(title), score_table(scores, confidence if intervals else None)]
    if unknown:
        parts.append(Text(unknown_note(unknown)))
    if note:
        parts.append(Text(note))
    if by is not None:
        parts += [heading(f"\nby {by}"), breakdown_table(metric, groups, by)]
    if of_groups:
        parts.append(Text(of_groups))
    if errors or html:
        from klue_metrics.error_analysis import analyse
        from klue_metrics.error_pages import page

        from .error_terminal import rendered

        analysis = analyse(metric, gold, records, errors or 20, unknown_label)
        if html:
            write_text(html, page(analysis, title))
        if errors:
            parts.append(rendered(analysis))
            content["errors"] = analysis.as_dict()
    show(Group(*parts), content, as_json)


def compare(
    task: Task,
    a: Annotated[
        Path,
        typer.Argument(help="The prediction file of system A.", metavar="A", callback=a_file),
    ],
    b: Annotated[
        Path,
        typer.Argument(help="The prediction file of system B.", metavar="B", callback=a_file),
    ],
    split: Split = "validation",
    confidence: Confidence = 0.95,
    n_resamples: Resamples = 1000,
    seed: Seed = 0,
    unknown_label: UnknownLabel = "error",
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Compare two prediction files: the difference, its interval, and whether it is one."""
    from klue_metrics import METRICS
    from klue_metrics.comparison import compare as compared
    from klue_metrics.comparison import difference_estimates
    from klue_metrics.interval_notes import interval_note

    metric = METRICS[known_task(task)]
    gold = load_gold(task, split, data_dir, sample)
    first, second = (metric.read_predictions(path, gold, unknown_label) for path in (a, b))
    found = compared(metric, gold, first, second, confidence, n_resamples, seed, unknown_label)
    for path, records in ((a, first), (b, second)):
        note_forms(metric, gold, records, path)
    note_left_out(metric, found, "compared")
    about: dict[str, Any] = {"task": task, "split": split, "sample": sample, "examples": len(gold)}
    names = {"a": str(a), "b": str(b)}
    content = {**about, **names, "confidence": confidence, "scores": found}
    parts: list[Any] = [comparison_table(metric, found, about, names, confidence)]
    if note := interval_note(difference_estimates(found)):
        parts.append(Text(note))
        content["notes"] = [note]
    if unknown_label == "wrong" and metric.unknown is not None:
        sides = {"a": first, "b": second}
        unknown = {side: metric.unknown_labels(gold, records) for side, records in sides.items()}
        content["unknown_labels"] = unknown
        parts += [Text(f"{side.upper()}: {unknown_note(n)}") for side, n in unknown.items()]
    show(Group(*parts), content, as_json)


def note_forms(metric: Any, gold: Any, records: Any, path: Path) -> None:
    """Say how many texts of a file are wrong for their Unicode form alone."""
    if count := metric.in_form_only(gold, records):
        typer.echo(
            f"{path}: {count:,} of its texts differ from the reference in their Unicode form only "
            "(NFC and NFD), and count as different, as officially defined",
            err=True,
        )


def note_left_out(metric: Any, scores: dict[str, Any], done: str) -> None:
    """Say which official scores there are not."""
    if left_out := [name for name in metric.scores if name not in scores]:
        reason = f"not {done}, since a file lacks what it is made from"
        typer.echo(f"{', '.join(left_out)}: {reason}", err=True)


def unknown_note(counts: dict[str, int]) -> str:
    """Return in words what was counted as wrong without being an answer of the task.

    >>> unknown_note({"invented": 903, "empty": 20, "missing": 2})
    'counted as wrong: 903 invented, 20 empty (guids missing: 2)'
    """
    return (
        f"counted as wrong: {counts['invented']:,} invented, {counts['empty']:,} empty "
        f"(guids missing: {counts['missing']:,})"
    )


def load_gold(task: str, split: str, data_dir: str | None, sample: bool) -> Any:
    """Return the references of a split."""
    from klue_datasets import read_rows
    from klue_metrics import METRICS

    rows = read_rows(task, split, data_dir=data_dir, sample=sample, full=True)
    return METRICS[task].gold(rows)


def title_of(metric: Any, about: dict[str, Any]) -> str:
    """Return the title of a report: task, split, number of examples."""
    where = f"{about['split']}, {about['examples']:,} examples"
    mark = "the bundled sample, no KLUE score: " if about["sample"] else ""
    return f"{metric.title} ({about['task']}): {mark}{where}"


def score_table(scores: dict[str, Any], confidence: float | None) -> Table:
    """Return the table of official scores, then of the textbook ones."""
    table = plain_table()
    table.add_column("score")
    table.add_column("value", justify="right")
    if confidence is not None:
        table.add_column(f"{100 * confidence:g} % interval", justify="right")
    for name, value in scores.items():
        if name.endswith("_ci"):
            continue
        if isinstance(value, dict):
            for part, number in value.items():
                table.add_row(f"{name}, {part}", f"{number:.2f}")
        else:
            table.add_row(name, f"{value:.2f}", interval(scores.get(f"{name}_ci")))
    return table


def breakdown_table(metric: Any, groups: dict[str, dict[str, Any]], by: str) -> Table:
    """Return a table with a row per group; a score that is undefined there is a dash."""
    table = plain_table()
    table.add_column(by)
    table.add_column("examples", justify="right")
    names = [name for name in metric.scores if all(name in part for part in groups.values())]
    for name in names:
        table.add_column(name, justify="right")
    for group, part in groups.items():
        cells = [
            "–"
            if part[name] is None
            else f"{part[name]:.2f} {interval(part.get(f'{name}_ci'))}".rstrip()
            for name in names
        ]
        table.add_row(Text(group), f"{part['examples']:,}", *cells)
    return table


def comparison_table(
    metric: Any,
    found: dict[str, dict[str, Any]],
    about: dict[str, Any],
    names: dict[str, str],
    confidence: float,
) -> Group:
    """Return the table of differences, and a line on each score that tells nothing apart."""
    table = plain_table()
    for name in (
        "score",
        "A",
        "B",
        "A - B",
        f"{100 * confidence:g} % interval",
        "p (bootstrap)",
        "p (randomisation)",
    ):
        table.add_column(name, justify="left" if name == "score" else "right")
    lines = []
    for name, part in found.items():
        table.add_row(
            name,
            f"{part['a']:.2f}",
            f"{part['b']:.2f}",
            f"{part['difference']:+.2f}",
            interval(part["difference_ci"]),
            p_value(part["p_bootstrap"]),
            p_value(part["p_randomisation"]),
        )
        lines.append(Text(f"{name}: {verdict(part, confidence)}"))
    files = [Text(f"{side.upper()}: {path}") for side, path in names.items()]
    return Group(heading(title_of(metric, about)), table, *files, *lines)


def verdict(part: dict[str, Any], confidence: float) -> str:
    """Return in words what a comparison of one score says."""
    level = f"at the {100 * (1 - confidence):g} % level"
    if not part["told_apart"]:
        return f"A and B cannot be told apart {level}."
    return f"{'A' if part['difference'] > 0 else 'B'} is better {level}."


def p_value(value: float) -> str:
    """Return a p-value in three digits."""
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def interval(bounds: list[float] | None) -> str:
    """Return an interval in two decimals."""
    return f"[{bounds[0]:.2f}, {bounds[1]:.2f}]" if bounds else ""


def heading(title: str) -> Text:
    """Return the line above a table; a table's own title would be wrapped at its width."""
    return Text(title, style="bold")


def plain_table() -> Table:
    """Return an empty table in the style of this command."""
    return Table(box=None, pad_edge=False, header_style="bold")
