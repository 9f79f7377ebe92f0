"""The page in a real browser: all tabs, both languages, a desktop's and a telephone's width."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

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
    walk.tab(walk.say("re"))
    sentence = walk.box(walk.say("field.sentence"))
    sentence.fill("😀 세종대왕은 한양에서 태어났다.")
    for start, length, key in ((2, 4, "re.subject"), (8, 2, "re.object")):
        sentence.press("Home")
        for _ in range(start):
            sentence.press("ArrowRight")
        for _ in range(length):
            sentence.press("Shift+ArrowRight")
        page.wait_for_timeout(500)
        walk.button(key).press("Enter")
        expect(page.locator("mark").filter(visible=True)).to_have_count(1 + (key == "re.object"))
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
    walk.tab(walk.say("wos"))
    for number, (who, text) in enumerate(
        (("wos.user", "호텔을 찾아요."), ("wos.sys", "어디요?"), ("wos.user", HOSTILE)), start=1
    ):
        box = walk.box(walk.say("wos.says", who=walk.say(who)))
        box.fill(text)
        box.press("Enter")
        turns = page.locator("ol.dialogue li").filter(visible=True)
        expect(turns).to_have_count(number)
    expect(page.locator("#answer-wos .klue.answer")).to_be_visible()
    assert "<script>alert(1)</script>" in turns.last.inner_text()
    walk.picture("dialogue")
    walk.button("wos.undo").click()
    expect(turns).to_have_count(2)
    page.close()
    assert not walk.problems


def test_everything_that_is_pressed_or_filled_has_a_name(opened: Browser, served: Served) -> None:
    """What a screen reader would say of each control on each tab."""
    walk = Walk.begin(opened, served.address, KOREAN, 1280, SCREENSHOTS)
    nameless: list[Any] = []
    for key in ("tab.score", "tab.leaderboard", "tab.data", "tab.try"):
        walk.tab(walk.say(key))
        walk.page.wait_for_timeout(500)
        for line in walk.page.locator("body").aria_snapshot().splitlines():
            role, _, rest = line.strip().removeprefix("- ").partition(" ")
            if role.rstrip(":") in ("button", "textbox", "combobox", "checkbox", "tab"):
                nameless += [(key, line)] if not rest.startswith('"') else []
    walk.page.close()
    assert not nameless
