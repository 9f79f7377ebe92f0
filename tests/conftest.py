"""What the tests share: where real data lies, and a tiny encoder."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.clean_process import CleanProcess
from tests.hub import Hub

# A shared machine's pauses are no failures; and what CI finds, everybody finds again.
settings.register_profile("klue", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("klue")

# Modules for a copy of the project; see test_ninth_task.py.
collect_ignore = ["ninth_task"]

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def pytest_configure() -> None:
    """Let processes that tests start be interrupted.

    A shell that runs the tests in its background has them ignore Ctrl-C, which is inherited.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data_dir() -> list[Path]:
    """The folders of KLUE_DATA_DIR, in the official layout."""
    folders = os.environ.get("KLUE_DATA_DIR")
    if not folders:
        pytest.skip("KLUE_DATA_DIR is not set: no official KLUE files to test on")
    return [Path(folder) for folder in folders.split(os.pathsep)]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference values, vocabularies and others' predictions."""
    folder = os.environ.get("KLUE_SHARED")
    if not folder:
        pytest.skip("KLUE_SHARED is not set: no reference values, vocabularies or predictions")
    return Path(folder)


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two layers over the sample's vocabulary."""
    from klue_baselines.tiny import make_encoder

    return make_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """A Hub on this machine; a request that it has no answer for fails the tests that made it."""
    with Hub() as running:
        yield running
        assert not running.unknown


@pytest.fixture(scope="module")
def clean(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> CleanProcess:
    """Python processes that talk to that Hub and know nothing else."""
    return CleanProcess(hub, tmp_path_factory.mktemp("clean"))
