"""The screen that ships with the package: from runs of several seeds to a folder with its card.

    python -m klue_baselines.screening.shipping RUN... [--out OUT]

The run that is best on its held-out part ships; the others are on the card.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import ModelCard, ModelCardData
from transformers import AutoModelForSequenceClassification

from klue_common.errors import InputError
from klue_common.own_files import json_text, read_json
from klue_common.progress import note, quiet_libraries
from klue_datasets.errors import show
from klue_datasets.files import write_text, written_folder
from klue_results.results import RESULT
from model_cards import SCREEN

from .results import EXPECTED, ScreenResult
from .screen import SHIPPED

NAME = "klue-tiny-screen"
LARGEST = 8_000_000  # bytes of the folder
LICENCE = "cc-by-sa-4.0"
RESULTS = "results.json"
CARD = "README.md"
MODEL_FILES = ("tokenizer.json", "tokenizer_config.json")


def ship(runs: Sequence[Path], out: Path) -> None:
    """Write the folder that ships: the best run's weights in bfloat16, all results, the card.

    Two bytes a weight as float16 has them, but with fewer digits, so that the wheel packs them to
    four fifths; the three digits that are left move no probability by more than a few thousandths.

    Args:
        runs: folders of `klue annotate train-screen`, which differ in nothing but the seed.
        out: the folder, which is written whole or not at all.

    Raises:
        InputError: a run is not finished, two do not belong together, or the folder is too large.
    """
    results = [ScreenResult.read(run / RESULT) for run in runs]
    for run, result in zip(runs[1:], results[1:], strict=True):
        if told_of(result) != told_of(results[0]):
            raise InputError(f"{run}: found another encoder, data or settings than of {runs[0]}")
    if len({result.seed for result in results}) < len(results):
        raise InputError("runs: found one seed twice, expected each once")
    best = max(range(len(runs)), key=lambda at: results[at].held_out["macro_f1"])
    model = AutoModelForSequenceClassification.from_pretrained(runs[best], dtype=torch.bfloat16)
    with written_folder(out) as folder:
        model.save_pretrained(folder)
        for name in MODEL_FILES:
            shutil.copy(runs[best] / name, folder / name)
        ordered = [results[best], *results[:best], *results[best + 1 :]]
        write_text(folder / RESULTS, json_text({"runs": [result.to_json() for result in ordered]}))
        card_of(folder).save(folder / CARD)
        size = sum(path.stat().st_size for path in folder.iterdir())
        if size > LARGEST:
            raise InputError(f"{out}: found {size:,} bytes, expected at most {LARGEST:,}")
    note(f"{out}: {size:,} bytes, of {runs[best]}")


def told_of(result: ScreenResult) -> dict[str, Any]:
    """Return what has to be the same in runs of several seeds."""
    encoder = result.encoder["digest"]
    return {"encoder": encoder, "recall": result.recall, **result.settings, **result.data}


def shipped_results(folder: Path) -> list[ScreenResult]:
    """Return the results of all seeds, that of the shipped one first.

    Raises:
        InputError: the folder was not made by `ship`.
    """
    path = folder / RESULTS
    runs = read_json(path, EXPECTED).get("runs")
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs) or not runs:
        raise InputError(f"{path}: runs: found {show(runs)}, expected the results of some")
    return [ScreenResult.of(run, str(path)) for run in runs]


def card_of(folder: Path) -> ModelCard:
    """Return the card of a shipped folder, from what is in it and nothing else."""
    results = shipped_results(folder)
    shipped = results[0]
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    data = ModelCardData(
        language="ko",
        license=LICENCE,
        library_name="transformers",
        pipeline_tag="text-classification",
        tags=["korean", "klue", "hate-speech-detection"],
    )
    return ModelCard.from_template(
        data,
        template_path=str(SCREEN),
        name=NAME,
        weights=f"{model.num_parameters():,}",
        encoder=Path(str(shipped.encoder["path"])).name,
        seeds=", ".join(str(seed) for seed in sorted(result.seed for result in results)),
        seed=shipped.seed,
        recall=f"{100 * shipped.recall:g}",
        clean=f"{shipped.clean_texts:,}",
        scores=[score_row(name, results) for name in shipped.scores],
        thresholds=[threshold_row(kind, shipped) for kind in shipped.dev],
        **{name: f"{shipped.data[name]:,}" for name in ("train", "others", "dev")},
    )


def score_row(name: str, results: Sequence[ScreenResult]) -> list[str]:
    """Return a score's name, its mean and deviation, the shipped run's value and interval."""
    values = [result.scores[name] for result in results]
    over = f"{statistics.mean(values):.2f}"
    if len(values) > 1:
        over += f" ± {statistics.stdev(values):.2f}"
    low, high = results[0].intervals[name]
    return [name, over, f"{values[0]:.2f}", f"[{low:.2f}, {high:.2f}]"]


def threshold_row(kind: str, result: ScreenResult) -> list[str]:
    """Return a kind, its threshold, and the shares with their intervals."""
    limit = f"{result.thresholds[kind]:.3f}" if kind in result.thresholds else ""
    shares = [result.dev[kind][name] for name in ("recall", "precision", "false_alarms")]
    return [kind, limit, *map(share, [*shares, result.clean[kind]])]


def share(found: Mapping[str, Any]) -> str:
    """Return a share in percent and its interval.

    >>> share({"value": 70.54, "interval": [62.9, 78.23]})
    '70.5 [62.9, 78.2]'
    """
    low, high = found["interval"]
    return f"{found['value']:.1f} [{low:.1f}, {high:.1f}]"


def main() -> None:
    """Read the arguments and write the folder."""
    parser = argparse.ArgumentParser(description="Write the screen that ships with the package.")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    given = parser.parse_args()
    quiet_libraries()
    try:
        ship(given.runs, given.out)
    except InputError as error:
        parser.exit(2, f"shipping: error: {error}\n")


if __name__ == "__main__":
    main()
