"""A fine-tuned model's card, from its result files."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from klue_datasets import TASKS
from klue_datasets.about import CITATION, LICENSE, SAMPLE_LICENSE
from model_cards import FINE_TUNED

from .hub_entries import DATASET, comparable, official_rows, one_model
from .model_call import ModelCall
from .naming import OF_A_HUB_ID
from .results import Result, machine
from .tables import INTERVAL, gaps_note, interval, result_rows

TAG = "klue"


def fine_tuned_card(
    results: Sequence[Result], repo_id: str, call: ModelCall, dataset: str = DATASET
) -> ModelCard:
    """Return the card of a fine-tuned model, made from its results and nothing else.

    Args:
        results: of one model and one task, one per seed, that of the weights first.
        repo_id: where the model is to lie on the Hub, for the snippets.
        call: how the model is loaded and asked.
        dataset: the Hub dataset that the scores belong to.

    Returns:
        The card. Scores are a mean over seeds with its deviation and interval. Its `model-index`
        holds the official ones too, unless they are of the bundled sample.

    Raises:
        InputError: no results, results of several models or tasks or of one seed twice, or a task
            that this version does not know.
    """
    first = one_model(results)
    return ModelCard.from_template(
        metadata(results, repo_id, call, dataset),
        template_path=str(FINE_TUNED),
        repo_id=repo_id,
        head=call,
        trust=", trust_remote_code=True" if call.own_code else "",
        task=first.task,
        model=first.model,
        base=base(first),
        title=TASKS[first.task].title.lower(),
        about=TASKS[first.task].about,
        split=first.split,
        eval_examples=f"{first.data['eval_examples']:,}",
        scores=score_table(results),
        remarks=remarks(results),
        recipe=recipe_table(results),
        data=data_line(first),
        machine=machine_lines(results),
        licence="" if first.sample else "KLUE's data is under CC BY-SA 4.0.",
        citation=CITATION,
    )


def metadata(
    results: Sequence[Result], repo_id: str, call: ModelCall, dataset: str
) -> ModelCardData:
    """Return the card's front matter."""
    first = results[0]
    # The Hub's page gives a pipeline one text; and where no tag names one, the Hub would infer one
    # from the model's class.
    page_asks = call.pipeline_tag is not None and call.asked is None
    return ModelCardData(
        language="ko",
        license=SAMPLE_LICENSE if first.sample else LICENSE,
        library_name="transformers",
        pipeline_tag=call.pipeline_tag,
        inference=None if page_asks else False,
        tags=[TAG, f"{TAG}-{first.task}", "korean"],
        base_model=hub_id(first),
        datasets=None if first.sample else [dataset],
        model_name=repo_id.rpartition("/")[2],
        eval_results=None if first.sample else model_index(results, dataset) or None,
    )


def hub_id(result: Result) -> str | None:
    """Return the Hub id of a result's encoder, None for a local folder.

    Results of the first release tell it by the encoder's name alone.
    """
    if result.encoder:
        return result.encoder.get("path") if result.encoder.get("revision") else None
    owner, marker, name = result.model.partition(OF_A_HUB_ID)
    return f"{owner}/{name}" if marker else None


def base(result: Result) -> str:
    """Return Markdown that names the encoder; not by its path, which is nobody else's business."""
    known = hub_id(result)
    name = f"`{result.model}`" if known is None else f"[{known}](https://huggingface.co/{known})"
    revision = result.encoder.get("revision")
    parts = [f"revision `{revision[:10]}`"] if revision else []
    if result.digest:
        parts.append(f"SHA-256 of its weights `{result.digest[:16]}`")
    return f"{name} ({', '.join(parts)})" if parts else name


def model_index(results: Sequence[Result], dataset: str) -> list[EvalResult]:
    """Return the official scores in the older form, which the Hub still shows on a model's page."""
    return [
        EvalResult(
            task_type=TASKS[row["task"]].category,
            task_name=TASKS[row["task"]].title,
            dataset_type=dataset,
            dataset_name="KLUE",
            dataset_config=row["task"],
            dataset_split=row["split"],
            metric_type=row["score"],
            metric_name=row["score"],
            metric_value=round(row["mean"], 4),
        )
        for row in official_rows(results)
    ]


def score_table(results: Sequence[Result]) -> str:
    """Return all scores as a Markdown table."""
    lines = [f"| score | value | {INTERVAL} | ± over seeds | seeds |", "|---|--:|--:|--:|---|"]
    for row in result_rows(results):
        deviation = "" if row["deviation"] is None else f"{row['deviation']:.2f}"
        seeds = ", ".join(map(str, row["seeds"]))
        cells = [f"`{row['score']}`", f"{row['mean']:.2f}", interval(row), deviation, seeds]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def remarks(results: Sequence[Result]) -> str:
    """Return what a reader has to know before the numbers are put beside others."""
    first = results[0]
    lines = []
    if first.sample:
        lines.append(
            "**These are scores of the bundled sample, not of KLUE**: they show that the code "
            "runs and say nothing about the model."
        )
    elif not comparable(first):
        lines.append(
            f"The model was trained on `{first.trained_on}` and scored on `{first.split}`: a check "
            "of the code, which can not be compared with scores on the whole of dev."
        )
    lines.append(
        "The checkpoint was chosen on dev itself, as in the original protocol: the score is "
        "optimistic."
        if first.selected_on == "dev"
        else "The checkpoint was chosen on a part of the training data that was held out; the "
        "examples above were scored once."
    )
    if len(results) == 1:
        lines.append(
            "One seed: the interval is the bootstrap's over examples and says nothing of the "
            "spread over seeds."
        )
    else:
        lines.append(f"The weights here are those of seed {first.seed}.")
    lines += [row["note"] for row in result_rows(results) if row["note"]]
    lines += filter(None, [gaps_note(results)])
    return " ".join(lines)


def recipe_table(results: Sequence[Result]) -> str:
    """Return all settings as a Markdown table."""
    lines = ["| setting | value |", "|---|---|"]
    settings = {**results[0].settings, "seeds": ", ".join(str(one.seed) for one in results)}
    lines += [f"| {name} | {value} |" for name, value in settings.items()]
    return "\n".join(lines)


def data_line(result: Result) -> str:
    """Return where the data came from and what identifies it."""
    data = result.data
    return (
        f"trained on {data['train_examples']:,} examples of `{result.trained_on}` "
        f"({data['source']}; SHA-256 of the raw files' hashes `{data['digest']}`)"
    )


def machine_lines(results: Sequence[Result]) -> str:
    """Return hardware, time and versions as Markdown."""
    first = results[0]
    seconds = statistics.fmean(one.seconds["train"] for one in results)
    used = [
        f"Hardware: {machine(first.hardware)}.",
        f"Training took {seconds:,.0f} s ({first.speed:,.1f} examples/s),",
        f"with at most {max(one.peak_memory for one in results) / 1e9:.1f} GB of memory.",
    ]
    versions = ", ".join(f"{name} {version}" for name, version in first.versions.items())
    code = f", commit `{first.commit}`" if first.commit else ""
    return f"{' '.join(used)}\n\nVersions: {versions}{code}."
