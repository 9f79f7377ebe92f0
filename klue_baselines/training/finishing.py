"""The end of a run: its model kept, its evaluation split predicted once, its result written."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accelerate import PartialState
from datasets import Dataset

from klue_common.progress import meter, note
from klue_datasets.files import written_folder
from klue_datasets.sources import Source
from klue_metrics import METRICS
from klue_results import results
from klue_results.naming import Encoder, model_name
from klue_results.results import PREDICTIONS, RESULT

from ..encoding.tokens import unknown_share
from ..pipelines.saving import save_for_pipelines
from ..prediction import Questions
from ..recipe import Recipe
from ..task import Answers, Record, decoding_of
from .completing import put_in_place, write_card
from .devices import step_size
from .machine import hardware, peak_memory
from .settings import DEV, Run
from .trainer import KlueTrainer

CONFIDENCE = 0.95


def finish(
    run: Run,
    settings: Recipe,
    trainer: KlueTrainer,
    source: Source,
    dev: Dataset,
    train_examples: int,
    seconds: float,
    encoder: Encoder,
) -> results.Result:
    """Keep the model, predict the evaluation split, score it, and drop the checkpoints.

    The result says that the run is done: it is written when model and predictions are there, and
    before the card, which can be made from it.

    Args:
        run: the run.
        settings: its recipe, with the run's overrides.
        trainer: with the chosen checkpoint's model.
        source: where the data came from.
        dev: the split to score.
        train_examples: how many were trained on.
        seconds: that training took.
        encoder: what was fine-tuned.
    """
    first = PartialState().is_main_process
    if first:
        keep_model(trainer, run.output)
    began = time.monotonic()
    answers = answers_about(dev, trainer, settings, f"{run.task}: {run.eval_split}")
    predicted = time.monotonic() - began
    task = trainer.questions.task
    decoding = decoding_of(task, answers.config)
    records = {name: decode(answers) for name, decode in task.decodings.items()}
    if first:
        METRICS[run.task].write_predictions(run.output / PREDICTIONS, records[decoding])
    result = results.Result(
        **of_data(run, trainer, source, dev, train_examples),
        **of_scores(run, dev, records, decoding),
        **of_machine(trainer, seconds),
        model=model_name(run.model, run.name),
        seed=run.seed,
        settings=all_settings(run, settings, trainer, decoding),
        seconds={"train": round(seconds, 2), "predict": round(predicted, 2)},
        encoder=asdict(encoder),
        held_out={} if run.select_on == DEV else trainer.chosen_scores(),
        chosen_step=trainer.state.best_global_step,
        history=trainer.history(),
    )
    trainer.accelerator.wait_for_everyone()
    if first:
        result.write(run.output / RESULT)
        try:
            write_card(run.output, result)
        finally:
            put_in_place(run.output, run.results, result)
    return result


def keep_model(trainer: KlueTrainer, output: Path) -> None:
    """Write the model, and move it into the run's folder when it is complete.

    Raises:
        DataError: it cannot be written.
    """
    # What its last call asked for would be saved too, and there is none where features are cached.
    backend = trainer.encoder.tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    with written_folder(output, last="config.json") as folder:
        trainer.save_model(str(folder))
        if PartialState().is_main_process:
            save_for_pipelines(trainer.questions.task, folder)


def keep_decoding(trainer: KlueTrainer) -> None:
    """Write the decoding that does best on the held-out part into the model's configuration."""
    task = trainer.questions.task
    if len(task.decodings) == 1:
        return
    choice = trainer.choose_decoding()
    config = trainer.accelerator.unwrap_model(trainer.model).config
    config.update({**choice.tuned, "klue_decoding": choice.decoding})
    shown = ", ".join(
        f"{name} {scores[trainer.select_by]:.2f}" for name, scores in choice.scores.items()
    )
    note(
        f"{task.name}: held-out {trainer.select_by} by decoding: {shown}; {choice.decoding} is kept"
    )


def answers_about(dev: Dataset, trainer: KlueTrainer, settings: Recipe, title: str) -> Answers:
    """Ask the model about the evaluation split, under a progress bar of a title."""
    config = trainer.accelerator.unwrap_model(trainer.model).config
    task, size = trainer.questions.task, settings.eval_batch_size
    questions = Questions.of(task, dev, trainer.encoder, config, size)
    with meter(title, len(questions.features)) as advance:
        return trainer.ask(questions, advance)


def of_data(
    run: Run, trainer: KlueTrainer, source: Source, dev: Dataset, train_examples: int
) -> dict[str, Any]:
    """Return what a result says of the data."""
    unknown = unknown_share(trainer.train_dataset, trainer.encoder.tokenizer)
    return {
        "task": run.task,
        "split": run.eval_split,
        "trained_on": run.train_split,
        "selected_on": run.select_on,
        "sample": run.sample,
        "data": {
            "source": source.kind,
            "digest": source.digest,
            "train_examples": train_examples,
            "unknown_tokens": round(unknown, 6),
            "eval_examples": len(dev),
            **({} if run.max_train_examples is None else {"at_most": run.max_train_examples}),
        },
    }


def of_scores(
    run: Run, dev: Dataset, records: Mapping[str, Sequence[Record]], decoding: str
) -> dict[str, Any]:
    """Return what a result says of the scores: with intervals, and under every decoding."""
    metric = METRICS[run.task]
    gold = metric.gold(dev)
    scores = metric.score(gold, records[decoding], confidence=CONFIDENCE)
    return {
        "scores": {name: float(scores[name]) for name in metric.scores},
        "intervals": {name: [float(end) for end in scores[f"{name}_ci"]] for name in metric.scores},
        "decodings": {name: plain_scores(metric, gold, one) for name, one in records.items()},
    }


def plain_scores(metric: Any, gold: Any, records: Sequence[Record]) -> dict[str, float]:
    """Return the official scores, without intervals."""
    scores = metric.score(gold, records)
    return {name: float(scores[name]) for name in metric.scores}


def of_machine(trainer: KlueTrainer, seconds: float) -> dict[str, Any]:
    """Return what a result says of the machine, and of the code that ran on it."""
    args = trainer.args
    examples = trainer.state.global_step * step_size(args)
    return {
        "speed": round(examples / max(seconds, 1e-9), 2),
        "peak_memory": peak_memory(),
        "versions": results.versions(),
        "hardware": hardware(args.world_size),
        "commit": results.commit(),
        "created": results.now(),
    }


def all_settings(run: Run, settings: Recipe, trainer: KlueTrainer, decoding: str) -> dict[str, Any]:
    """Return the complete recipe of a run."""
    args = trainer.args
    return {
        **asdict(settings),
        "precision": run.precision,
        "compile": run.compile,
        **({} if run.peft is None else {"peft": run.peft}),
        "decoding": decoding,
        "head": run.head or trainer.questions.task.heads[0],
        "batch_size": args.train_batch_size * args.world_size,  # as it was, not as asked for
    }
