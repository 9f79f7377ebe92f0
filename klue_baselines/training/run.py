"""One run: an encoder and a task's data to a fine-tuned model, its predictions and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datasets import Dataset
from transformers import EarlyStoppingCallback, PrinterCallback, ProgressCallback, set_seed

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import TASKS, load
from klue_datasets.sources import Source, resolve
from klue_metrics import METRICS
from klue_metrics.task import TaskMetric
from klue_results import results
from klue_results.naming import Encoder, identify, model_name

from ..encoding.collator import Collator
from ..encoding.encoder import TextEncoder, attention_dropout, open_tokenizer, text_encoder
from ..encoding.tokens import LOST, warn_unknown
from ..pipelines.saving import pipelines_of
from ..prediction import Questions, ceiling, encode_rows, given_decoding
from ..recipe import Recipe, recipe_of
from ..run_folder import State, alone, check_writable
from ..task import PUBLISHED_HEAD, BaselineTask
from ..tasks import baseline_of
from .adapters import add_adapters, merge
from .arguments import arguments
from .callbacks import Stopwatch, TrainingProgress
from .completing import complete, folder_of
from .devices import meet
from .finishing import finish, keep_decoding
from .held_out import divide
from .library_internals import compute_layers_twice
from .reporting import reporters
from .settings import Run, check, identity
from .trainer import KlueTrainer, check_best


def train(run: Run) -> results.Result:
    """Fine-tune, choose the checkpoint, predict the evaluation split once and score it.

    Writes the model, `predictions.jsonl` and `result.json` to `run.output`, and the result to
    `run.results`. A run that was interrupted goes on at its last checkpoint; one that is finished
    gives its result, and what is missing of it is made.

    Raises:
        InputError: a setting, the encoder or the data is wrong, or the folder holds another run.
        RunError: the run cannot go on: its loss is no number, the disk is full.
    """
    check(run)
    task = baseline_of(run.task)
    meet()
    set_seed(run.seed)
    # What can be refused is refused before the data is read, which may take long.
    model, encoder, settings = open_encoder(run, task)
    weights = identify(run.model)
    if run.results is not None:
        name = model_name(run.model, run.name)
        results.check_namesakes(run.results, name, weights.digest)
        check_writable(run.results / name / run.task)
    source = resolve(TASKS[run.task], run.data_dir, run.sample)
    rows = load(run.task, run.train_split, source=source, full=True)
    dev = load(run.task, run.eval_split, source=source, full=True)
    with alone(run.output):
        wanted = identity(run, settings, weights)
        claim = folder_of(run.output).claim(wanted, refusal, overwrite=run.overwrite)
        if claim.state is State.FINISHED:
            return complete(run.task, run.output, run.results, dev)
        return fine_tune(run, settings, weights, model, encoder, source, rows, dev, wanted)


def refusal(state: State, differing: list[str]) -> str:
    """Return why a folder that holds another run is refused."""
    what = "a finished run" if state is State.FINISHED else "a run"
    return f"holds {what} with other settings (run.json), expected a new folder or --overwrite"


def fine_tune(
    run: Run,
    settings: Recipe,
    weights: Encoder,
    model: Any,
    encoder: TextEncoder,
    source: Source,
    rows: Dataset,
    dev: Dataset,
    wanted: Mapping[str, Any],
) -> results.Result:
    """Train on `rows`, in a folder that is this run's own, and score on `dev`."""
    task = baseline_of(run.task)
    training, held_out = divide(rows, task, run, dev)
    if run.head == PUBLISHED_HEAD:
        best = ceiling(task, dev, encoder, model.config)
        shown = ", ".join(f"{name} {score:.2f}" for name, score in best.items())
        note(f"{run.task}: the most that this head can reach on {run.eval_split}: {shown}")
    trainer, seconds = learn(
        run, settings, task, METRICS[run.task], model, encoder, training, held_out, wanted
    )
    return finish(run, settings, trainer, source, dev, len(training), seconds, weights)


def learn(
    run: Run,
    settings: Recipe,
    task: BaselineTask,
    metric: TaskMetric,
    model: Any,
    encoder: TextEncoder,
    training: Dataset,
    held_out: Dataset,
    wanted: Mapping[str, Any],
) -> tuple[KlueTrainer, float]:
    """Train on examples, in a folder that is this run's own; `wanted` is what marks it so.

    Returns:
        The trainer, with the model of the checkpoint that did best on the held-out examples; and
        the seconds that it took.
    """
    folder = folder_of(run.output)
    features = encode_rows(task, training, encoder, model.config, labels=True)
    if not task.windows:
        warn_cut(run.task, features, encoder)
    warn_unknown(run.task, features, encoder.tokenizer, most=LOST)
    folder.mark(wanted)  # its texts are ones that it can read
    trainer = KlueTrainer(
        model=model,
        args=arguments(run, settings, len(features)),
        train_dataset=features,
        eval_dataset=features,  # never read: `evaluate` asks the questions
        data_collator=Collator(encoder.tokenizer.pad_token_id, task.padding, keep=("example",)),
        processing_class=encoder.tokenizer,
        compute_loss_func=task.loss,
        callbacks=[
            TrainingProgress(f"{run.task} seed {run.seed}"),
            EarlyStoppingCallback(settings.patience),
            Stopwatch(),
            *reporters(run),
        ],
        questions=Questions.of(task, held_out, encoder, model.config, settings.eval_batch_size),
        metric=metric,
        gold=metric.gold(held_out),
        encoder=encoder,
        guids=training["guid"][:],
        select_by=settings.select_by,
        decoding=given_decoding(task, run.decoding, run.constrain),
        head_learning_rate=settings.head_learning_rate,
    )
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    trainer.train(resume_from_checkpoint=folder.last_checkpoint())
    seconds = Stopwatch.of(trainer).seconds
    check_best(trainer)
    merge(trainer.model)
    keep_decoding(trainer)
    return trainer, seconds


def open_encoder(run: Run, task: BaselineTask) -> tuple[Any, TextEncoder, Recipe]:
    """Return the model with its new head, its encoder and the settings of the run.

    Raises:
        InputError: the encoder cannot be opened, or the task has no such head.
    """
    tokenizer = open_tokenizer(run.model)
    context = task.context(data_dir=run.data_dir, sample=run.sample)
    head = run.head or task.heads[0]
    if head not in task.heads:
        raise InputError(
            f"head: found {head!r}, expected {' or '.join(task.heads)} for {task.name}"
        )
    model = task.build(
        run.model,
        head=head,
        labels=task.labels,
        tokenizer=tokenizer,
        changes=attention_dropout(run.model, run.overrides.get("attention_dropout")),
        **context,
    )
    if run.gradient_checkpointing:
        if not model.base_model.supports_gradient_checkpointing:
            found = f"{run.model}, a {type(model.base_model).__name__}"
            raise InputError(f"gradient_checkpointing: found {found}, expected an encoder that can")
        compute_layers_twice(model)
    if run.peft is not None:
        add_adapters(model)
    inner = getattr(model.config, "encoder", model.config)
    settings = replace(recipe_of(task.recipes, inner.hidden_size), **dict(run.overrides))
    encoder = text_encoder(model, tokenizer, settings.max_length)
    model.config.klue_task = run.task
    model.config.klue_max_length = encoder.max_length
    model.config.custom_pipelines = pipelines_of(task)  # not those that an encoder may have brought
    return model, encoder, settings


def warn_cut(task: str, features: Dataset, encoder: TextEncoder) -> None:
    """Say how many texts fill the encoder's length, where a longer one was cut."""
    full = sum(length >= encoder.max_length for length in features["length"][:])
    if full:
        note(
            f"{task}: {full} of {len(features)} texts fill all {encoder.max_length} tokens; "
            "what is longer was cut"
        )
