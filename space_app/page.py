"""The whole page: four tabs, in two languages, each at an address of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Gradio tells a browser where its upload lies: not where on the machine, if this is no full path.
os.environ.setdefault("GRADIO_TEMP_DIR", "build/uploads")

import gradio as gr

from .markup import message, plain
from .services import Services
from .settings import Settings
from .tabs import data as tab_data
from .tabs import leaderboard as tab_leaderboard
from .tabs import score as tab_score
from .tabs import try_it as tab_try
from .tabs.context import Page
from .texts import ENGLISH, KOREAN

STYLE = Path(__file__).with_name("style.css")
QUEUE = 100  # requests that may wait; a further one is told so at once
KEPT = (600, 3600)  # every so many seconds, uploads older than that many are deleted
FONTS = (
    "Pretendard",
    "system-ui",
    "Apple SD Gothic Neo",
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "Malgun Gothic",
    "sans-serif",
)
# A screen reader takes the voice from the document's language.
HEAD = """<script>
document.documentElement.lang = location.pathname.replace(/\\/$/, "").endsWith("/en") ? "en" : "ko";
</script>"""

TABS = {
    "try": tab_try.build,
    "score": tab_score.build,
    "leaderboard": tab_leaderboard.build,
    "data": tab_data.build,
}


def build(settings: Settings) -> gr.Blocks:
    """The page, not yet served."""
    services = Services.of(settings)
    with gr.Blocks(
        title="KLUE", analytics_enabled=False, delete_cache=KEPT, fill_width=False
    ) as blocks:
        build_language(Page(services, KOREAN))
    with blocks.route(ENGLISH.name, "/en"):
        build_language(Page(services, ENGLISH))
    blocks.queue(max_size=QUEUE, default_concurrency_limit=8)
    return blocks


def build_language(page: Page) -> None:
    """All tabs in one language."""
    gr.Navbar(main_page_name=KOREAN.name)
    gr.HTML(
        f'<header class="klue top"><h1>{plain(page.say("title"))}</h1>'
        f"<p>{plain(page.say('lead'))}</p></header>"
    )
    if page.services.settings.sample:
        gr.HTML(message(page.say("sample"), "warn"))
    with gr.Tabs(overflow_behavior="wrap"):
        for name, build_tab in TABS.items():
            with gr.Tab(page.say(f"tab.{name}"), id=name):
                build_tab(page)


def launch_options(settings: Settings) -> dict[str, Any]:
    """What `launch` is called with besides the address."""
    return {
        "theme": gr.themes.Default(
            primary_hue="blue", neutral_hue="slate", font=FONTS, font_mono=("monospace",)
        ),
        "css_paths": STYLE,
        "head": HEAD,
        "max_file_size": settings.limits.upload_bytes,
        "footer_links": ["api"],
        "ssr_mode": False,
        "run_history": False,
        "show_error": False,
    }
