"""The part of the leaderboard that compares two submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import gradio as gr

from klue_metrics.comparison import difference_estimates

from ..board.entries import Entry
from ..callers import Caller
from ..markup import block, message, plain, table
from ..texts import Texts
from .context import SCORING, Page

TEXTS: Texts = {
    "title": ("두 모델의 비교", "Compare two models"),
    "a": ("A", "A"),
    "b": ("B", "B"),
    "button": ("비교하기", "Compare"),
    "few": (
        "비교하려면 이 과제에 제출된 모델이 둘 있어야 합니다. 공개된 점수에는 예측이 없습니다.",
        "A comparison takes two models submitted for this task; published scores come without "
        "predictions.",
    ),
    "difference": ("A − B", "A − B"),
    "p.bootstrap": ("p (부트스트랩)", "p (bootstrap)"),
    "p.randomisation": ("p (무작위화)", "p (randomisation)"),
    "verdict": ("판정 (5% 수준)", "Verdict (5 % level)"),
    "better.a": ("A가 더 좋습니다", "A is better"),
    "better.b": ("B가 더 좋습니다", "B is better"),
    "better.none": ("구별할 수 없습니다", "cannot be told apart"),
}
COLUMNS = ("score", "a", "b", "difference", "interval", "p.bootstrap", "p.randomisation", "verdict")


def build_comparison(page: Page) -> tuple[Any, Any, Any]:
    """Build two menus and a button; return the menus and where the comparison is shown."""
    page = page.of(TEXTS)
    with gr.Accordion(page.say("title"), open=True):
        with gr.Row():
            # Custom values: the entries come with the page, and the board knows them.
            first, second = (
                gr.Dropdown([], label=page.say(side), min_width=240, allow_custom_value=True)
                for side in ("a", "b")
            )
        button = gr.Button(page.say("button"))
        compared = gr.HTML(elem_id="compared")

    def run(a: str | None, b: str | None, request: gr.Request) -> str:
        answer = partial(compare_entries, page, a or "", b or "", Caller.of(request))
        return str(page.guarded(answer, 0)[0])

    button.click(run, [first, second], compared, **SCORING, **page.api("compare"))
    return first, second, compared


def entry_choices(page: Page, task: str) -> list[tuple[str, str]]:
    """Return the submissions of a task for a menu."""
    entries = page.services.board.comparable(task)
    return [(f"{named(entry)} ({entry.id})", entry.id) for entry in entries]


def named(entry: Entry) -> str:
    """Return what a model is called, a language model with how it was asked."""
    return " · ".join(filter(None, (entry.model, entry.asked)))


def too_few(page: Page, entries: Sequence[Any]) -> str:
    """Return the message that there is nothing to compare, "" where there is."""
    return message(page.of(TEXTS).say("few")) if len(entries) < 2 else ""


def compare_entries(page: Page, a: str, b: str, caller: Caller) -> tuple[str]:
    """Return the difference between two submissions.

    Raises:
        InputError: they cannot be compared, or too many requests.
    """
    services = page.services
    services.limit.check("score", caller)
    first, second = services.board.pair(a, b)
    with services.scoring.of(caller.address):
        sides = (services.board.records(first), services.board.records(second))
        found = services.workers.difference(first.task, *sides)
    return (difference_html(page, (first, second), found),)


def difference_html(
    page: Page, sides: tuple[Entry, Entry], found: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return the table of a comparison, with a verdict in words for each score."""
    page = page.of(TEXTS)
    rows = [difference_row(page, name, part) for name, part in found.items()]
    names = "".join(
        f"<p>{side}: <bdi>{plain(named(entry))}</bdi></p>"
        for side, entry in zip("AB", sides, strict=True)
    )
    note = page.interval_note(difference_estimates(found))
    return block(names + table([page.say(key) for key in COLUMNS], rows, "compared") + note)


def difference_row(page: Page, name: str, part: Mapping[str, Any]) -> list[str]:
    """Return the row of one score, in the order of `COLUMNS`."""
    low, high = part["difference_ci"] or (float("nan"), float("nan"))
    if part["told_apart"]:
        verdict = page.say("better.a" if part["difference"] > 0 else "better.b")
    else:
        verdict = page.say("better.none")
    kind = "real" if part["told_apart"] else ""
    return [
        plain(name),
        f"{part['a']:.2f}",
        f"{part['b']:.2f}",
        f"<strong>{part['difference']:+.2f}</strong>",
        f"[{low:+.2f}, {high:+.2f}]",
        f"{part['p_bootstrap']:.3f}",
        f"{part['p_randomisation']:.3f}",
        f'<span class="tag {kind}">{plain(verdict)}</span>',
    ]
