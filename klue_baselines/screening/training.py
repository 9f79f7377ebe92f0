"""Fine-tuning an encoder on BEEP! as `klue train` does on a task, and choosing its thresholds."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from accelerate import PartialState
from datasets import Dataset, concatenate_datasets
from transformers import set_seed

from klue_common.errors import InputError
from klue_common.progress import note
from klue_results import results
from klue_results.naming import Encoder, identify, model_name
from klue_results.results import PREDICTIONS, RESULT

from ..recipe import Recipe
from ..run_folder import RunFolder, State, alone
from ..task import Answers
from ..training.completing import MARKER
from ..training.devices import meet
from ..training.finishing import CONFIDENCE, answers_about, keep_model
from ..training.held_out import divide
from ..training.limits import check_settings
from ..training.machine import hardware
from ..training.run import learn, open_encoder, refusal
from ..training.settings import Run
from ..training.trainer import KlueTrainer
from .beep import DEV, TRAIN, dataset_of, digest, read_beep
from .classifier import CLASSIFIER
from .labels import HEADS, NAME
from .metric import METRIC
from .results import ScreenResult
from .thresholds import Flags, flagged_share, harmful, kind_scores, threshold_for, working

MOST_CLEAN = 2000  # texts that false alarms are counted on
RECALL, OTHERS = 0.7, 2000
TextsOf = Callable[[str], Sequence[str]]
EITHER = "either"
OTHER = "other-"  # guids begin with it


@dataclass(frozen=True)
class ScreenRun:
    """Everything that decides a run.

    data: the folder of BEEP!'s two files. recall: of harmful comments, the share that the
    thresholds are to flag. others: texts of other origin that are learned as harmless beside the
    comments: who has read comments on entertainment news alone takes an artillery gun for an
    insult. learning_rate, epochs: None for the recipe's.
    """

    encoder: str
    data: Path
    output: Path
    seed: int = 0
    recall: float = RECALL
    others: int = OTHERS
    learning_rate: float | None = None
    epochs: float | None = None
    overwrite: bool = False
    name: str | None = None

    def as_run(self) -> Run:
        """Return it as a run of the tasks' stack."""
        given = {"learning_rate": self.learning_rate, "epochs": self.epochs}
        overrides = {name: value for name, value in given.items() if value is not None}
        return Run(NAME, self.encoder, self.output, self.seed, overrides, name=self.name)


def train_screen(run: ScreenRun, texts_of: TextsOf) -> ScreenResult:
    """Fine-tune, choose checkpoint and thresholds on a held-out tenth of train, score dev once.

    Writes the model, its predictions for dev and `result.json` to `run.output`. A run that was
    interrupted goes on at its last checkpoint; one that is finished gives its result.

    Args:
        run: the run.
        texts_of: gives texts of other origin by split: of "train" some are learned as harmless,
            of "validation" few should be flagged. Nobody labelled either.

    Raises:
        InputError: a setting, the encoder or the data is wrong, or the folder holds another run.
        RunError: the run cannot go on: its loss is no number, the disk is full.
    """
    if not 0 < run.recall <= 1:
        raise InputError(f"recall: found {run.recall}, expected a share above 0, at most 1")
    inner = run.as_run()
    check_settings({**vars(inner), **inner.overrides}, METRIC.scores)
    rows, dev = (dataset_of(read_beep(run.data / name)) for name in (TRAIN, DEV))
    meet()
    set_seed(run.seed)
    model, encoder, settings = open_encoder(inner, CLASSIFIER)
    weights = identify(run.encoder)
    wanted = identity(run, settings, weights)
    folder = RunFolder(run.output, finished=RESULT, markers=(MARKER,))
    with alone(run.output):
        claim = folder.claim(wanted, refusal, overwrite=run.overwrite)
        if claim.state is State.FINISHED:
            note(f"{run.output}: finished before")
            return ScreenResult.read(run.output / RESULT)
        training, held_out = divide(rows, CLASSIFIER, inner, dev)
        if run.others:
            others = sample_of(texts_of("train"), run.others)
            training = concatenate_datasets([training, others.cast(training.features)])
        trainer, seconds = learn(
            inner, settings, CLASSIFIER, METRIC, model, encoder, training, held_out, wanted
        )
        clean = sample_of(texts_of("validation"), MOST_CLEAN)
        result = finish(run, settings, trainer, held_out, dev, clean, seconds, weights)
        folder.drop_checkpoints()
        return result


def identity(run: ScreenRun, settings: Recipe, weights: Encoder) -> dict[str, Any]:
    """Return what has to be the same for a run to go on in a folder."""
    data = {"data": digest(run.data), "weights": weights.digest}
    chosen = {"seed": run.seed, "recall": run.recall, "others": run.others}
    return {**chosen, **asdict(settings), **data}


def sample_of(texts: Sequence[str], most: int) -> Dataset:
    """Return some of the texts, always the same ones, as examples that are labelled harmless."""
    chosen = random.Random(0).sample([*texts], min(most, len(texts)))
    rows = [{"guid": f"{OTHER}{at}", "text": text} for at, text in enumerate(chosen)]
    return dataset_of([{**row, **dict.fromkeys(HEADS, 0)} for row in rows])


def finish(
    run: ScreenRun,
    settings: Recipe,
    trainer: KlueTrainer,
    held_out: Dataset,
    dev: Dataset,
    clean: Dataset,
    seconds: float,
    weights: Encoder,
) -> ScreenResult:
    """Choose thresholds, keep the model with them, see how they work, and write the result."""
    found = kind_scores(trainer.ask(trainer.questions).given)
    gold = harmful(held_out.to_dict())
    thresholds = {kind: threshold_for(run.recall, found[kind], gold[kind]) for kind in found}
    config = trainer.accelerator.unwrap_model(trainer.model).config
    config.update({"klue_thresholds": thresholds})
    first = PartialState().is_main_process
    if first:
        keep_model(trainer, run.output)
    answers = answers_about(dev, trainer, settings, f"{NAME}: {DEV}")
    records = CLASSIFIER.decodings["plain"](answers)
    if first:
        METRIC.write_predictions(run.output / PREDICTIONS, records)
    scores = METRIC.score(METRIC.gold(dev), records, confidence=CONFIDENCE)
    others = sum(guid.startswith(OTHER) for guid in trainer.guids)
    result = ScreenResult(
        model=model_name(run.encoder, run.name),
        seed=run.seed,
        scores={name: float(scores[name]) for name in METRIC.scores},
        intervals={name: list(scores[f"{name}_ci"]) for name in METRIC.scores},
        held_out=trainer.chosen_scores(),
        recall=run.recall,
        thresholds=thresholds,
        dev=on_labelled(answers, dev, thresholds),
        clean=on_clean(trainer, clean, settings, thresholds) if len(clean) else {},
        clean_texts=len(clean),
        chosen_step=trainer.state.best_global_step,
        settings=asdict(settings),
        data={
            "digest": digest(run.data),
            "train": len(trainer.guids) - others,
            "others": others,
            "held_out": len(held_out),
            "dev": len(dev),
        },
        encoder=asdict(weights),
        seconds=round(seconds, 2),
        versions=results.versions(),
        hardware=hardware(trainer.args.world_size),
        commit=results.commit(),
        created=results.now(),
    )
    if first:
        result.write(run.output / RESULT)
    return result


def flags_of(answers: Answers, thresholds: dict[str, float]) -> dict[str, Flags]:
    """Return which texts are flagged, by kind and for either."""
    flags = {
        kind: np.asarray(scores >= thresholds[kind])
        for kind, scores in kind_scores(answers.given).items()
    }
    return {**flags, EITHER: np.any([*flags.values()], axis=0)}


def on_labelled(answers: Answers, rows: Dataset, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return how the thresholds work on labelled comments."""
    gold = harmful(rows.to_dict())
    gold[EITHER] = np.any([*gold.values()], axis=0)
    flags = flags_of(answers, thresholds)
    return {kind: working(flags[kind], gold[kind]) for kind in flags}


def on_clean(
    trainer: KlueTrainer, rows: Dataset, settings: Recipe, thresholds: dict[str, float]
) -> dict[str, Any]:
    """Return how many texts of other origin are flagged."""
    answers = answers_about(rows, trainer, settings, f"{NAME}: other texts")
    flags = flags_of(answers, thresholds)
    return {kind: flagged_share(flags[kind]) for kind in flags}
