"""A server of the OpenAI API on loopback, for tests: what it answers is scripted.

`script` is a function of the request: it returns what the model writes, or an `Answer` for all that
a real server does wrong. What was asked is kept in `asked`.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One answer: an error's status and message, a reply's text and end, or a dropped line."""

    text: str | None = ""
    finish: str = "stop"
    status: int = 200
    message: str = ""
    drop: bool = False
    body: Any = None


@dataclass
class Request:
    """What was asked: the path below /v1, the body, and the prompt in it."""

    path: str
    body: dict[str, Any]

    @property
    def prompt(self) -> Any:
        if "messages" in self.body:
            return self.body["messages"][-1]["content"]
        return self.body.get("prompt", "")


Script = Callable[[Request], "str | Answer"]


@dataclass
class LMServer:
    """A running server."""

    script: Script
    owner: str = "tests"
    models: tuple[str, ...] = ("model",)
    logprob: Callable[[str, str], float] | None = None  # (before, token) -> its log-probability
    tokenizer: bool = False
    template: str = ""
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        made = self.script(request)
        return made if isinstance(made, Answer) else Answer(made)


@contextmanager
def serving(server: LMServer) -> Iterator[LMServer]:
    """Run a server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def send(self, content: Any, status: int = 200) -> None:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/v1/models":
                data = [{"id": m, "object": "model", "owned_by": server.owner, "created": 0}
                        for m in server.models]  # fmt: skip
                self.send({"object": "list", "data": data})
            elif self.path == "/props" and server.owner == "llamacpp":
                self.send({"chat_template": server.template})
            else:
                self.send({"error": {"message": "no such path"}}, 404)

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"{}")
            path = self.path.removeprefix("/v1")
            if path == "/tokenize":
                if not server.tokenizer:
                    self.send({"error": {"message": "no such path"}}, 404)
                else:
                    self.send({"tokens": [1, *map(ord, body["content"])]})
                return
            request = Request(path, body)
            if body.get("logprobs") and server.logprob is not None:
                server.asked.append(request)
                self.send(with_logprobs(server, request))
                return
            answer = server.answer(request)
            if answer.drop:
                self.close_connection = True
                self.connection.close()
            elif answer.status != 200:
                self.send({"error": {"message": answer.message}}, answer.status)
            elif answer.body is not None:
                self.send(answer.body)
            else:
                self.send(completion(request, answer))

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{httpd.server_address[1]}/v1"
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()


def completion(request: Request, answer: Answer) -> dict[str, Any]:
    """The body of an ordinary answer, as the API has it."""
    choice: dict[str, Any] = {"index": 0, "finish_reason": answer.finish, "logprobs": None}
    if request.path == "/chat/completions":
        choice["message"] = {"role": "assistant", "content": answer.text}
    else:
        choice["text"] = answer.text
    usage = {"prompt_tokens": len(request.prompt), "completion_tokens": len(answer.text or "")}
    usage["total_tokens"] = sum(usage.values())
    return {
        "id": "1", "object": "completion", "created": 0, "model": "model",
        "choices": [choice], "usage": usage,
    }  # fmt: skip


def with_logprobs(server: LMServer, request: Request) -> dict[str, Any]:
    """The body of an answer with probabilities; each character is a token.

    A prompt that is echoed has those of its own tokens; else those of the likeliest next ones.
    """
    assert server.logprob is not None
    prompt = request.prompt
    if isinstance(prompt, list):
        prompt = "".join(map(chr, prompt[1:]))
    made = completion(request, Answer("x"))
    choice = made["choices"][0]
    if request.body.get("echo"):
        choice["text"] = f"{prompt}x"
        values = [None, *(server.logprob(prompt[:at], prompt[at]) for at in range(1, len(prompt)))]
        choice["logprobs"] = {
            "tokens": [*prompt], "token_logprobs": values, "top_logprobs": None,
            "text_offset": [*range(len(prompt))],
        }  # fmt: skip
        return made
    letters = sorted({chr(at) for at in range(32, 127)} | set("함의중립모순 정치경제사회"))
    found = {c: server.logprob(prompt, c) for c in letters}
    top = dict(sorted(found.items(), key=lambda pair: -pair[1])[: int(request.body["logprobs"])])
    if server.tokenizer:
        listed = [{"id": ord(c), "token": c, "logprob": v} for c, v in top.items()]
        choice["logprobs"] = {"content": [{"id": 1, "top_logprobs": listed}]}
    else:
        choice["logprobs"] = {
            "tokens": ["x"], "token_logprobs": [-1.0], "top_logprobs": [top], "text_offset": [0],
        }  # fmt: skip
    return made


def prefers(*texts: str) -> Callable[[str, str], float]:
    """A model that knows some texts by heart: what goes on with one of them is likely."""

    def logprob(before: str, token: str) -> float:
        known = any(
            text.startswith(before[-length:] + token)
            for text in texts
            for length in range(len(text))
            if length == 0 or before.endswith(text[:length])
            if length or text.startswith(token)
        )
        return math.log(0.5) if known else math.log(0.001)

    return logprob
