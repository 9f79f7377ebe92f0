"""What a saved tokenizer does to texts by itself, so that stock pipelines read them as we do.

`klue_text.normalise` is NFC but for characters that NFC would replace one by one, and has letters
where jamo are left over. In a tokenizer.json that is three steps: those characters are hidden in a
private-use plane, the text is composed, and the characters come back, jamo as letters. One thing
differs: a mark on a jamo that is left over, which no text means, goes with it.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any
from unicodedata import combining

from tokenizers.normalizers import NFC, Precompiled, Sequence

from klue_text.normal_forms import CONJOINING_TO_LETTER, SURROGATE, compose

HIDDEN_FROM = 0xF0000  # the private-use plane where characters wait while a text is composed
LEAF, HAS_LEAF, OFFSET_BITS = 1 << 31, 1 << 8, 10
ANY_CLASS = "TokenizersBackend"  # transformers' class that reads a tokenizer.json as it is


Settings = dict[str, Any]


def with_normaliser(rules: Settings, settings: Settings) -> tuple[Settings, Settings]:
    """Return a tokenizer that does by itself what `normalise` does to a text.

    Classes of one architecture (BertTokenizer) would build a normaliser of their own, so that the
    tokenizer is of no special class from then on.

    Args:
        rules: what its tokenizer.json holds.
        settings: what its tokenizer_config.json holds.

    Returns:
        The two, changed; as they are where it does so already.
    """
    given = rules.get("normalizer") or {}
    steps = json.loads(normaliser().__getstate__())["normalizers"]
    if given.get("normalizers", [])[: len(steps)] == steps:
        return rules, settings
    further = [given] if given else []
    whole = {"type": "Sequence", "normalizers": [*steps, *further]}
    return {**rules, "normalizer": whole}, {**settings, "tokenizer_class": ANY_CLASS}


@cache
def normaliser() -> Sequence:
    """Return `klue_text.normalise` as a normaliser of the library `tokenizers`.

    Example:
        >>> normaliser().normalize_str("\\u1112\\u1161\\u11ab\\u110f \\uf981")
        '한ㅋ \\uf981'
    """
    alone = [char for char in map(chr, range(sys.maxunicode)) if changes(char)]
    hidden = {char: chr(HIDDEN_FROM + at) for at, char in enumerate(alone)}
    back = {hiding: char for char, hiding in hidden.items()}
    letters = {chr(jamo): letter for jamo, letter in CONJOINING_TO_LETTER.items()}
    return Sequence([Precompiled(charsmap(hidden)), NFC(), Precompiled(charsmap(back | letters))])


def changes(char: str) -> bool:
    """Return whether NFC replaces a character by itself; marks aside, which belong to another."""
    return not (SURROGATE.match(char) or combining(char)) and compose(char) != char


def charsmap(characters: Mapping[str, str]) -> bytes:
    """Return replacements of characters in SentencePiece's form of them: a trie, and texts."""
    texts, places = b"", {}
    for char, text in characters.items():
        places[char.encode()] = len(texts)
        texts += text.encode() + b"\0"
    units = double_array(places)
    return struct.pack(f"<{len(units) + 1}I", 4 * len(units), *units) + texts


def double_array(values: Mapping[bytes, int]) -> list[int]:
    """Return keys and their values as a double array (Darts): a trie in one list of numbers.

    A node's children stand at its base XOR their byte, its value at its base. A number has the byte
    that led to it, whether there is a value, and how to get to the base: number's place XOR base.

    Args:
        values: key -> a number below 2**31; no key holds a zero byte.
    """
    units, taken, bases = [0], {0}, set[int]()
    nodes = [(0, dict(values))]
    while nodes:
        at, below = nodes.pop()
        bytes_below = {key[0] if key else 0 for key in below}
        base = 1
        while base in bases or any(base ^ byte in taken for byte in bytes_below):
            base += 1
        bases.add(base)
        taken |= {base ^ byte for byte in bytes_below}
        units += [0] * (max(base ^ byte for byte in bytes_below) + 1 - len(units))
        units[at] |= (at ^ base) << OFFSET_BITS | (HAS_LEAF if 0 in bytes_below else 0)
        for byte in bytes_below - {0}:
            units[base ^ byte] = byte
            further = {key[1:]: value for key, value in below.items() if key[:1] == bytes([byte])}
            nodes.append((base ^ byte, further))
        if 0 in bytes_below:
            units[base] = below[b""] | LEAF
    return units + [0] * (-len(units) % 256)  # a byte that leads nowhere still leads into the list
