"""The probability of labels, where a server tells that of the next token alone.

The labels' tokens are a tree; each of its branches is one question for the next token, whose prompt
the server keeps from the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from klue_common.errors import InputError

from .engine import FIRST_TOKEN, Ranked

TOP = 2000  # next tokens that are asked for


@dataclass(frozen=True)
class TokenWalk:
    """Ranks labels token by token.

    Attributes:
        tokens: text -> ids.
        next_tokens: (ids, how many) -> id -> log-probability of the likeliest next tokens.
    """

    tokens: Callable[[str], list[int]]
    next_tokens: Callable[[list[int], int], dict[int, float]]

    def rank(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the log-probability of each continuation as a whole."""
        texts = [self.tokens(prompt + text) for text in continuations]
        shared = common(texts)
        asked: dict[tuple[int, ...], dict[int, float]] = {}
        floored, sums = 0, []
        for ids in texts:
            total = 0.0
            # What all share says nothing about any of them.
            for at in range(shared, len(ids)):
                before = tuple(ids[:at])
                if before not in asked:
                    asked[before] = self.next_tokens(list(before), TOP)
                top = asked[before]
                floored += ids[at] not in top
                total += top.get(ids[at], min(top.values(), default=0.0))
            sums.append(total)
        return Ranked(np.array(sums), prompt_tokens=len(texts[0]), floored=floored)


def common(texts: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all of some texts begin with.

    >>> common([[1, 2, 3], [1, 2, 4], [1, 2]])
    2
    """
    size = min(map(len, texts))
    return next((at for at in range(size) if len({text[at] for text in texts}) > 1), size)


def no_probabilities(model: str) -> InputError:
    """Return the error of a server that tells no probabilities."""
    return InputError(
        f"{model}: found no log-probabilities in the server's answer, expected them for --rank "
        "(--generate needs none)"
    )


def first_tokens(top: dict[str, float], continuations: Sequence[str]) -> Ranked:
    """Return the log-probability of the first token of each continuation.

    Args:
        top: the likeliest tokens as text -> log-probability.
        continuations: texts of which no two may begin with the same token.

    Raises:
        InputError: two of them do, so that their first token tells nothing.

    Example:
        >>> first_tokens({" 정": -0.1, " 경제": -2.0}, [" 정치", " 경제"]).logprobs
        array([-0.1, -2. ])
    """
    floor = min(top.values(), default=0.0)
    used: dict[str, str] = {}
    values = []
    for text in continuations:
        token = max((t for t in top if t and text.startswith(t)), key=len, default=None)
        if token is not None and token.strip() and used.setdefault(token, text) != text:
            raise InputError(
                f"rank: found {used[token].strip()} and {text.strip()}, which begin with the same "
                "token, expected a server that ranks whole labels, or --generate"
            )
        values.append(top[token] if token is not None and token.strip() else floor)
    missing = len(continuations) - len(used)
    return Ranked(np.array(values), FIRST_TOKEN, floored=missing)
