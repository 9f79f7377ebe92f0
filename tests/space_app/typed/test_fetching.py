"""How much of a typed model is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import constants

from klue_common.errors import InputError
from space_app.typed.fetching import fetch
from space_app.typed.limits import MEGABYTE, TypedLimits
from tests.hub import TOKEN, Hub
from tests.space_app.hostile_models import HOSTILE, Files, files_of, put

LIMITS = TypedLimits(weight_bytes=8 * MEGABYTE, text_bytes=2 * MEGABYTE, config_bytes=MEGABYTE)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with Hub() as hub:
        yield hub


@pytest.fixture
def files(tiny_runs: Path) -> Files:
    return files_of(tiny_runs / "nli")


def refusal(hub: Hub, folder: Path, limits: TypedLimits = LIMITS, repo: str = "org/name") -> str:
    with pytest.raises(InputError, match=f"^{repo}: ") as caught:
        fetch(repo, folder, limits, hub.url)
    return str(caught.value).removeprefix(f"{repo}: ")


def test_nothing_but_configuration_tokenizer_and_weights_is_fetched(
    hub: Hub, files: Files, tmp_path: Path
) -> None:
    more = ("a.py", "pytorch_model.bin", "adapter_config.json", "a/config.json", "x.safetensors")
    put(hub, "org/name", {**files, **dict.fromkeys(more, b"x")})
    fetch("org/name", tmp_path, LIMITS, hub.url)
    expected = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert {path.name for path in tmp_path.iterdir()} == expected
    assert files_of(tmp_path) == {name: files[name] for name in expected}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("long-config", "config.json: found 5 MB, expected at most 1 MB"),
        ("long-tokenizer", "configuration and tokenizer: found 95 MB, expected at most 64 MB"),
        ("long-header", "weights: found 95 MB, expected at most 8 MB"),
        ("many-shards", "found 10,004 files, expected at most 40"),
        ("adapter", "found no config.json, expected a model that klue train made"),
        ("pickled", "found no safetensors, expected the weights in that format"),
    ],
)
def test_too_much_is_refused_by_the_listing(
    name: str, line: str, hub: Hub, files: Files, tmp_path: Path
) -> None:
    put(hub, "org/name", HOSTILE[name](files))
    assert refusal(hub, tmp_path, replace(LIMITS, text_bytes=64 * MEGABYTE)) == line
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_more_than_is_listed_is_not_written(
    name: str, hub: Hub, files: Files, tmp_path: Path
) -> None:
    put(hub, "org/name", files)
    listed = hub.repo("model", "org/name").commit_at("main").files[name]
    hub.blobs[listed.sha256] = b" " * (12 * MEGABYTE)
    assert refusal(hub, tmp_path).startswith(f"{name}: found more bytes than are listed or allowed")
    assert all(path.stat().st_size <= LIMITS.weight_bytes for path in tmp_path.iterdir())


def test_what_arrives_too_slowly_is_given_up(hub: Hub, files: Files, tmp_path: Path) -> None:
    put(hub, "org/name", files)
    said = refusal(hub, tmp_path, replace(LIMITS, fetch_seconds=0.0))
    assert said.endswith("arrives too slowly, and is given up")


def test_the_operators_token_is_for_nobody_else(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.create("model", "org/private", private=True)
    assert refusal(hub, tmp_path, repo="org/private") == "no model that can be read there (401)"


def test_a_hub_that_fails_is_a_line(hub: Hub, files: Files, tmp_path: Path) -> None:
    assert refusal(hub, tmp_path, repo="org/none") == "no model that can be read there (401)"
    put(hub, "org/name", files)
    hub.fault("GET .*resolve", drop="after")
    assert refusal(hub, tmp_path) == "cannot be fetched from the Hub"
