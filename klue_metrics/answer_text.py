"""How two answers are compared: normalisation, the longest match, ROUGE-W."""

import re
import string
from collections.abc import Callable
from difflib import SequenceMatcher

BLANKED = re.compile("['\"《》<>〈〉]" + re.escape("()‘’"))
BLANKED_AS_MEANT = re.compile("['\"《》<>〈〉()‘’]")
PUNCTUATION = str.maketrans("", "", string.punctuation)
# From this length on, the original's difflib leaves out frequent characters of the gold answer.
SHORTCUT_FROM = 200


def normalise(text: str, blanked: re.Pattern[str] = BLANKED) -> str:
    """Return an answer as it is compared.

    >>> normalise(" 《어린  왕자》, 3,000원")
    '《어린 왕자》 3000원'
    """
    return " ".join(blanked.sub(" ", text.lower()).translate(PUNCTUATION).split())


def longest_match(a: str, b: str) -> int:
    """Return the length of the longest common contiguous substring.

    >>> longest_match("한국은행 총재", "국은행총재")
    3
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    best = 0
    # A longer match must start somewhere: at each place, ask only for one longer than the best.
    for start in range(len(short)):
        while start + best < len(short) and short[start : start + best + 1] in long:
            best += 1
        if len(short) - start <= best:
            break
    return best


def official_longest_match(predicted: str, gold: str) -> int:
    """Return the length that the original code finds: difflib's, its shortcut included.

    The shortcut: characters that make up more than 1 % of a gold answer of 200 characters or more
    start no match, so the result can be far too small.
    """
    if len(gold) < SHORTCUT_FROM:
        return longest_match(predicted, gold)
    matcher = SequenceMatcher(None, predicted, gold)
    return matcher.find_longest_match(0, len(predicted), 0, len(gold)).size


def rouge_w(predicted: str, gold: str, match: Callable[[str, str], int]) -> float:
    """Return the ROUGE-W of two normalised texts, 0-1, given how the longest match is found."""
    if not gold:
        return float(not predicted)
    if predicted == gold and len(gold) < SHORTCUT_FROM:
        return 1.0
    length = match(predicted, gold)
    if length == 0:
        return 0.0
    precision, recall = length / len(predicted), length / len(gold)
    return 2 * precision * recall / (precision + recall)
