"""The page in a real browser: all tabs, both languages, a desktop's and a telephone's width."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from space_app.gradio_internals import ELEMENTS
from space_app.page import TABS, style
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH, KOREAN, LANGUAGES, Language
from tests.space_app.conftest import HOSTILE, Served
from tests.space_app.walk import Walk, browser

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium here: `make test-browser` installs it")
    with browser(executable) as found:
        yield found


@pytest.fixture(scope="module")
def two_files(predictions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The tiny model's inferences, and those of somebody who says neutral every time."""
    lines = predictions["nli"].read_text(encoding="utf-8").splitlines()
    neutral = tmp_path_factory.mktemp("files") / "neutral.jsonl"
    text = "\n".join(json.dumps({**json.loads(line), "label": "neutral"}) for line in lines)
    neutral.write_text(text, encoding="utf-8")
    return [predictions["nli"], neutral]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_visit(
    language: Language, width: int, opened: Browser, served: Served, two_files: list[Path]
) -> None:
    walk = Walk.begin(opened, served.address, language, width, SCREENSHOTS)
    walk.try_tasks()
    walk.score("nli", two_files[0])
    walk.leaderboard("nli", two_files)
    walk.data(["sts", "ner", "dp", "mrc", "wos"])
    assert walk.page.evaluate("document.documentElement.lang") == language.code
    walk.page.close()
    assert not walk.problems


def test_the_main_path_by_keyboard_alone(opened: Browser, served: Served) -> None:
    """From the address bar to an answer: tab keys, letters, Enter."""
    walk = Walk.begin(opened, served.address, ENGLISH, 1280, SCREENSHOTS)
    page = walk.page
    expect(walk.box("Headline")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") in ("INPUT", "TEXTAREA"):
            break
    page.keyboard.type("서울 아파트값")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-ynat .klue.answer")).to_be_visible()
    page.close()
    assert not walk.problems


def test_entities_are_marked_by_keyboard(opened: Browser, served: Served) -> None:
    walk = Walk.begin(opened, served.address, KOREAN, 1280, SCREENSHOTS)
    page = walk.page
    texts_of_re = DEMOS["re"].texts
    walk.tab(walk.say("name", texts_of_re))
    sentence = walk.box(walk.say("field.sentence", texts_of_re))
    sentence.fill("😀 세종대왕은 한양에서 태어났다.")
    for start, length, key in ((2, 4, "mark.subject"), (8, 2, "mark.object")):
        sentence.press("Home")
        for _ in range(start):
            sentence.press("ArrowRight")
        for _ in range(length):
            sentence.press("Shift+ArrowRight")
        page.wait_for_timeout(500)
        walk.button(key, texts_of_re).press("Enter")
        expect(page.locator("mark").filter(visible=True)).to_have_count(1 + (key == "mark.object"))
    walk.button("run").press("Enter")
    marks = page.locator("#answer-re mark")
    expect(marks).to_have_count(2)
    texts = [text.splitlines()[0].strip() for text in marks.all_inner_texts()]
    assert texts[0].startswith("세종대왕") and texts[1].startswith("한양")
    walk.picture("marked")
    page.close()
    assert not walk.problems


def test_a_dialogue_is_typed_turn_by_turn(opened: Browser, served: Served) -> None:
    walk = Walk.begin(opened, served.address, KOREAN, 390, SCREENSHOTS)
    page = walk.page
    texts_of_wos = DEMOS["wos"].texts
    walk.tab(walk.say("name", texts_of_wos))
    for number, (who, text) in enumerate(
        (("role.user", "호텔을 찾아요."), ("role.sys", "어디요?"), ("role.user", HOSTILE)), start=1
    ):
        box = walk.box(walk.say("says", texts_of_wos, who=walk.say(who, texts_of_wos)))
        box.fill(text)
        box.press("Enter")
        turns = page.locator("ol.dialogue li").filter(visible=True)
        expect(turns).to_have_count(number)
    expect(page.locator("#answer-wos .klue.answer")).to_be_visible()
    assert "<script>alert(1)</script>" in turns.last.inner_text()
    walk.picture("dialogue")
    walk.button("undo", texts_of_wos).click()
    expect(turns).to_have_count(2)
    page.close()
    assert not walk.problems


def test_everything_that_is_pressed_or_filled_has_a_name(opened: Browser, served: Served) -> None:
    """What a screen reader would say of each control on each tab."""
    walk = Walk.begin(opened, served.address, KOREAN, 1280, SCREENSHOTS)
    nameless: list[Any] = []
    for tab in sorted(TABS, key=lambda tab: tab.key == "try"):  # the one that is open, last
        walk.tab(walk.say("tab", tab.texts))
        walk.page.wait_for_timeout(500)
        for line in walk.page.locator("body").aria_snapshot().splitlines():
            role, _, rest = line.strip().removeprefix("- ").partition(" ")
            if role.rstrip(":") in ("button", "textbox", "combobox", "checkbox", "tab"):
                nameless += [(tab.key, line)] if not rest.startswith('"') else []
    walk.page.close()
    assert not nameless


def test_gradios_elements_are_where_the_page_expects_them(opened: Browser, served: Served) -> None:
    walk = Walk.begin(opened, served.address, ENGLISH, 1280, SCREENSHOTS)
    texts_of_nli = DEMOS["nli"].texts
    walk.tab(walk.say("name", texts_of_nli))  # its boxes have several lines
    expect(walk.box(walk.say("field.premise", texts_of_nli))).to_be_visible()
    for selector, why in ELEMENTS.items():
        found = walk.page.locator(selector).count()
        assert found, f"{selector}: this release of Gradio has no such element; {why}"
    walk.page.close()


def test_gradios_colours_have_the_names_that_the_page_uses(opened: Browser, served: Served) -> None:
    walk = Walk.begin(opened, served.address, ENGLISH, 1280, SCREENSHOTS)
    for name in sorted(set(re.findall(r"var\((--[\w-]+)\)", style()))):
        value = walk.page.evaluate(
            "name => getComputedStyle(document.querySelector('.gradio-container'))"
            ".getPropertyValue(name)",
            name,
        )
        assert value.strip(), f"{name}: this release of Gradio has no such variable"
    walk.page.close()
