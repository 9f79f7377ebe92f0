"""What a saved model says and holds, so that `transformers.pipeline` gives its answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from klue_datasets.files import write_text

from ..encoding.saved_normaliser import save_normaliser
from ..task import BaselineTask
from .one_file import class_name, one_file
from .registering import CODE

CODE_FILE = f"{CODE}.py"


def pipelines_of(task: BaselineTask) -> dict[str, Any]:
    """Return what "custom_pipelines" is in the configuration of a task's models.

    Example:
        >>> from klue_baselines.tasks import BASELINES
        >>> pipelines_of(BASELINES["ner"])["token-classification"]["impl"]
        'klue_pipeline.KlueTokenClassification'
        >>> pipelines_of(BASELINES["ynat"])
        {}
    """
    if task.pipeline is None:
        return {}
    code = {"impl": f"{CODE}.{class_name(task)}", "pt": [task.card.auto_class], "type": "text"}
    return {str(task.card.own_pipeline): code}


def save_for_pipelines(task: BaselineTask, folder: Path) -> None:
    """Put beside a model's weights what a pipeline of transformers needs to give its answers.

    Args:
        task: the model's.
        folder: that of its weights and tokenizer.

    Raises:
        DataError: it cannot be written.
    """
    if task.pipeline is not None:
        write_text(folder / CODE_FILE, one_file(task))
    elif task.card.pipeline_tag is not None:
        save_normaliser(folder)
