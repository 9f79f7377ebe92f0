"""What other people published for predictions on KLUE's dev set, and what their files give.

The files are theirs and not part of this project; docs/recomputed.md holds the tables that
`python -m klue_cli.recomputed FOLDER` makes of a folder with them. Published numbers were read in
the repositories that are named, in November 2026.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klue_datasets import read_rows
from klue_metrics import METRICS
from klue_results.tables import interval, markdown_line

from .asked import Asked
from .head import head_of
from .reading import read_as

HEADINGS = ("file", "task", "score", "published", "recomputed", "95 % interval")
RULE = "| --- | --- | --- | --: | --: | --: |"
NONE = "–"


@dataclass(frozen=True)
class Published:
    """A file of predictions, and what was published with it.

    Attributes:
        file: its name in the folder.
        task, form, columns, unknown_label: how it is read.
        model: that made the predictions.
        home: the repository that holds it.
        source: where in it the numbers stand; "" where there are none.
        scores: score -> what was published, in its own digits and its own measure; a score that
            was not published is left out.
        why: what the difference comes from.
    """

    file: str
    task: str
    form: str
    model: str
    home: str
    why: str
    source: str = ""
    columns: tuple[str, ...] = ()
    unknown_label: str = "error"
    scores: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """The command that scores the file."""
        named = [part for name in self.columns for part in ("--column", name)]
        lenient = [] if self.unknown_label == "error" else ["--unknown-label", self.unknown_label]
        parts = ["klue", "score", self.task, self.file, "--format", self.form, *named, *lenient]
        return shlex.join(parts)


GEMINI = "https://github.com/aimldl/llm_benchmarks_asian_langs"
PUBLISHED = (
    Published(
        "sts_dev_SurimJang.csv",
        "sts",
        "csv",
        "a Sentence-BERT",
        "https://github.com/SurimJang/KLUE-STS",
        "The same, to the three digits that were published.",
        "Overview/dev_set_score.ipynb",
        columns=("predict-real-label",),
        scores={"pearsonr": "88.9", "f1": "84.1"},
    ),
    Published(
        "re_dev_probs_ez_KLUE-RE.csv",
        "re",
        "probabilities",
        "klue/roberta-large with typed entity markers",
        "https://github.com/kangyurim/ez_KLUE-RE",
        "All but the same. The published row seems to be of another pass of the model: the file's "
        "own 73.0254 and 77.2504 stand in two rows below it, of experiments that leave the labels, "
        "or the probabilities, as they are.",
        "README.md",
        scores={"micro_f1": "73.04", "auprc": "77.26"},
    ),
    Published(
        "nli_dev_jspirit01.txt",
        "nli",
        "lines",
        "klue/bert-base",
        "https://github.com/jspirit01/KLUE_NLI",
        "No score was published with it. Lines end in the label; texts hold commas of their own.",
    ),
    Published(
        "dp_bb0711_pred-0.txt",
        "dp",
        "conll",
        "a parser of the original code",
        "https://github.com/bb0711/Run_KLUE_dp",
        "No score was published with it. A line is a word: predicted head and relation, then the "
        "references' ones; relations are numbers.",
        columns=("1", "2"),
    ),
    Published(
        "ynat_dev_gemini25flash.json",
        "ynat",
        "json",
        "Gemini 2.5 Flash",
        GEMINI,
        "The published mean is over the 8,414 headlines that it answered; the 693 that it did not, "
        "688 of them held back by the provider's filter, are wrong here. The accuracy that was "
        "published beside it, 68.94, counts them.",
        "klue_tc/benchmark_results/klue_tc_metrics_20250716_174205.json",
        unknown_label="wrong",
        scores={"macro_f1": "75.05"},
    ),
    Published(
        "nli_dev_gemini25flash.csv",
        "nli",
        "csv",
        "Gemini 2.5 Flash",
        GEMINI,
        "Two labels swapped: the answers were numbered entailment, contradiction, neutral, and "
        "compared with the Hub's numbers, which are entailment, neutral, contradiction. With "
        "`--column predicted_label_id` the numbers give what was published, and a hint; with "
        "`--labels entailment,contradiction,neutral` beside it they give what the names give. 277 "
        "pairs without an answer are wrong here.",
        "klue_nli/benchmark_results/klue_nli_metrics_20250711_095832.json",
        unknown_label="wrong",
        scores={"accuracy": "32.13"},
    ),
    Published(
        "re_dev_gemini25flash.csv",
        "re",
        "csv",
        "Gemini 2.5 Flash",
        GEMINI,
        "Names were compared with numbers, `per:title` with `29`, and so nothing was ever equal; "
        "what was published is an accuracy. 923 answers are no relation of KLUE's: a pattern cut "
        "`org:top_members/employees` at its slash, and some names are of other schemes. They are "
        "wrong here.",
        "klue_re/benchmark_results/klue_re_metrics_20250713_073614.json",
        unknown_label="wrong",
        scores={"micro_f1": "0.0 (accuracy)"},
    ),
    Published(
        "dp_dev_gemini25flash.json",
        "dp",
        "json",
        "Gemini 2.5 Flash",
        GEMINI,
        "The same share of right heads, which is the micro F1; the UAS of KLUE's tables is the "
        "macro F1 over positions. The relations are those of Universal Dependencies, none of "
        "KLUE's. The 464 sentences without a reply have 0 for every head.",
        "klue_dp/benchmark_results/klue_dp_metrics_20250714_012758.json",
        unknown_label="wrong",
        scores={"uas_micro_f1": "51.31", "las_micro_f1": "0.0"},
    ),
)


def recomputed(one: Published, folder: Path) -> dict[str, Any]:
    """Return the scores of a file with their intervals, as `TaskMetric.score` does.

    Raises:
        InputError: there is no such file in the folder, or it is damaged.
    """
    head_of(folder / one.file)  # before the references are read, which takes longer
    metric = METRICS[one.task]
    gold = metric.gold(read_rows(one.task, "validation", full=True))
    asked = Asked(folder / one.file, metric, gold, columns=one.columns)
    records = read_as(one.form, asked, one.unknown_label).records
    return metric.score(gold, records, confidence=0.95, unknown_label=one.unknown_label)


def markdown(folder: Path) -> str:
    """Return the tables of docs/recomputed.md, made from the files in a folder.

    Raises:
        InputError: a file is not there, or damaged.
        DataError: a dev set is not at hand.
    """
    lines = [markdown_line(HEADINGS), RULE]
    for one in PUBLISHED:
        scores = recomputed(one, folder)
        lines += [markdown_line(cells_of(one, name, scores)) for name in names_of(one, scores)]
    return "\n".join([*lines, *(f"\n{note_of(one)}" for one in PUBLISHED)])


def names_of(one: Published, scores: Mapping[str, Any]) -> list[str]:
    """Return the official scores that a file has."""
    return [name for name in METRICS[one.task].scores if name in scores]


def cells_of(one: Published, name: str, scores: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cells of a score."""
    bounds = interval({"interval": scores[f"{name}_ci"]})
    value = f"{scores[name]:.2f}"
    return (one.file, one.task, name, one.scores.get(name, NONE), value, bounds)


def note_of(one: Published) -> str:
    """Return a paragraph on a file: whose it is, why its scores differ, how it is scored."""
    source = f"; published in `{one.source}`" if one.source else ""
    name = one.home.removeprefix("https://github.com/")
    return (
        f"**{one.file}**: {one.model}, [{name}]({one.home}){source}. {one.why}\n\n"
        f"```\n{one.command}\n```"
    )
