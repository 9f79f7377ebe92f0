"""What goes into each repository on the Hub: the data, the metric, a model, the Space."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import TASKS, build
from klue_datasets.card import card
from klue_datasets.task import VERSION
from klue_metrics import METRICS

from .busy_hub import check_repo_id
from .push import CARD, Content, Guard, Upload, folder_files, text_of

if TYPE_CHECKING:
    from klue_results.results import Result

ROOT = Path(__file__).parent.parent  # the packages lie side by side, here and where installed
SPACE_FOLDER = ROOT / "space_app"
SPACE_ROOT = (CARD, "requirements.txt", "app.py")
PACKAGES = (
    "klue_datasets",
    "klue_metrics",
    "klue_common",
    "klue_text",
    "klue_results",
    "klue_baselines",
    "model_cards",
)
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
    "predictions.jsonl",
)
DATASET_NAME, SAMPLE_NAME, METRIC_NAME, SPACE_NAME = "klue", "klue-sample", "klue_metrics", "klue"


def data_upload(
    org: str, folder: Path, eval_yaml: bool = False, sample: bool = False, **options: Any
) -> Upload:
    """The dataset repository: Parquet files and their card.

    Args:
        org: who is to own it; the sample gets a name of its own, so that it never replaces KLUE.
        folder: an empty folder to build in, which has to last until the push.
        eval_yaml: with the file that makes it a benchmark once Hugging Face lists it as one.
        sample, options: as for `klue_datasets.build`.

    Raises:
        DataError: no data, or a broken file.
    """
    repo_id = check_repo_id(f"{org}/{SAMPLE_NAME if sample else DATASET_NAME}")
    report = build(folder / "klue", sample=sample, progress=note, **options)
    files = folder_files(report.out, "*.parquet")
    files[CARD] = card(report, repo_id).encode()
    if eval_yaml:
        files["eval.yaml"] = benchmark_yaml().encode()
    owned = tuple(f"{task}/*.parquet" for task in TASKS)
    return Upload("dataset", repo_id, files, report.version, owned)


def benchmark_yaml() -> str:
    """The dataset's `eval.yaml`: every official score is a task of the benchmark."""
    from klue_results.card import task_id

    tasks = [
        {"id": task_id(task, score), "config": task, "split": "validation"}
        for task, metric in METRICS.items()
        for score in metric.scores
    ]
    content = {
        "name": "KLUE",
        "description": "Korean Language Understanding Evaluation: eight tasks, scored on dev.",
        "evaluation_framework": "klue",
        "tasks": tasks,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def metrics_upload(org: str) -> Upload:
    """The metric's Space: `evaluate.load("<org>/klue_metrics", task)` and a page."""
    repo_id = check_repo_id(f"{org}/{METRIC_NAME}")
    files = folder_files(ROOT / METRIC_NAME)
    text = text_of(files[CARD]).replace(f'load("{METRIC_NAME}"', f'load("{repo_id}"')
    return Upload("space", repo_id, {**files, CARD: text.encode()}, code_version())


def space_upload(org: str, app: Path | None = None) -> Upload:
    """The Space: the three files that the Hub looks for, and the packages beside them.

    The app's folder is a package as well: `app.py` imports `space_app` as everywhere else.

    Args:
        org: who is to own it.
        app: the folder of the app's files, default this project's.

    Raises:
        InputError: no such folder, or one without README.md, requirements.txt and app.py.
    """
    app = app or SPACE_FOLDER
    modules = folder_files(app)
    for name in SPACE_ROOT:
        if name not in modules:
            raise InputError(f"{app}: found no {name}, expected the files of a Space")
    files = {name: modules.pop(name) for name in SPACE_ROOT}
    files |= {f"{SPACE_FOLDER.name}/{name}": path for name, path in modules.items()}
    for package in PACKAGES:
        content = folder_files(ROOT / package)
        files |= {f"{package}/{name}": path for name, path in content.items()}
    return Upload("space", check_repo_id(f"{org}/{SPACE_NAME}"), files, code_version())


def model_upload(
    org: str,
    folder: Path,
    name: str | None = None,
    results: Path | None = None,
    dataset: str | None = None,
    others: Iterable[Result] = (),
) -> Upload:
    """A fine-tuned model's repository: weights, tokenizer, card, results and predictions.

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
    from klue_baselines.tasks import baseline_of
    from klue_results.card import DATASET, EVAL_RESULTS, eval_results_yaml, fine_tuned_card
    from klue_results.results import Result, read_results

    files = model_files(folder)
    if not (folder / "result.json").is_file():
        raise InputError(f"{folder}: found no result.json, expected what `klue train` writes")
    own = Result.read(folder / "result.json")
    repo_id = check_repo_id(f"{org}/{name or repository_name(own.model, own.task)}")
    runs = runs_like(own, [*others, *(read_results(results) if results else ())])
    call = baseline_of(own.task).card
    files[CARD] = str(fine_tuned_card(runs, repo_id, call, dataset or DATASET)).encode()
    entries = eval_results_yaml(runs, dataset or DATASET)
    if entries is not None:
        files[EVAL_RESULTS] = entries.encode()
    for run in runs:
        text = json.dumps(asdict(run), ensure_ascii=False, indent=2) + "\n"
        files[f"results/seed-{run.seed}.json"] = text.encode()
    guard = Guard("results/seed-*.json", partial(check_encoder, own))
    return Upload("model", repo_id, files, VERSION, guard=guard)


def check_encoder(own: Result, place: str, text: str) -> None:
    """Refuse a repository that holds a model from another encoder.

    Raises:
        InputError: it does, by its weights, or by its name where a result does not know them.
    """
    from klue_results.results import Result

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


def repository_name(model: str, task: str) -> str:
    """What a fine-tuned model is called; the Hub takes no two dashes in a row.

    >>> repository_name("klue--bert-base", "dp")
    'klue-bert-base-klue-dp'
    """
    return f"{model.replace('--', '-')}-klue-{task}"


def runs_like(own: Result, others: Iterable[Result]) -> list[Result]:
    """A run and those that differ from it in the seed alone, each seed once."""
    from klue_results.results import differing

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
    """A KLUE-PLM's repository: the files of an encoder and the card written for it."""
    from klue_pretraining.pretrained_card import pretrained_card

    repo_id = check_repo_id(f"{org}/{card_name}")
    files = model_files(folder)
    files[CARD] = str(pretrained_card(card_name, repo_id, fills_masks(folder))).encode()
    return Upload("model", repo_id, files, code_version())


def fills_masks(folder: Path) -> bool:
    """Whether a model folder's weights hold the head that fills masks, as far as it says so."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        classes = [str(name) for name in config["architectures"]]
    except (ValueError, KeyError, TypeError):
        return False
    return any(name.endswith(("ForMaskedLM", "ForPreTraining")) for name in classes)


def is_own_encoder(folder: Path) -> bool:
    """Whether `klue pretrain model` made a folder, or `make klue-tiny`."""
    from klue_pretraining.training import FINISHED

    return (folder / FINISHED).is_file()


def own_encoder_upload(org: str, folder: Path, name: str | None = None) -> Upload:
    """An encoder that was pretrained here: its files, its card, its record and what it gains.

    Raises:
        InputError: it is no model folder, or has no card.
    """
    repo_id = check_repo_id(f"{org}/{name or folder.resolve().name.replace('_', '-')}")
    files = model_files(folder) | folder_files(folder, CARD, "*.json")
    if CARD not in files:
        raise InputError(f"{folder}: found no {CARD}, expected what `klue pretrain model` writes")
    return Upload("model", repo_id, files, code_version())


def model_files(folder: Path) -> dict[str, Content]:
    """The weights, configuration, tokenizer and code of a model folder; no checkpoints.

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


def code_version() -> str:
    """The version of this project."""
    return version("klue-hub")
