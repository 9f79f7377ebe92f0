"""The whole page: a tab for each thing to do, in two languages, each at an address of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Gradio tells a browser where its upload lies: not where on the machine, if this is no full path.
os.environ.setdefault("GRADIO_TEMP_DIR", "build/uploads")
# Gradio makes statistics of the last so many requests after each one, which nobody sees.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
# Whose X-Forwarded-For is believed is the operator's to say; the server would believe loopback.
os.environ.setdefault("FORWARDED_ALLOW_IPS", "")

import gradio as gr
from starlette.middleware import Middleware

from klue_common.progress import note
from klue_datasets import TASKS
from klue_metrics.dependency_arcs import SVG_STYLE

from . import gradio_internals
from .door import Door
from .markup import message, plain
from .offers import left_out
from .services import Services
from .settings import Settings
from .tabs.context import Page, Tab
from .tabs.data import TAB as DATA
from .tabs.leaderboard import TAB as LEADERBOARD
from .tabs.score import TAB as SCORE
from .tabs.try_it import TAB as TRY
from .tasks import DEMOS
from .texts import ENGLISH, KOREAN, Texts

TABS: tuple[Tab, ...] = (TRY, SCORE, LEADERBOARD, DATA)

THREADS = 100  # of handlers, most of which wait for a turn
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
TEXTS: Texts = {
    "title": ("KLUE: 한국어 자연어 이해 평가", "KLUE: Korean Language Understanding"),
    "lead": (
        "여덟 과제를 직접 해 보고, 예측 파일을 채점하고, 모델의 현재 위치를 확인하세요.",
        "Try the eight tasks, score predictions, and see where models stand.",
    ),
    "sample": (
        "이 페이지는 KLUE가 아니라 프로젝트에 들어 있는 작은 예시 데이터로 동작합니다. 점수는 KLUE "
        "점수가 아닙니다.",
        "This page runs on the project's small bundled sample, not on KLUE: no score here is a "
        "KLUE score.",
    ),
}


def build(settings: Settings) -> gr.Blocks:
    """Return the page, not yet served; tasks that a tab has to leave out are named on stderr."""
    for line in left_out({ENGLISH.of(tab.texts).say("tab"): tab.needs for tab in TABS}):
        note(line)
    services = Services.of(settings)
    services.warm(next(iter(TASKS)))
    services.ties.start()
    with gr.Blocks(
        title="KLUE", analytics_enabled=False, delete_cache=KEPT, fill_width=False
    ) as blocks:
        build_language(Page(services, KOREAN, blocks))
    with blocks.route(ENGLISH.name, "/en"):
        build_language(Page(services, ENGLISH, blocks))
    blocks.queue(max_size=QUEUE, default_concurrency_limit=8, api_open=False)
    return blocks


def build_language(page: Page) -> None:
    """Build all tabs in one language."""
    language = page.language.of(TEXTS)
    gr.Navbar(main_page_name=KOREAN.name)
    gr.HTML(
        f'<header class="klue top"><h1>{plain(language.say("title"))}</h1>'
        f"<p>{plain(language.say('lead'))}</p></header>"
    )
    if page.services.settings.sample:
        gr.HTML(message(language.say("sample"), "warn"))
    with gr.Tabs(overflow_behavior="wrap") as tabs:
        for tab in TABS:
            of_tab = page.for_tab(tab)
            with gr.Tab(of_tab.say("tab"), id=tab.key):
                tab.build(of_tab)
    page.on_load(named_tab, None, tabs)


def named_tab(request: gr.Request) -> Any:
    """Open the tab that a link names with `?tab=`."""
    name = request.query_params.get("tab")
    return gr.update(selected=name) if name in {tab.key for tab in TABS} else gr.skip()


def style() -> str:
    """Return the page's CSS: Gradio's elements, the page's own, trees, and what each task draws."""
    own = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    return "\n".join(
        [gradio_internals.STYLE, own, SVG_STYLE, *(demo.style for demo in DEMOS.values())]
    )


def launch_options(settings: Settings) -> dict[str, Any]:
    """Return what `launch` is called with besides the address."""
    return {
        "theme": gr.themes.Default(
            primary_hue="blue", neutral_hue="slate", font=FONTS, font_mono=("monospace",)
        ),
        "css": style(),
        "head": HEAD,
        "max_file_size": settings.limits.upload_bytes,
        "footer_links": ["api"],
        "ssr_mode": False,
        "run_history": False,
        "show_error": False,
        "max_threads": THREADS,
        "state_session_capacity": settings.limits.sessions,
        "app_kwargs": {"middleware": [Middleware(Door, settings=settings)]},
    }
