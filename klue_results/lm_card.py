"""A language model's card and its entries for the Hub's leaderboards, from its result files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from huggingface_hub import ModelCard, ModelCardData

from klue_common.errors import InputError
from klue_datasets.about import CITATION
from model_cards import LANGUAGE_MODEL

from .card import TAG
from .hub_entries import DATASET, comparable, entries_yaml, official_rows
from .lm_tables import asked, lm_markdown, lm_notes, of_asking
from .results import Result
from .tables import INTERVAL, Row, interval, markdown_line, ordered

KIND = "language model"  # what the notes of an entry begin with


def lm_card(results: Sequence[Result], repo_id: str) -> ModelCard:
    """Return the card of a language model that was asked, made from its results and nothing else.

    Where the repository has a card that somebody wrote, only the tag of this one is taken over:
    there is nothing else in the front matter, since its keys would replace theirs.

    Args:
        results: of one model, of any tasks and ways of asking.
        repo_id: where they are to lie on the Hub.

    Raises:
        InputError: no results, or results of several models.
    """
    first = one_language_model(results)
    versions = {
        f"{name} {version}"
        for result in results
        for name, version in result.versions.items()
        if name in ("python", "torch", "transformers")
    }
    return ModelCard.from_template(
        card_data=ModelCardData(tags=[TAG]),
        template_path=str(LANGUAGE_MODEL),
        model=first.model,
        base=f"[{repo_id}](https://huggingface.co/{repo_id})",
        scores=lm_markdown(results),
        notes=" ".join(lm_notes(results)),
        asked=asking_table(results),
        versions=", ".join(sorted(versions)),
        citation=CITATION,
    )


def one_language_model(results: Sequence[Result]) -> Result:
    """Return the first of some results, after a check that they are of one language model."""
    if not results:
        raise InputError("results: found none of a language model, expected those of `klue lm`")
    if len(models := sorted({result.model for result in results})) > 1:
        found = ", ".join(models)
        raise InputError(
            f"results: found those of {found}, expected one model's: RESULTS/{models[0]}"
        )
    return results[0]


def asking_table(results: Iterable[Result]) -> str:
    """Return how each task was asked as a Markdown table, a row a group of seeds."""
    headings = ("task", "asked", "instruction", "shot seeds", "server", "asked on")
    lines = [markdown_line(headings), markdown_line(["---"] * len(headings))]
    for runs in ordered(results):
        first, about = runs[0], runs[0].language_model
        version, digest = (first.settings.get(f"prompt_{name}") for name in ("version", "digest"))
        row = [
            first.task,
            asked(first.settings),
            f"version {version}, `{digest}`",
            ", ".join(str(run.seed) for run in runs),
            ", ".join(str(about.get(name, "")) for name in ("provider", "api")),
            first.created[:10],
        ]
        lines.append(markdown_line(row))
    return "\n".join(lines)


def lm_eval_results(
    results: Sequence[Result], shots: int | None = None, dataset: str = DATASET
) -> str | None:
    """Return the text of `.eval_results/klue.yaml`: one entry an official score.

    A board has one number a task, so that it takes one way of asking: the Korean instruction in
    its first wording.

    Args:
        results: of one model, of any tasks, those of each task's main way.
        shots: take results with so many alone, None for any.
        dataset: the Hub dataset that the scores belong to.

    Returns:
        YAML; None where no result is of the whole of dev.

    Raises:
        InputError: a task was asked in several ways that a board could take.
    """
    one_language_model(results)
    plain = [
        result
        for result in results
        if comparable(result)
        and result.settings.get("language") == "ko"
        and not result.settings.get("paraphrase")
        and shots in (None, result.settings.get("shots"))
    ]
    groups = ordered(plain)
    for runs, others in pairwise(groups):
        if runs[0].task == others[0].task:
            ways = " and ".join(asked(group[0].settings) for group in (runs, others))
            raise InputError(
                f"{runs[0].task}: found two ways of asking ({ways}), expected one: --shots says "
                "which, or name a folder that holds one"
            )
    pairs = [(row, lm_entry_notes(row, runs)) for runs in groups for row in official_rows(runs)]
    newest = max((result.created for result in plain), default="")
    return entries_yaml(pairs, dataset, newest) if pairs else None


def lm_entry_notes(row: Row, runs: Sequence[Result]) -> str:
    """Return how a score came about, in the words that a leaderboard has room for."""
    notes = [KIND, asked(runs[0].settings), f"shot seeds {', '.join(map(str, row['seeds']))}"]
    if row["deviation"] is not None:
        notes.append(f"± {row['deviation']:.2f}")
    if row["interval"] is not None:
        notes.append(f"{INTERVAL} {interval(row)}")
    trivial = of_asking(row["score"], runs)["trivial"]
    if trivial is not None:
        notes.append(f"without a model {trivial:.2f}")
    return "; ".join(notes)


def is_language_model(notes: str | None) -> bool:
    """Return whether an entry's notes are those of a language model.

    >>> is_language_model("language model; rank, 7 shots, ko"), is_language_model(None)
    (True, False)
    """
    return (notes or "").split(";")[0] == KIND
