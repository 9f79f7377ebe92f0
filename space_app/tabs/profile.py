"""What is known of a model, beside its scores."""

from __future__ import annotations

from ..board.overview import ModelRow
from ..markup import link, pairs, plain
from ..texts import Texts
from .context import Page

TEXTS: Texts = {
    "kind.encoder": ("미세조정한 인코더", "Fine-tuned encoder"),
    "kind.language-model": ("언어 모델", "Language model"),
    "kind.published": ("공개된 점수", "Published scores"),
    "link": ("링크", "Link"),
    "weights": ("가중치", "Weights"),
    "open": ("공개", "open"),
    "trained_on": ("학습 데이터", "Trained on"),
    "selected_on": ("선택 기준", "Selected on"),
    "asked": ("질문 방식", "Asked"),
    "submissions": ("제출", "Submissions"),
    "best": (
        "{count}건. 과제마다 주 점수가 가장 높은 것을 보여 줍니다.",
        "{count}; of each task the one with the highest main score is shown.",
    ),
}


def about_model(page: Page, row: ModelRow) -> str:
    """Return a model's name, kind, and what was said of it."""
    page = page.of(TEXTS)
    size = f"{row.parameters:,.6g}" if row.parameters else ""
    days = row.first if row.first == row.last else f"{row.first} – {row.last}"
    said = {name: "; ".join(getattr(row, name)) for name in ("trained_on", "selected_on", "asked")}
    about = {
        page.say("link"): link(row.link),
        page.say("column.parameters"): size,
        page.say("weights"): plain(page.say("open")) if row.open_weights else "",
        **{page.say(name): plain(text) for name, text in said.items()},
        page.say("column.date"): plain(days),
    }
    if row.submissions:
        count = page.say("best", count=f"{row.submissions:,}")
        about[page.say("submissions")] = plain(count)
    known = {name: value for name, value in about.items() if value}
    kind = plain(page.say(f"kind.{row.kind}"))
    return f"<h3><bdi>{plain(row.model)}</bdi> <small>{kind}</small></h3>{pairs(known)}"
