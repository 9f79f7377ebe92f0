"""A walk through the page in a real browser: what a person does, and a picture of each step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from space_app import page as whole_page
from space_app.board.entries import ENCODER, LANGUAGE_MODEL
from space_app.board.leaderboard import NOTES
from space_app.tabs import comparison, data, leaderboard, overview, score, submission
from space_app.tasks import DEMOS
from space_app.texts import KOREAN, SHARED, Language, Texts

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Gradio's own word on the button that takes a file away.
CLEAR = {"ko": "지우기", "en": "Clear"}
LONG = 120_000  # milliseconds; a machine that tests run on may be a busy one

# Every Hangul character of the page against one that no font has: the same picture is a missing
# glyph.
MISSING_GLYPHS = """() => {
  const family = getComputedStyle(document.querySelector(".klue")).fontFamily;
  const draw = (text) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 32;
    const pen = canvas.getContext("2d", {willReadFrequently: true});
    pen.font = `24px ${family}`;
    pen.fillText(text, 2, 26);
    return pen.getImageData(0, 0, 32, 32).data.join();
  };
  const nothing = [draw("\\u{10FFFE}"), draw(" ")];
  const hangul = /[\\u1100-\\u11ff\\u3131-\\u318e\\uac00-\\ud7a3]/gu;
  const used = new Set(document.body.innerText.match(hangul) || []);
  return [...used].filter((character) => nothing.includes(draw(character)));
}"""
# The words of a page that is wider than its window are cut off on a telephone.
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """The system's browser, without a window."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass
class Walk:
    """One visit in one language and width; `problems` collects what must not happen."""

    page: Page
    language: Language
    folder: Path
    problems: list[str] = field(default_factory=list)
    number: int = 0

    @classmethod
    def begin(
        cls, opened: Browser, address: str, language: Language, width: int, folder: Path
    ) -> Walk:
        """Open the page of a language."""
        view: Any = {"width": width, "height": 900}
        locale = "ko-KR" if language is KOREAN else "en-US"
        page = opened.new_page(viewport=view, locale=locale)
        page.set_default_timeout(LONG)
        expect.set_options(timeout=LONG)
        walk = cls(page, language, folder / f"{language.code}-{width}")
        walk.folder.mkdir(parents=True, exist_ok=True)
        page.on("console", walk.heard)
        page.on("pageerror", lambda error: walk.problems.append(f"error: {error}"))
        page.on("request", walk.asked)
        page.goto(address if language is KOREAN else f"{address.rstrip('/')}/en")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            walk.say("title", whole_page.TEXTS)
        )
        return walk

    def heard(self, message: Any) -> None:
        """A line of the console."""
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def asked(self, request: Any) -> None:
        """A request of the page."""
        if not re.match(r"(https?://127\.0\.0\.1[:/]|data:|blob:)", request.url):
            self.problems.append(f"foreign host: {request.url}")

    def say(self, key: str, texts: Texts = SHARED, **values: object) -> str:
        """A text in the language of the visit, of the table that has it."""
        return self.language.of(texts).say(key, **values)

    def button(self, key: str, texts: Texts = SHARED) -> Locator:
        """The visible button of a name."""
        found = self.page.get_by_role("button", name=self.say(key, texts), exact=True)
        return found.filter(visible=True).first

    def unfold(self, key: str, texts: Texts = SHARED) -> None:
        """Open what is folded away."""
        name = re.compile(f"^{re.escape(self.say(key, texts))}")
        self.page.get_by_role("button", name=name).filter(visible=True).first.click()

    def box(self, label: str) -> Locator:
        """The visible box of a name."""
        return self.page.get_by_label(label, exact=True).filter(visible=True).first

    def picture(self, name: str) -> None:
        """Take a picture, and look for what a picture shows."""
        self.page.wait_for_timeout(400)
        self.number += 1
        path = self.folder / f"{self.number:02}-{name}.png"
        self.page.screenshot(path=path, full_page=True)
        missing = self.page.evaluate(MISSING_GLYPHS)
        if missing:
            self.problems.append(f"{name}: no glyph for {''.join(missing)}")
        beyond = self.page.evaluate(TOO_WIDE)
        if beyond > 0:
            self.problems.append(f"{name}: {beyond} pixels wider than the window")

    def tab(self, name: str) -> None:
        """Open a tab."""
        self.page.get_by_role("tab", name=name, exact=True).filter(visible=True).first.click()

    def choose(self, label: str, option: str) -> None:
        """Choose in a menu."""
        self.box(label).click()
        self.page.get_by_role("option", name=option).filter(visible=True).first.click()

    def try_tasks(self) -> None:
        """Ask each task's model about the first example."""
        for task, demo in DEMOS.items():
            self.tab(self.say("name", demo.texts))
            examples = self.page.locator(".gallery-item, .gallery button").filter(visible=True)
            examples.first.click()
            run = self.button("run")
            if run.count():
                self.page.wait_for_timeout(300)
                run.click()
            answer = self.page.locator(f"#answer-{task} .klue.answer")
            expect(answer).to_be_visible()
            self.picture(f"try-{task}")

    def score(self, task: str, path: Path) -> None:
        """Score a file."""
        self.tab(self.say("tab", score.TEXTS))
        self.picture("score-empty")
        self.choose(self.say("task"), f"({task})")
        self.page.locator("input[type=file]").first.set_input_files(path)
        expect(self.page.get_by_text(path.name).filter(visible=True).first).to_be_visible()
        self.button("button", score.TEXTS).click()
        expect(self.page.locator("#report .klue.report")).to_be_visible()
        self.picture(f"score-{task}")

    def submit(self, task: str, path: Path, model: str, kind: str = ENCODER) -> None:
        """Submit a file to the leaderboard."""
        form = self.page.locator(".submission")
        words = {ENCODER: "encoder", LANGUAGE_MODEL: "language_model"}
        form.get_by_label(self.say(words[kind], submission.TEXTS), exact=True).check()
        first = self.say(NOTES[kind][0], submission.TEXTS)
        expect(form.get_by_label(first, exact=True)).to_be_visible()
        form.get_by_label(self.say("task"), exact=True).click()
        self.page.get_by_role("option", name=f"({task})").filter(visible=True).first.click()
        clear = form.get_by_role("button", name=CLEAR[self.language.code])
        if clear.count():
            clear.first.click()
        form.locator("input[type=file]").set_input_files(path)
        expect(form.get_by_text(path.name).first).to_be_visible()
        values = {"model": model, "link": "https://example.org/<b>", "parameters": "110"}
        for name, value in {**values, **dict.fromkeys(NOTES[kind], "train 10 %")}.items():
            self.box(self.say(name, submission.TEXTS)).fill(value)
        self.button("button", submission.TEXTS).click()
        done = self.page.locator("#submitted .klue").filter(has_text=model)
        expect(done).to_be_visible()

    def leaderboard(self, task: str, files: list[Path]) -> None:
        """Look at the table, submit two models, compare them."""
        self.tab(self.say("tab", leaderboard.TEXTS))
        self.picture("leaderboard")
        self.unfold("title", submission.TEXTS)
        for number, path in enumerate(files):
            self.submit(task, path, f"모델 {self.folder.name} {number}")
        asked = f"언어 모델 {self.folder.name}"
        self.submit(task, files[0], asked, LANGUAGE_MODEL)
        self.picture("submitted")
        self.overview(asked)
        self.choose(self.say("task"), f"({task})")
        self.pick_from_menus()
        self.pick_rows([asked, f"모델 {self.folder.name} 1"])
        self.pick_rows([f"모델 {self.folder.name} {number}" for number in range(2)])
        self.button("button", comparison.TEXTS).click()
        expect(self.page.locator("#compared table")).to_be_visible()
        self.choose(self.say("column.model", leaderboard.TEXTS), "KLUE-RoBERTa-large")
        expect(self.page.locator("#across table")).to_be_visible()
        self.picture("compared")

    def overview(self, model: str) -> None:
        """Sort and filter by keyboard, follow the link, press a model's name, save the file."""
        table = self.page.locator("#overview table")
        button = table.locator('button[data-sort="nli.accuracy"]')
        button.press("Enter")
        expect(table.locator('[aria-sort="descending"]')).to_have_count(1)
        expect(button).to_be_focused()
        self.box(self.say("search", overview.TEXTS)).fill(model)
        self.box(self.say("search", overview.TEXTS)).press("Enter")
        expect(table.locator("tbody tr:not(.kind)")).to_have_count(1)
        self.picture("overview")
        assert "sort=nli.accuracy" in self.page.url and "search=" in self.page.url
        with self.page.expect_download() as download:
            self.button_named("save", overview.TEXTS, form="CSV").click()
        assert model in Path(download.value.path()).read_text(encoding="utf-8-sig")
        table.get_by_role("button", name=model).click()
        expect(self.page.locator("#across table")).to_be_visible()
        self.page.goto(self.page.url)
        expect(table.locator("tbody tr:not(.kind)")).to_have_count(1)
        expect(self.box(self.say("search", overview.TEXTS))).to_have_value(model)

    def button_named(self, key: str, texts: Texts, **values: object) -> Locator:
        """The visible button of a name with values in it."""
        name = self.say(key, texts, **values)
        return self.page.get_by_role("button", name=name, exact=True).filter(visible=True).first

    def pick_rows(self, models: list[str]) -> None:
        """Press the models' rows: details of each, and both sides of the comparison."""
        for model in models:
            tables = self.page.locator("#board, #language-models")
            tables.get_by_role("gridcell", name=model, exact=True).first.click()
            expect(self.page.locator("#details h3")).to_have_text(model)
        for side, model in zip("ab", models, strict=True):
            expect(self.box(self.say(side, comparison.TEXTS))).to_have_value(
                re.compile(re.escape(model))
            )

    def pick_from_menus(self) -> None:
        """The same by the menus."""
        for side in "ab":
            self.box(self.say(side, comparison.TEXTS)).click()
            options = self.page.get_by_role("option").filter(visible=True)
            options.nth(0 if side == "a" else 1).click()

    def data(self, tasks: list[str]) -> None:
        """Browse tasks' data."""
        self.tab(self.say("tab", data.TEXTS))
        for task in tasks:
            self.choose(self.say("task"), f"({task})")
            expect(self.page.locator("#examples header").first).to_contain_text(task)
            self.picture(f"data-{task}")
        self.box(self.say("search", data.TEXTS)).fill("이런 말은 어디에도 없다")
        self.box(self.say("search", data.TEXTS)).press("Enter")
        expect(self.page.locator("#examples")).to_contain_text(self.say("nothing", data.TEXTS))
        self.picture("data-nothing")
