"""Opening what `klue train` wrote: is it a model for the task that is asked for?"""

from __future__ import annotations

from typing import Any

from transformers import PreTrainedModel

from klue_common.errors import InputError
from klue_common.own_files import is_whole
from klue_datasets.errors import show

from .encoding.encoder import TextEncoder, check_folder, open_config, open_tokenizer, text_encoder
from .task import BaselineTask
from .tasks import baseline_of


def open_fine_tuned(
    task: str,
    model: str,
    trust_remote_code: bool = False,
    use_safetensors: bool | None = None,
) -> tuple[PreTrainedModel, TextEncoder]:
    """Return a model that `klue train` made for a task, and its encoder.

    Args:
        task: the task's id.
        model: a folder or a Hub id.
        trust_remote_code: whether code that lies beside the model may run.
        use_safetensors: as transformers has it.

    Raises:
        InputError: there is no such task or model, or the model is of another task.
    """
    return open_model_for(baseline_of(task), model, trust_remote_code, use_safetensors)


def open_model_for(
    record: BaselineTask,
    model: str,
    trust_remote_code: bool = False,
    use_safetensors: bool | None = None,
) -> tuple[PreTrainedModel, TextEncoder]:
    """Return a model that was fine-tuned by a record, and its encoder; see `open_fine_tuned`.

    Raises:
        InputError: there is no such model, or it is of another record.
    """
    check_folder(model, weights=True)
    tokenizer = open_tokenizer(model, trust_remote_code=trust_remote_code)
    length = checked_length(record, open_config(model, trust_remote_code), model)
    fine_tuned = record.load(
        model, trust_remote_code=trust_remote_code, use_safetensors=use_safetensors
    )
    length = tokenizer.model_max_length if length is None else length
    return fine_tuned, text_encoder(fine_tuned, tokenizer, length)


def checked_length(task: BaselineTask, config: Any, model: str) -> int | None:
    """Return how many tokens a model was trained with, None where its configuration is silent.

    Args:
        task: the task that the model is to be for.
        config: the model's configuration.
        model: what to call it.

    Raises:
        InputError: the model is of another task, or the length is no number of tokens.
    """
    made_for = getattr(config, "klue_task", None)
    if made_for != task.name:
        raise InputError(
            f"{model}: found a model for {made_for or 'no KLUE task'}, expected one for {task.name}"
        )
    check_labels(task, config, model)
    length = getattr(config, "klue_max_length", None)
    if length is None:
        return None
    if not is_whole(length) or length < 1:
        raise InputError(
            f"{model}: config.json: klue_max_length: found {show(length)}, expected a whole number "
            "from 1 on"
        )
    return int(length)


def check_labels(task: BaselineTask, config: Any, model: str) -> None:
    """Refuse a checkpoint whose labels are not the task's.

    The tags of a tagger are those of its first place, "B-PS@0".
    """
    if not task.labels:
        return
    names = [str(config.id2label.get(at)) for at in range(len(config.id2label))]
    found = [name.partition("@")[0] for name in names[: len(task.labels)]]
    if len(names) % len(task.labels) or tuple(found) != task.labels:
        odd = sorted(set(task.labels).symmetric_difference(found))
        shown = f" ({', '.join(odd[:3])})" if odd else ", in another order or number"
        raise InputError(
            f"{model}: config.json: found a label set that is not {task.name}'s{shown}, "
            f"expected its {len(task.labels)} labels in their order"
        )
