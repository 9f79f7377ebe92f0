"""Values of slots: the tokens that a model learns for a value, the value for generated tokens."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from transformers import PreTrainedTokenizerBase

from klue_text.normal_forms import Normalised, normalise

from ..encoding.tokens import tokens_of


class ValueTokens(dict[str, list[int]]):
    """The tokens of a value with the end token, tokenised once."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, end_id: int) -> None:
        super().__init__()
        self.tokenizer, self.end_id = tokenizer, end_id

    def __missing__(self, value: str) -> list[int]:
        tokens = tokens_of([normalise(value)], self.tokenizer)[0].ids
        self[value] = [*tokens, self.end_id]
        return self[value]


class Spelling:
    """Finds the value that generated tokens stand for.

    Tokens lose spaces and unknown characters, so they are not spelt out: they are looked up among
    the ontology's values of the slot, then in what was said; only what is found nowhere is decoded.
    The ontology writes some values in several ways (16:18, 16 : 18); the way that was said counts,
    else the shortest.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, config: Any) -> None:
        self.tokenizer, self.end_id = tokenizer, config.end_id
        self.ontology = config.ontology
        self.tokens = ValueTokens(tokenizer, config.end_id)
        self.known: dict[str, dict[Any, list[str]]] = {}
        self.nearest: dict[tuple[str, str], str] = {}

    def value(self, slot: str, generated: Sequence[int], said: Sequence[Normalised]) -> str:
        """Return the value for the tokens generated for a slot in a dialogue."""
        tokens = list(generated)
        if self.end_id in tokens:
            tokens = tokens[: tokens.index(self.end_id)]
        text = self.tokenizer.decode(tokens, skip_special_tokens=True).replace("##", "").strip()
        if slot not in self.known:
            self.known[slot] = self.spellings(slot)
        known = self.known[slot]
        values = known.get((*tokens, self.end_id)) or known.get(squeeze(text)) or []
        written = [value for utterance in said for value in values if holds(utterance, value)]
        if values:
            return next(iter(written), min(values, key=len))
        if self.tokenizer.unk_token_id in tokens:
            return self.find_tokens(tokens, said) or text
        written = find_spellings(text, said)
        exact = [value for value in written if self.tokens[value][:-1] == tokens]
        # A clock time is said in words and written 16:18 in the state.
        decoded = text.replace(" : ", ":").replace(" , ", ", ")
        if not exact and self.tokens[decoded][:-1] == tokens:
            return decoded
        return next(iter(exact or written), decoded)

    def known_value(self, slot: str, value: str, said: Sequence[Normalised]) -> str:
        """Return the value if it is in the ontology or was said, else the nearest, else nothing."""
        if any(holds(utterance, value) for utterance in said):
            return value
        key = (slot, value)
        if key not in self.nearest:
            written = {normalise(known): known for known in self.ontology.get(slot, [])}
            form = normalise(value)
            close = [form] if form in written else get_close_matches(form, written, 1)
            self.nearest[key] = written[close[0]] if close else ""
        return self.nearest[key]

    def find_tokens(self, tokens: Sequence[int], said: Sequence[Normalised]) -> str | None:
        """Return the text behind these very tokens where it was said: what an [UNK] stood for."""
        for utterance in said:
            ids, spans = tokens_of([utterance.text], self.tokenizer)[0]
            for at in range(len(ids) - len(tokens) + 1):
                if ids[at : at + len(tokens)] == tokens:
                    return utterance.cut(spans[at][0], spans[at + len(tokens) - 1][1])
        return None

    def spellings(self, slot: str) -> dict[Any, list[str]]:
        """Return the ontology's values of a slot by their tokens and by their characters.

        Tokens with an [UNK] may stand for values that differ in more than their spaces.
        """
        known: dict[Any, list[str]] = {}
        for value in self.ontology.get(slot, []):
            known.setdefault(squeeze(normalise(value)), []).append(value)
        for value in self.ontology.get(slot, []):
            same = known.setdefault(tuple(self.tokens[value]), [])
            same += [other for other in known[squeeze(normalise(value))] if other not in same]
        return known


def squeeze(text: str) -> str:
    """Return a text without its spaces."""
    return "".join(text.split())


def holds(utterance: Normalised, value: str) -> bool:
    """Return whether a value stands in what was said, in whatever form either is written."""
    return normalise(value) in utterance.text


def find_spellings(text: str, said: Sequence[Normalised]) -> list[str]:
    """Return how a text was written where it was said: the same characters, spaces aside.

    >>> find_spellings("롯데월드타워 & 몰", [Normalised.of("롯데월드타워&몰까지 가 주세요")])
    ['롯데월드타워&몰']
    """
    wanted = squeeze(text)
    found = []
    for utterance in said:
        kept = [at for at, character in enumerate(utterance.text) if not character.isspace()]
        at = squeeze(utterance.text).find(wanted) if wanted else -1
        if at >= 0:
            found.append(utterance.cut(kept[at], kept[at + len(wanted) - 1] + 1))
    return found
