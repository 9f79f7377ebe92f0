"""Requests to a Hub that is busy, unreachable or refuses: retries, and one line that says why."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import httpx2
from huggingface_hub import HfApi, get_session, get_token, hf_hub_url, is_offline_mode
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, validate_repo_id

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets.errors import show

ATTEMPTS = 5
LONGEST_WAIT = 60.0  # seconds
MOVED = 412  # the branch has a newer commit
AGAIN = {409, MOVED, 429}  # what passes: a conflict, a moved branch, too many requests
REFUSED = {400, 413, 422}
# What the Hub's client raises: an answer that is an error, no answer, no answer and no copy in the
# cache; and, as Python's own ConnectionError, what the client of Xet does.
HubFailure = HfHubHTTPError | httpx2.TransportError | ConnectionError | LocalEntryNotFoundError
FAILURES = (HfHubHTTPError, httpx2.TransportError, ConnectionError, LocalEntryNotFoundError)
T = TypeVar("T")


class PushError(Exception):
    """The Hub cannot be reached or refuses: nothing that another input would change."""


def open_hub(org: str | None) -> HfApi:
    """Return the Hub, after a check that the token is good and may write for an organisation.

    Args:
        org: an organisation or a user; None where nobody has to be in one.

    Raises:
        InputError: no token, a wrong one, or one of somebody who is not in the organisation.
        PushError: the Hub does not answer.
    """
    if get_token() is None:
        raise InputError("token: found none, expected one in HF_TOKEN or from `hf auth login`")
    api = HfApi()
    me = retry("the Hub", api.whoami)
    names = [me["name"], *(one["name"] for one in me.get("orgs", ()))]
    if org is not None and org not in names:
        raise InputError(f"--org: found {org!r}, expected one of {', '.join(names)}")
    return api


def read_text(api: HfApi, kind: str, repo_id: str, path: str, revision: str = "main") -> str:
    """Return a small file on the Hub as text.

    Args:
        api: of the Hub.
        kind: "dataset", "model" or "space".
        repo_id: of the repository.
        path: in the repository.
        revision: a branch, a tag or a commit.

    Raises:
        HubFailure: what `retry` can repeat.
    """
    url = hf_hub_url(repo_id, path, repo_type=kind, revision=revision, endpoint=api.endpoint)
    answer = get_session().get(url, headers=build_hf_headers(token=api.token))
    hf_raise_for_status(answer)
    try:
        return answer.content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{repo_id}: {path}: found text that is no UTF-8, expected some") from None


def check_repo_id(repo_id: str) -> str:
    """Return the id of a repository, if it can be one.

    Raises:
        InputError: it cannot.

    Example:
        >>> check_repo_id("org/klue")
        'org/klue'
    """
    try:
        validate_repo_id(repo_id)
    except HFValidationError:
        raise InputError(
            f"{show(repo_id, 120)}: no name for a repository, expected letters, digits, -, _ and ."
        ) from None
    return repo_id


def waiting_time(error: HubFailure, attempt: int) -> float | None:
    """Return the seconds to wait before another attempt, None if none is worth it.

    Args:
        error: why the last attempt failed.
        attempt: how many there were, from 1 on.
    """
    growing = min(2.0 ** (attempt - 1), LONGEST_WAIT)
    if not may_pass(error):
        return None
    if not isinstance(error, HfHubHTTPError):
        return growing
    asked = error.response.headers.get("Retry-After", "")
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    return 0.0 if error.response.status_code == MOVED else growing


def may_pass(error: HubFailure) -> bool:
    """Return whether another attempt may succeed: no answer, a busy Hub, a moved branch."""
    status = status_of(error)
    return status is None or status in AGAIN or status >= 500


def status_of(error: HubFailure) -> int | None:
    """Return the status of the Hub's answer, None where there was none."""
    return error.response.status_code if isinstance(error, HfHubHTTPError) else None


def explained(place: str, error: HubFailure) -> Exception:
    """Return the error that a person is to see: an InputError or a PushError of one line."""
    status = status_of(error)
    if status == 401:
        return InputError(
            f"{place}: the Hub does not accept the token, "
            "expected a valid one in HF_TOKEN or from `hf auth login`"
        )
    if status == 403:
        return InputError(
            f"{place}: found a token without the right to write there ({reason(error)})"
        )
    if status in REFUSED:
        return InputError(f"{place}: the Hub refuses the content: {reason(error)}")
    return PushError(f"{place}: {reason(error)}")


def retry(
    place: str,
    action: Callable[[], T],
    *,
    attempts: int | None = None,
    wait: Callable[[HubFailure, int], float | None] = waiting_time,
    explain: Callable[[str, HubFailure], Exception] = explained,
) -> T:
    """Do something on the Hub, again where it fails for a reason that may pass.

    Args:
        place: what to call it in a message.
        action: what to do; it has to be safe to repeat.
        attempts: how many at most; default `ATTEMPTS`.
        wait: (failure, attempts so far) -> the seconds to wait, None to give up.
        explain: (place, failure) -> the error to raise in the end.

    Returns:
        What `action` returns.

    Raises:
        InputError: the Hub must not be asked (HF_HUB_OFFLINE).
        Exception: the one that `explain` makes of the last failure; by default an InputError or a
            PushError, in one line without the token.
    """
    if is_offline_mode():
        raise InputError("HF_HUB_OFFLINE: found it set, expected a connection to the Hub")
    last = ATTEMPTS if attempts is None else attempts
    for attempt in range(1, last + 1):
        try:
            return action()
        except (*FAILURES, RuntimeError) as error:
            found = unwrapped(error)
            if not isinstance(found, FAILURES):
                raise
            seconds = wait(found, attempt)
            if seconds is None or attempt == last:
                raise explain(place, found) from None
            note(f"{place}: {reason(found)}; again in {seconds:.0f} s")
            time.sleep(seconds)
    raise AssertionError("the last attempt returns or raises")


def unwrapped(error: BaseException) -> BaseException:
    """Return the error behind a RuntimeError, as uploads in threads raise it; else the error."""
    wrapped = isinstance(error, RuntimeError) and error.__cause__
    return error.__cause__ if wrapped and error.__cause__ else error


def reason(error: HubFailure) -> str:
    """Return what went wrong, in one line without the token."""
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        text = f"HTTP {status}, {error.server_message or error.response.reason_phrase}"
    else:
        text = f"{type(error).__name__}: {error}"
    line = " ".join(text.split())
    token = get_token()
    return line.replace(token, "***") if token else line
