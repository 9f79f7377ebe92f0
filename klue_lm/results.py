"""The result of a run: official scores with intervals, and all that says what they are worth."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from klue_datasets.sources import Source
from klue_metrics import METRICS, Gold, MetricError, TaskMetric
from klue_results import results
from klue_results.naming import model_name

from .ranking import PLAIN
from .tally import Tally
from .task import ANSWERED, OUTSIDE, Fields, LMTask, Row

if TYPE_CHECKING:
    from .run import Plan

CONFIDENCE = 0.95
NOTHING = "nothing"
WEIGHTS = ("path", "revision", "digest")  # what an engine in this process says of them


def result_of(
    planned: Plan, made: Tally, about: Mapping[str, str], source: Source, seconds: float
) -> results.Result:
    """Return the result of a run, of its records.

    Args:
        planned: the run.
        made: its records, and what became of each reply.
        about: what the engine says of itself.
        source: where the data came from.
        seconds: that the asking took, in this process.
    """
    run, metric = planned.run, METRICS[planned.run.task]
    gold = metric.gold(planned.rows)
    scores = scored(metric, gold, made.records, CONFIDENCE)
    names = [name for name in metric.scores if name in scores]
    prompts = planned.prompts
    return results.Result(
        task=run.task,
        model=model_name(about["model"], run.name),
        seed=run.shot_seed,
        scores={name: float(scores[name]) for name in names},
        intervals={n: [float(end) for end in scores[f"{n}_ci"]] for n in names},
        split=run.split,
        trained_on="shots of train" if run.shots else NOTHING,
        selected_on=NOTHING,
        sample=run.sample,
        settings=planned.settings,
        data={
            "source": source.kind,
            "digest": source.digest,
            "train_examples": run.shots,
            "eval_examples": len(planned.rows),
        },
        seconds={"train": 0.0, "predict": round(seconds, 2)},
        speed=0.0,
        peak_memory=0,
        versions=results.versions(),
        # Of the machine that asks: what a server runs on it does not say.
        hardware={"cpu": platform.machine(), "cores": os.cpu_count() or 0, "gpus": []},
        encoder={name: about[name] or None for name in WEIGHTS if name in about},
        commit=results.commit(),
        created=results.now(),
        decodings=ways(metric, gold, made, scores),
        language_model={
            **about,
            "shots": [shot.guid for shot in prompts.shots],
            "shots_from_sample": prompts.from_sample,
            "outcomes": made.counts,
            "finishes": made.finishes,
            "tokens": made.tokens,
            "methods": made.methods,
            "dropped_shots": made.dropped,
            "floored_tokens": made.floored,
            "unknown_labels": scores.get("unknown_labels", {}),
            "answered_part": answered_part(metric, gold, made),
            "trivial": {
                "name": planned.task.trivial_name,
                "scores": without_a_model(planned.task, planned.rows, gold),
            },
        },
    )


def scored(
    metric: TaskMetric,
    gold: Gold,
    records: Sequence[Fields],
    confidence: float | None = None,
) -> dict[str, Any]:
    """Return the scores of records; what was not answered, or is outside the set, is wrong."""
    whole = metric.as_wrong(gold, records)
    return metric.score(gold, whole, confidence=confidence, unknown_label="wrong")


def ways(
    metric: TaskMetric, gold: Gold, made: Tally, main: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Return the scores of each way to rank, none where nothing was ranked."""
    if not made.others:
        return {}
    found = {way: scored(metric, gold, records) for way, records in made.others.items()}
    return {
        way: {name: float(scores[name]) for name in metric.scores if name in scores}
        for way, scores in {PLAIN: main, **found}.items()
    }


def answered_part(metric: TaskMetric, gold: Gold, made: Tally) -> dict[str, Any]:
    """Return the scores on those questions alone that have a readable answer.

    Skill without format; no score of the task, as a model may answer the easy ones only.
    """
    kept = [at for at, kind in enumerate(made.outcomes) if kind in (ANSWERED, OUTSIDE)]
    if len(kept) in (0, len(made.outcomes)):
        return {}
    try:
        scores = scored(metric, gold.part(kept), [made.records[at] for at in kept])
    except MetricError:  # too few for a score to be defined
        return {"examples": len(kept)}
    named = {name: float(scores[name]) for name in metric.scores if name in scores}
    return {"examples": len(kept), **named}


def without_a_model(task: LMTask, rows: Iterable[Row], gold: Gold) -> dict[str, float]:
    """Return the official scores of the task's answer without a model.

    Args:
        task: whose `trivial` answers.
        rows: the examples.
        gold: their references.
    """
    metric = METRICS[task.name]
    fields = [one for row in rows for one in task.trivial(task.given(row))]
    records = [{"guid": g, **one} for g, one in zip(gold.guids, fields, strict=True)]
    scores = scored(metric, gold, records)
    return {name: float(scores[name]) for name in metric.scores if name in scores}
