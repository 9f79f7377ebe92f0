"""The package `openai`'s client, and what it raises in our words.

Retries and time-outs are the client's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from klue_common.errors import InputError, RunError, one_line
from klue_common.extras import package

from .engine import TooLongError

if TYPE_CHECKING:
    from openai import OpenAI

RETRIES, TIMEOUT = 5, 300.0  # of one request, seconds
# What servers say where a prompt is longer than the model's context.
TOO_LONG = ("context length", "context size", "context_length", "maximum context", "too long",
            "exceeds the available", "max_model_len", "exceed_context", "input length")  # fmt: skip


def client_of(base_url: str, api_key: str | None) -> OpenAI:
    """Return the package's client.

    Raises:
        InputError: the package is not installed, or the address is none.
    """
    try:
        parts = urlsplit(base_url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = None
    if not known:
        raise InputError(
            f"--base-url: found {base_url!r}, expected a server's address like "
            "http://127.0.0.1:8000/v1"
        )
    openai = package("openai", "lm", "klue lm")
    key = api_key or os.environ.get("OPENAI_API_KEY") or "none"
    return openai.OpenAI(base_url=base_url, api_key=key, max_retries=RETRIES, timeout=TIMEOUT)


def beside(client: OpenAI, verb: str, path: str, **options: Any) -> Any:
    """Ask a path at the server's root, where the API's own is /v1; None where there is nothing.

    Args:
        client: of the API.
        verb: "get" or "post".
        path: like "/props".
        options: of the client's method.
    """
    from openai import APIStatusError

    root = str(client.base_url).rstrip("/").removesuffix("/v1")
    with spoken(client):
        try:
            return getattr(client, verb)(f"{root}{path}", cast_to=object, **options)
        except APIStatusError as error:
            if error.status_code in (401, 403, 404, 405, 501):
                return None
            raise


@contextmanager
def spoken(client: OpenAI) -> Iterator[None]:
    """Turn what the client raises into an error of ours: one line, with how to go on.

    Raises:
        TooLongError: the prompt does not fit.
        InputError: the server refuses what was asked.
        RunError: it does not answer, after the client's own tries.
    """
    from openai import APIConnectionError, APIStatusError, BadRequestError, OpenAIError

    place = str(client.base_url)
    try:
        yield
    except BadRequestError as error:
        text = one_line(error).lower()
        if any(words in text for words in TOO_LONG):
            raise TooLongError(text) from None
        raise InputError(f"{place}: found {one_line(error)[:200]}") from None
    except APIStatusError as error:
        words = f"{place}: HTTP {error.status_code}: {one_line(error)[:200]}"
        if error.status_code < 500 and error.status_code not in (408, 409, 429):
            raise InputError(words) from None
        raise RunError(f"{words}; the same command goes on from here") from None
    except APIConnectionError as error:
        reason = one_line(error.__cause__ or error)
        raise RunError(
            f"{place}: does not answer ({reason}); the same command goes on from here"
        ) from None
    except (OpenAIError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{place}: answers in another form ({one_line(error)[:100]})") from None
