"""`klue push` and `klue leaderboard`: to the Hub and back."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from klue_common.progress import quiet_libraries

from .doors import a_folder
from .options import DataDir, Json, Sample
from .terminal import PIPE_WIDTH, show

if TYPE_CHECKING:
    from klue_hub.finished import Choice
    from klue_hub.push import Plan, Pushed, Upload, Where

app = typer.Typer(
    no_args_is_help=True,
    help="Put data, metric, models and Space on the Hub. The token comes from HF_TOKEN or "
    "`hf auth login`.",
)

Org = Annotated[str, typer.Option(help="The organisation or user that is to own it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change and stop.")]
To = Annotated[
    Path | None,
    typer.Option(help="Write the files to this new folder instead of pushing.", callback=a_folder),
]
Revision = Annotated[str, typer.Option(help="The branch; it is made if need be.")]
CreatePr = Annotated[bool, typer.Option("--create-pr", help="Open a pull request.")]
Private = Annotated[bool, typer.Option("--private", help="Make a new repository private.")]
Full = Annotated[bool, typer.Option("--full", help="Keep all columns.")]
Errata = Annotated[bool, typer.Option("--errata", help="Correct known defects.")]
EvalYaml = Annotated[
    bool,
    typer.Option(
        "--eval-yaml", help="Add eval.yaml, for a benchmark that Hugging Face has listed."
    ),
]
Dataset = Annotated[
    str | None, typer.Option(help="The Hub dataset that the scores belong to; default klue/klue.")
]
Results = Annotated[
    Path | None,
    typer.Option(
        help="Results of more seeds for the card; default: the model's own alone.",
        callback=a_folder,
    ),
]


@app.command()
def data(
    org: Org,
    full: Full = False,
    errata: Errata = False,
    eval_yaml: EvalYaml = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    dry_run: DryRun = False,
    to: To = None,
    revision: Revision = "main",
    create_pr: CreatePr = False,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """The dataset: Parquet files and their card, to ORG/klue (the sample to ORG/klue-sample)."""

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.contents import data_upload

        yield data_upload(
            org,
            folder,
            eval_yaml=eval_yaml,
            sample=sample,
            data_dir=data_dir,
            full=full,
            errata=errata,
        )

    run(org, uploads, where(revision, create_pr, private), dry_run, to, as_json)


@app.command()
def metrics(
    org: Org,
    dry_run: DryRun = False,
    to: To = None,
    revision: Revision = "main",
    create_pr: CreatePr = False,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """The metric: a Space ORG/klue_metrics, from which `evaluate.load` takes it."""

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.contents import metrics_upload

        yield metrics_upload(org)

    run(org, uploads, where(revision, create_pr, private), dry_run, to, as_json)


@app.command()
def model(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="Folders that `klue train` or `klue pretrain model` wrote.", callback=a_folder
        ),
    ],
    org: Org,
    name: Annotated[
        str | None,
        typer.Option(
            help="The repository's name; default ENCODER-klue-TASK, of an encoder its folder's."
        ),
    ] = None,
    results: Results = None,
    dataset: Dataset = None,
    card: Annotated[
        str | None,
        typer.Option(
            help="The folder holds a KLUE-PLM: bert-base, roberta-small, roberta-base or "
            "roberta-large."
        ),
    ] = None,
    dry_run: DryRun = False,
    to: To = None,
    revision: Revision = "main",
    create_pr: CreatePr = False,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """Fine-tuned models: weights, tokenizer, a card made from the results, the results.

    An encoder that `klue pretrain model` made goes up with the card that was written for it.
    """
    from klue_common.errors import InputError

    if len(runs) > 1 and (name is not None or card is not None):
        raise InputError(f"found {len(runs)} folders, expected one with --name or --card")

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.contents import (
            is_own_encoder,
            model_upload,
            own_encoder_upload,
            pretrained_upload,
        )

        for of_run in runs:
            if card is not None:
                yield pretrained_upload(org, of_run, card)
            elif is_own_encoder(of_run):
                yield own_encoder_upload(org, of_run, name)
            else:
                yield model_upload(org, of_run, name, results, dataset)

    run(org, uploads, where(revision, create_pr, private), dry_run, to, as_json)


@app.command()
def space(
    org: Org,
    dry_run: DryRun = False,
    to: To = None,
    revision: Revision = "main",
    create_pr: CreatePr = False,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """The Space ORG/klue: the demonstrations and the leaderboard."""

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.contents import space_upload

        yield space_upload(org)

    run(org, uploads, where(revision, create_pr, private), dry_run, to, as_json)


@app.command("all")
def everything(
    org: Org,
    runs: Annotated[
        Path,
        typer.Option(
            help="The folder below which finished models lie, at any depth.", callback=a_folder
        ),
    ] = Path("runs"),
    seed: Annotated[
        int | None,
        typer.Option(help="The seed to push of each model. Default: the best by held-out score."),
    ] = None,
    results: Results = None,
    full: Full = False,
    errata: Errata = False,
    eval_yaml: EvalYaml = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    dry_run: DryRun = False,
    to: To = None,
    revision: Revision = "main",
    create_pr: CreatePr = False,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """All of it: the data, the metric, the finished models under RUNS, the Space.

    Of a model's seeds one is pushed, the results of the others go on its card. Models of the
    bundled sample are pushed with --sample alone.
    """

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.contents import data_upload, metrics_upload, model_upload, space_upload

        options = {"data_dir": data_dir, "full": full, "errata": errata}
        the_space = space_upload(org)  # first: quick to find missing
        models = chosen_models(runs, seed, sample)
        the_data = data_upload(org, folder, eval_yaml=eval_yaml, sample=sample, **options)
        yield from (the_data, metrics_upload(org))
        for one in models:
            place = one.model.folder
            yield model_upload(org, place, None, results, the_data.repo_id, one.others)
        yield the_space

    run(org, uploads, where(revision, create_pr, private), dry_run, to, as_json)


def chosen_models(runs: Path, seed: int | None, sample: bool) -> list[Choice]:
    """The finished models under a folder that are to be pushed; it is said which, or that none is.

    Those of the bundled sample, as `make demo` leaves them, are nothing to publish unasked.
    """
    from klue_common.progress import note
    from klue_hub.finished import choose, finished_models

    found = finished_models(runs)
    models = [one for one in found if sample or not one.result.sample]
    if len(models) < len(found):
        left = len(found) - len(models)
        note(f"{runs}: {left} models of the bundled sample are left out, --sample pushes them")
    if not models:
        note(f"{runs}: found no finished model, none is pushed")
    return choose(models, seed)


def where(revision: str, create_pr: bool, private: bool) -> Where:
    """The options of all these commands, checked."""
    from klue_common.errors import InputError
    from klue_hub.push import Where

    if create_pr and revision != "main":
        raise InputError(
            f"--create-pr: found --revision {revision}, expected a pull request against main"
        )
    return Where(revision, create_pr, private)


def run(
    org: str,
    uploads: Callable[[Path], Iterable[Upload]],
    where: Where,
    dry_run: bool,
    to: Path | None,
    as_json: bool,
) -> None:
    """Gather everything, plan everything, show it, and only then send anything."""
    from huggingface_hub.utils import disable_progress_bars

    from klue_common.progress import note
    from klue_hub.busy_hub import PushError, check_repo_id, open_hub, patiently
    from klue_hub.push import make_plan, push, write_to

    quiet_libraries()
    if not sys.stderr.isatty():
        disable_progress_bars()
    check_repo_id(f"{org}/klue")
    with tempfile.TemporaryDirectory(prefix="klue-push-") as folder:
        if to is not None:
            files = write_to(to, gather(uploads, Path(folder)))
            show(files_table(files), [str(path) for path in files], as_json)
            return
        try:
            api = open_hub(org)
            wanted = gather(uploads, Path(folder))
            plans = [patiently(one.repo_id, partial(make_plan, api, one, where)) for one in wanted]
            if dry_run:
                show(plan_table(plans), [plan_json(plan) for plan in plans], as_json)
                return
            tell(plan_table(plans))
            pushed = [push(api, upload, where) for upload in wanted]
        except PushError as error:
            note(f"klue: {error}")
            raise typer.Exit(1) from None
    show(pushed_table(pushed), [pushed_json(one) for one in pushed], as_json)
    name_ignored(pushed)


def gather(uploads: Callable[[Path], Iterable[Upload]], folder: Path) -> list[Upload]:
    """What is to be pushed, each repository once: of two, one would replace the other."""
    from klue_common.errors import InputError

    wanted = list(uploads(folder))
    places = [(one.kind, one.repo_id) for one in wanted]
    for place in places:
        if places.count(place) > 1:
            raise InputError(
                f"{place[1]}: found {places.count(place)} folders for it, expected one; push one "
                "with --name, or of several seeds the best"
            )
    return wanted


def name_ignored(pushed: Iterable[Pushed]) -> None:
    """Name the files that did not arrive, if there are any, and end with exit code 1."""
    from klue_common.progress import note

    lost = [one for one in pushed if one.ignored]
    for one in lost:
        note(
            f"klue: {one.upload.repo_id}: {len(one.ignored)} files did not arrive, left out by the "
            f".gitignore there: {', '.join(one.ignored)}; mend its rules, then push again"
        )
    if lost:
        raise typer.Exit(1)


def tell(table: Table) -> None:
    """Print what is no result: on stderr, nothing cut off where nobody sees a terminal."""
    console = Console(stderr=True, width=None if sys.stderr.isatty() else PIPE_WIDTH)
    with console.capture() as rendered:
        console.print(table)
    print("\n".join(line.rstrip() for line in rendered.get().splitlines()), file=sys.stderr)


def leaderboard(
    org: Annotated[
        str | None, typer.Option(help="Only models of this owner; default: all on the Hub.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Collect the results of all models tagged klue on the Hub into one table."""
    from klue_common.progress import note
    from klue_hub.busy_hub import PushError
    from klue_hub.leaderboard import board, board_table

    try:
        rows = board(org)
    except PushError as error:
        note(f"klue: {error}")
        raise typer.Exit(1) from None
    show(board_table(rows), rows, as_json)


def files_table(files: Iterable[Path]) -> Table:
    """What `--to` wrote."""
    table = Table("file", Column("bytes", justify="right"), box=None, pad_edge=False)
    for path in files:
        table.add_row(str(path), f"{path.stat().st_size:,}")
    return table


def plan_table(plans: Iterable[Plan]) -> Table:
    """Every file, its size and what becomes of it."""
    from klue_hub.push import CARD

    table = Table("repository", "file", box=None, pad_edge=False)
    table.add_column("bytes", justify="right")
    table.add_column("state")
    for plan in plans:
        title = f"{plan.upload.kind} {plan.upload.repo_id}"
        if plan.parent is None:
            title += " (new)"
        for change in plan.changes:
            kept = plan.text_kept and change.path == CARD
            state = f"{change.state}, its text was edited there and stays" if kept else change.state
            if change.state == "ignored":
                state = "ignored, by the .gitignore there"
            table.add_row(title, change.path, f"{change.size:,}", state)
            title = ""
    return table


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan for a program."""
    return {
        "kind": plan.upload.kind,
        "repo_id": plan.upload.repo_id,
        "parent": plan.parent,
        "text_kept": plan.text_kept,
        "files": [vars(change) for change in plan.changes],
    }


def pushed_table(pushed: Iterable[Pushed]) -> Table:
    """What became of every repository."""
    table = Table("repository", "commit", "tag", "pull request", box=None, pad_edge=False)
    for one in pushed:
        commit = one.commit[:10] if one.committed else "unchanged"
        name = f"{one.upload.kind} {one.upload.repo_id}"
        table.add_row(name, commit, one.tag or "", one.pull_request or "")
    return table


def pushed_json(one: Pushed) -> dict[str, Any]:
    """The same for a program."""
    return {
        "kind": one.upload.kind,
        "repo_id": one.upload.repo_id,
        "commit": one.commit,
        "committed": one.committed,
        "tag": one.tag,
        "pull_request": one.pull_request,
        "ignored": list(one.ignored),
    }
