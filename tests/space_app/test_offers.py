"""A task that lacks a record in some room is left out of the tabs that need it, with one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from space_app.offers import RECORDS, all_tasks, left_out, offered, task_name
from space_app.page import TABS, build
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.context import Page
from space_app.texts import ENGLISH, KOREAN, LANGUAGES

# The tabs that do without a task's record in a room.
DO_WITHOUT = {
    "klue_datasets": {"try", "leaderboard"},
    "klue_metrics": {"try", "data"},
    "klue_baselines": {"score", "leaderboard", "data"},
    "space_app": {"score", "leaderboard"},
}


@pytest.fixture(autouse=True)
def order_of_tasks() -> Iterator[None]:
    """Put the tables of tasks back as they were: what monkeypatch puts back comes last in them."""
    before = {room: dict(records) for room, records in RECORDS.items()}
    yield
    for room, records in RECORDS.items():
        table: Any = records
        table.clear()
        table.update(before[room])


def choices(blocks: gr.Blocks) -> list[str]:
    """The ids in the menus of tasks, and of the tabs of Try, on both languages' pages."""
    found: list[str] = []
    for component in blocks.get_config_file()["components"]:
        props: dict[str, Any] = component["props"]
        if props.get("label") in ("Task", "과제"):
            found += [value for _, value in props["choices"]]
        elif str(props.get("id", "")).startswith("try-"):
            found.append(props["id"].removeprefix("try-"))
    return found


def test_all_tasks_are_offered_on_all_tabs() -> None:
    assert all(offered(tab.needs) == tuple(all_tasks()) for tab in TABS)
    assert left_out({tab.key: tab.needs for tab in TABS}) == []


@pytest.mark.parametrize("room", RECORDS)
def test_a_missing_record_is_named_and_breaks_no_page(
    room: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delitem(RECORDS[room], "dp")
    blocks = build(settings)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"dp: found no record in {room}; left out of ")
    for tab in TABS:
        without = tab.key in DO_WITHOUT[room]
        assert ("dp" in offered(tab.needs)) is without
        assert (tab.texts["tab"][1] in line) is not without
    # A page has a menu of tasks on Score and Data, and two on the leaderboard.
    menus = {"try": 1, "score": 1, "leaderboard": 2, "data": 1}
    expected = 2 * sum(menus[key] for key in DO_WITHOUT[room])
    assert choices(blocks).count("dp") == expected
    assert choices(blocks).count("nli") == 2 * sum(menus.values())


@pytest.mark.parametrize("room", ["klue_datasets", "klue_metrics", "klue_baselines"])
def test_a_task_of_one_room_alone_is_left_out(
    room: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: Any = RECORDS[room]
    monkeypatch.setitem(records, "ninth", records["nli"])
    assert "ninth" in all_tasks()
    assert [tab.key for tab in TABS if "ninth" in offered(tab.needs)] == (
        ["leaderboard"] if room == "klue_metrics" else []
    )
    assert choices(build(settings)).count("ninth") == (4 if room == "klue_metrics" else 0)


def test_a_task_without_a_demo_is_called_by_its_title(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RECORDS["space_app"], "dp")
    assert task_name("dp", ENGLISH) == "Dependency parsing"
    assert task_name("dp", KOREAN) != "dp" != task_name("dp", ENGLISH)
    services = Services.of(settings)
    for language in LANGUAGES:
        page = Page(services, language, gr.Blocks()).for_tab(TABS[1])
        assert (f"{task_name('dp', language)} (dp)", "dp") in page.task_choices()
