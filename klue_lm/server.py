"""A model behind an OpenAI-compatible server: vLLM, llama-server, TGI, SGLang, the commercial ones.

The client, its retries and its time-outs are those of the package `openai`. What differs between
servers is found by asking: who owns the model (`/v1/models`), whether a prompt's own tokens come
back with their probabilities (`echo`), whether there is a tokenizer (`/tokenize`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from klue_common.errors import InputError

from .client import beside, client_of, spoken
from .engine import CUT_OFF, FILTERED, STOPPED, Ranked, Reply
from .forms import Form
from .token_walk import TokenWalk, first_tokens, no_probabilities

if TYPE_CHECKING:
    from openai import OpenAI

CHAT, COMPLETIONS = "chat", "completions"
APIS = (COMPLETIONS, CHAT)
TOP_IN_CHAT = 20  # the most that OpenAI gives
FINISHES = {"length": CUT_OFF, "content_filter": FILTERED, "max_tokens": CUT_OFF}
LLAMA, VLLM = "llamacpp", "vllm"
MADE_UP = "<|im_start|>"  # a mark of the template that llama-server takes where a model has none


@dataclass(frozen=True)
class Server:
    """A model of a server.

    Attributes:
        client: of the package `openai`.
        model: as the server calls it.
        api: "completions" or "chat".
    """

    client: OpenAI
    model: str
    api: str = COMPLETIONS

    @classmethod
    def at(
        cls, base_url: str, model: str, api: str = COMPLETIONS, api_key: str | None = None
    ) -> Server:
        """Return a model of the server at an address, once it is known to be there.

        Raises:
            InputError: an unknown API, no such model, a base model that is asked to chat, or the
                package is missing.
            RunError: the server cannot be reached.
        """
        if api not in APIS:
            raise InputError(f"api: found {api!r}, expected {' or '.join(APIS)}")
        server = cls(client_of(base_url, api_key), model, api)
        server.check()
        return server

    @property
    def about(self) -> dict[str, str]:
        """What a result says of the model."""
        return {"provider": self.owner or "server", "model": self.model, "api": self.api}

    @cached_property
    def listed(self) -> dict[str, dict[str, Any]]:
        """The server's models by id; empty where it does not list them."""
        from openai import APIStatusError

        with spoken(self.client):
            try:
                models = self.client.models.list().data
            except APIStatusError as error:
                if error.status_code in (404, 405, 501):
                    return {}
                raise
        return {model.id: model.model_dump() for model in models or ()}

    @property
    def owner(self) -> str:
        """Who serves the model, "" where the server does not say."""
        return str(self.listed.get(self.model, {}).get("owned_by") or "")

    def check(self) -> None:
        """Refuse a model that is not there, and a base model that is asked to chat."""
        if self.listed and self.model not in self.listed:
            known = ", ".join(list(self.listed)[:5])
            raise InputError(f"model: found {self.model!r}, expected one of the server's: {known}")
        if self.api == CHAT and self.owner == LLAMA and not self.has_template():
            raise InputError(
                f"{self.model}: found a model without a chat template, expected --api completions "
                "(the server would make a template up)"
            )

    def has_template(self) -> bool:
        """Return whether llama-server's model brings a chat template of its own.

        For one that does not the server makes ChatML up, whose marks are no tokens of the model.
        """
        props = self.get("/props") or {}
        template = str(props.get("chat_template") or "")
        if MADE_UP not in template:
            return bool(template)
        body = {"content": MADE_UP, "parse_special": True}
        return len((self.post("/tokenize", body) or {}).get("tokens", ())) == 1

    def generate(self, prompt: str, *, stop: str, longest: int, form: Form | None) -> Reply:
        """Return what the model writes after a prompt, greedily; see `engine.Engine`."""
        held = self.held_to(form)
        with spoken(self.client):
            if self.api == CHAT:
                return self.chat(prompt, longest, held)
            answer = self.client.completions.create(
                model=self.model,
                prompt=prompt,
                max_tokens=longest,
                temperature=0.0,
                stop=[stop],
                extra_body=held,
            )
            choice = answer.choices[0]
            return reply_of(choice.text, choice.finish_reason, answer.usage)

    def chat(self, prompt: str, longest: int, held: dict[str, Any]) -> Reply:
        """Return the answer to one user message, which is the whole prompt."""
        answer = self.client.chat.completions.create(
            model=self.model,
            messages=[{"role": "user", "content": prompt}],
            max_completion_tokens=longest,
            temperature=0.0,
            extra_body=held,
        )
        choice = answer.choices[0]
        if choice.message.refusal and not choice.message.content:
            return reply_of(None, "content_filter", answer.usage)
        return reply_of(choice.message.content, choice.finish_reason, answer.usage)

    def held_to(self, form: Form | None) -> dict[str, Any]:
        """Return the part of a request that holds the answer to a form, as this server has it.

        Raises:
            InputError: the server takes JSON Schema alone, and the form has none.
        """
        if form is None:
            return {}
        if self.owner == LLAMA:
            return {"grammar": form.grammar}
        if self.owner == VLLM:
            return {"structured_outputs": {"grammar": form.grammar}}
        if form.schema is None or self.api != CHAT:
            raise InputError(
                f"{self.owner or 'server'}: found a task whose answers need a grammar, expected "
                "llama-server or vLLM, or --generate"
            )
        # The commercial servers want an object at the top.
        wrapped = {
            "type": "object",
            "properties": {"answer": form.schema},
            "required": ["answer"],
            "additionalProperties": False,
        }
        schema = form.schema if form.schema.get("type") == "object" else wrapped
        named = {"name": "answer", "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}

    def rank(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the log-probability of each continuation; see `engine.Engine`."""
        with spoken(self.client):
            if self.api == CHAT:
                return self.rank_first_in_chat(prompt, continuations)
            if self.echoes:
                return self.rank_by_echo(prompt, continuations)
            if self.tokenizes:
                return TokenWalk(self.tokens, self.next_tokens).rank(prompt, continuations)
            return self.rank_first(prompt, continuations)

    @cached_property
    def echoes(self) -> bool:
        """Whether the server gives the probabilities of a prompt's own tokens."""
        from openai import BadRequestError

        try:
            found = self.echo("가 나")
        except BadRequestError:
            return False
        return found is not None and len(found.token_logprobs or ()) > 1

    def echo(self, text: str) -> Any:
        """Return the log-probabilities of a text's own tokens, None where there are none."""
        answer = self.client.completions.create(
            model=self.model, prompt=text, max_tokens=1, echo=True, logprobs=1, temperature=0.0
        )
        choice = answer.choices[0]
        return choice.logprobs if choice.text.startswith(text) else None

    def rank_by_echo(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the sums over the tokens that begin behind the prompt."""
        sums, tokens = [], 0
        for continuation in continuations:
            found = self.echo(prompt + continuation)
            inside = range(len(prompt), len(prompt) + len(continuation))
            pairs = zip(found.text_offset, found.token_logprobs, strict=True)
            sums.append(sum(value for at, value in pairs if at in inside and value is not None))
            tokens += len(found.tokens)
        return Ranked(np.array(sums), prompt_tokens=tokens)

    @cached_property
    def tokenizes(self) -> bool:
        """Whether the server tells how a text is tokenized, as llama-server does."""
        found = self.post("/tokenize", {"content": "가"})
        return isinstance(found, dict) and bool(found.get("tokens"))

    def tokens(self, text: str) -> list[int]:
        """Return the ids of a text's tokens, with what the model begins every text with."""
        body = {"content": text, "add_special": True, "parse_special": False}
        return list((self.post("/tokenize", body) or {})["tokens"])

    def next_tokens(self, tokens: list[int], top: int) -> dict[int, float]:
        """Return the most likely next tokens with their log-probabilities, by id."""
        answer = self.client.completions.create(
            model=self.model, prompt=tokens, max_tokens=1, logprobs=top, temperature=0.0
        )
        content = answer.choices[0].model_dump()["logprobs"]["content"][0]
        return {one["id"]: one["logprob"] for one in content["top_logprobs"]}

    def rank_first(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the log-probability of each continuation's first token, among the likeliest."""
        answer = self.client.completions.create(
            model=self.model, prompt=prompt, max_tokens=1, logprobs=5, temperature=0.0
        )
        found = answer.choices[0].logprobs
        if found is None or not found.top_logprobs:
            raise no_probabilities(self.model)
        return first_tokens(found.top_logprobs[0], continuations)

    def rank_first_in_chat(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the log-probability of the first token of each answer, among the likeliest 20."""
        answer = self.client.chat.completions.create(
            model=self.model,
            messages=[{"role": "user", "content": prompt}],
            max_completion_tokens=1,
            logprobs=True,
            top_logprobs=TOP_IN_CHAT,
            temperature=0.0,
        )
        found = answer.choices[0].logprobs
        if found is None or not found.content:
            raise no_probabilities(self.model)
        top = {one.token: one.logprob for one in found.content[0].top_logprobs}
        return first_tokens(top, [text.lstrip() for text in continuations])

    def get(self, path: str) -> Any:
        """Return what the server says at a path beside the API, None where there is nothing."""
        return beside(self.client, "get", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return what the server answers at a path beside the API, None where there is nothing."""
        return beside(self.client, "post", path, body=body)


def reply_of(text: str | None, finish: str | None, usage: Any) -> Reply:
    """Return a reply of what a server tells."""
    counts = [getattr(usage, name, 0) or 0 for name in ("prompt_tokens", "completion_tokens")]
    return Reply(text, FINISHES.get(finish or "", STOPPED), *counts)
