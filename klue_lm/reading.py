"""From a model's reply to the answer in it: what all tasks share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from klue_text.normal_forms import MAY_CHANGE, Normalised

from .task import OUTSIDE, UNREADABLE, Fields, Reading

# Models of several makers wrap what they think before they answer in one of these.
REASONING = re.compile(
    r"<(think|thinking|reasoning|thought|scratchpad)>.*?</\1>|"
    r"<\|channel\|>analysis.*?<\|channel\|>final(?:<\|message\|>)?",
    re.DOTALL | re.IGNORECASE,
)
UNFINISHED = re.compile(r"<(think|thinking|reasoning|thought|scratchpad)>", re.IGNORECASE)
CLOSING = re.compile(r"</(think|thinking|reasoning|thought|scratchpad)>", re.IGNORECASE)
FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
PREAMBLE = re.compile(
    r"^(?:정답|답변|답|점수|answer|label|final answer|the answer is)(?:\s*[:：]|[은는]?\s)\s*",
    re.IGNORECASE,
)
# What a model puts around an answer: quotes, emphasis, brackets, a full stop.
AROUND = " \t\r\n\"'`*“”‘’「」『』[]().。,"
INVENTED_AT_MOST = 60  # characters: a longer line is talk, and no label that somebody made up


def cleaned(reply: str) -> str:
    """Return what a model answers: without its reasoning, outside of a fence.

    Reasoning that never ends leaves nothing.

    >>> cleaned("<think>음…</think>```json\\n{}\\n```")
    '{}'
    """
    text = REASONING.sub("", reply) if "<" in reply else reply
    if "</" in text and (closing := list(CLOSING.finditer(text))):
        text = text[closing[-1].end() :]  # a template may have opened the block itself
    if "<" in text and (opened := UNFINISHED.search(text)):
        text = text[: opened.start()]
    if "```" in text and (fence := FENCE.search(text)):
        text = fence[1]
    return text.strip("\r\n")


def composed(text: str) -> str:
    """Return a text with its syllables composed, as KLUE's answers are.

    >>> composed("\u1112\u1161\u11b7\u110b\u1174")
    '함의'
    """
    return Normalised.of(text).text if MAY_CHANGE.search(text) else text


def first_line(text: str) -> str:
    """Return the first line that says something, without what a model puts around an answer.

    >>> first_line("\\n정답: **정치**\\n왜냐하면")
    '정치'
    """
    for line in text.splitlines():
        bare = line.strip(AROUND)
        bare = PREAMBLE.sub("", bare).strip(AROUND)
        if bare:
            return bare
    return ""


def label_of(text: str, names: Mapping[str, str]) -> Reading:
    """Return the label that a reply gives, in the field `label`.

    The first line is the label, in whatever case and spacing, or begins with it; else the one
    label that occurs in the reply is. A short line that is none is a label that somebody made up.

    Args:
        text: the clean reply.
        names: what may be written -> the label.

    Example:
        >>> label_of("정답은 함의입니다.", {"함의": "entailment", "중립": "neutral"})
        Reading(fields={'label': 'entailment'}, kind='answered')
        >>> label_of("관련 없음", {"함의": "entailment"}).kind
        'outside'
    """
    folded, pattern = patterns(tuple(names))
    text = composed(text)
    line = first_line(text)
    if (name := folded.get(fold(line))) is not None:
        return Reading({"label": names[name]})
    for part in (line, text):
        found = [folded[fold(one)] for one in pattern.findall(part)]
        labels = {names[name] for name in found}
        if len(labels) == 1:
            return Reading({"label": labels.pop()})
        if found and pattern.match(part):
            return Reading({"label": names[found[0]]})
    if line and len(line) <= INVENTED_AT_MOST and not pattern.search(text):
        return Reading({"label": line}, OUTSIDE)
    return unread({"label": None})


def unread(nothing: Fields) -> Reading:
    """Return that a reply holds no answer."""
    return Reading(dict(nothing), UNREADABLE)


def fold(text: str) -> str:
    """Return a text without case, spaces and the like, under which names are compared.

    >>> fold("IT 과학") == fold("it과학")
    True
    """
    return re.sub(r"[\s_·・/-]+", "", text).casefold()


@lru_cache(maxsize=64)
def patterns(names: tuple[str, ...]) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the names by their folded form, and a pattern that finds each in running text.

    The longest comes first, and none is found inside a longer word of Latin letters.
    """
    longest = sorted(names, key=len, reverse=True)
    one = "|".join(re.sub(r"\\?\s", r"\\s*", re.escape(name)) for name in longest)
    pattern = re.compile(rf"(?<![A-Za-z_/:])(?:{one})(?![A-Za-z_/:])", re.IGNORECASE)
    return {fold(name): name for name in names}, pattern
