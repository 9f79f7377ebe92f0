"""The part of the leaderboard with the language models that were asked, below the encoders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from klue_metrics import METRICS

from ..board.entries import Entry
from ..board.leaderboard import Row, is_gold, score_names
from ..markup import message, plain
from ..texts import Texts
from .context import Page
from .ties import tie_cells, tie_headings

TEXTS: Texts = {
    "models": ("언어 모델", "Language models"),
    "lead": (
        "질문을 받고 답한 모델입니다. 답하지 않은 것과 라벨 집합에 없는 답은 오답입니다. "
        "‘모델 없이’는 모두 같은 라벨로 답하는 것처럼 모델이 없어도 얻는 점수입니다. KLUE의 dev "
        "정답은 2021년부터 공개되어 있어 모델이 이미 읽었을 수 있습니다.",
        "Models that were asked by prompt. What was not answered, or is outside the label set, "
        "counts as wrong. “Without a model” is what an answer made up without one scores, such as "
        "the same label every time. KLUE's dev labels have been public since 2021: a model may "
        "have read them.",
    ),
    "column.without": ("모델 없이", "Without a model"),
    "column.asked": ("질문 방식", "Asked"),
    "column.outside": ("라벨 집합 밖", "Outside"),
    "column.empty": ("빈 답", "Empty"),
    "equal": ("정답과 같음", "equal to gold"),
}
BEHIND = ("without", "asked", "outside", "empty", "parameters", "date", "id")
TYPES = ("number", "str", "number", "number", "number", "str", "str")


def build_language_models(page: Page, task: str) -> tuple[Any, Any]:
    """Build the section; return it, which is shown where there is a row, and its table."""
    page = page.of(TEXTS)
    table = lm_table(page, task)
    with gr.Column(visible=bool(table["value"])) as section:
        scores = gr.Dataframe(
            **table,
            label=page.say("models"),
            interactive=False,
            max_height=420,
            elem_id="language-models",
        )
        gr.HTML(message(page.say("lead")))
    return section, scores


def lm_table(page: Page, task: str) -> dict[str, Any]:
    """Return the table's headings, types and values, as `board_table` does of the encoders."""
    page = page.of(TEXTS)
    rows = page.services.board.language_models(task)
    names = score_names(task, rows)
    behind = [page.say(f"column.{key}") for key in BEHIND]
    return {
        "headers": [page.say("column.model"), *names, *tie_headings(page), *behind],
        "datatype": ["str", *["number"] * len(names), "str", "str", *TYPES],
        "value": [lm_row(page, row, names) for row in rows],
    }


def lm_row(page: Page, row: Row, names: Sequence[str]) -> list[Any]:
    """Return one row of the table; a number that it lacks is None."""
    entry = row.entry
    assert entry is not None, "no language model is published without one"
    asked = f"{entry.asked} ({page.say('equal')})" if is_gold(row) else entry.asked
    return [
        row.model,
        *(rounded(row.scores, name) for name in names),
        *tie_cells(page, entry),
        rounded(entry.trivial, METRICS[row.task].main_score),
        asked,
        entry.unknown_labels.get("invented"),
        entry.unknown_labels.get("empty"),
        entry.parameters,
        entry.created[:10],
        entry.id,
    ]


def rounded(scores: Mapping[str, float], name: str) -> float | None:
    """Return a score with two decimals, None where it is not there."""
    return round(scores[name], 2) if name in scores else None


def lm_details(page: Page, entry: Entry) -> dict[str, str]:
    """Return what is known of how a language model was asked, as HTML by its name."""
    page = page.of(TEXTS)
    counts = entry.unknown_labels
    without = ", ".join(f"{name} {value:.2f}" for name, value in entry.trivial.items())
    return {
        page.say("column.asked"): plain(entry.asked),
        page.say("column.outside"): f"{counts.get('invented', 0):,}",
        page.say("column.empty"): f"{counts.get('empty', 0):,}",
        page.say("column.without"): plain(without),
    }
