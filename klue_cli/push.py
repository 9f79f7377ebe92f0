"""`klue push`: data, metric, models and Space to the Hub."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .doors import a_folder
from .options import (
    CreatePr,
    DataDir,
    DryRun,
    Errata,
    EvalYaml,
    Full,
    Json,
    MoreResults,
    Org,
    Private,
    Revision,
    Sample,
    To,
)
from .push_steps import run, where

if TYPE_CHECKING:
    from klue_hub.upload import Upload

app = typer.Typer(
    no_args_is_help=True,
    help="Put data, metric, models and Space on the Hub. The token comes from HF_TOKEN or "
    "`hf auth login`.",
)


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
    """Push the dataset: Parquet files and card, to ORG/klue (the sample to ORG/klue-sample).

    What `klue annotate split` wrote goes to a repository of its own name.
    """

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
    """Push the metric: a Space ORG/klue_metrics, from which `evaluate.load` takes it."""

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
    results: MoreResults = None,
    dataset: Annotated[
        str | None,
        typer.Option(help="The Hub dataset that the scores belong to; default klue/klue."),
    ] = None,
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
    """Push fine-tuned models: weights, tokenizer, a card made from the results, the results.

    An encoder that `klue pretrain model` made goes up with the card that was written for it.
    """
    from klue_common.errors import InputError

    if len(runs) > 1 and (name is not None or card is not None):
        raise InputError(f"found {len(runs)} folders, expected one with --name or --card")

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.model_contents import (
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


@app.command("results")
def scores(
    results: Annotated[
        Path,
        typer.Argument(
            help="A folder of results of one model: a language model's, as `klue lm` writes them, "
            "or an encoder's, as `klue bench` does.",
            callback=a_folder,
        ),
    ],
    repo: Annotated[str, typer.Option(help="The model's own repository, OWNER/NAME.")],
    org: Annotated[
        str | None,
        typer.Option(
            help="Who owns the models that were fine-tuned: the entries name their predictions."
        ),
    ] = None,
    shots: Annotated[
        int | None,
        typer.Option(help="Of several ways of asking, the one with so many shots is the score."),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(help="The Hub dataset that the scores belong to; default klue/klue."),
    ] = None,
    dry_run: DryRun = False,
    to: To = None,
    revision: Revision = "main",
    create_pr: CreatePr = False,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """Push a model's scores to its own repository, --create-pr where that is another's.

    The weights stay as they are, and so does a card that somebody wrote: it gets the tag klue.
    """

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.encoder_scores import encoder_upload
        from klue_hub.language_models import language_model_upload
        from klue_results.lm_tables import language_models
        from klue_results.results import read_results

        if language_models(read_results(results)):
            yield language_model_upload(repo, results, shots, dataset)
        else:
            yield encoder_upload(repo, results, org, dataset)

    owner = repo.partition("/")[0]
    run(owner, uploads, where(revision, create_pr, private), dry_run, to, as_json)


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
    """Push the Space ORG/klue: the demonstrations and the leaderboard."""

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
    results: MoreResults = None,
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
    """Push all of it: the data, the metric, the finished models under RUNS, the Space.

    Of a model's seeds one is pushed, the results of the others go on its card. Models of the
    bundled sample are pushed with --sample alone.
    """

    def uploads(folder: Path) -> Iterable[Upload]:
        from klue_hub.contents import data_upload, metrics_upload, space_upload
        from klue_hub.finished import chosen_models
        from klue_hub.model_contents import model_upload

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
