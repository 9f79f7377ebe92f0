"""What comes through the door of a served page, and what does not."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio.processing_utils
import httpx
import pytest

from klue_common.errors import InputError
from space_app.callers import networks_of
from space_app.door import PIECE, RefusedError, paced
from space_app.foreign_files import check_files
from space_app.page import build, launch_options
from space_app.settings import Limits, Settings
from tests.space_app.conftest import Served

HTTP = httpx.Client(timeout=60)  # a machine that tests run on may be a busy one
META = {"meta": {"_type": "gradio.FileData"}}
FOREIGN: dict[str, Any] = {
    "a path that is an address": {"path": "http://example.org/p.jsonl", **META},
    "capitals": {"path": "HTTPS://example.org/p.jsonl", **META},
    "no scheme": {"path": "//example.org/p.jsonl", **META},
    "another scheme": {"path": "ftp://example.org/p.jsonl", **META},
    "an address alone": {"url": "http://example.org/p.jsonl", **META},
    "an address beside a path": {"path": "a/p.jsonl", "url": "http://example.org/p", **META},
    "a list": [{"path": "http://example.org/p.jsonl", **META}],
    "deeper": {"value": {"files": [{"path": "http://example.org/p.jsonl", **META}]}},
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_by_its_address_is_refused_unread(
    what: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page runs in this process: whoever would fetch is asked for nothing."""
    fetched: list[Any] = []

    def resolve(*arguments: Any, **_: Any) -> Any:
        fetched.append(arguments)
        raise OSError("no such host")

    monkeypatch.setattr(gradio.processing_utils, "async_ssrf_protected_download", resolve)
    monkeypatch.setattr(gradio.processing_utils, "ssrf_protected_download", resolve)
    api = served.address + "gradio_api/"
    about = ["m", "", "", "train", "train"]
    calls = {"score": ["nli", FOREIGN[what], "", False], "submit": ["nli", FOREIGN[what], *about]}
    for name, data in calls.items():
        answer = HTTP.post(f"{api}call/{name}", json={"data": data})
        assert answer.status_code == 422 and "uploaded here" in answer.json()["detail"]
    config = HTTP.get(served.address + "config").json()
    (function,) = (part["id"] for part in config["dependencies"] if part["api_name"] == "score")
    body = {"data": calls["score"], "fn_index": function, "session_hash": "s"}
    assert HTTP.post(f"{api}queue/join", json=body).status_code == 422
    assert not fetched


def test_the_browsers_word_on_its_own_upload_is_let_in() -> None:
    own = {
        "path": "0f/가 b.jsonl",
        "url": "https://x.hf.space/gradio_api/file=0f/%EA%B0%80 b.jsonl",
    }
    check_files({"data": [own, {"path": "0f/a.jsonl", "url": None}, {"path": 5}, "http://a.org"]})
    for odd in ([], None, {"data": [[0]] * 30_000}):
        with pytest.raises(InputError, match="found"):
            check_files(odd)


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/run/score",
        "gradio_api/api/score",
        "gradio_api/component_server",
        "gradio_api/stream/x",
        "gradio_api/vibe-edit/",
        "gradio_api/run-history/connect",
        "gradio_api/process_recording",
        "login",
    ],
)
def test_what_the_page_does_not_need_is_not_there(path: str, served: Served) -> None:
    answer = HTTP.post(served.address + path, json={"data": []})
    assert (answer.status_code, answer.json()["detail"]) == (404, "not found")


def test_examples_alone_go_round_the_queue(served: Served) -> None:
    config = HTTP.get(f"{served.address}config").json()
    by_queue = {one["id"]: one["queue"] for one in config["dependencies"]}
    queued = next(number for number, queue in by_queue.items() if queue is not False)
    example = next(number for number, queue in by_queue.items() if queue is False)
    said = {}
    for number in (queued, example):
        body = {"data": [0], "fn_index": number, "session_hash": "s"}
        said[number] = HTTP.post(f"{served.address}gradio_api/run/predict", json=body).status_code
    assert said == {queued: 404, example: 200}


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=http://example.org/",
        "gradio_api/file=https:/example.org/",
        "gradio_api/proxy=http://example.org/",
        "gradio_api/deep_link?session_hash=s",
        "gradio_api/dev/reload",
        "gradio_api/token",
        "monitoring/summary",
    ],
)
def test_nor_what_could_be_read(path: str, served: Served) -> None:
    answer = HTTP.get(served.address + path)
    assert (answer.status_code, answer.json()["detail"]) == (404, "not found")


def test_every_answer_says_what_a_browser_may_do(served: Served) -> None:
    for path in ("", "en", "config", "gradio_api/none", "theme.css"):
        headers = HTTP.get(served.address + path).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'self' https://huggingface.co" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.fixture(scope="module")
def strict(tiny_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with little of everything, behind a proxy on loopback."""
    limits = Limits(
        upload_bytes=10_000, upload_address=30_000, body_bytes=2_000, body_seconds=0.2,
        visits=(30, 60.0), streams=(2, 100), sessions=4,
    )  # fmt: skip
    board = str(tmp_path_factory.mktemp("board"))
    settings = Settings(runs=tiny_runs, sample=True, leaderboard=board, limits=limits)
    settings = replace(
        settings, proxies=networks_of(["127.0.0.0/8"]), hosts=frozenset(["127.0.0.1"])
    )
    page = build(settings)
    options = {"server_name": "127.0.0.1", "quiet": True, "prevent_thread_lock": True}
    _, address, _ = page.launch(**options, **launch_options(settings))
    yield address
    page.close()


def of(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def test_bodies_are_small_and_of_a_known_length(strict: str) -> None:
    call, upload = strict + "gradio_api/call/score", strict + "gradio_api/upload"
    large = {"data": ["x" * 3000]}
    assert HTTP.post(call, json=large, headers=of("1.0.0.1")).status_code == 413
    endless = (b"x" for _ in range(10))
    assert HTTP.post(call, content=endless, headers=of("1.0.0.1")).status_code == 411
    two = [("files", (name, b"x" * 60_000)) for name in ("a", "b")]
    assert HTTP.post(upload, files=two, headers=of("1.0.0.1")).status_code == 413
    for body in (b"{", b"[]", b"[" * 1500):
        assert HTTP.post(call, content=body, headers=of("1.0.0.1")).status_code == 422


def test_an_address_may_not_send_without_end_and_others_may(strict: str) -> None:
    def send(address: str) -> int:
        files = {"files": ("p.jsonl", b"x" * 9_000)}
        return HTTP.post(strict + "gradio_api/upload", files=files, headers=of(address)).status_code

    assert [send("1.0.0.2") for _ in range(4)] == [200, 200, 200, 429]
    assert send("1.0.0.3") == 200


def test_an_address_may_not_ask_without_end_and_others_may(strict: str) -> None:
    codes = [HTTP.get(strict + "config", headers=of("1.0.0.4")).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]
    # What it says of itself on the left counts for nothing.
    claimed = of("7.7.7.7, 1.0.0.4")
    assert HTTP.get(strict + "config", headers=claimed).status_code == 429
    assert HTTP.get(strict + "config", headers=of("1.0.0.5")).status_code == 200


def test_streams_that_stay_open_are_few(strict: str) -> None:
    with httpx.Client(headers=of("1.0.0.6"), timeout=60) as client:
        way = strict + "gradio_api/heartbeat/"
        with client.stream("GET", way + "a") as a, client.stream("GET", way + "b") as b:
            assert a.status_code == b.status_code == 200
            assert client.get(way + "c").status_code == 429


def test_another_host_is_refused(strict: str) -> None:
    answer = HTTP.get(strict, headers={"Host": "evil.example"})
    assert answer.status_code == 400 and "evil.example" in answer.json()["detail"]


def test_a_slow_body_is_ended(strict: str) -> None:
    host, port = httpx.URL(strict).host, httpx.URL(strict).port
    with socket.create_connection((host, port or 80)) as line:
        head = ("POST /gradio_api/call/score HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 100")
        line.sendall("\r\n".join([*head, "", "{"]).encode())
        line.settimeout(60)
        assert b" 408 " in line.recv(100)


def test_a_steady_body_may_take_long_and_a_dripping_one_not() -> None:
    async def drip() -> Any:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def read(size: int, seconds: float) -> int:
        receive, pieces = paced(drip, size, seconds), 0
        try:
            while pieces < 20:
                await receive()
                pieces += 1
        except RefusedError as refused:
            assert refused.status == 408
        return pieces

    assert asyncio.run(read(1000 * PIECE, 10.0)) == 20
    assert asyncio.run(read(1, 0.05)) < 20


def test_answers_that_nobody_fetches_are_forgotten(strict: str) -> None:
    """Four sessions are kept, whoever has them: the ones heard of last."""
    api, texts = strict + "gradio_api/", ["비가 온다.", "춥다.", ""]
    events = []
    for _ in range(4):
        asked = HTTP.post(api + "call/try_nli", json={"data": texts}, headers=of("1.0.0.7"))
        events.append(asked.json()["event_id"])
    for session in range(6):
        body = {"data": texts, "session_hash": f"s{session}"}
        HTTP.post(api + "call/try_nli", json=body, headers=of(f"3.0.0.{session}"))
    for event in events[:3]:  # Gradio breaks off the stream of a session that it does not know.
        with pytest.raises(httpx.RemoteProtocolError):
            HTTP.get(f"{api}call/try_nli/{event}", headers=of("1.0.0.7"))


def test_many_at_once_are_all_answered(strict: str) -> None:
    def visit(number: int) -> int:
        return HTTP.get(strict, headers=of(f"2.0.0.{number}")).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(visit, range(16))) == {200}
    assert json.loads(HTTP.get(strict + "config", headers=of("2.1.0.0")).text)
