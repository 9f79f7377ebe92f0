"""transformers' Trainer with KLUE's scores, and the checkpoints that it leaves."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import TrainerControl

from klue_common.errors import RunError, one_line
from klue_common.progress import note
from klue_metrics import MetricError
from klue_metrics.task import TaskMetric

from ..encoding.encoder import TextEncoder
from ..prediction import Questions, ask
from ..run_folder import checkpoints, step_of
from ..task import Answers, Record
from .devices import step_size
from .library_internals import OwnLoop
from .passes import passes, tokens_a_pass
from .resuming import Bookmarks, ByLength, LossAtCheckpoints, best_checkpoint, is_over


@dataclass(frozen=True)
class Choice:
    """How a model's answers about held-out examples are best decoded.

    decoding: the best one's name. tuned: fields of the model configuration that it uses.
    scores: of every decoding, by name.
    """

    decoding: str
    tuned: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, float]]


class KlueTrainer(OwnLoop):
    """transformers' Trainer, evaluated by KLUE's own scores on decoded predictions.

    guids: of the training examples, to name those of a batch that cannot be learned from.
    select_by: the score that checkpoints and decodings are compared by. decoding: the name of the
    one that is asked for, None for the best. head_learning_rate: of the parameters outside the
    encoder, None for the encoder's.
    """

    def __init__(
        self,
        *,
        questions: Questions,
        metric: TaskMetric,
        gold: Any,
        encoder: TextEncoder,
        guids: Sequence[str],
        select_by: str,
        decoding: str | None = None,
        head_learning_rate: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.select_by, self.decoding = select_by, decoding
        self.head_learning_rate = head_learning_rate
        self.control: TrainerControl
        self.questions, self.metric, self.gold = questions, metric, gold
        self.encoder, self.guids = encoder, guids
        # Some models take the number of a step's labels and do not use it; told it, the Trainer
        # would take the sum of several batches' losses for their mean.
        self.model_accepts_loss_kwargs = False
        step = step_size(self.args)
        self.order = ByLength(self.train_dataset["length"][:], step, self.args.seed)
        self.add_callback(Bookmarks(self.order))
        self.add_callback(LossAtCheckpoints())

    def order_of_examples(self) -> ByLength:
        """Return the order in which the training examples are learned from."""
        return self.order

    def is_over(self) -> bool:
        """Return whether training had ended at the checkpoint that this run goes on at."""
        return is_over(self.state)

    @contextmanager
    def watch_saving(self) -> Iterator[None]:
        """Say in a line why a checkpoint cannot be written, and which one is complete.

        Raises:
            RunError: it cannot.
        """
        try:
            yield
        except (OSError, RuntimeError, SafetensorError) as error:
            folder, step = Path(self.args.output_dir), self.state.global_step
            before = [path for path in checkpoints(folder.parent) if step_of(path) < step]
            left = f"{before[-1].name} is complete" if before else "there is none before it"
            raise RunError(
                f"{folder}: cannot write checkpoint {step} ({one_line(error)}); {left}; "
                "make room, then run the same again"
            ) from None

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Make the library's optimizer; a head with a rate of its own is put apart in it."""
        if self.optimizer is not None:
            return self.optimizer
        optimizer = super().create_optimizer(model)
        if self.head_learning_rate is not None:
            encoder = {id(parameter) for parameter in self.model.base_model.parameters()}
            for group in list(optimizer.param_groups):
                head = [each for each in group["params"] if id(each) not in encoder]
                group["params"] = [each for each in group["params"] if id(each) in encoder]
                if head:
                    optimizer.add_param_group(
                        {**group, "params": head, "lr": self.head_learning_rate}
                    )
        return optimizer

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Predict the held-out examples and score them, decoded as they would be in the end.

        A reader that answers nothing yet has many right: compared undecoded, it would be kept and
        one that has learned to read, but not yet when to keep silent, would be thrown away.
        """
        choice = self.choose_decoding()
        scores = choice.scores[choice.decoding]
        metrics = {f"{metric_key_prefix}_{name}": score for name, score in scores.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def choose_decoding(self) -> Choice:
        """Tune every decoding on the held-out examples and take the best, unless one is given.

        Of equal ones the most constrained is taken: its answers are at least well-formed.
        """
        task, answers = self.questions.task, self.ask(self.questions)
        config = copy.copy(answers.config)
        tuned = dict(task.tune(answers))
        config.update(tuned)
        answers = replace(answers, config=config)
        scores = {
            name: scores_or_none(self.metric, self.gold, decode(answers))
            for name, decode in task.decodings.items()
        }
        best = max(reversed([*scores]), key=lambda name: scores[name][self.select_by])
        return Choice(self.decoding or best, tuned, scores)

    def ask(self, questions: Questions, advance: Any = None) -> Answers:
        """Ask the model that is being trained, in the precision that it is trained in."""
        model = self.accelerator.unwrap_model(self.model)
        return ask(questions, model, self.encoder, advance, self.compute_loss_context_manager)

    def training_step(
        self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Learn from a batch in passes that fit the device; their losses add up to the batch's."""
        parts = list(passes(inputs, tokens_a_pass(self.args.device.type)))
        losses = []
        for number, (part, share) in enumerate(parts, start=1):
            # Processes may need different numbers of passes and only meet after their last.
            last = number == len(parts)
            with nullcontext() if last else self.accelerator.no_sync(model):
                batch = {**part, "share": share}
                losses.append(super().training_step(model, batch, num_items_in_batch))
        return torch.stack(losses).sum()

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the loss, refused where it is no number: nothing would be learned after it."""
        examples, share = inputs.pop("example"), inputs.pop("share", 1.0)
        result = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        loss = result[0] if return_outputs else result
        if not torch.isfinite(loss):
            guids = ", ".join(self.guids[at] for at in dict.fromkeys(examples.tolist()))
            raise RunError(
                f"{self.args.output_dir}: found a loss of {loss.item()} at step "
                f"{self.state.global_step + 1}, expected a number; the batch: {guids}"
            )
        if num_items_in_batch is not None:
            return result  # the task's own loss: a part of the step's mean already
        return (share * loss, result[1]) if return_outputs else share * loss

    def history(self) -> list[dict[str, float]]:
        """Return the losses and the scores of the evaluations, each with its step, as they came."""
        prefix = "eval_"
        rows = []
        for entry in self.state.log_history:
            names = [name for name in entry if name == "loss" or name.startswith(prefix)]
            if names:
                values = {name.removeprefix(prefix): entry[name] for name in names}
                rows.append({"step": entry["step"], **values})
        return rows

    def chosen_scores(self) -> dict[str, float]:
        """Return the scores on the held-out part of the checkpoint that was chosen."""
        for row in self.history():
            if row["step"] == self.state.best_global_step and self.select_by in row:
                return {name: value for name, value in row.items() if name != "step"}
        return {}


def scores_or_none(metric: Any, gold: Any, records: Sequence[Record]) -> dict[str, float]:
    """Return the scores of held-out predictions.

    A handful of examples, or a model that has learned nothing yet, can leave a score undefined (no
    entity on either side, constant numbers): as good as nothing learned.
    """
    try:
        scores = metric.score(gold, records)
    except MetricError as error:
        note(f"{metric.name}: held-out scores are undefined ({error}), counted as 0")
        scores = dict.fromkeys(metric.scores, 0.0)
    return {name: float(scores[name]) for name in metric.scores}


def check_best(trainer: KlueTrainer) -> None:
    """Refuse to go on with another model than the best one on the held-out part.

    Where the best checkpoint is gone when training ends, the library warns, if it may, and keeps
    the last model.
    """
    best = best_checkpoint(trainer.args, trainer.state)
    if trainer.state.best_global_step and not best.is_dir():
        raise RunError(
            f"{best}: found no such folder, expected the best checkpoint "
            f"({trainer.args.metric_for_best_model} {trainer.state.best_metric:.2f}); train again "
            "with --overwrite"
        )
