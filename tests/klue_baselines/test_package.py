"""The names that the rooms promise, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import klue_baselines
import klue_pretraining

CHEAP = "import sys, {room}; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"


@pytest.mark.parametrize("room", [klue_baselines, klue_pretraining])
def test_a_room_has_what_it_promises(room: object) -> None:
    for name in vars(room)["__all__"]:
        assert getattr(room, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        room.nothing  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("room", ["klue_baselines", "klue_pretraining"])
def test_importing_a_room_is_cheap(room: str) -> None:
    done = subprocess.run([sys.executable, "-c", CHEAP.format(room=room)], check=False)
    assert done.returncode == 0
