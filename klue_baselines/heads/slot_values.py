"""Values of slots: the tokens that a model learns for a value, the value for generated tokens."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from transformers import PreTrainedTokenizerBase

from klue_text.normal_forms import Normalised, normalise

from ..encoding.tokens import Tokens, tokens_of


class ValueTokens(dict[str, list[int]]):
    """The tokens of a value with the end token, tokenised once."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, end_id: int) -> None:
        super().__init__()
        self.tokenizer, self.end_id = tokenizer, end_id

    def __missing__(self, value: str) -> list[int]:
        self.learn([value])
        return self[value]

    def learn(self, values: Sequence[str]) -> None:
        """Tokenise values in one call."""
        new = [value for value in dict.fromkeys(values) if value not in self]
        found = tokens_of([normalise(value) for value in new], self.tokenizer)
        self.update({value: [*one.ids, self.end_id] for value, one in zip(new, found, strict=True)})


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
        self.written: dict[str, dict[str, str]] = {}
        self.texts: dict[tuple[int, ...], str] = {}
        self.said: dict[str, Tokens] = {}

    def value(self, slot: str, generated: Sequence[int], said: Sequence[Normalised]) -> str:
        """Return the value for the tokens generated for a slot in a dialogue."""
        tokens = list(generated)
        if self.end_id in tokens:
            tokens = tokens[: tokens.index(self.end_id)]
        if slot not in self.known:
            self.known[slot] = self.spellings(slot)
        known, text = self.known[slot], self.text(tokens)
        values = known.get((*tokens, self.end_id)) or known.get(squeeze(text)) or []
        if values:
            written = (value for utterance in said for value in values if holds(utterance, value))
            return next(written, min(values, key=len))
        if self.tokenizer.unk_token_id in tokens:
            return self.find_tokens(tokens, said) or text
        spelt = find_spellings(text, said)
        exact = [value for value in spelt if self.tokens[value][:-1] == tokens]
        # A clock time is said in words and written 16:18 in the state.
        decoded = text.replace(" : ", ":").replace(" , ", ", ")
        if not exact and self.tokens[decoded][:-1] == tokens:
            return decoded
        return next(iter(exact or spelt), decoded)

    def text(self, tokens: Sequence[int]) -> str:
        """Return what tokens are when they are spelt out."""
        key = tuple(tokens)
        if key not in self.texts:
            decoded: str = self.tokenizer.decode(tokens, skip_special_tokens=True)
            self.texts[key] = decoded.replace("##", "").strip()
        return self.texts[key]

    def known_value(self, slot: str, value: str, said: Sequence[Normalised]) -> str:
        """Return the value if it is in the ontology or was said, else the nearest, else nothing."""
        if any(holds(utterance, value) for utterance in said):
            return value
        if slot not in self.written:
            self.written[slot] = {form_of(known): known for known in self.ontology.get(slot, [])}
        written, form = self.written[slot], form_of(value)
        close = form if form in written else nearest(form, tuple(written))
        return "" if close is None else written[close]

    def find_tokens(self, tokens: Sequence[int], said: Sequence[Normalised]) -> str | None:
        """Return the text behind these very tokens where it was said: what an [UNK] stood for."""
        for utterance in said:
            if utterance.text not in self.said:
                self.said[utterance.text] = tokens_of([utterance.text], self.tokenizer)[0]
            ids, spans = self.said[utterance.text]
            for at in range(len(ids) - len(tokens) + 1):
                if ids[at : at + len(tokens)] == tokens:
                    return utterance.cut(spans[at][0], spans[at + len(tokens) - 1][1])
        return None

    def spellings(self, slot: str) -> dict[Any, list[str]]:
        """Return the ontology's values of a slot by their tokens and by their characters.

        Tokens with an [UNK] may stand for values that differ in more than their spaces.
        """
        known: dict[Any, list[str]] = {}
        self.tokens.learn(self.ontology.get(slot, []))
        for value in self.ontology.get(slot, []):
            known.setdefault(squeeze(normalise(value)), []).append(value)
        for value in self.ontology.get(slot, []):
            same = known.setdefault(tuple(self.tokens[value]), [])
            same += [other for other in known[squeeze(normalise(value))] if other not in same]
        return known


# Each turn of each evaluation asks for the same texts again; what they become is kept.
@lru_cache(maxsize=1 << 15)
def squeeze(text: str) -> str:
    """Return a text without its spaces."""
    return "".join(text.split())


@lru_cache(maxsize=1 << 15)
def form_of(value: str) -> str:
    """Return a value as a tokenizer sees it."""
    return normalise(value)


@lru_cache(maxsize=1 << 15)
def nearest(form: str, known: tuple[str, ...]) -> str | None:
    """Return which of several texts a text is nearest to, None where none is near."""
    return next(iter(get_close_matches(form, known, 1)), None)


def holds(utterance: Normalised, value: str) -> bool:
    """Return whether a value stands in what was said, in whatever form either is written."""
    return form_of(value) in utterance.text


def find_spellings(text: str, said: Sequence[Normalised]) -> list[str]:
    """Return how a text was written where it was said: the same characters, spaces aside.

    >>> find_spellings("롯데월드타워 & 몰", [Normalised.of("롯데월드타워&몰까지 가 주세요")])
    ['롯데월드타워&몰']
    """
    wanted = squeeze(text)
    found = []
    for utterance in said:
        at = squeeze(utterance.text).find(wanted) if wanted else -1
        if at >= 0:
            kept = [at for at, character in enumerate(utterance.text) if not character.isspace()]
            found.append(utterance.cut(kept[at], kept[at + len(wanted) - 1] + 1))
    return found
