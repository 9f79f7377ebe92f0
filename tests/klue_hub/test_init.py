"""What the room promises can be imported from it."""

from __future__ import annotations

import pytest

import klue_hub


@pytest.mark.parametrize("name", klue_hub.__all__)
def test_every_promise_is_kept(name: str) -> None:
    assert getattr(klue_hub, name).__module__.startswith("klue_hub.")


def test_nothing_else_is_promised() -> None:
    with pytest.raises(AttributeError, match="no attribute 'pull'"):
        klue_hub.pull  # noqa: B018
