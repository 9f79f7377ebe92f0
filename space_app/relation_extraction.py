"""RE: the relation between two entities that a person marks in the sentence."""

from __future__ import annotations

import json
from itertools import pairwise
from operator import index
from typing import Any

import gradio as gr

from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError
from klue_datasets import TASKS

from .gradio_internals import text_area
from .markup import Mark, block, marked, message, pairs, plain
from .probabilities import probability_bars
from .task import Answer, Controls, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

RELATIONS: list[str] = TASKS["re"].features["label"].names
SIDES = ("subject", "object")
SHOWN = 5  # relations
Span = tuple[int, int]
TEXTS: Texts = {
    "name": ("관계 추출", "Relation"),
    "field.sentence": ("문장", "Sentence"),
    "field.spans": ("표시한 개체", "Marked entities"),
    "how": (
        "문장에서 낱말을 마우스나 Shift+화살표로 선택한 뒤 주어 또는 목적어로 표시하세요.",
        "Select words in the sentence with the mouse or Shift+arrows, then mark them as subject "
        "or object.",
    ),
    "mark.subject": ("주어로 표시", "Mark as subject"),
    "mark.object": ("목적어로 표시", "Mark as object"),
    "subject": ("주어", "subject"),
    "object": ("목적어", "object"),
    "nothing": ("먼저 문장에서 낱말을 선택하세요.", "Select words in the sentence first."),
    "unmarked": ("주어와 목적어를 모두 표시하세요.", "Mark both a subject and an object."),
    "spans": (
        "spans: 문장 안의 서로 다른 두 구간이어야 합니다.",
        "spans: expected two stretches of the sentence that do not overlap",
    ),
    "top": ("가장 확률이 높은 관계", "Most probable relations"),
}
STYLE = """
.klue mark.subject { background: #4a7de04d; } .klue mark.object { background: #e8a33d55; }
"""
# A box keeps its selection when a button takes the focus; it is read when the button is pressed.
READ_SELECTION = f"""(text, _, spans) => {{
  const box = document.querySelector("{text_area("re-sentence")}");
  return [text, JSON.stringify([box.selectionStart, box.selectionEnd]), spans];
}}"""


def answer(pipeline: KluePipeline, language: Language, sentence: str, spans: str) -> Answer:
    """Return the most probable relations between the marked entities."""
    found = read_spans(sentence, spans, language)
    if len(found) < len(SIDES):
        raise InputError(language.say("unmarked"))
    row = pipeline.task.row(sentence, found["subject"], found["object"])
    [record], answers = pipeline.answer([row])
    heading = f"<p><small>{plain(language.say('top'))}</small></p>"
    html = (
        marked(sentence, span_marks(found, language))
        + heading
        + probability_bars(pipeline, answers.given[0], most=SHOWN)
    )
    return Answer(html, record_text(record))


def read_spans(sentence: str, spans: str, language: Language) -> dict[str, Span]:
    """Read `{"subject": [start, end], "object": [start, end]}`, end one behind the last character.

    Raises:
        InputError: the spans are no such thing, lie outside, or overlap.
    """
    try:
        given = dict(json.loads(spans or "{}"))
        found = {
            side: (index(given[side][0]), index(given[side][1])) for side in SIDES if side in given
        }
    except (ValueError, TypeError, LookupError, RecursionError):
        raise InputError(language.say("spans")) from None
    inside = all(0 <= start < end <= len(sentence) for start, end in found.values())
    ordered = sorted(found.values())
    apart = all(a[1] <= b[0] for a, b in pairwise(ordered))
    if not inside or not apart:
        raise InputError(language.say("spans"))
    return found


def span_marks(spans: dict[str, Span], language: Language) -> list[Mark]:
    """Return subject and object as marks."""
    return [Mark(start, end, side, language.say(side)) for side, (start, end) in spans.items()]


def code_points(text: str, selection: tuple[int, int]) -> Span:
    """Return a browser's selection, in UTF-16 units, as a span of characters without outer spaces.

    >>> code_points("😀 가나 다", (2, 6))
    (2, 4)
    """
    units = text.encode("utf-16-le", "surrogatepass")
    start, end = (len(units[: 2 * at].decode("utf-16-le", "ignore")) for at in selection)
    chosen = text[start:end]
    start += len(chosen) - len(chosen.lstrip())
    return start, start + len(chosen.strip())


def mark(
    side: str, sentence: str, selection: str, spans: str, language: Language
) -> tuple[str, str]:
    """Return the spans with the selection as one of them, and the sentence with its marks.

    A new mark takes the place of an older one that it overlaps.

    Args:
        side: which entity was marked.
        sentence: the text.
        selection: a browser's, "[start, end]" in UTF-16 units.
        spans: those that were marked before.
        language: of the page.
    """
    try:
        first, last = map(index, json.loads(selection))
        start, end = code_points(sentence, (max(first, 0), max(last, 0)))
        found = read_spans(sentence, spans, language)
    except (ValueError, TypeError, RecursionError):
        return spans, message(language.say("nothing"), "error")
    if start >= end:
        return spans, message(language.say("nothing"), "error")
    kept = {s: span for s, span in found.items() if span[1] <= start or end <= span[0]}
    kept[side] = (start, end)
    return json.dumps(kept), preview(sentence, json.dumps(kept), language)


def preview(sentence: str, spans: str, language: Language) -> str:
    """Return the sentence with its marks, or how to make some."""
    try:
        found = read_spans(sentence, spans, language)
    except InputError:
        found = {}
    if not found:
        return message(language.say("how"))
    return block(marked(sentence, span_marks(found, language)))


def controls(demo: TaskDemo, language: Language) -> Controls:
    """Build a box in which words are selected, and a button for each of the two entities."""
    sentence = gr.Textbox(
        label=language.say("field.sentence"), lines=demo.lines, elem_id="re-sentence"
    )
    spans = gr.Textbox(label=language.say("field.spans"), visible="hidden")
    selection = gr.Textbox("[0, 0]", visible="hidden")
    with gr.Row():
        buttons = {side: gr.Button(language.say(f"mark.{side}"), size="sm") for side in SIDES}
    view = gr.HTML(preview("", "", language))
    run = gr.Button(language.say("run"), variant="primary")

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    sentence.input(lambda: "", None, spans, trigger_mode="always_last", **private)
    for side, button in buttons.items():

        def press(text: str, chosen: str, given: str, side: str = side) -> tuple[str, str]:
            return mark(side, text, chosen, given, language)

        pressed = [sentence, selection, spans]
        button.click(press, pressed, [spans, view], js=READ_SELECTION, **private)
    spans.change(
        lambda text, given: preview(text, given, language), [sentence, spans], view, **private
    )
    return Controls([sentence, spans], [run.click])


def labels(row: Row) -> list[str]:
    """Return the gold relation."""
    return [RELATIONS[row["label"]]]


def show(row: Row, language: Language) -> Shown:
    """Return the sentence with both entities, and the gold relation."""
    spans = {
        side: (row[f"{side}_entity"]["start_idx"], row[f"{side}_entity"]["end_idx"] + 1)
        for side in SIDES
    }
    entries = {language.say("gold"): plain(labels(row)[0])}
    return Shown(marked(row["sentence"], span_marks(spans, language)) + pairs(entries))


DEMO = TaskDemo(
    name="re",
    texts=TEXTS,
    fields=("sentence", "spans"),
    examples=(
        (
            "작곡가 윤이상은 1917년 경상남도 산청에서 태어났다.",
            '{"subject": [4, 7], "object": [15, 22]}',
        ),
        (
            "한빛전자의 김가람 대표는 새 공장을 대전에 짓겠다고 밝혔다.",
            '{"subject": [0, 4], "object": [6, 9]}',
        ),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("sentence",))),
    controls=controls,
    groupings=("source", "label", "length"),
    style=STYLE,
)
