"""Cleaning a text, and the reasons to leave a sentence out."""

from __future__ import annotations

import re

from .normal_forms import compose, letters

SHORTEST = 8  # characters; below are menus, dates, by-lines
LEAST_HANGUL = 0.5  # of all letters
MOST_SIGNS = 0.3  # of all characters that are no spaces
LONGEST_RUN = 8  # of one character

HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ ]+")
LETTERS = re.compile(r"[^\W\d_]")
SIGNS = re.compile(r"[^\w\s]|_")
RUN = re.compile(rf"(\S)\1{{{LONGEST_RUN},}}")
# A run that is too long has two of the characters that stand this far apart, whatever the first is.
APART = (LONGEST_RUN + 1) // 2
TWICE = re.compile(r"(\S)\1")
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|\{\{|\}\}|\[\[|\]\]|\|\||&[a-z]+;|function ?\(|[{};]\s*$")
MARKED = re.compile(r"[<{}\[\]|&(;]")  # one of which every markup has, and none is Hangul
# Control and format characters, private use, byte order mark; the tabulator is a space.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ue000-\uf8ff]"
)
SPACES = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")  # but for single ones, which stay
BROKEN = "\ufffd"

REASONS = {
    "short": f"shorter than {SHORTEST} characters",
    "not Korean": f"less than {LEAST_HANGUL:.0%} of the letters are Hangul",
    "noise": f"markup, undecodable characters, one character more than {LONGEST_RUN} times in a "
    f"row, or more than {MOST_SIGNS:.0%} signs",
}


def clean(text: str) -> str:
    """Return a text in NFC, without invisible characters and double spaces; line ends stay.

    NFC joins conjoining jamo to syllables and keeps compatibility forms (㈜, ①, full width) as
    they are, since that is how the benchmark's own texts are written. Jamo that are left over
    become the letters that fine-tuning makes of them.

    Example:
        >>> clean("하\u1102\u1161의  \u200b글\\t끝")
        '하나의 글 끝'
        >>> clean("재밌다\u110f\u110f")
        '재밌다ㅋㅋ'
    """
    text = letters(compose(INVISIBLE.sub("", text)))
    return SPACES.sub(" ", text).strip()


def reason_against(sentence: str, shortest: int = SHORTEST) -> str | None:
    """Return why a sentence does not belong in a Korean corpus, a key of REASONS; None if it does.

    Args:
        sentence: a cleaned text.
        shortest: characters that it must have.

    Example:
        >>> texts = ("한국어 문장은 남는다.", "An English one goes.", "<td>표의 한 칸</td>", "메뉴")
        >>> [reason_against(text) for text in texts]
        [None, 'not Korean', 'noise', 'short']
    """
    if len(sentence) < shortest:
        return "short"
    # What is left without the Hangul is short, and all that is left to count.
    rest = HANGUL.sub("", sentence)
    visible = len(sentence) - sentence.count(" ")
    hangul = visible - len(rest)
    if len(rest) >= MOST_SIGNS * visible:  # else there are too few for either reason
        if hangul <= 0 or hangul < LEAST_HANGUL * (hangul + len(LETTERS.findall(rest))):
            return "not Korean"
        if len(SIGNS.findall(rest)) > MOST_SIGNS * visible:
            return "noise"
    if BROKEN in rest:
        return "noise"
    if MARKED.search(rest) and MARKUP.search(sentence):
        return "noise"
    return "noise" if has_run(sentence) else None


def has_run(sentence: str) -> bool:
    """Return whether a character comes more than LONGEST_RUN times in a row.

    Example:
        >>> has_run("ㅋㅋㅋㅋㅋㅋㅋㅋ"), has_run("ㅋㅋㅋㅋㅋㅋㅋㅋㅋ")
        (False, True)
    """
    # Most sentences are ruled out by a few of their characters.
    return bool(TWICE.search(sentence[::APART]) and RUN.search(sentence))
