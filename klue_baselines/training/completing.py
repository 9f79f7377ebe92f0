"""What belongs to a finished run beside its result: predictions, card, a copy among the results.

A run may be killed between any two of them, or the results' folder may not be writable. The result
in the run's folder says that the run is done; what is missing then is made from it.
"""

from __future__ import annotations

from pathlib import Path

from accelerate import PartialState
from datasets import Dataset

from klue_common.errors import InputError, RunError
from klue_common.progress import note
from klue_datasets import DataError
from klue_datasets.files import write_text
from klue_datasets.unfinished import remove_leftovers
from klue_metrics import METRICS
from klue_results import results
from klue_results.card import fine_tuned_card
from klue_results.naming import repository_name
from klue_results.results import PREDICTIONS, RESULT

from ..fine_tuned import open_fine_tuned
from ..prediction import predict
from ..run_folder import CHECKPOINTS, RunFolder
from ..tasks import baseline_of

CARD = "README.md"
MARKER = "run.json"


def folder_of(output: Path) -> RunFolder:
    """Return the folder of a fine-tuning run."""
    return RunFolder(output, finished=RESULT, markers=(MARKER,))


def is_complete(output: Path, collected: Path | None) -> bool:
    """Return whether a finished run has everything in place, and nothing that it needs no more.

    Args:
        output: its folder.
        collected: the folder that collects results, None for none.

    Raises:
        InputError: its result is broken.
    """
    result = results.Result.read(output / RESULT)
    if (output / CHECKPOINTS).exists() or not (output / PREDICTIONS).exists():
        return False
    return (output / CARD).exists() and (collected is None or is_collected(result, collected))


def is_collected(result: results.Result, folder: Path) -> bool:
    """Return whether the folder that collects results has this very one."""
    try:
        return results.Result.read(results.result_path(folder, result)) == result
    except InputError:  # it is missing, or broken
        return False


def complete(task: str, output: Path, collected: Path | None, dev: Dataset) -> results.Result:
    """Make what a finished run lacks, and return its result.

    Args:
        task: the task's id.
        output: the run's folder.
        collected: the folder that collects results, None for none.
        dev: the split that was predicted.

    Raises:
        InputError: its result is broken.
        RunError: something cannot be written.
    """
    result = results.Result.read(output / RESULT)
    note(f"{output}: finished before")
    if not (output / PREDICTIONS).exists():
        predict_again(task, output, result, dev)
    if PartialState().is_main_process:
        if not (output / CARD).exists():
            write_card(output, result)
        put_in_place(output, collected, result)
    return result


def predict_again(task: str, output: Path, result: results.Result, dev: Dataset) -> None:
    """Make lost predictions from the model, and say where they are not those of the result."""
    path, metric = output / PREDICTIONS, METRICS[task]
    if not any(output.glob("*.safetensors")):
        note(f"{path}: missing, and so are the weights that would make it")
        return
    records = predict(
        task, open_fine_tuned(task, str(output)), dev, result.settings["eval_batch_size"]
    )
    scores = metric.score(metric.gold(dev), records)
    for name, score in result.scores.items():
        if scores.get(name, score) != score:  # a score of another version says nothing here
            note(f"{path}: made anew, its {name} is {scores[name]:.2f}, the result's {score:.2f}")
    if PartialState().is_main_process:
        metric.write_predictions(path, records)


def write_card(output: Path, result: results.Result) -> None:
    """Write the model's card."""
    repo = repository_name(result.model, result.task)
    card = fine_tuned_card([result], repo, baseline_of(result.task).card)
    write_text(output / CARD, str(card))


def put_in_place(output: Path, collected: Path | None, result: results.Result) -> None:
    """Copy a result to the folder that collects them, and drop the checkpoints.

    Raises:
        RunError: the copy cannot be written; everything else is there.
    """
    if collected is not None:
        try:
            keep_result(result, collected)
        except (OSError, DataError) as error:
            raise RunError(
                f"{collected}: cannot be written ({error}); the result is in {output / RESULT}, "
                "and the same command brings it here"
            ) from None
    folder_of(output).drop_checkpoints()
    remove_leftovers(output)


def keep_result(result: results.Result, folder: Path) -> None:
    """Write a result to the folder that collects them, and say if that replaces another one."""
    path = results.result_path(folder, result)
    if path.exists():
        try:
            same = results.conditions(results.Result.read(path)) == results.conditions(result)
        except InputError:  # a broken file is no reason to lose a finished run
            same = False
        if not same:
            note(f"{path}: a result of other settings is replaced")
    result.write(path)
