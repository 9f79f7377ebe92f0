"""The part of the leaderboard that stands first: all models by all tasks, with filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from klue_metrics import METRICS

from ..board.downloads import csv_text, json_text
from ..board.filters import Filters
from ..board.overview import KINDS
from ..board.standings import Group, standings
from ..markup import block, plain
from ..texts import KOREAN, Texts
from .context import PRIVATE, Page
from .overview_table import overview_table
from .ties import tied_with_best

TEXTS: Texts = {
    "title": ("한눈에 보기", "Overview"),
    "formula": (
        "평균 순위는 모델이 가진 과제에서의 순위의 평균입니다. 순위는 주 점수({mains})가 더 높은 "
        "모델 수 + 1이고, 조건에 맞는 같은 종류, 같은 데이터의 모델끼리만 셉니다. 과제가 많은 "
        "모델이 먼저 나옵니다. KLUE에는 종합 점수가 없습니다. 굵은 점수는 같은 종류 중 가장 높은 "
        "점수, ≈는 5% 수준에서 그와 구별할 수 없는 점수입니다.",
        "The mean rank is over the tasks that a model has: 1 + the number of models with a higher "
        "main score ({mains}), among the models of the same kind within the filters, on the same "
        "data; models with more tasks stand first. KLUE defines no overall score. Bold is the "
        "highest score of a kind, ≈ cannot be told apart from it at the 5 % level.",
    ),
    "formula.average": (
        "평균은 모든 과제의 주 점수의 단순 평균으로, 모든 과제를 가진 모델에만 있습니다. "
        "KLUE가 정의한 점수가 아닙니다.",
        "The average is the plain mean of all tasks' main scores, for models that have every "
        "task. KLUE does not define it.",
    ),
    "search": ("모델 찾기", "Find a model"),
    "kinds": ("종류", "Kind"),
    "kind.encoder": ("인코더", "Encoders"),
    "kind.language-model": ("언어 모델", "Language models"),
    "kind.published": ("공개된 점수", "Published"),
    "filters": ("더 많은 조건", "More filters"),
    "least": ("매개변수, 최소(백만)", "Parameters, at least (M)"),
    "most": ("매개변수, 최대(백만)", "Parameters, at most (M)"),
    "trained_on": ("학습 데이터에 들어 있는 말", "Trained on, contains"),
    "selected_on": ("선택 기준·질문 방식에 들어 있는 말", "Selected on or asked, contains"),
    "since": ("이 날짜부터", "Since"),
    "until": ("이 날짜까지", "Until"),
    "day": ("예: 2026-01-31", "e.g. 2026-01-31"),
    "open_weights": ("가중치가 공개된 모델만", "Open weights only"),
    "complete": ("모든 과제를 가진 모델만", "Only models with all tasks"),
    "average": ("과제 평균도 보기", "Show an average over tasks"),
    "sort": ("정렬", "Order"),
    "link": ("이 화면의 링크", "Link to this view"),
    "save": ("{form}로 받기", "Save as {form}"),
}
FORMS: Mapping[str, tuple[Any, str]] = {
    "csv": (csv_text, "text/csv;charset=utf-8"),
    "json": (json_text, "application/json"),
}
QUIET: Mapping[str, Any] = {**PRIVATE, "trigger_mode": "always_last"}
# A press tells what it was on; the address follows the view while the table is looked at; what was
# pressed keeps the focus when the table is drawn anew.
ON_LOAD = """
let pressed = "";
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const {sort, model, kind, save} = button.dataset;
  if (sort) { pressed = `[data-sort="${CSS.escape(sort)}"]`; trigger("select", {order: sort}); }
  else if (model) trigger("click", {model, kind});
  else if (save) trigger("download", {form: save});
});
watch("value", () => {
  const link = element.querySelector("a.view"), again = pressed && element.querySelector(pressed);
  if (again) again.focus({preventScroll: true});
  pressed = "";
  if (!link || element.offsetParent === null) return;
  const query = new URLSearchParams(new URL(link.href).search);
  for (const [name, value] of new URLSearchParams(location.search))
    if (name.startsWith("__")) query.append(name, value);
  history.replaceState(history.state, "", `${location.pathname}?${query}`);
});
"""
SAVE = """(content) => {
  const {name, type, text} = JSON.parse(content);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}"""


@dataclass(frozen=True)
class Controls:
    """What a person sets, by the names of `Filters`; the order is set by the table's headings."""

    parts: Mapping[str, Any]

    @property
    def changes(self) -> list[Any]:
        """What happens when a person types, pastes or chooses; headings set the order.

        A box that is drawn for the first time has changed too, in Gradio's view: not `change`.
        """
        parts = [part for name, part in self.parts.items() if name != "sort"]
        typed = [part for part in parts if isinstance(part, (gr.Textbox, gr.Number))]
        left = [event for part in typed for event in (part.submit, part.blur)]
        return [*(part.input for part in parts), *left]

    @property
    def all(self) -> list[Any]:
        """All parts in their order."""
        return list(self.parts.values())


@dataclass(frozen=True)
class Built:
    """The table, whose press ("click") names a model, and what draws it anew."""

    table: Any
    show: Callable[..., str]
    inputs: list[Any]


def build_overview(page: Page) -> Built:
    """Build filters and table."""
    page = page.of(TEXTS)
    gr.HTML(block(f"<h2>{plain(page.say('title'))}</h2>"))
    controls = build_controls(page)
    shown = gr.HTML(elem_id="overview", js_on_load=ON_LOAD)
    saved = gr.Textbox(visible="hidden", label=page.say("save", form=""))
    names = list(controls.parts)

    def view_of(values: tuple[Any, ...]) -> Filters:
        return Filters.of(dict(zip(names, values, strict=True)))

    def show(*values: Any) -> str:
        return overview_html(page, view_of(values))

    def sort(event: gr.EventData, *values: Any) -> tuple[str, str]:
        view = view_of(values).sorted_by(str(getattr(event, "order", "")))
        return view.sort, overview_html(page, view)

    def save(event: gr.EventData, *values: Any) -> str:
        return saved_file(page, view_of(values), str(getattr(event, "form", "")))

    def opened(request: gr.Request) -> list[Any]:
        view = Filters.from_query(str(request.query_params))
        return [*(value_of(view, name) for name in names), overview_html(page, view)]

    gr.on(controls.changes, show, controls.all, shown, **QUIET)
    shown.select(sort, controls.all, [controls.parts["sort"], shown], **PRIVATE)
    shown.download(save, controls.all, saved, **PRIVATE).then(None, saved, None, js=SAVE, **PRIVATE)
    page.on_load(opened, None, [*controls.all, shown])
    if page.public:
        publish(page)
    return Built(shown, show, controls.all)


def build_controls(page: Page) -> Controls:
    """Build the filters."""
    parts: dict[str, Any] = {}
    with gr.Row():
        parts["search"] = gr.Textbox(label=page.say("search"), min_width=220)
        kinds = [(page.say(f"kind.{kind}"), kind) for kind in KINDS]
        parts["kinds"] = gr.CheckboxGroup(
            kinds, value=list(KINDS), label=page.say("kinds"), min_width=320
        )
    with gr.Accordion(page.say("filters"), open=False):
        with gr.Row():
            for name in ("least", "most"):
                parts[name] = gr.Number(None, label=page.say(name), minimum=0, min_width=150)
            for name in ("since", "until"):
                day = page.say("day")
                parts[name] = gr.Textbox(label=page.say(name), placeholder=day, min_width=150)
        with gr.Row():
            for name in ("trained_on", "selected_on"):
                parts[name] = gr.Textbox(label=page.say(name), min_width=220)
        with gr.Row():
            for name in ("open_weights", "complete", "average"):
                parts[name] = gr.Checkbox(False, label=page.say(name), min_width=200)
    parts["sort"] = gr.Textbox(Filters().sort, visible="hidden", label=page.say("sort"))
    return Controls(parts)


def value_of(view: Filters, name: str) -> Any:
    """Return what a control shows of a view."""
    value = getattr(view, name)
    return list(value) if name == "kinds" else value


def groups_of(page: Page, view: Filters) -> tuple[Group, ...]:
    """Return the models of a view."""
    return standings(page.services.overview.rows(), view)


def overview_html(page: Page, view: Filters) -> str:
    """Return the table of a view, its files and its link."""
    page = page.of(TEXTS)
    groups = groups_of(page, view)
    table = overview_table(page, groups, view, tied_with_best(page, groups))
    notes = [page.say("formula", mains=main_scores())]
    if view.average:
        notes.append(page.say("formula.average"))
    query = "&".join(filter(None, ("tab=leaderboard", view.to_query())))
    buttons = "".join(
        f'<button type="button" class="button" data-save="{form}">'
        f"{plain(page.say('save', form=form.upper()))}</button>"
        for form in FORMS
    )
    place = "" if page.language == KOREAN else page.language.code  # below the page's own address
    link = f'<a class="view" href="{place}?{plain(query)}">{plain(page.say("link"))}</a>'
    said = "".join(f"<p><small>{plain(note)}</small></p>" for note in notes)
    return block(f'{table}<p class="files">{buttons}{link}</p>{said}', "overview")


def main_scores() -> str:
    """Return the tasks' main scores in words."""
    return ", ".join(f"{task} {metric.main_score}" for task, metric in METRICS.items())


def saved_file(page: Page, view: Filters, form: str) -> str:
    """Return name, type and text of a file of a view, as JSON."""
    write, kind = FORMS.get(form, FORMS["csv"])
    text = write(groups_of(page, view), view)
    name = f"klue-overview.{form if form in FORMS else 'csv'}"
    return json.dumps({"name": name, "type": kind, "text": text}, ensure_ascii=False)


def publish(page: Page) -> None:
    """Let programs read the overview."""

    def rows(query: str = "") -> dict[str, Any]:
        view = Filters.from_query(query)
        content: dict[str, Any] = json.loads(json_text(groups_of(page, view), view))
        return content

    gr.api(rows, api_name="overview")
