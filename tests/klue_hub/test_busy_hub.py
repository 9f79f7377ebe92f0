"""Retries: what is tried again, how long is waited, and what is said in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from klue_common.errors import InputError
from klue_hub.busy_hub import HubFailure, PushError, retry, waiting_time


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("klue_hub.busy_hub.LONGEST_WAIT", 0.01)


def answered(status: int, **headers: str) -> HfHubHTTPError:
    request = httpx2.Request("GET", "https://hub/x")
    response = httpx2.Response(status, headers=headers, request=request)
    return HfHubHTTPError("no", response=response)


def failing(*errors: Exception) -> Callable[[], str]:
    """An action that raises these, one a call, and then succeeds."""
    left = list(errors)

    def action() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return action


def wrapped() -> RuntimeError:
    """As uploads in threads raise an error."""
    error = RuntimeError("in a thread")
    error.__cause__ = httpx2.ConnectError("cut")
    return error


@pytest.mark.parametrize(
    "error",
    [
        answered(503),
        answered(412),
        answered(409),
        answered(429),
        httpx2.ReadTimeout("slow"),
        ConnectionError("cut"),
        LocalEntryNotFoundError("no answer"),
        wrapped(),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert retry("org/x", failing(error, error)) == "done"
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and all(line.startswith("org/x: ") for line in said)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (answered(401), InputError, "org/x: the Hub does not accept the token"),
        (answered(403), InputError, "org/x: found a token without the right to write there"),
        (answered(400), InputError, "org/x: the Hub refuses the content: HTTP 400"),
        (answered(404), PushError, "org/x: HTTP 404"),
        (RuntimeError("of ours"), RuntimeError, "of ours"),
    ],
)
def test_what_does_not_pass_is_said_at_once(error: Exception, kind: Any, text: str) -> None:
    with pytest.raises(kind, match=text):
        retry("org/x", failing(error))


def test_the_last_attempt_is_the_last() -> None:
    with pytest.raises(PushError, match="org/x: HTTP 503"):
        retry("org/x", failing(answered(503), answered(503)), attempts=2)
    assert retry("org/x", failing(answered(503)), attempts=2) == "done"


def test_a_caller_may_wait_and_explain_otherwise() -> None:
    waits: list[tuple[HubFailure, int]] = []

    def wait(error: HubFailure, attempt: int) -> float | None:
        waits.append((error, attempt))
        return None if attempt == 2 else 0.0

    def explain(place: str, error: HubFailure) -> Exception:
        return KeyError(place)

    with pytest.raises(KeyError, match="org/x"):
        retry("org/x", failing(*[answered(404)] * 9), wait=wait, explain=explain)
    assert [attempt for _, attempt in waits] == [1, 2]


def test_how_long_is_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klue_hub.busy_hub.LONGEST_WAIT", 60.0)
    assert [waiting_time(answered(503), attempt) for attempt in (1, 2, 3, 9)] == [1, 2, 4, 60]
    assert waiting_time(answered(429, **{"Retry-After": "7"}), 1) == 7
    assert waiting_time(answered(429, **{"Retry-After": "700"}), 1) == 60
    assert waiting_time(answered(412), 3) == 0
    assert waiting_time(answered(404), 1) is None


def test_offline_means_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match="HF_HUB_OFFLINE: found it set"):
        retry("org/x", failing())
