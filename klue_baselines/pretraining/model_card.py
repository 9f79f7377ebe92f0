"""The card of an encoder that was pretrained here, from its record and nothing else."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from .presets import ARCHITECTURES

TITLES = {
    "kind": "architecture",
    "inner": "inner width",
    "length": "pieces a row",
    "positions": "positions",
    "batch_size": "rows a step",
    "learning_rate": "learning rate (peak, linear)",
    "warmup": "warm-up (share of the steps)",
    "weight_decay": "weight decay",
    "masked": "share of words predicted",
}


def card(
    name: str,
    record: Mapping[str, Any],
    licence: str | None,
    more: str = "",
    gains: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The README of a model's folder; `more` goes before the settings.

    gains: what `bench.encoders` wrote about the model, a comparison each.
    """
    settings = record["settings"]
    unverified = settings["unverified"]
    lines = ["---", "language: ko", "library_name: transformers", "pipeline_tag: fill-mask"]
    lines += [f"license: {licence}"] if licence else []
    lines += ["tags:", "- klue", f"- {settings['kind']}", "---", "", f"# {name}", ""]
    lines += [
        f"A Korean {ARCHITECTURES[settings['kind']].name} encoder with "
        f"{record['parameters']:,} weights, "
        "made by `klue pretrain`: masked language modelling with dynamic whole-word masking on "
        f"packed rows of full sentences. A word is one of the {record['words']}; 80 % of the "
        "chosen words are hidden, 10 % replaced, 10 % left.",
        "",
    ]
    lines += [more, ""] if more else []
    lines += ["| setting | value |", "|---|---|"]
    for field, value in settings.items():
        if field != "unverified":
            mark = " (unverified)" if field in unverified else ""
            lines.append(f"| {TITLES.get(field, field)} | {value}{mark} |")
    if unverified:
        lines += ["", "Unverified: no document of the published models at hand says it."]
    for comparison in gains:
        lines += ["", *gains_table(comparison)]
    final = list(record["losses"].values())[-1:]
    lines += [
        "",
        "| the run | |",
        "|---|---|",
        f"| corpus, SHA-256 | `{record['corpus']['sha256']}` |",
        f"| rows, and passes over them | {record['rows']:,}, {record['passes']} |",
        *(f"| last loss (nats a hidden piece) | {loss:.3f} |" for loss in final),
        f"| wall time | {record['seconds']:,.0f} s |",
        f"| hardware | {record['hardware']['cpu']}, {record['hardware']['cores']} cores |",
        f"| seed | {record['seed']} |",
        f"| versions | {', '.join(f'{k} {v}' for k, v in record['versions'].items())} |",
        "",
        "It was trained on what people wrote and repeats what is common there. Personal data was "
        "replaced by form, not by meaning: names of persons stayed.",
        "",
    ]
    return "\n".join(lines)


def gains_table(comparison: Mapping[str, Any]) -> list[str]:
    """What the first of two encoders gives over the second, a task a line."""
    ours, theirs = comparison["models"]
    settings, seeds = comparison["settings"], comparison["seeds"]
    most = settings["max_train_examples"]
    examples = f"at most {most:,}" if most else "all"
    beside = comparison.get("beside")
    mark, rule, told = "", "", ""
    if beside:
        mark, rule = f" {beside} |", "--:|"
        told = f" {beside}, for orientation, was trained with settings of its own."
    lines = [
        f"Fine-tuned beside {theirs}: {settings['epochs']:g} epochs, learning rate "
        f"{settings['learning_rate']:g}, {examples} training examples, "
        f"{seed_list(seeds)}. The interval is "
        f"{100 * comparison['confidence']:g} %, Student's over the seeds.{told}",
        "",
        f"| task | score | {ours} | {theirs} | gain | interval |{mark} scored on |",
        f"|---|---|--:|--:|--:|--:|{rule}---|",
    ]
    for task, row in comparison["tasks"].items():
        means = " | ".join(f"{mean:.2f}" for mean in row["means"])
        value = f" {mean_text(row['beside'])} |" if beside else ""
        low, high = row["interval"] or (math.nan, math.nan)
        lines.append(
            f"| {task} | {row['score']} | {means} | {row['gain']:+.2f} | [{low:.2f}, {high:.2f}] |"
            f"{value} {row['scored_on']} |"
        )
    return lines


def mean_text(scores: Sequence[float]) -> str:
    """The mean for a table, or a dash where nothing was scored.

    >>> mean_text([60.0, 61.0]), mean_text([])
    ('60.50', '–')
    """
    return f"{statistics.fmean(scores):.2f}" if scores else "–"


def seed_list(seeds: Sequence[int]) -> str:
    """Seeds for a sentence.

    >>> seed_list([1, 2])
    'seeds 1, 2'
    """
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"
