"""What the page says of intervals that leave out their values, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from klue_metrics import METRICS
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.comparison import difference_html
from space_app.tabs.context import Page
from space_app.tabs.leaderboard_plots import model_plot, task_plot
from space_app.tabs.score import TAB, scores_table
from space_app.texts import ENGLISH, KOREAN, Language
from tests.space_app.made_entries import entry

SAYS = {KOREAN: "구간이 점수 자체를 벗어나 있습니다", ENGLISH: "the interval leaves out the value"}


@pytest.mark.parametrize("language", SAYS)
def test_wherever_an_interval_is_shown(
    language: Language, settings: Settings, predictions: dict[str, Path]
) -> None:
    services = Services.of(settings)
    page = Page(services, language, gr.Blocks()).for_tab(TAB)
    report = services.scorer.score("nli", predictions["nli"])
    odd = replace(report, intervals={"accuracy": [101.0, 102.0]})
    inside = {"accuracy": [0.0, 100.0]}
    services.board.store.append(replace(entry(1), intervals=odd.intervals), b"")
    assert METRICS["nli"].scores == ("accuracy",)

    part = {"a": 1.0, "b": 0.0, "difference": 1.0, "p_bootstrap": 1.0, "p_randomisation": 1.0}
    part |= {"told_apart": False, "difference_ci": [2.0, 3.0]}
    shown = {
        "accuracy:": scores_table(page, odd),
        "모델 1:": task_plot(page, "nli"),
        "accuracy: ": model_plot(page, "모델 1"),
        "accuracy, A - B:": difference_html(page, (entry(1), entry(2)), {"accuracy": part}),
    }
    for name, html in shown.items():
        assert f"{name.strip()} {SAYS[language]}" in html
    assert SAYS[language] not in scores_table(page, replace(report, intervals=inside))
    assert odd.to_json()["notes"][0].startswith(f"accuracy: {SAYS[ENGLISH]}")
    assert "notes" not in replace(report, intervals=inside).to_json()
