"""What a saved model says and holds, so that `transformers.pipeline` gives its answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from klue_common.own_files import json_text, parse_json
from klue_datasets.files import write_text
from klue_results.model_call import PIPELINE_CODE

from ..encoding.saved_normaliser import with_normaliser
from ..task import BaselineTask
from .one_file import class_name, one_file

CODE_FILE = f"{PIPELINE_CODE}.py"
CONFIG = "config.json"
TOKENIZER = ("tokenizer.json", "tokenizer_config.json")


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
    code = {
        "impl": f"{PIPELINE_CODE}.{class_name(task)}",
        "pt": [task.card.auto_class],
        "type": "text",
    }
    return {str(task.card.own_pipeline): code}


def save_for_pipelines(task: BaselineTask, folder: Path) -> None:
    """Put beside a model's weights what a pipeline of transformers needs to give its answers.

    Args:
        task: the model's.
        folder: that of its weights and tokenizer.

    Raises:
        DataError: it cannot be written.
    """
    for name, text in lacking(task, folder).items():
        write_text(folder / name, text)


def lacking(task: BaselineTask, folder: Path) -> dict[str, str]:
    """Return the files of a model folder that pipelines of transformers need, as they need them.

    Those that are there as they are needed are left out: a folder of an older version lacks some.

    Raises:
        InputError: a file of the folder is damaged.
    """
    known = {name: read(folder / name) for name in (CODE_FILE, *TOKENIZER, CONFIG)}
    wanted: dict[str, str] = {}
    if task.pipeline is not None:
        config = parse_json(known[CONFIG], str(folder / CONFIG), "a model's configuration")
        if not config.get("custom_pipelines"):
            wanted[CONFIG] = json_text({**config, "custom_pipelines": pipelines_of(task)})
        if not known[CODE_FILE]:
            wanted[CODE_FILE] = one_file(task)
    elif task.card.pipeline_tag is not None and all(known[name] for name in TOKENIZER):
        parsed = (parse_json(known[n], str(folder / n), "a tokenizer's") for n in TOKENIZER)
        wanted = dict(zip(TOKENIZER, map(json_text, with_normaliser(*parsed)), strict=True))
    return {name: text for name, text in wanted.items() if text != known[name]}


def read(path: Path) -> str:
    """Return a file's text, nothing where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""
