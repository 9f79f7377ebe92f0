"""What goes into a model's repository: a fine-tuned model, a KLUE-PLM, an encoder made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from huggingface_hub import HfApi

from klue_common.errors import InputError
from klue_common.own_files import read_json
from klue_common.progress import note
from klue_datasets.task import VERSION
from klue_results.card import fine_tuned_card
from klue_results.hub_entries import DATASET, EVAL_RESULTS, UNKNOWN, eval_results_yaml
from klue_results.model_call import PIPELINE_CODE
from klue_results.naming import repository_name
from klue_results.results import PREDICTIONS, RESULT, Result, differing, read_results

from .busy_hub import check_repo_id
from .contents import code_version
from .origins import origin_of, predictions_at, revision_of
from .upload import CARD, Content, Guard, Upload, folder_files

MODEL_FILES = (
    "config.json",
    "generation_config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "modeling_*.py",
    f"{PIPELINE_CODE}.py",
    PREDICTIONS,
)


def model_upload(
    org: str,
    folder: Path,
    name: str | None = None,
    results: Path | None = None,
    dataset: str | None = None,
    others: Iterable[Result] = (),
) -> Upload:
    """Return a fine-tuned model's repository: weights, tokenizer, card, results, predictions.

    Args:
        org: who is to own it.
        folder: what `klue train` wrote.
        name: the repository's, default that of `repository_name`.
        results: a folder of results; those that differ in the seed alone make the card's mean over
            seeds. Default: the folder's own result alone.
        dataset: the Hub dataset that the scores belong to.
        others: results of more seeds, beside those of the folder.

    Raises:
        InputError: the folder holds no finished run.
    """
    from klue_baselines.pipelines.saving import lacking  # with torch behind it
    from klue_baselines.tasks import baseline_of

    files = model_files(folder)
    if not (folder / RESULT).is_file():
        raise InputError(f"{folder}: found no {RESULT}, expected what `klue train` writes")
    own = Result.read(folder / RESULT)
    repo_id = check_repo_id(f"{org}/{name or repository_name(own.model, own.task)}")
    runs = runs_like(own, [*others, *(read_results(results) if results else ())])
    task = baseline_of(own.task)
    files |= {name: text.encode() for name, text in lacking(task, folder).items()}
    call = task.card
    files[CARD] = str(fine_tuned_card(runs, repo_id, call, dataset or DATASET)).encode()
    for run in runs:
        files[f"results/seed-{run.seed}.json"] = run.as_json().encode()
    guard = Guard("results/seed-*.json", partial(check_encoder, own))
    late = {}
    if eval_results_yaml(runs) is not None:
        made = partial(entries_from, runs, dataset or DATASET, repo_id)
        if PREDICTIONS in files:
            late[EVAL_RESULTS] = made
        else:
            files[EVAL_RESULTS] = made(None, None)
    return Upload("model", repo_id, files, VERSION, guard=guard, late=late)


def entries_from(
    runs: Sequence[Result], dataset: str, repo_id: str, api: HfApi | None, revision: str | None
) -> bytes:
    """Return a model's entries for boards, with the predictions' commit where there is one."""
    origin = UNKNOWN
    if api is not None:
        known = None if revision is None else predictions_at(api, repo_id, revision)
        origin = origin_of(api, known, revision_of(api, dataset))
    return str(eval_results_yaml(runs, dataset, origin)).encode()


def check_encoder(own: Result, place: str, text: str) -> None:
    """Refuse a repository that holds a model from another encoder.

    Args:
        own: the result of the model that is to go there.
        place: what to call a result that is there.
        text: that result's file.

    Raises:
        InputError: it does, by its weights, or by its name where a result does not know them.
    """
    try:
        there = Result.parse(text, place)
    except InputError:
        return  # no file of ours
    known = there.digest and own.digest
    if there.digest != own.digest if known else there.model != own.model:
        found, expected = (
            f"{one.model} (weights {one.digest[:8]})" if one.digest else one.model
            for one in (there, own)
        )
        raise InputError(
            f"{place}: found a result of the encoder {found}, expected {expected}; "
            "`klue push model FOLDER --name` gives this model a repository of its own"
        )


def runs_like(own: Result, others: Iterable[Result]) -> list[Result]:
    """Return a run and those that differ from it in the seed alone, each seed once."""
    runs, left = {own.seed: own}, 0
    for other in others:
        odd = differing(own, other)
        if not odd:
            runs.setdefault(other.seed, other)
        left += bool(odd) and (other.model, other.task) == (own.model, own.task)
    if left:
        note(f"{own.model} on {own.task}: {left} results of other settings are not on the card")
    return list(runs.values())


def pretrained_upload(org: str, folder: Path, card_name: str) -> Upload:
    """Return a KLUE-PLM's repository: the files of an encoder and the card written for it.

    Args:
        org: who is to own it.
        folder: the encoder's.
        card_name: the encoder's name, e.g. "bert-base".

    Raises:
        InputError: KLUE has no encoder of the name, or the folder is none of a model.
    """
    from klue_pretraining.pretrained_card import pretrained_card

    repo_id = check_repo_id(f"{org}/{card_name}")
    files = model_files(folder)
    files[CARD] = str(pretrained_card(card_name, repo_id, fills_masks(folder))).encode()
    return Upload("model", repo_id, files, code_version())


def fills_masks(folder: Path) -> bool:
    """Return whether a model folder says that its weights hold the head that fills masks."""
    classes = read_json(folder / "config.json", "a model's configuration").get("architectures")
    names = map(str, classes if isinstance(classes, list) else [])
    return any(name.endswith(("ForMaskedLM", "ForPreTraining")) for name in names)


def is_own_encoder(folder: Path) -> bool:
    """Return whether `klue pretrain model` or `make klue-tiny` made a folder."""
    from klue_pretraining.training import FINISHED

    return (folder / FINISHED).is_file()


def own_encoder_upload(org: str, folder: Path, name: str | None = None) -> Upload:
    """Return an encoder that was pretrained here: its files, its card, its record, what it gains.

    Args:
        org: who is to own it.
        folder: what `klue pretrain model` wrote.
        name: the repository's, default the folder's.

    Raises:
        InputError: it is no model folder, or has no card.
    """
    repo_id = check_repo_id(f"{org}/{name or folder.resolve().name.replace('_', '-')}")
    files = model_files(folder) | folder_files(folder, CARD, "*.json")
    if CARD not in files:
        raise InputError(f"{folder}: found no {CARD}, expected what `klue pretrain model` writes")
    return Upload("model", repo_id, files, code_version())


def model_files(folder: Path) -> dict[str, Content]:
    """Return the weights, configuration, tokenizer and code of a model folder; no checkpoints.

    Raises:
        InputError: it is none that can be loaded without unpickling.
    """
    files = {
        name: file for name, file in folder_files(folder, *MODEL_FILES).items() if "/" not in name
    }
    if "config.json" not in files:
        raise InputError(f"{folder}: found no config.json, expected a model folder")
    if not any(name.endswith(".safetensors") for name in files):
        raise InputError(f"{folder}: found no weights, expected *.safetensors")
    return files
