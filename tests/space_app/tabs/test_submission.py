"""The form asks of each kind of model what it has."""

from __future__ import annotations

import gradio as gr
import pytest

from space_app.board.entries import ENCODER, LANGUAGE_MODEL
from space_app.board.leaderboard import NOTES
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.context import Page
from space_app.tabs.leaderboard import TAB
from space_app.tabs.submission import FIELDS, TEXTS, build_form
from space_app.texts import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_form_begins_with_an_encoder(language: Language, settings: Settings) -> None:
    with gr.Blocks() as blocks:
        page = Page(Services.of(settings), language, blocks).for_tab(TAB)
        form = build_form(page.of(TEXTS))
    assert form.kind.value == ENCODER
    assert {value for _, value in form.kind.choices} == NOTES.keys() == {ENCODER, LANGUAGE_MODEL}
    shown = {name for name, box in form.notes.items() if box.visible}
    assert shown == set(NOTES[ENCODER])
    assert form.notes.keys() == {name for names in NOTES.values() for name in names} < set(FIELDS)
    labels = [part.label for part in form.inputs]
    assert len(set(labels)) == len(labels) == len(FIELDS) + 3
