"""What one encoder gives over another: the same tasks, settings and seeds, gains with intervals.

    python -m speed.encoders --models klue_baselines/klue_tiny random --tasks ynat,nli --seeds 1,2,3

`random` is the first model's architecture and tokenizer with random weights, other ones for each
seed. `--beside RESULTS` adds what another encoder reached, for orientation: a folder of results
that `klue train` or `klue bench` left, each with settings of its own; with `--comparison FILE` it
is all that is done, and the file's own runs are left as they are. A task whose train file is
not at hand is trained on the first four fifths of dev and scored on the last. A run that is done is
not made again. The interval is Student's over the seeds: it says how far another set of seeds might
move the mean, and nothing of other dev examples, of which each result's own interval speaks.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from scipy.stats import t as student
from transformers import AutoConfig, AutoModel

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.recipe import recipe_of
from klue_baselines.tasks import BASELINES
from klue_baselines.training.run import Run, train
from klue_common.progress import quiet_libraries
from klue_datasets import TASKS
from klue_datasets.files import write_text
from klue_datasets.sources import resolve
from klue_pretraining.card import mean_text
from klue_results.naming import model_name
from klue_results.results import RESULT, Result, read_results

RANDOM = "random"
CONFIDENCE = 0.95
FIFTHS = ("validation[:80%]", "validation[80%:]")
# From random weights, or nearly: the published rates are for encoders that know the language.
LEARNING_RATE = 5e-4


def random_model(model: str, folder: Path, seed: int) -> str:
    """Write the architecture and tokenizer of a model with random weights, in a folder."""
    out = folder / "random" / str(seed) / f"{Path(model).name}-random"
    if not (out / "config.json").exists():
        torch.manual_seed(seed)
        config = AutoConfig.from_pretrained(model, dtype="float32")
        open_tokenizer(model).save_pretrained(out)
        AutoModel.from_config(config).save_pretrained(out)
    return str(out)


def splits(task: str, sample: bool) -> tuple[str, str]:
    """Return what a task is trained on and what it is scored on."""
    there = resolve(TASKS[task], sample=sample).files
    return ("train", "validation") if "train" in there else FIFTHS


def result_of(
    model: str, task: str, seed: int, learning_rate: float, given: argparse.Namespace
) -> Result:
    """Return the result of one run, made if it is not there."""
    if model == RANDOM:
        model = random_model(given.models[0], given.out, seed)
    output = given.out / model_name(model) / task / f"seed-{seed}"
    if (output / RESULT).exists():
        return Result.read(output / RESULT)
    trained_on, scored_on = splits(task, given.sample)
    return train(
        Run(
            task=task,
            model=model,
            output=output,
            seed=seed,
            overrides={"learning_rate": learning_rate, "epochs": given.epochs},
            sample=given.sample,
            train_split=trained_on,
            eval_split=scored_on,
            max_train_examples=given.max_train_examples,
            results=given.results,
        )
    )


def gain(ours: list[float], theirs: list[float]) -> dict[str, Any]:
    """Return the mean difference over the seeds, and its interval where there are two or more.

    The bounds are Student's t for the paired differences.
    """
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    mean, interval = statistics.fmean(differences), None
    if len(differences) > 1:
        error = statistics.stdev(differences) / math.sqrt(len(differences))
        half = error * float(student.ppf((1 + CONFIDENCE) / 2, len(differences) - 1))
        interval = [mean - half, mean + half]
    return {
        "means": [statistics.fmean(ours), statistics.fmean(theirs)],
        "gain": mean,
        "interval": interval,
        "positive": interval is not None and interval[0] > 0,
    }


def compare(given: argparse.Namespace) -> dict[str, Any]:
    """All runs, then for each task the gain in the score that its recipe selects by."""
    seeds = ints(given.seeds)
    gains = {}
    for task in given.tasks.split(","):
        score = recipe_of(BASELINES[task].recipes, 0).select_by
        scores: list[list[float]] = [[], []]
        for seed in seeds:
            for values, model in zip(scores, given.models, strict=True):
                result = result_of(model, task, seed, given.learning_rate, given)
                values.append(result.scores[score])
        trained_on, scored_on = splits(task, given.sample)
        about = {"score": score, "trained_on": trained_on, "scored_on": scored_on}
        gains[task] = {**about, "scores": scores, **gain(*scores), "beside": []}
    return {
        "models": [Path(given.models[0]).name, Path(given.models[1]).name],
        "seeds": seeds,
        "beside": None,
        "settings": {
            name: getattr(given, name) for name in ("learning_rate", "epochs", "max_train_examples")
        },
        "sample": given.sample,
        "confidence": CONFIDENCE,
        "tasks": gains,
    }


def put_beside(content: dict[str, Any], results: Path) -> None:
    """Add another encoder's scores to a comparison, task by task, where the data is the same."""
    content["beside"] = results.name
    others = list(read_results(results))
    for task, row in content["tasks"].items():
        wanted = (task, row["trained_on"], row["scored_on"])
        row["beside"] = [
            other.scores[row["score"]]
            for other in others
            if (other.task, other.trained_on, other.split) == wanted
        ]


def ints(text: str) -> list[int]:
    """Return the numbers of a list like "1,2,3"."""
    return [int(part) for part in text.split(",")]


def table(content: dict[str, Any]) -> Table:
    """Return a table for people, a task a row."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    others = [content["beside"]] if content["beside"] else []
    for heading in ("task", "score", *content["models"], "gain", "95 % interval", *others, "data"):
        made.add_column(heading, no_wrap=True)
    for task, row in content["tasks"].items():
        interval = row["interval"]
        bounds = "one seed: none" if interval is None else f"[{interval[0]:.2f}, {interval[1]:.2f}]"
        means = (f"{mean:.2f}" for mean in row["means"])
        marks = [mean_text(row["beside"])] if content["beside"] else []
        data = "sample" if content["sample"] else row["scored_on"]
        made.add_row(task, row["score"], *means, f"{row['gain']:+.2f}", bounds, *marks, data)
    return made


def main() -> None:
    """Read the arguments, run, write comparison.json and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", nargs=2, help="folders or Hub ids, or random")
    parser.add_argument("--comparison", type=Path, help="a comparison.json to put --beside into")
    parser.add_argument("--tasks", default="ynat,nli,re,ner,sts,dp")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--beside", type=Path, help="another encoder's results, for orientation")
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--max-train-examples", type=int)
    parser.add_argument("--sample", action="store_true", help="the bundled sample, no KLUE score")
    parser.add_argument("--out", type=Path, default=Path("runs/encoders"))
    parser.add_argument("--results", type=Path, help="a folder that collects the single results")
    given = parser.parse_args()
    quiet_libraries()
    if given.beside and not given.beside.is_dir():
        parser.error(f"--beside: found no folder {given.beside}, expected one of results")
    if given.comparison:
        if not (given.comparison.is_file() and given.beside):
            parser.error("--comparison: expected a comparison.json, and --beside to put into it")
        content = json.loads(given.comparison.read_text(encoding="utf-8"))
    elif given.models:
        content = compare(given)
    else:
        parser.error("expected --models, or a --comparison that is made")
    if given.beside:
        put_beside(content, given.beside)
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    write_text(given.comparison or given.out / "comparison.json", text)
    Console(width=140).print(table(content))


if __name__ == "__main__":
    main()
