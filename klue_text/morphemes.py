"""Where the morphemes of a written word begin."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from typing import Any

from .sentences import analyser

Starts = tuple[int, ...]


def analyser_installed() -> bool:
    """Return whether an analyser is installed."""
    return importlib.util.find_spec("kiwipiepy") is not None


class Morphemes:
    """Boundaries between morphemes, by Kiwi, kept for every word once seen.

    A boundary counts where the spelling shows it: 했다 is 하+었+다, and the syllables show 했+다.
    Words are analysed by themselves, so that each is analysed once however large the corpus.
    Memory grows with the number of different words, some 200 bytes each.
    """

    def __init__(self) -> None:
        self.known: dict[str, Starts] = {}

    def learn(self, words: Iterable[str]) -> None:
        """Analyse the words that are new."""
        new = [word for word in dict.fromkeys(words) if word not in self.known]
        for word, tokens in zip(new, analyser().tokenize(iter(new)), strict=True):
            self.known[word] = starts(word, tokens)

    def __getitem__(self, word: str) -> Starts:
        """Return the places at which a morpheme begins, 0 among them.

        Example:
            >>> Morphemes()["학교에서는"]
            (0, 2, 4)
        """
        if word not in self.known:
            self.learn([word])
        return self.known[word]


def starts(word: str, tokens: Iterable[Any]) -> Starts:
    """Return the places of a word at which a morpheme begins and over which none stretches.

    Args:
        word: the word as written.
        tokens: Kiwi's morphemes, with `start` and `len` in characters.
    """
    spans = [(token.start, token.start + token.len) for token in tokens]
    places = {start for start, _ in spans if 0 < start < len(word)}
    return (
        0,
        *sorted(at for at in places if not any(first < at < last for first, last in spans)),
    )


class WholeWords:
    """Stands in for Morphemes where no analyser is installed: a word is one morpheme."""

    def learn(self, words: Iterable[str]) -> None:
        """Do nothing: there is nothing to learn."""

    def __getitem__(self, word: str) -> Starts:
        """Return the beginning of the word."""
        return (0,)
