"""What goes into the repositories of the data, the metric and the Space."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import TASKS, build
from klue_datasets.card import card
from klue_datasets.folder import PROMPTS
from klue_datasets.own_dataset import RECORD
from klue_lm.prompt_rows import SPLIT, choices_of, prompts
from klue_lm.tasks import LMS
from klue_metrics import METRICS
from klue_results.hub_entries import task_id

from .busy_hub import check_repo_id
from .upload import CARD, Upload, folder_files, text_of

ROOT = Path(__file__).parent.parent  # the packages lie side by side, here and where installed
SPACE_FOLDER = ROOT / "space_app"
SPACE_ROOT = (CARD, "requirements.txt", "app.py")
# The packages that the page imports.
PACKAGES = (
    "klue_datasets",
    "klue_metrics",
    "klue_common",
    "klue_text",
    "klue_results",
    "klue_baselines",
    "klue_lm",
    "klue_hub",
    "model_cards",
)
DATASET_NAME, SAMPLE_NAME, METRIC_NAME, SPACE_NAME = "klue", "klue-sample", "klue_metrics", "klue"


def data_upload(
    org: str, folder: Path, eval_yaml: bool = False, sample: bool = False, **options: Any
) -> Upload:
    """Return the dataset's repository: Parquet files and their card.

    Args:
        org: who is to own it; the sample gets a name of its own, so that it never replaces KLUE,
            and what `klue annotate split` wrote has its own.
        folder: an empty folder to build in, which has to last until the push.
        eval_yaml: with the file that makes it a benchmark once Hugging Face lists it as one, and
            with the prompts that it asks.
        sample, options: as for `klue_datasets.build`.

    Raises:
        InputError: no id of a repository, or a dataset without a licence.
        DataError: no data, or a broken file.
    """
    repo_id = check_repo_id(f"{org}/{SAMPLE_NAME if sample else DATASET_NAME}")
    extra = prompts(options.get("data_dir"), sample) if eval_yaml else None
    report = build(folder / "klue", sample=sample, progress=note, extra=extra, **options)
    if (own := report.own) is not None:
        repo_id = check_repo_id(f"{org}/{own.name}")
        if not own.licence:
            expected = "the Hub's name of one (klue annotate split --license)"
            raise InputError(f"{own.folder / RECORD}: found no license, expected {expected}")
    files = folder_files(report.out, "*.parquet")
    files[CARD] = card(report, repo_id).encode()
    if eval_yaml:
        files["eval.yaml"] = benchmark_yaml().encode()
    owned = tuple(f"{name}/*.parquet" for task in TASKS for name in (task, task + PROMPTS))
    return Upload("dataset", repo_id, files, report.version, owned)


def benchmark_yaml() -> str:
    """Return the dataset's `eval.yaml`: every official score is a task of the benchmark.

    inspect-ai runs its tasks over the rows of prompts (`hf/ORG/klue/nli_accuracy`). It has none of
    KLUE's metrics: its own scorer says how many answers are right, and of mrc how many words.
    """
    content = {
        "name": "KLUE",
        "description": "Korean Language Understanding Evaluation: eight tasks, scored on dev.",
        "evaluation_framework": "inspect-ai",
        "tasks": [
            {"id": task_id(task, score), "config": task + PROMPTS, "split": SPLIT, **asked(task)}
            for task, metric in METRICS.items()
            for score in metric.scores
        ],
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def asked(task: str) -> dict[str, Any]:
    """Return how inspect-ai asks a task's rows and scores the answers."""
    if choices_of(task):
        fields = {"input": "input", "target": "letter", "choices": "choices"}
        solver, scorer = "multiple_choice", "choice"
    else:
        fields = {"input": "input", "target": "target"}
        solver, scorer = "generate", LMS[task].inspect_scorer
    return {"field_spec": fields, "solvers": [{"name": solver}], "scorers": [{"name": scorer}]}


def metrics_upload(org: str) -> Upload:
    """Return the metric's Space: `evaluate.load("<org>/klue_metrics", task)` and a page.

    Args:
        org: who is to own it.

    Raises:
        InputError: the organisation's name can be none.
    """
    repo_id = check_repo_id(f"{org}/{METRIC_NAME}")
    files = folder_files(ROOT / METRIC_NAME)
    text = text_of(files[CARD]).replace(f'load("{METRIC_NAME}"', f'load("{repo_id}"')
    return Upload("space", repo_id, {**files, CARD: text.encode()}, code_version())


def space_upload(org: str, app: Path | None = None) -> Upload:
    """Return the page's Space: the three files that the Hub looks for, the packages beside them.

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


def code_version() -> str:
    """Return the version of this project."""
    return version("klue-hub")
