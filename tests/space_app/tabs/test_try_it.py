"""Whether visitors may name models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from space_app.page import build
from space_app.settings import Settings


def boxes(settings: Settings) -> list[dict[str, Any]]:
    """The parts that hold the box for a model's id, of all tasks and both languages."""
    parts = [part["props"] for part in build(settings).config["components"]]
    titles = ("모델 바꾸기", "Use another model")
    return [props for props in parts if props.get("label") in titles]


@pytest.mark.parametrize("offered", [True, False])
def test_the_box_is_there_where_the_operator_lets_visitors_name_models(
    offered: bool, settings: Settings
) -> None:
    found = boxes(replace(settings, typed_models=offered))
    assert len(found) == 2 * 8
    assert all(bool(props["visible"]) == offered for props in found)
