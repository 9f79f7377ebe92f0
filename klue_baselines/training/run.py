"""One run: an encoder and a task's data to a fine-tuned model, its predictions and its result."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import PartialState
from accelerate.utils import broadcast_object_list
from datasets import Dataset
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    ProgressCallback,
    TrainingArguments,
    set_seed,
)

from klue_common.errors import InputError
from klue_common.progress import meter, note
from klue_datasets import TASKS, load, load_ontology
from klue_datasets.files import write_text
from klue_datasets.sources import Source, resolve
from klue_metrics import METRICS
from klue_results import results
from klue_results.naming import Encoder, check_name, identify, model_name

from ..encoding.collator import Collator
from ..encoding.encoder import TextEncoder, attention_dropout, open_tokenizer, text_encoder
from ..encoding.pieces import LOST, unknown_share, warn_unknown
from ..prediction import Questions, ceiling, decoding_of, encode_rows
from ..recipe import Recipe, recipe
from ..task import PUBLISHED_HEAD, BaselineTask, Record
from ..tasks import BASELINES
from .callbacks import Stopwatch, TrainingProgress
from .completing import CHECKPOINTS, MARKER, PREDICTIONS, RESULT, complete, put_in_place, write_card
from .devices import meet, on_one_device, step_size
from .limits import check_settings
from .run_folder import alone, check_writable
from .trainer import KlueTrainer, check_best, last_checkpoint

HELD_OUT = 0.1  # of train, to choose the checkpoint on
LEAST_HELD_OUT = 8  # examples; fewer say nothing
CONFIDENCE = 0.95
SPLIT_SEED = 0  # the same part is held out whatever the run's seed


@dataclass(frozen=True)
class Run:
    """Everything that decides a run.

    overrides: fields of the recipe that replace the published ones. train_split, eval_split: as in
    `load_dataset`, "train" or "validation[:80%]". select_on: "held-out" or "dev". precision:
    "fp32" or "bf16". head: None for the task's own, "original" for the published one. constrain:
    None for the decoding that does best on the held-out part, False for the least constrained one,
    True for the most. name: what results call the encoder, None for `naming.model_name`'s choice.
    """

    task: str
    model: str
    output: Path
    seed: int = 0
    overrides: Mapping[str, Any] = field(default_factory=dict)
    data_dir: str | None = None
    sample: bool = False
    train_split: str = "train"
    eval_split: str = "validation"
    max_train_examples: int | None = None
    select_on: str = "held-out"
    head: str | None = None
    constrain: bool | None = None
    precision: str = "fp32"
    compile: bool = False
    results: Path | None = Path("results")
    overwrite: bool = False
    name: str | None = None


def train(run: Run) -> results.Result:
    """Fine-tune, choose the checkpoint, predict the evaluation split once and score it.

    Writes the model, `predictions.jsonl` and `result.json` to `run.output`, and the result to
    `run.results`. A run that was interrupted goes on at its last checkpoint; one that is finished
    gives its result, and what is missing of it is made.
    """
    task = BASELINES[run.task]
    check(run)
    meet()
    set_seed(run.seed)
    # What can be refused is refused before the data is read, which may take long.
    model, encoder, settings = open_encoder(run, task)
    identity = identify(run.model)
    if run.results is not None:
        name = model_name(run.model, run.name)
        results.check_namesakes(run.results, name, identity.digest)
        check_writable(run.results / name / run.task)
    source = resolve(TASKS[run.task], run.data_dir, run.sample)
    rows = load(run.task, run.train_split, source=source, full=True)
    dev = load(run.task, run.eval_split, source=source, full=True)
    with alone(run.output):
        if claim(run, settings, identity):
            return complete(run.task, run.output, run.results, dev)
        return fine_tune(run, settings, identity, model, encoder, source, rows, dev)


def fine_tune(
    run: Run,
    settings: Recipe,
    identity: Encoder,
    model: Any,
    encoder: TextEncoder,
    source: Source,
    rows: Dataset,
    dev: Dataset,
) -> results.Result:
    """Train on `rows`, in a folder that is this run's own, and score on `dev`."""
    task = BASELINES[run.task]
    training, held_out = divide(rows, task, run, dev)
    if run.head == PUBLISHED_HEAD:
        best = ceiling(task, dev, encoder, model.config)
        shown = ", ".join(f"{name} {score:.2f}" for name, score in best.items())
        note(f"{run.task}: the most that this head can reach on {run.eval_split}: {shown}")
    features = encode_rows(task, training, encoder, model.config, labels=True)
    warn_cut(run.task, features, encoder)
    warn_unknown(run.task, features, encoder.tokenizer, most=LOST)
    mark(run, settings, identity)
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
        ],
        questions=Questions.of(task, held_out, encoder, model.config, settings.eval_batch_size),
        gold=METRICS[run.task].gold(held_out),
        encoder=encoder,
        guids=training["guid"][:],
        select_by=settings.select_by,
        constrain=run.constrain,
        head_learning_rate=settings.head_learning_rate,
    )
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    trainer.train(resume_from_checkpoint=last_checkpoint(run.output))
    seconds = Stopwatch.of(trainer).seconds
    check_best(trainer)
    keep_decoding(trainer)
    return finish(run, settings, trainer, source, dev, len(training), seconds, identity)


def check(run: Run) -> None:
    """Refuse settings that no run can have, before anything is read.

    Raises:
        InputError: names the setting, what was found and what was expected.
    """
    of_run = {"precision": run.precision, "select_on": run.select_on, "seed": run.seed}
    if run.name is not None:
        check_name(run.name)
    cap = {} if run.max_train_examples is None else {"max_train_examples": run.max_train_examples}
    check_settings({**of_run, **cap, **run.overrides}, METRICS[run.task].scores)


def open_encoder(run: Run, task: BaselineTask) -> tuple[Any, TextEncoder, Recipe]:
    """The model with its new head, its encoder and the settings of the run."""
    tokenizer = open_tokenizer(run.model)
    ontology = (
        load_ontology(data_dir=run.data_dir, sample=run.sample) if task.needs_ontology else None
    )
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
        ontology=ontology,
        changes=attention_dropout(run.model, run.overrides.get("attention_dropout")),
    )
    inner = getattr(model.config, "encoder", model.config)
    settings = replace(recipe(run.task, inner.hidden_size), **dict(run.overrides))
    encoder = text_encoder(model, tokenizer, settings.max_length)
    model.config.klue_task = run.task
    model.config.klue_max_length = encoder.max_length
    return model, encoder, settings


def divide(rows: Dataset, task: BaselineTask, run: Run, dev: Dataset) -> tuple[Dataset, Dataset]:
    """The examples to train on and those to choose the checkpoint on.

    A tenth of train is held out, whole units together (all hypotheses of a premise, all questions
    of a passage); with `max_train_examples` as many are trained on, and a tenth of that is kept of
    the held-out part.
    """
    if run.select_on == "dev":
        order = np.random.default_rng(SPLIT_SEED).permutation(len(rows))
        return rows.select(order[: run.max_train_examples]), dev
    units, unit_of = np.unique(
        np.asarray(rows[task.holdout_unit][:], dtype=object), return_inverse=True
    )
    rank = np.random.default_rng(SPLIT_SEED).permutation(len(units))[unit_of]
    order = np.argsort(rank, kind="stable")
    size = min(max(round(HELD_OUT * len(rows)), LEAST_HELD_OUT), len(rows) // 2)
    border = np.searchsorted(rank[order], rank[order[size - 1]], side="right")
    if border == len(rows):  # one unit holds nearly everything
        border = size
    held_out, training = order[:border], order[border:]
    if run.max_train_examples is not None:
        training = training[: run.max_train_examples]
        held_out = held_out[: max(round(HELD_OUT * len(training)), LEAST_HELD_OUT)]
    return rows.select(training), rows.select(held_out)


def warn_cut(task: str, features: Dataset, encoder: TextEncoder) -> None:
    """Say how many texts fill the encoder's length, where a longer one was cut."""
    if "start" in features.column_names:
        return  # windows lose nothing
    full = sum(length >= encoder.max_length for length in features["length"][:])
    if full:
        note(
            f"{task}: {full} of {len(features)} texts fill all {encoder.max_length} pieces; "
            "what is longer was cut"
        )


def arguments(run: Run, settings: Recipe, examples: int) -> TrainingArguments:
    """The settings in the Trainer's words."""
    world = PartialState().num_processes
    if settings.batch_size % world:
        raise InputError(
            f"batch_size: found {settings.batch_size} for {world} processes, "
            "expected a number that they can share"
        )
    batches = math.ceil(examples / settings.batch_size)
    per_epoch = max(batches // settings.accumulation, 1)
    args = TrainingArguments(
        output_dir=str(run.output / CHECKPOINTS),
        learning_rate=settings.learning_rate,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size // world,
        gradient_accumulation_steps=settings.accumulation,
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        train_sampling_strategy="group_by_length",
        eval_strategy="steps",
        save_strategy="steps",
        eval_steps=(every := max(per_epoch // settings.evaluations, 1)),
        save_steps=every,
        save_total_limit=2,
        # Else early stopping would begin to count anew, and a run end later for its interruption.
        restore_callback_states_from_checkpoint=True,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_{settings.select_by}",
        greater_is_better=True,
        logging_steps=max(min(every, 10), 1),
        seed=run.seed,
        bf16=run.precision == "bf16",
        use_cpu=PartialState().device.type == "cpu",  # else it refuses bf16 there
        dataloader_pin_memory=torch.cuda.is_available(),
        torch_compile=run.compile,
        remove_unused_columns=False,
        disable_tqdm=True,
        report_to="none",
    )
    return on_one_device(args)


def claimed_settings(run: Mapping[str, Any]) -> dict[str, Any]:
    """What of a run's fields decides its outcome, beside its recipe."""
    elsewhere = ("output", "results", "overwrite", "overrides")
    return {name: value for name, value in run.items() if name not in elsewhere}


def claim(run: Run, settings: Recipe, encoder: Encoder) -> bool:
    """See that the output folder is this run's or nobody's, and tell whether it is finished there.

    Raises:
        InputError: it holds another run.
    """
    finished = [PartialState().is_main_process and claim_first(run, settings, encoder)]
    broadcast_object_list(finished)  # the others may not see the folder of the first process
    return finished[0]


def claim_first(run: Run, settings: Recipe, encoder: Encoder) -> bool:
    """What the first process does of `claim`."""
    wanted = wanted_of(run, settings, encoder)
    marker = run.output / MARKER
    if run.overwrite:
        for path in (run.output / CHECKPOINTS, run.output / RESULT, marker):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    finished = (run.output / RESULT).exists()
    held = json.loads(marker.read_text(encoding="utf-8")) if marker.exists() else None
    if held != wanted and (finished or held is not None):
        what = "a finished run" if finished else "a run"
        raise InputError(
            f"{run.output}: holds {what} with other settings (run.json), "
            "expected a new folder or --overwrite"
        )
    return finished


def mark(run: Run, settings: Recipe, encoder: Encoder) -> None:
    """Write what run the folder is of, once its texts are known to be ones that it can read."""
    if PartialState().is_main_process:
        text = json.dumps(wanted_of(run, settings, encoder), ensure_ascii=False, indent=2)
        write_text(run.output / MARKER, f"{text}\n")


def wanted_of(run: Run, settings: Recipe, encoder: Encoder) -> dict[str, Any]:
    """What has to be the same for a run to go on in a folder."""
    return {**claimed_settings(asdict(run)), **asdict(settings), "weights": encoder.digest}


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

    The result is written last: it says that the run is done, and what is missing then can be made
    from it.
    """
    metric, task = METRICS[run.task], BASELINES[run.task]
    first = PartialState().is_main_process
    if first:
        keep_model(trainer, run.output)
    began = time.monotonic()
    config = trainer.accelerator.unwrap_model(trainer.model).config
    questions = Questions.of(task, dev, trainer.encoder, config, settings.eval_batch_size)
    with meter(f"{run.task}: {run.eval_split}", len(questions.features)) as advance:
        answers = trainer.ask(questions, advance)
    predicted = time.monotonic() - began
    decoding = decoding_of(task, config)
    records = {name: task.decode(answers, name) for name in task.decodings}
    if first:
        metric.write_predictions(run.output / PREDICTIONS, records[decoding])
    gold = metric.gold(dev)
    scores = metric.score(gold, records[decoding], confidence=CONFIDENCE)
    args = trainer.args
    flags = {"precision": run.precision, "compile": run.compile, "decoding": decoding}
    result = results.Result(
        task=run.task,
        model=model_name(run.model, run.name),
        seed=run.seed,
        scores={name: float(scores[name]) for name in metric.scores},
        intervals={name: [float(end) for end in scores[f"{name}_ci"]] for name in metric.scores},
        split=run.eval_split,
        trained_on=run.train_split,
        selected_on=run.select_on,
        sample=run.sample,
        settings={
            **asdict(settings),
            **flags,
            "head": run.head or task.heads[0],
            "batch_size": args.train_batch_size * args.world_size,  # as it was, not as asked for
        },
        data={
            "source": source.kind,
            "digest": source.digest,
            "train_examples": train_examples,
            "unknown_tokens": round(
                unknown_share(trainer.train_dataset, trainer.encoder.tokenizer), 6
            ),
            "eval_examples": len(dev),
            **({} if run.max_train_examples is None else {"at_most": run.max_train_examples}),
        },
        seconds={"train": round(seconds, 2), "predict": round(predicted, 2)},
        speed=round(trainer.state.global_step * step_size(args) / max(seconds, 1e-9), 2),
        peak_memory=results.peak_memory(),
        versions=results.versions(),
        hardware=results.hardware(args.world_size),
        commit=results.commit(),
        created=results.now(),
        decodings={name: plain_scores(metric, gold, records[name]) for name in task.decodings},
        encoder=asdict(encoder),
        held_out={} if run.select_on == "dev" else trainer.chosen_scores(),
        chosen_step=trainer.state.best_global_step,
        history=trainer.history(),
    )
    trainer.accelerator.wait_for_everyone()
    if first:
        write_card(run.output, result)
        result.write(run.output / RESULT)
        put_in_place(run.output, run.results, result)
    return result


def plain_scores(metric: Any, gold: Any, records: Sequence[Record]) -> dict[str, float]:
    """The official scores, without intervals."""
    scores = metric.score(gold, records)
    return {name: float(scores[name]) for name in metric.scores}


def keep_model(trainer: KlueTrainer, output: Path) -> None:
    """Write the model beside its folder's files and move it in when it is complete."""
    beside = output / ".model"
    shutil.rmtree(beside, ignore_errors=True)
    trainer.save_model(str(beside))
    for path in beside.iterdir():
        path.replace(output / path.name)
    beside.rmdir()
