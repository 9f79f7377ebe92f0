"""What the room promises can be imported from it."""

from __future__ import annotations

import pytest

import klue_results


@pytest.mark.parametrize("name", klue_results.__all__)
def test_every_promise_is_kept(name: str) -> None:
    assert getattr(klue_results, name) is not None


def test_nothing_else_is_promised() -> None:
    with pytest.raises(AttributeError, match="no attribute 'plots'"):
        klue_results.plots  # noqa: B018
