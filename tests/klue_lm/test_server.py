"""The client against a scripted server: all that real servers do wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from klue_common.errors import InputError, RunError
from klue_lm import client as client_module
from klue_lm.engine import CUT_OFF, FILTERED, FIRST_TOKEN, STOPPED, WHOLE, TooLongError
from klue_lm.forms import Form
from klue_lm.server import Server
from tests.lm_server import Answer, LMServer, Request, prefers, serving

pytest.importorskip("openai", reason="the extra `lm` is not installed")

CHOICES = [" 함의", " 중립", " 모순"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client's own retries, without their waits."""
    monkeypatch.setattr(client_module, "RETRIES", 2)
    monkeypatch.setattr("openai._base_client.BaseClient._calculate_retry_timeout", lambda *_: 0.01)
    yield


def generate(server: LMServer, api: str = "completions", form: Form | None = None) -> object:
    model = Server.at(server.url, "model", api)
    return model.generate("질문", stop="\n", longest=5, form=form)


def test_a_reply_with_its_counts() -> None:
    with serving(LMServer(lambda _: "정치")) as server:
        reply = Server.at(server.url, "model").generate("질문", stop="\n", longest=5, form=None)
    assert (reply.text, reply.finish) == ("정치", STOPPED)
    assert (reply.prompt_tokens, reply.new_tokens) == (2, 2)
    body = server.asked[-1].body
    assert body["temperature"] == 0 and body["stop"] == ["\n"] and body["max_tokens"] == 5


def test_the_prompt_is_one_message_in_chat() -> None:
    with serving(LMServer(lambda _: "정치")) as server:
        generate(server, "chat")
    assert server.asked[-1].body["messages"] == [{"role": "user", "content": "질문"}]
    assert "stop" not in server.asked[-1].body


@pytest.mark.parametrize(
    ("answer", "text", "finish"),
    [
        (Answer("길", "length"), "길", CUT_OFF),
        (Answer("", "content_filter"), "", FILTERED),
        (Answer(None), None, STOPPED),
        (Answer("가" * 100_000), "가" * 100_000, STOPPED),
    ],
)
def test_replies_that_are_none(answer: Answer, text: str | None, finish: str) -> None:
    with serving(LMServer(lambda _: answer)) as server:
        for api in ("chat", "completions"):
            if text is None and api == "completions":
                continue
            model = Server.at(server.url, "model", api)
            reply = model.generate("질문", stop="\n", longest=5, form=None)
            assert (reply.text, reply.finish) == (text, finish)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(status: int) -> None:
    answers = iter([Answer(status=status, message="busy"), Answer("정치")])
    with serving(LMServer(lambda _: next(answers))) as server:
        assert generate(server).text == "정치"  # type: ignore[attr-defined]
    assert len(server.asked) == 2


@pytest.mark.parametrize("answer", [Answer(status=500, message="broken"), Answer(drop=True)])
def test_a_server_that_stays_away_is_named(answer: Answer) -> None:
    with (
        serving(LMServer(lambda _: answer)) as server,
        pytest.raises(RunError, match=r"127\.0\.0\.1:\d+/v1/: .*the same command goes on"),
    ):
        generate(server)
    assert len(server.asked) == 3


def test_nobody_there() -> None:
    with pytest.raises(RunError, match="does not answer"):
        Server.at("http://127.0.0.1:9/v1", "model")


@pytest.mark.parametrize("address", ["", "nonsense", "ftp://x/v1", "http://[::1"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises((InputError, RunError)) as caught:
        Server.at(address, "model")
    assert "\n" not in str(caught.value)


def test_wrong_key_and_wrong_request() -> None:
    for status in (401, 403, 400, 422):
        answer = Answer(status=status, message="no\nsuch thing")
        with (
            serving(LMServer(lambda _, a=answer: a)) as server,
            pytest.raises(InputError) as caught,
        ):
            generate(server)
        assert "no" in str(caught.value) and "\n" not in str(caught.value)


def test_an_unknown_model_is_named() -> None:
    with serving(LMServer(lambda _: "")) as server:
        with pytest.raises(InputError, match=r"found 'other', expected one of .*: model"):
            Server.at(server.url, "other")
        with pytest.raises(InputError, match="api: found 'x', expected completions or chat"):
            Server.at(server.url, "model", "x")


def test_a_base_model_does_not_chat() -> None:
    """llama-server makes a template up; its marks are no tokens of such a model."""
    made_up = "<|im_start|>{{ add_generation_prompt }}"
    base = LMServer(lambda _: "", owner="llamacpp", template=made_up, tokenizer=True)
    with serving(base) as server:
        with pytest.raises(InputError, match="without a chat template, expected --api completions"):
            Server.at(server.url, "model", "chat")
        Server.at(server.url, "model", "completions")
    own = LMServer(lambda _: "", owner="llamacpp", template="{{ bos }}", tokenizer=True)
    with serving(own) as server:
        Server.at(server.url, "model", "chat")


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 2048 tokens",
        "the request exceeds the available context size",
        "prompt is too long",
    ],
)
def test_a_context_that_is_too_short(message: str) -> None:
    answer = Answer(status=400, message=message)
    with serving(LMServer(lambda _: answer)) as server, pytest.raises(TooLongError):
        generate(server)


def test_an_answer_in_another_form() -> None:
    for body in ({"choices": []}, {}, []):
        answer = Answer(body=body)
        with serving(LMServer(lambda _, a=answer: a)) as server, pytest.raises(RunError) as caught:
            generate(server)
        assert "\n" not in str(caught.value)


def test_forms_go_as_each_server_takes_them() -> None:
    form = Form('root ::= "a"', {"type": "string", "enum": ["a"]})
    with serving(LMServer(lambda _: "a", owner="llamacpp")) as server:
        generate(server, form=form)
        assert server.asked[-1].body["grammar"] == form.grammar
    with serving(LMServer(lambda _: "a", owner="vllm")) as server:
        generate(server, form=form)
        assert server.asked[-1].body["structured_outputs"] == {"grammar": form.grammar}
    with serving(LMServer(lambda _: '{"answer": "a"}', owner="openai")) as server:
        generate(server, "chat", form)
        schema = server.asked[-1].body["response_format"]["json_schema"]["schema"]
        assert schema["properties"]["answer"] == form.schema
        with pytest.raises(InputError, match="need a grammar"):
            generate(server, form=form)
        with pytest.raises(InputError, match="need a grammar"):
            generate(server, "chat", Form("root ::= x"))


def ranked(server: LMServer, api: str = "completions") -> tuple[np.ndarray, str]:
    found = Server.at(server.url, "model", api).rank("관계:", CHOICES)
    return found.logprobs, found.method


def no_script(_: Request) -> Answer:
    return Answer("x")


def test_whole_labels_by_echo() -> None:
    with serving(LMServer(no_script, logprob=prefers("관계: 모순"))) as server:
        values, method = ranked(server)
    assert method == WHOLE and values.argmax() == 2
    # Three characters a label, each a token; the prompt's own are not counted.
    assert values[2] == pytest.approx(3 * np.log(0.5))
    assert values[0] == pytest.approx(np.log(0.5) + 2 * np.log(0.001))


def test_whole_labels_token_by_token() -> None:
    class NoEcho(LMServer):
        pass

    server = NoEcho(no_script, logprob=prefers("관계: 모순"), tokenizer=True, owner="llamacpp")
    with serving(server):
        model = Server.at(server.url, "model")
        model.__dict__["echoes"] = False
        found = model.rank("관계:", CHOICES)
    assert found.method == WHOLE and found.logprobs.argmax() == 2
    # What all labels begin with, the blank, tells none from another.
    assert found.logprobs[2] == pytest.approx(2 * np.log(0.5))
    asked = [request for request in server.asked if "echo" not in request.body]
    assert len(asked) == 4  # one behind the blank, one in each label


def test_a_first_token_tells_labels_apart_or_is_refused() -> None:
    with serving(LMServer(no_script, logprob=prefers("관계: 모순"))) as server:
        model = Server.at(server.url, "model")
        model.__dict__.update(echoes=False, tokenizes=False)
        # All of them begin with a blank, which is a token of its own here.
        found = model.rank("관계: ", [text.strip() for text in CHOICES])
        assert found.method == FIRST_TOKEN and found.logprobs.argmax() == 2
        assert found.floored == 2
        with pytest.raises(InputError, match="모가 and 모나, which begin with the same token"):
            model.rank("관계: ", ["모가", "모나"])


def test_a_server_without_probabilities_is_named() -> None:
    with serving(LMServer(lambda _: "x")) as server:
        for api in ("completions", "chat"):
            with pytest.raises(InputError, match="no log-probabilities"):
                ranked(server, api)
