"""The parts of speech of a sentence's eojeols, in the 45 Sejong tags that KLUE has.

Kiwi's tags are Sejong's too, with more of them here and fewer there. What differs, and what
becomes of it, is in the tables and functions here, and in words in docs/baselines.md.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import accumulate
from typing import Any

from .normal_forms import normalise
from .sentences import analyser

UNKNOWN = "NA"  # KLUE's tag of what cannot be analysed
# Kiwi's name: KLUE's. Those that begin with W are not asked for, see `tag_eojeols`.
OTHER_NAMES = {
    "SSO": "SS",  # an opening bracket or quotation mark
    "SSC": "SS",  # a closing one
    "XSM": "MAG",  # what makes an adverb; Kiwi is asked to join it to its root, which is one then
    "W_URL": "SL",
    "W_EMAIL": "SL",
    "W_MENTION": "SL",
    "W_HASHTAG": "NNG",
    "W_SERIAL": "SN",
    "W_EMOJI": "SW",
    "UN": UNKNOWN,
    **{f"USER{number}": UNKNOWN for number in range(5)},  # what a person's own dictionary says
}
# Signs that KLUE sees otherwise: a dash and a grave accent as it sees quotation marks, and a middle
# dot as one however it is written.
SIGNS = {"-": "SS", "`": "SS", "ㆍ": "SP"}
WHOLE = {"XSA": "VA", "XSV": "VV"}  # what a root is with its suffix: one adjective, one verb
UNTAGGED = ("Z_CODA", "Z_SIOT")  # a consonant put to an ending for effect, or between two nouns

# Determiners are closed classes. KLUE tells those that point or ask (MMD) and those that count or
# measure (MMN) from those that describe (MMA); Kiwi has one tag for them, MM. Of two that are
# written alike the more frequent one counts: 전 is "former" (MMD) and not "whole" (MMN).
POINTING = re.compile(
    r"[이그저요]|[이그저요고조]런|[이그]런저런|[이그저]딴|[이그저요]따위|어느|어떤|무슨|웬|아무|아무런"
    r"|다른|딴|타|여느|본|당|동|현|전|모|해당"
)
COUNTING = re.compile(
    r"모든|온|온갖|갖은|여러|총|몇몇|수|반|양|첫|서너|두어|두서너|너댓|네댓|대여섯|예닐곱|일고여덟"
    r"|여남은|스무"
    r"|(?:[일이삼사오육칠팔구십백천만억조영공수몇]|열|스물|서른|마흔|쉰|예순|일흔|여든|아흔"
    r"|한|두|세|네|서|너|석|넉|닷|엿|하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)+"
)


def tag_eojeols(sentences: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """Yield the tags of each sentence's eojeols, joined by "+" as in KLUE.

    A morpheme is an eojeol's by where it stands: by the offsets of its characters in the sentence,
    which is the eojeols with a space between two. One that stretches over several is in each. An
    eojeol without a morpheme has the tag `UNKNOWN`.

    Args:
        sentences: eojeols as given, decomposed Hangul too; a string in the place of a sentence
            would be taken for one of one-letter eojeols.

    Raises:
        InputError: no analyser is installed.

    Example:
        >>> next(tag_eojeols([["그는", "새", "책을", "읽었다."]]))
        ['NP+JX', 'MMA', 'NNG+JKO', 'VV+EP+EF+SF']
    """
    kiwi = analyser()
    # An import statement would say, where this lies beside a model, that the model needs Kiwi.
    match: Any = import_module("kiwipiepy").Match
    given = [[normalise(word) for word in words] for words in sentences]
    # Not `Match.ALL`: Sejong's tags have none for addresses, serial numbers and emoji, which are
    # their letters, digits and signs.
    texts = (" ".join(words) for words in given)
    found = kiwi.tokenize(texts, match_options=match.JOIN_ADV_SUFFIX)
    for words, tokens in zip(given, found, strict=True):
        yield ["+".join(tags) or UNKNOWN for tags in by_eojeol(words, tokens)]


def by_eojeol(words: Sequence[str], tokens: Iterable[Any]) -> list[list[str]]:
    """Return the tags of each eojeol's morphemes, in KLUE's names.

    Args:
        words: the eojeols that the analyser has seen.
        tokens: its morphemes, with `form`, `tag`, and `start` and `len` in characters.
    """
    starts = list(accumulate((len(word) + 1 for word in words[:-1]), initial=0))
    tags: list[list[str]] = [[] for _ in words]
    for token in tokens:
        first = bisect_right(starts, token.start) - 1
        last = bisect_right(starts, max(token.start, token.start + token.len - 1)) - 1
        for at in range(first, last + 1) if words else ():
            append(tags[at], klue_tags(token.form, token.tag))
    return tags


def append(tags: list[str], more: Sequence[str]) -> None:
    """Append a morpheme's tags to those of its eojeol; a root and its suffix become one.

    >>> tags = ["SS", "XR"]
    >>> append(tags, ["XSA"])
    >>> tags
    ['SS', 'VA']
    """
    if tags and tags[-1] == "XR" and more and more[0] in WHOLE:
        tags[-1:] = [WHOLE[more[0]], *more[1:]]
    else:
        tags += more


def klue_tags(form: str, tag: str) -> tuple[str, ...]:
    """Return KLUE's tags of a morpheme that Kiwi has found: mostly one.

    >>> klue_tags("곱", "VA-I"), klue_tags("모든", "MM"), klue_tags("1,000.5", "SN")
    (('VA',), ('MMN',), ('SN', 'SP', 'SN', 'SP', 'SN'))
    """
    name = tag.partition("-")[0]  # "-I" and "-R": whether a stem changes
    if name in UNTAGGED:
        return ()
    if name == "MM":
        return (kind_of_determiner(form),)
    if name == "SB":
        return bullet(form)
    if name == "SN":
        return tuple("SP" if part in ".," else "SN" for part in re.findall(r"[.,]|[^.,]+", form))
    if name[0] == "S" and form in SIGNS:
        return (SIGNS[form],)
    return (OTHER_NAMES.get(name, name),)


def kind_of_determiner(form: str) -> str:
    """Return KLUE's tag of a determiner.

    >>> [kind_of_determiner(form) for form in ("이런", "두", "스물한", "여러", "새")]
    ['MMD', 'MMN', 'MMN', 'MMN', 'MMA']
    """
    if POINTING.fullmatch(form):
        return "MMD"
    return "MMN" if COUNTING.fullmatch(form) else "MMA"


def bullet(form: str) -> tuple[str, ...]:
    """Return the tags of what stands before an item of a list: its number or letter, and its sign.

    >>> bullet("가)"), bullet("12."), bullet("①")
    (('NNG', 'SS'), ('SN', 'SF'), ('SW',))
    """
    if len(form) == 1:
        return ("SW",)
    return ("SN" if form[0].isdigit() else "NNG", "SF" if form[-1] == "." else "SS")
