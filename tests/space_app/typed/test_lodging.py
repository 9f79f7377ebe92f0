"""Typed models, good and hostile, of the Hub of the tests and in their own processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from huggingface_hub import constants

from klue_common.errors import InputError
from space_app.typed.limits import TypedLimits
from space_app.typed.lodging import TypedModels
from space_app.typed.nursery import Nursery
from tests.hub import Hub
from tests.space_app.hostile_models import HOSTILE, SLOW_TEXT, Files, files_of, put, template

pytestmark = pytest.mark.slow  # one process loads the libraries once for all tests

TEXTS = ["비가 온다.", "날이 맑다."]
# Patient: what a test is about is never that a busy machine is slow.
LIMITS = TypedLimits(
    memory_bytes=1 << 30, open_seconds=60.0, answer_seconds=30.0, wait_seconds=600.0, at_once=4
)


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with pytest.MonkeyPatch.context() as patch, Hub() as hub:
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        yield hub


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def typed(hub: Hub, nursery: Nursery) -> TypedModels:
    models = TypedModels(LIMITS, hub.url)
    models.nursery = nursery
    return models


@pytest.fixture(scope="module")
def files(tiny_runs: Path, hub: Hub) -> Files:
    files = files_of(tiny_runs / "nli")
    for repo in ("org/good", "org/other", "org/third"):
        put(hub, repo, template(files))
    return files


def refusal(typed: TypedModels, repo: str, texts: list[str] = TEXTS) -> str:
    with pytest.raises(InputError) as caught:
        typed.answer("nli", repo, "en", texts)
    return str(caught.value)


def test_a_good_model_answers_in_both_languages(typed: TypedModels, files: Files) -> None:
    english, text = typed.answer("nli", "org/good", "en", TEXTS)
    korean, same = typed.answer("nli", "org/good", "ko", TEXTS)
    assert text == same and '"label"' in text
    assert "Entailment" in english and "함의" in korean
    assert len(typed.lodgers) == 1


def test_models_of_all_tasks_answer(typed: TypedModels, hub: Hub, tiny_runs: Path) -> None:
    from space_app.tasks import DEMOS

    for task, demo in DEMOS.items():
        repo = put(hub, f"org/{task}", files_of(tiny_runs / task))
        html, _ = typed.answer(task, repo, "en", list(demo.examples[0]))
        assert html, task


def test_a_text_that_is_none_is_no_end(typed: TypedModels, hub: Hub, tiny_runs: Path) -> None:
    repo = put(hub, "org/turns", files_of(tiny_runs / "wos"))
    with pytest.raises(InputError, match="expected a list of texts"):
        typed.answer("wos", repo, "en", ["no turns"])
    assert typed.answer("wos", repo, "en", ['["안녕하세요"]'])[1]


def test_another_task_is_a_line(typed: TypedModels, files: Files) -> None:
    with pytest.raises(InputError, match=r"^org/good: found a model for nli, expected one for sts"):
        typed.answer("sts", "org/good", "en", TEXTS)


HARMLESS = ("tokenizer-code", "odd-class")  # what is odd about them is never read


@pytest.mark.parametrize("name", sorted({*HOSTILE} - {"normaliser", "backtracking"}))
def test_a_hostile_model_is_a_line_or_harmless(
    name: str, typed: TypedModels, hub: Hub, files: Files
) -> None:
    repo = put(hub, f"org/{name}", HOSTILE[name](files))
    if name in HARMLESS:
        assert typed.answer("nli", repo, "en", TEXTS)[1]
        return
    line = refusal(typed, repo)
    assert line.startswith(f"{repo}: ") and "\n" not in line and len(line) < 400
    assert "Traceback" not in line and "/tmp" not in line and "/work" not in line
    assert refusal(typed, repo) == line, "it is not fetched again at once"


@pytest.mark.parametrize("name", ["normaliser", "backtracking"])
def test_a_tokenizer_that_harms_ends_its_own_process_alone(
    name: str, hub: Hub, nursery: Nursery, files: Files
) -> None:
    typed = TypedModels(LIMITS, hub.url)
    typed.nursery = nursery
    typed.answer("nli", "org/good", "en", TEXTS)
    typed.limits = replace(LIMITS, open_seconds=8.0, answer_seconds=8.0)
    repo = put(hub, f"org/{name}", HOSTILE[name](files))
    line = refusal(typed, repo, [SLOW_TEXT * 20, SLOW_TEXT])
    assert line.startswith(repo) and ("stopped" in line or "cannot be used" in line)
    assert typed.answer("nli", "org/good", "en", TEXTS)[1]


def test_a_process_that_was_killed_is_a_line(typed: TypedModels, files: Files) -> None:
    assert typed.answer("nli", "org/good", "en", TEXTS)[1]
    assert typed.nursery.process is not None
    for child in psutil.Process(typed.nursery.process.pid).children():
        child.kill()
    assert refusal(typed, "org/good").endswith("and was stopped")
    typed.nursery.process.kill()
    typed.nursery.process.wait()
    assert typed.answer("nli", "org/other", "en", TEXTS)[1]


def test_one_that_nobody_asks_lets_itself_go(hub: Hub, nursery: Nursery, files: Files) -> None:
    typed = TypedModels(replace(LIMITS, idle_seconds=1.5), hub.url)
    typed.nursery = nursery
    assert typed.answer("nli", "org/good", "en", TEXTS)[1]
    first = typed.lodgers["nli", "org/good"]
    assert first.connection is not None and first.connection.poll(60)  # its end
    assert typed.answer("nli", "org/good", "en", TEXTS)[1]
    assert typed.lodgers["nli", "org/good"] is not first


def test_nobody_waits_for_one_that_is_on_its_way(hub: Hub, nursery: Nursery, files: Files) -> None:
    typed = TypedModels(replace(LIMITS, wait_seconds=0.1, opening=1, kept=2), hub.url)
    typed.nursery = nursery
    goes_on = threading.Event()
    put(hub, "org/slow", files)
    hub.fault("GET .*org/slow/resolve.*config", then=goes_on.wait)
    try:
        assert "is being fetched and opened" in refusal(typed, "org/slow")
        assert "others' models are being opened" in refusal(typed, "org/good")
    finally:
        goes_on.set()
    assert typed.lodgers["nli", "org/slow"].known.wait(60)
    assert typed.answer("nli", "org/slow", "en", TEXTS)[1]


def test_places_of_others_stay_free(hub: Hub, nursery: Nursery, files: Files) -> None:
    typed = TypedModels(replace(LIMITS, at_once=1), hub.url)
    typed.nursery = nursery
    goes_on = threading.Event()
    put(hub, "org/slower", files)
    hub.fault("GET .*org/slower/resolve.*config", then=goes_on.wait)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(typed.answer, "nli", "org/slower", "en", TEXTS)
        while not typed.lodgers:
            time.sleep(0.01)
        try:
            assert "busy with others" in refusal(typed, "org/good")
        finally:
            goes_on.set()
        assert first.result()[1]


@pytest.mark.parametrize(
    "repo", ["/etc/passwd", "../x", "a/b/c", "~/x", "name", "a/..", "https://x", "가/나"]
)
def test_what_is_typed_is_never_a_path(repo: str, typed: TypedModels) -> None:
    assert "expected an id of the Hub" in refusal(typed, repo)


def test_a_repository_by_an_impossible_name_is_a_line(typed: TypedModels) -> None:
    assert refusal(typed, "a/b..c").startswith("a/b..c: ")


def test_a_model_that_is_let_go_ends_its_process(typed: TypedModels, files: Files) -> None:
    nursery = typed.nursery.process
    for repo in ("org/good", "org/other", "org/third"):
        assert typed.answer("nli", repo, "en", TEXTS)[1]
    assert [repo for _, repo in typed.lodgers] == ["org/other", "org/third"]
    typed.close()  # and its nursery, which is why this test is the last one
    assert nursery is not None and nursery.returncode == 0
