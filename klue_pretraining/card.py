"""The card of an encoder that was pretrained here, from its record and nothing else."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from huggingface_hub import ModelCard, ModelCardData

from klue_results.results import machine
from model_cards import PRETRAINED_HERE

from .presets import ARCHITECTURES

TITLES = {
    "kind": "architecture",
    "inner": "inner width",
    "length": "tokens a row",
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
    about: str = "",
    gains: Sequence[Mapping[str, Any]] = (),
) -> ModelCard:
    """Return the card of an encoder, from `model_cards/pretrained_here.md`.

    Args:
        name: its heading.
        record: what `klue pretrain model` wrote beside the weights.
        licence: as the Hub names it; None leaves it out.
        about: what else to say of it.
        gains: what `speed.encoders` wrote about the model, a comparison each.
    """
    settings = record["settings"]
    data = ModelCardData(
        language="ko",
        license=licence,
        library_name="transformers",
        pipeline_tag="fill-mask",
        tags=["korean", "klue", settings["kind"]],
    )
    return ModelCard.from_template(
        data,
        template_path=str(PRETRAINED_HERE),
        name=name,
        family=ARCHITECTURES[settings["kind"]].name,
        weights=f"{record['parameters']:,}",
        about=about,
        words=record["words"],
        settings=setting_rows(settings),
        unverified=settings["unverified"],
        run=run_rows(record),
        gains=["\n".join(gains_table(comparison)) for comparison in gains],
    )


def setting_rows(settings: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """Return a setting's title, its value, and a mark where no document confirms it."""
    marks = dict.fromkeys(settings["unverified"], " (unverified)")
    return [
        (TITLES.get(field, field), value, marks.get(field, ""))
        for field, value in settings.items()
        if field != "unverified"
    ]


def run_rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what there is to say of the run."""
    losses = list(record["losses"].values())
    versions = (f"{name} {version}" for name, version in record["versions"].items())
    last = [("last loss (nats a hidden token)", f"{losses[-1]:.3f}")] if losses else []
    return [
        ("corpus, SHA-256", f"`{record['corpus']['sha256']}`"),
        ("rows, and passes over them", f"{record['rows']:,}, {record['passes']}"),
        *last,
        ("wall time", f"{record['seconds']:,.0f} s"),
        ("hardware", machine(record["hardware"])),
        ("seed", str(record["seed"])),
        ("versions", ", ".join(versions)),
    ]


def gains_table(comparison: Mapping[str, Any]) -> list[str]:
    """Return what the first of two encoders gives over the second, a task a line."""
    ours, theirs = comparison["models"]
    settings, seeds = comparison["settings"], comparison["seeds"]
    most = settings["max_train_examples"]
    examples = f"at most {most:,}" if most else "all"
    beside = comparison.get("beside")
    mark, rule, told = "", "", ""
    if beside:
        mark, rule = f" {beside} |", "--:|"
        told = (
            f" {beside}, for orientation, was trained with settings of its own, on as much data as "
            "there was."
        )
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
    """Return the mean for a table, or a dash where nothing was scored.

    >>> mean_text([60.0, 61.0]), mean_text([])
    ('60.50', '–')
    """
    return f"{statistics.fmean(scores):.2f}" if scores else "–"


def seed_list(seeds: Sequence[int]) -> str:
    """Return seeds for a sentence.

    >>> seed_list([1, 2])
    'seeds 1, 2'
    """
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"
