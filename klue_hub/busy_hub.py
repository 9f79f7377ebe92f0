"""Talking to a Hub that is busy, unreachable or of another mind: waiting, and one line why."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import httpx2
from huggingface_hub import HfApi, get_session, get_token, hf_hub_url, is_offline_mode
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, validate_repo_id

from klue_common.errors import InputError
from klue_common.progress import note

ATTEMPTS = 5
LONGEST_WAIT = 60.0  # seconds
MOVED = 412  # the branch has a newer commit
AGAIN = {409, MOVED, 429}  # what passes: a conflict, a moved branch, too many requests
REFUSED = {400, 413, 422}
# What the Hub's client and, as Python's own ConnectionError, that of Xet raise
HubFailure = HfHubHTTPError | httpx2.TransportError | ConnectionError
FAILURES = (HfHubHTTPError, httpx2.TransportError, ConnectionError)
T = TypeVar("T")


class PushError(Exception):
    """The Hub can not be reached or refuses: nothing that another input would change."""


def open_hub(org: str) -> HfApi:
    """The Hub, after a check that the token is good and may write for an organisation.

    Raises:
        InputError: no token, a wrong one, or one of somebody who is not in the organisation.
    """
    if get_token() is None:
        raise InputError("token: found none, expected one in HF_TOKEN or from `hf auth login`")
    api = HfApi()
    me = patiently("the Hub", api.whoami)
    names = [me["name"], *(one["name"] for one in me.get("orgs", ()))]
    if org not in names:
        raise InputError(f"--org: found {org!r}, expected one of {', '.join(names)}")
    return api


def read_text(api: HfApi, kind: str, repo_id: str, path: str, revision: str = "main") -> str:
    """A small file on the Hub; what hinders it is an error that `patiently` understands."""
    url = hf_hub_url(repo_id, path, repo_type=kind, revision=revision, endpoint=api.endpoint)
    answer = get_session().get(url, headers=build_hf_headers(token=api.token))
    hf_raise_for_status(answer)
    return answer.content.decode("utf-8")


def check_repo_id(repo_id: str) -> str:
    """The id, if it can be one.

    >>> check_repo_id("org/klue")
    'org/klue'
    """
    try:
        validate_repo_id(repo_id)
    except HFValidationError:
        raise InputError(
            f"{repo_id!r}: no name for a repository, expected letters, digits, -, _ and ."
        ) from None
    return repo_id


def patiently(place: str, action: Callable[[], T]) -> T:
    """Do something on the Hub; wait and do it again while what hinders it is of a kind that passes.

    Raises:
        InputError, PushError: it does not, in one line without the token.
    """
    if is_offline_mode():
        raise InputError("HF_HUB_OFFLINE: found it set, expected a connection to the Hub")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return action()
        except (*FAILURES, RuntimeError) as error:
            found = cause(error)
            if not isinstance(found, FAILURES):
                raise
            wait = waiting_time(found, attempt)
            if wait is None or attempt == ATTEMPTS:
                raise explained(place, found) from None
            note(f"{place}: {reason(found)}; again in {wait:.0f} s")
            time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def cause(error: BaseException) -> BaseException:
    """The error itself: uploads in threads wrap it."""
    wrapped = isinstance(error, RuntimeError) and error.__cause__
    return error.__cause__ if wrapped and error.__cause__ else error


def waiting_time(error: HubFailure, attempt: int) -> float | None:
    """Seconds until it is worth another try; None if it is not."""
    growing = min(2.0 ** (attempt - 1), LONGEST_WAIT)
    if not isinstance(error, HfHubHTTPError):
        return growing
    status = error.response.status_code
    if status not in AGAIN and status < 500:
        return None
    asked = error.response.headers.get("Retry-After", "")
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    return 0.0 if status == MOVED else growing


def reason(error: HubFailure) -> str:
    """What went wrong, in one line without the token."""
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        text = f"HTTP {status}, {error.server_message or error.response.reason_phrase}"
    else:
        text = f"{type(error).__name__}: {error}"
    line = " ".join(text.split())
    token = get_token()
    return line.replace(token, "***") if token else line


def explained(place: str, error: HubFailure) -> Exception:
    """The error that a person is to see."""
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
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
