"""The metric's own page: paste or upload predictions, get scores with intervals.

As a Space this folder is the program's own folder, where `klue_metrics` would mean the file of
that name; `own_package` makes it mean the folder, as it does everywhere else.
"""

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).resolve().parent
# Where references come from unless a file is given: a Hub dataset, or a folder that has been built.
DATASET = os.environ.get("KLUE_DATASET", "klue/klue")
HELP = """\
# KLUE metrics
The official scores of KLUE, 0-100, with 95 % bootstrap intervals. Predictions are **JSON Lines**,
one object a line, keyed by `guid`; choose a task to see its fields. References are the validation
split of `{dataset}`, or a file of dataset rows as JSON Lines. Rows without a `guid` (ner and dp on
the Hub) belong to the predictions in the order of the lines.
"""


def own_package() -> ModuleType:
    """Return this folder as the package `klue_metrics`, however this file was started."""
    if __package__:
        return importlib.import_module(__package__)
    spec = importlib.util.spec_from_file_location(
        "klue_metrics", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert spec and spec.loader, "a file on disk has a loader"
    package = importlib.util.module_from_spec(spec)
    sys.modules["klue_metrics"] = package
    spec.loader.exec_module(package)
    return package


PACKAGE = own_package()
METRICS: Mapping[str, Any] = PACKAGE.METRICS


def fields_of(task: str) -> str:
    """Return the fields of a task's prediction file, as Markdown.

    >>> print(fields_of("nli"))
    `guid`: the example's key · `label`: the label's name
    """
    fields = [
        f"`{field.name}`: {field.description}{'' if field.required else ' (optional)'}"
        for field in METRICS[task].fields
    ]
    return " · ".join(["`guid`: the example's key", *fields])


def rows_of(task: str, references: str | None) -> Iterable[Mapping[str, Any]]:
    """Return dataset rows: of a file of JSON Lines, or of the validation split of the dataset."""
    if references:
        lines = Path(references).read_text("utf-8-sig").split("\n")
        return [json.loads(line) for line in lines if line.strip()]
    from datasets import load_dataset

    rows: Iterable[Mapping[str, Any]] = load_dataset(DATASET, task, split="validation")
    return rows


def with_guids(rows: Iterable[Mapping[str, Any]], predictions: str) -> list[Mapping[str, Any]]:
    """Return rows with guids; those without get the prediction lines' own, in order."""
    rows = list(rows)
    if not rows or rows[0].get("guid"):
        return rows
    records = [json.loads(line) for line in predictions.split("\n") if line.strip()]
    if len(records) != len(rows):
        found = f"found {len(records)} predictions, expected {len(rows)}"
        raise PACKAGE.MetricError(f"{found}: one for each row, since rows have no guid")
    return [{**row, "guid": r.get("guid")} for row, r in zip(rows, records, strict=True)]


def score(
    task: str, pasted: str, uploaded: str | None, references: str | None, unknown_as_wrong: bool
) -> list[list[str]]:
    """Return the rows of the table: score, value, interval; then remarks on them.

    Args:
        task: a KLUE task.
        pasted: predictions as text; used where no file is uploaded.
        uploaded: the path of a prediction file.
        references: the path of a file of dataset rows, or None.
        unknown_as_wrong: whether labels outside the label set, null and missing answers count as
            wrong.

    Raises:
        ValueError: what is wrong with the input, in one line.
    """
    metric = METRICS[task]
    unknown_label = "wrong" if unknown_as_wrong else "error"
    text = Path(uploaded).read_text("utf-8-sig") if uploaded else pasted
    gold = metric.gold(with_guids(rows_of(task, references), text))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions"
        path.write_text(text, encoding="utf-8")
        try:
            records = metric.read_predictions(path, gold, unknown_label)
        except PACKAGE.MetricError as error:
            raise PACKAGE.MetricError(str(error).replace(f"{folder}{os.sep}", "")) from None
    scores = metric.score(gold, records, confidence=0.95, unknown_label=unknown_label)
    estimates = PACKAGE.estimates_of(scores)
    rows = [
        [name, f"{value:.2f}", "[{:.2f}, {:.2f}]".format(*bounds) if bounds else ""]
        for name, (value, bounds) in estimates.items()
    ]
    if note := PACKAGE.interval_note(estimates):
        rows.append([note, "", ""])
    counts = scores.get("unknown_labels", {})
    return rows + [[f"counted as wrong: {kind}", f"{n:,}", ""] for kind, n in counts.items()]


def build() -> Any:
    """Return the page."""
    import gradio as gr

    def answer(*values: Any) -> list[list[str]]:
        try:
            return score(*values)
        except ValueError as error:
            raise gr.Error(str(error)) from None

    with gr.Blocks(title="KLUE metrics", analytics_enabled=False) as page:
        gr.Markdown(HELP.format(dataset=DATASET))
        choices = [(f"{name}: {metric.title}", name) for name, metric in METRICS.items()]
        task = gr.Dropdown(choices, value="ynat", label="Task")
        fields = gr.Markdown(fields_of("ynat"))
        task.change(fields_of, task, fields, api_name="fields")
        with gr.Tab("Paste"):
            pasted = gr.Textbox(lines=8, label="Predictions", placeholder='{"guid": "...", ...}')
        with gr.Tab("Upload"):
            uploaded = gr.File(label="Predictions (.jsonl)", type="filepath")
        with gr.Accordion("Options", open=False):
            references = gr.File(label="References: dataset rows (.jsonl)", type="filepath")
            unknown = gr.Checkbox(label="Count unknown and missing answers as wrong (for LMs)")
        button = gr.Button("Score", variant="primary")
        headers = ["score", "value", "95 % interval"]
        table = gr.Dataframe(headers=headers, label="Scores", interactive=False)
        button.click(answer, [task, pasted, uploaded, references, unknown], table, api_name="score")
    return page


if __name__ == "__main__":
    build().launch()
