"""A whole run against a scripted server: what is written, what is counted, and going on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError, RunError
from klue_datasets import read_rows
from klue_lm import client as client_module
from klue_lm.reply_log import log_path
from klue_lm.run import LMRun, carry_out, plan, result_path
from klue_lm.server import Server
from klue_lm.tasks import LMS
from klue_metrics import METRICS
from klue_results.results import Result
from tests.lm_server import Answer, LMServer, Request, serving

pytest.importorskip("openai", reason="the extra `lm` is not installed")

ROOT = Path(__file__).parents[2]


def quiet(_: str, __: int) -> Any:
    return nullcontext(lambda _: None)


def gold_answers(task: str) -> dict[str, str]:
    """The end of each question's prompt -> its gold answer."""
    rows = read_rows(task, "validation", sample=True, full=True)
    lm = LMS[task]
    return {
        question.text: answer
        for row in rows
        for question, answer in zip(lm.questions(row, "ko"), lm.answers(row, "ko"), strict=True)
    }


def knowing(task: str) -> Any:
    """A script that knows all gold answers."""
    answers = gold_answers(task)

    def script(request: Request) -> str:
        text = next(text for text in answers if request.prompt.endswith(text))
        return f" {answers[text]}"

    return script


def run_of(task: str, folder: Path, **options: Any) -> LMRun:
    options = {"mode": "generate", "sample": True, "concurrency": 3, **options}
    return LMRun(task=task, output=folder / f"{task}.jsonl", **options)


def carried(run: LMRun, server: LMServer) -> Result:
    return carry_out(plan(run), Server.at(server.url, "model"), quiet)


@pytest.mark.parametrize("task", LMS)
def test_a_model_that_knows_everything(task: str, tmp_path: Path) -> None:
    with serving(LMServer(knowing(task))) as server:
        run = run_of(task, tmp_path, shots=2)
        result = carried(run, server)
    metric = METRICS[task]
    gold = metric.gold(read_rows(task, "validation", sample=True, full=True))
    records = metric.read_predictions(run.output, gold, "wrong")
    scores = metric.score(gold, records, unknown_label="wrong")
    for name, value in result.scores.items():
        assert value == pytest.approx(scores[name], abs=1e-9)
        assert value >= (99.9 if task == "sts" else 100 - 1e-9)
    assert Result.read(result_path(run.output)) == result
    about = result.language_model
    assert about["outcomes"]["answered"] == len(gold)
    assert about["trivial"]["name"] and len(about["shots"]) == 2
    assert result.settings["mode"] == "generate" and result.seed == 0


def mixed(task: str) -> Any:
    """A script that goes wrong in every way, always in the same for the same question."""
    known = knowing(task)
    wrong = [
        Answer(status=400, message="content_filter: refused"),
        Answer("", "content_filter"),
        Answer("  "),
        Answer("그건 알 수 없는 일이라고 말씀드릴 수밖에 없는 것이 " * 9, "length"),
        Answer("관련 없음"),
        Answer("<think>음"),
    ]

    def script(request: Request) -> Any:
        at = sum(map(ord, request.prompt)) % 9
        return wrong[at] if 0 < at < len(wrong) else known(request)

    return script


def test_what_became_of_each_reply_is_counted(tmp_path: Path) -> None:
    with serving(LMServer(mixed("nli"))) as server:
        run = run_of("nli", tmp_path)
        result = carried(run, server)
    outcomes = result.language_model["outcomes"]
    n = result.data["eval_examples"]
    assert sum(outcomes.values()) == n
    assert min(outcomes[name] for name in ("answered", "outside", "unreadable", "refused")) > 0
    assert outcomes["cut off"] > 0
    right = outcomes["answered"]
    assert result.scores["accuracy"] == pytest.approx(100 * right / n)
    part = result.language_model["answered_part"]
    assert part["examples"] == right + outcomes["outside"]
    lines = run.output.read_text().splitlines()
    assert len(lines) == n and any('"label": null' in line for line in lines)


def test_a_finished_run_asks_nothing_and_stays_the_same(tmp_path: Path) -> None:
    with serving(LMServer(knowing("ynat"))) as server:
        run = run_of("ynat", tmp_path)
        carried(run, server)
        before, asked = run.output.read_bytes(), len(server.asked)
        carried(run, server)
    assert (run.output.read_bytes(), len(server.asked)) == (before, asked)


def test_a_run_that_broke_off_goes_on(tmp_path: Path) -> None:
    known = knowing("ynat")
    count = iter(range(10_000))

    def script(request: Request) -> Any:
        return Answer(status=401, message="key expired") if next(count) == 7 else known(request)

    run = run_of("ynat", tmp_path, concurrency=1)
    with serving(LMServer(script)) as server:
        with pytest.raises(InputError, match="key expired"):
            carried(run, server)
        assert not run.output.exists()
        kept = len(log_path(run.output).read_text().splitlines()) - 1
        assert kept in (7, 8)  # one was under way
        carried(run, server)
        prompts = [request.prompt for request in server.asked]
    assert len(prompts) == len(set(prompts)) + 1  # the one that failed was asked again
    with serving(LMServer(knowing("ynat"))) as server:
        other = run_of("ynat", tmp_path / "whole")
        carried(other, server)
    assert other.output.read_bytes() == run.output.read_bytes()


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_cut_log_is_asked_for_the_rest(tmp_path: Path, cut: int) -> None:
    run = run_of("nli", tmp_path)
    with serving(LMServer(knowing("nli"))) as server:
        carried(run, server)
        whole = run.output.read_bytes()
        path = log_path(run.output)
        path.write_bytes(path.read_bytes()[:-cut])
        run.output.unlink()
        before = len(server.asked)
        carried(run, server)
        assert 1 <= len(server.asked) - before <= 2
    assert run.output.read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"{", b"[]\n", b'{"guid": "a"}\n', b"\xff\xfe\n"])
def test_a_damaged_log_is_named_or_begun_anew(tmp_path: Path, content: bytes) -> None:
    run = run_of("nli", tmp_path)
    log_path(run.output).write_bytes(content)
    with serving(LMServer(knowing("nli"))) as server:
        if content.endswith(b"\n"):
            with pytest.raises(InputError, match=r"nli\.replies\.jsonl:1: found no run's settings"):
                carried(run, server)
        else:
            carried(run, server)
            assert run.output.exists()


def test_another_run_does_not_take_its_replies(tmp_path: Path) -> None:
    with serving(LMServer(knowing("nli"))) as server:
        carried(run_of("nli", tmp_path), server)
        with pytest.raises(InputError, match=r"replies of another run \(shots: 0, now 2\)"):
            carried(run_of("nli", tmp_path, shots=2), server)


def test_shots_are_dropped_whole_where_the_context_is_short(tmp_path: Path) -> None:
    known = knowing("nli")
    longest = 420

    def script(request: Request) -> Any:
        if len(request.prompt) > longest:
            return Answer(status=400, message="maximum context length is 420")
        return known(request)

    with serving(LMServer(script)) as server:
        result = carried(run_of("nli", tmp_path, shots=6), server)
    about = result.language_model
    assert about["dropped_shots"] > 0
    asked = [request.prompt for request in server.asked if len(request.prompt) <= longest]
    planned = plan(run_of("nli", tmp_path, shots=6))
    for prompt in asked:  # nothing is cut in the middle
        assert any(prompt.startswith(head) for head in planned.prompts.heads)
        assert prompt.endswith("관계:")


def test_a_question_that_never_fits_is_counted(tmp_path: Path) -> None:
    answer = Answer(status=400, message="maximum context length is 1")
    with serving(LMServer(lambda _: answer)) as server:
        result = carried(run_of("nli", tmp_path, shots=1), server)
    assert result.language_model["outcomes"]["too long"] == result.data["eval_examples"]
    assert result.scores["accuracy"] == 0.0


def test_ways_that_a_task_is_not_asked_in(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dp: found --rank, expected generate or constrained"):
        plan(run_of("dp", tmp_path, mode="rank"))


@pytest.mark.slow
def test_a_killed_process_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = knowing("ynat")

    def script(request: Request) -> Any:
        time.sleep(0.02)
        return known(request)

    with serving(LMServer(script)) as server:
        output = tmp_path / "ynat.jsonl"
        command = [
            sys.executable, "-m", "klue_cli", "lm", "run", "ynat", "--sample", "--generate",
            "--model", "model", "--base-url", server.url, "--output", str(output),
            "--results", str(tmp_path / "results"), "--concurrency", "2",
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for kept in (5, 15):
            process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
            wait_for_lines(log_path(output), kept + 1)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert not output.exists()
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        asked = [request.prompt for request in server.asked]
    n = len(output.read_text().splitlines())
    # What was under way when the process was killed, two at once, is asked again; nothing else.
    assert n <= len(asked) <= n + 2 * 4
    with serving(LMServer(known)) as server:
        whole = run_of("ynat", tmp_path / "whole")
        carried(whole, server)
    assert whole.output.read_bytes() == output.read_bytes()
    assert [*(tmp_path / "results").rglob("seed-0.json")]


def wait_for_lines(path: Path, count: int) -> None:
    for _ in range(600):
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path}: no {count} lines in 30 s")


def test_a_server_that_dies_is_told_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "RETRIES", 0)
    known = knowing("nli")
    alive = threading.Event()
    alive.set()
    count = iter(range(10_000))

    def script(request: Request) -> Any:
        if next(count) == 4:
            alive.clear()
        return known(request) if alive.is_set() else Answer(drop=True)

    run = run_of("nli", tmp_path, concurrency=2)
    with serving(LMServer(script)) as server:
        with pytest.raises(RunError, match="the same command goes on"):
            carried(run, server)
        alive.set()
        result = carried(run, server)
    assert result.scores["accuracy"] == 100.0
    first = json.loads(log_path(run.output).read_text().splitlines()[0])["run"]
    assert re.fullmatch("[0-9a-f]{12}", first["prompt_digest"])


def test_questions_without_content_are_asked_again_one_by_one(tmp_path: Path) -> None:
    """A process that was killed among them leaves the same calibrated scores."""
    from tests.lm_server import prefers

    run = run_of("nli", tmp_path, mode="rank")
    server = LMServer(lambda _: "x", logprob=prefers("관계: 모순"))
    with serving(server):
        whole = carried(run, server)
        path = log_path(run.output)
        lines = path.read_bytes().splitlines(keepends=True)
        assert [b"content-free-" in line for line in lines[1:5]] == [True, True, True, False]
        path.write_bytes(b"".join(lines[:2]))
        assert carried(run, server).decodings == whole.decodings
        path.write_bytes(b"".join([lines[0], *lines[3:]]))
        assert carried(run, server).decodings == whole.decodings
    assert set(whole.decodings) == {"plain", "by length", "calibrated"}


def test_the_source_is_named(tmp_path: Path, data_dir: list[Path]) -> None:
    with serving(LMServer(lambda _: "함의")) as server:
        run = run_of("nli", tmp_path, sample=False, split="validation[:3]", data_dir=data_dir)
        assert carried(run, server).data["source"] == "folder"
        assert carried(run_of("nli", tmp_path / "s"), server).data["source"] == "sample"
