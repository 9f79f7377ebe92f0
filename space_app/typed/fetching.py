"""Fetching a model of the Hub, within limits that hold for what is listed and for what arrives."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path

import httpx2
from huggingface_hub import HfApi, get_session, hf_hub_url
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
)

from klue_common.errors import InputError

from .limits import MEGABYTE, TypedLimits

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors", re.ASCII)
# What `klue train` writes, now or in a release before. Nothing else is fetched: no code, no
# pickles, no adapter_config.json, which would have the libraries fetch another repository.
TEXT_FILES = frozenset(
    {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.txt",
        "vocab.json",
        "merges.txt",
        "spiece.model",
        "sentencepiece.bpe.model",
        "model.safetensors.index.json",
    }
)
BLOCK = MEGABYTE
ANSWER_SECONDS = 10  # for one answer of the Hub, or a part of it
Listed = list[tuple[str, int]]
"""The files to fetch, (name, bytes)."""


def fetch(repo: str, folder: Path, limits: TypedLimits, endpoint: str) -> None:
    """Fetch what a model is opened from into an empty folder.

    Only what everybody can read: a token of the operator is for nobody else.

    Raises:
        InputError: there is no such model, the Hub cannot be reached, or it is too much.
    """
    api = HfApi(endpoint=endpoint, token=False)
    until = time.monotonic() + limits.fetch_seconds
    try:
        info = api.model_info(repo, files_metadata=True, timeout=ANSWER_SECONDS)
        listed = [(file.rfilename, file.size or 0) for file in info.siblings or []]
        chosen = check_listed(repo, listed, limits)
        left = {True: limits.weight_bytes, False: limits.text_bytes}
        for name, _ in chosen:
            kind = WEIGHTS.fullmatch(name) is not None
            most = min(left[kind], limits.config_bytes) if name == "config.json" else left[kind]
            url = hf_hub_url(repo, name, revision=info.sha, endpoint=endpoint)
            left[kind] -= receive(repo, url, folder / name, most, until)
    except OfflineModeIsEnabled:
        raise InputError(f"{repo}: this page runs without the Hub") from None
    except (HfHubHTTPError, httpx2.HTTPStatusError) as error:
        status = getattr(error.response, "status_code", "no answer")
        raise InputError(f"{repo}: no model that can be read there ({status})") from None
    except HFValidationError:
        raise InputError(f"{repo}: found no id of the Hub, expected org/name") from None
    except (httpx2.HTTPError, OSError):
        raise InputError(f"{repo}: cannot be fetched from the Hub") from None


def check_listed(repo: str, listed: Iterable[tuple[str, int]], limits: TypedLimits) -> Listed:
    """Return those files of a repository that are fetched.

    Args:
        repo: the repository, for the errors.
        listed: all its files, (path, bytes).
        limits: what is too much.

    Raises:
        InputError: it has no safetensors or no config.json, or too much of something.

    >>> files = [("config.json", 700), ("model.safetensors", 9000), ("odd.py", 10), ("a/b.json", 1)]
    >>> check_listed("org/name", files, TypedLimits())
    [('config.json', 700), ('model.safetensors', 9000)]
    >>> check_listed("org/name", files[:1], TypedLimits())
    Traceback (most recent call last):
        ...
    klue_common.errors.InputError: org/name: found no safetensors, expected the weights in that format
    """  # noqa: E501
    files = [file for file in listed if file[0] in TEXT_FILES or WEIGHTS.fullmatch(file[0])]
    names = {name for name, _ in files}
    weights = [size for name, size in files if WEIGHTS.fullmatch(name)]
    if not weights:
        raise InputError(f"{repo}: found no safetensors, expected the weights in that format")
    if "config.json" not in names:
        raise InputError(f"{repo}: found no config.json, expected a model that klue train made")
    if len(files) > limits.files:
        raise InputError(f"{repo}: found {len(files):,} files, expected at most {limits.files}")
    for what, found, most in (
        ("weights", sum(weights), limits.weight_bytes),
        ("configuration and tokenizer", sum(s for _, s in files) - sum(weights), limits.text_bytes),
        ("config.json", dict(files)["config.json"], limits.config_bytes),
    ):
        if found > most:
            raise too_large(repo, what, f"{found / MEGABYTE:,.0f} MB", most)
    return files


def receive(repo: str, url: str, path: Path, most: int, until: float) -> int:
    """Write what an address sends to a file, and return how many bytes that were.

    Args:
        repo: the repository, for the errors.
        url: the address.
        path: the file.
        most: bytes.
        until: when to give up, in seconds of `time.monotonic`.

    Raises:
        InputError: more arrives, or it takes too long.
    """
    # A packed answer could be a thousand times its size.
    headers = {"Accept-Encoding": "identity"}
    found = 0
    with (
        get_session().stream(
            "GET", url, headers=headers, timeout=ANSWER_SECONDS, follow_redirects=True
        ) as answer,
        path.open("xb") as file,
    ):
        answer.raise_for_status()
        for block in answer.iter_raw(BLOCK):
            found += len(block)
            if found > most:
                raise too_large(repo, path.name, "more bytes than are listed or allowed", most)
            if time.monotonic() > until:
                raise InputError(f"{repo}: {path.name} arrives too slowly, and is given up")
            file.write(block)
    return found


def too_large(repo: str, what: str, found: str, most: int) -> InputError:
    """Return the error for too many bytes of something."""
    return InputError(f"{repo}: {what}: found {found}, expected at most {most // MEGABYTE:,} MB")
