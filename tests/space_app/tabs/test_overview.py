"""The overview shows what a view asks for, each name as text, in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import gradio as gr
import pytest

from klue_metrics import METRICS
from space_app.board.filters import REVERSE, Filters, orders
from space_app.board.overview import KINDS, columns
from space_app.markup import plain
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs import overview_table
from space_app.tabs.context import Page
from space_app.tabs.leaderboard import TAB
from space_app.tabs.overview import TEXTS, overview_html, saved_file
from space_app.texts import LANGUAGES
from tests.space_app.made_entries import asked, entry

HOSTILE = '"><script>alert(1)</script>${x}=HYPERLINK("y")\u202eabc ' + "가" * 500
SMALL = replace(entry(1), model="small", parameters=60.0)
LARGE = replace(entry(2), model="large", parameters=337.0, scores={"accuracy": 90.0})
ODD = replace(entry(3, "sts"), model=HOSTILE, trained_on=HOSTILE, scores={"f1": 70.0})
GOLD = replace(entry(4, "sts"), model="gold", scores={"f1": 100.0}, equal_to_gold=True)
MODEL = asked(5)


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.code)
def page(request: pytest.FixtureRequest, settings: Settings) -> Page:
    services = Services.of(settings)
    for made in (SMALL, LARGE, ODD, GOLD, MODEL):
        services.board.store.append(made, b"{}\n")
    return Page(services, request.param, gr.Blocks()).for_tab(TAB)


def rows_of(html: str) -> list[list[str]]:
    """The cells of each model's row as text."""
    rows = re.findall(r'<tr><th scope="row".*?</tr>', html, flags=re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows)
    return [[re.sub(r"<[^>]*>", "", cell) for cell in row] for row in cells]


def test_the_plain_view_has_a_row_a_model_and_a_heading_a_score(page: Page) -> None:
    html = overview_html(page, Filters())
    rows = rows_of(html)
    assert len(rows) == len(page.services.overview.rows())
    assert [name for row in rows for name in row[:1]][:2] == ["large", "small"]
    assert {len(row) for row in rows} == {2 + len(columns()) + 4}
    assert re.findall(r'data-sort="(\w+\.\w+)"', html) == [f"{t}.{name}" for t, name in columns()]
    assert html.count('scope="rowgroup"') == len(KINDS)
    assert 'aria-sort="ascending"' in html and html.count("aria-sort") == 1
    assert "<table" in html and "<caption" in html and 'tabindex="0"' in html


@pytest.mark.parametrize("order", [*orders(), *(REVERSE + order for order in orders())])
def test_every_order_is_told_by_its_heading(order: str, page: Page) -> None:
    html = overview_html(page, Filters(sort=order, average=True))
    (heading,) = re.findall(r'<th[^>]*aria-sort="(\w+)"[^>]*><button[^>]*data-sort="([^"]*)"', html)
    rising = (order.removeprefix(REVERSE) in ("rank", "model")) != order.startswith(REVERSE)
    assert heading == ("ascending" if rising else "descending", order.removeprefix(REVERSE))


def test_the_best_is_marked_in_words_too(page: Page) -> None:
    html = overview_html(page, Filters(kinds=("encoder",)))
    assert html.count("<strong>90.00</strong>") == 1 and "<strong>50.00" not in html
    assert plain(overview_table.TEXTS["best"][page.language.column]) in html
    assert plain(overview_table.TEXTS["equal"][page.language.column]) in html


def test_names_are_text_whatever_they_hold(page: Page) -> None:
    html = overview_html(page, Filters())
    assert plain(HOSTILE) in html
    assert "<script" not in html and "${" not in html


def test_a_view_without_models_says_so(page: Page) -> None:
    html = overview_html(page, Filters(search="nobody"))
    assert "<table" not in html and 'role="status"' in html and "search=nobody" in html


def test_the_average_comes_with_its_formula_and_only_if_asked_for(page: Page) -> None:
    formula = plain(TEXTS["formula.average"][page.language.column])
    assert formula not in overview_html(page, Filters())
    html = overview_html(page, Filters(average=True))
    assert formula in html and {len(row) for row in rows_of(html)} == {3 + len(columns()) + 4}


def test_of_many_models_the_first_are_shown_and_the_files_have_all(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview_table, "SHOWN", 1)
    html = overview_html(page, Filters())
    assert len(rows_of(html)) == len(KINDS)
    content = json.loads(saved_file(page, Filters(), "json"))
    assert content["name"] == "klue-overview.json"
    models = json.loads(content["text"])["models"]
    assert len(models) == len(page.services.overview.rows())


def test_any_form_of_file_is_one_of_both(page: Page) -> None:
    for form in ("csv", "../../etc/passwd", ""):
        content = json.loads(saved_file(page, Filters(kinds=("encoder",)), form))
        assert content["name"] == "klue-overview.csv" and "\nlarge,encoder," in content["text"]


def test_a_link_leads_to_the_view(page: Page) -> None:
    html = overview_html(page, Filters(search="a&b", sort="-re.auprc"))
    (address,) = re.findall(r'class="view" href="([^"]*)"', html)
    path, _, query = address.replace("&amp;", "&").partition("?")
    assert Filters.from_query(query) == Filters(search="a&b", sort="-re.auprc")
    assert path == {"ko": "", "en": "en"}[page.language.code]
    assert METRICS["re"].scores[1] == "auprc"
