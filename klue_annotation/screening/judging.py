"""Why a row is to be removed: what is in its texts, and what they are near to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from klue_pretraining.contamination import Benchmark
from klue_text.duplicates import words_of
from klue_text.filters import SHORTEST, clean, reason_against
from klue_text.personal_data import find_personal_data
from klue_text.sentences import by_rules

from .verdicts import KEEP, REASONS

LONGEST = 2048  # characters; KLUE's passages have no more
BETWEEN = "; "  # reasons
# What a reason begins with, and what it means; kinds of harm and of duplicates beside these.
PERSONAL, LEAK, LONG = "personal data", "benchmark", "too long"
FORMS = {"short": "too short", "not Korean": "not Korean", "noise": "noise"}

Scores = Callable[[Sequence[str]], Sequence[Mapping[str, float]]]


@dataclass(frozen=True)
class Judge:
    """Says of rows whether to keep them.

    scores: the probability of each kind of harm in texts; None where nobody asks. thresholds: by
    kind, that from which a text is flagged. twins: by a row's number, why it is no news. benchmark:
    texts that must not be in it. shortest, longest: of a text, in characters. keep_flagged: whether
    rows with reasons are kept all the same.
    """

    scores: Scores | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    twins: Mapping[int, str] = field(default_factory=dict)
    benchmark: Benchmark | None = None
    shortest: int = SHORTEST
    longest: int = LONGEST
    keep_flagged: bool = False

    def __call__(self, examples: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """Return the verdict on each row: its number and its texts.

        Example:
            >>> judge = Judge()
            >>> judge([(1, "문의하실 분은 평일 낮에 kim@naver.com 으로 편지를 보내 주시면 됩니다")])
            [{'keep': False, 'reasons': 'personal data (email)'}]
        """
        worst = self._worst([texts for _, *texts in examples])
        return [
            self._verdict(number, texts, harm)
            for (number, *texts), harm in zip(examples, worst, strict=True)
        ]

    def _verdict(
        self, number: int, texts: Sequence[str], harm: Mapping[str, float]
    ) -> dict[str, Any]:
        reasons = [
            *dict.fromkeys(reason for text in texts for reason in self._of_form(text)),
            *personal(texts),
            *filter(None, [self.twins.get(number), self._leak(texts)]),
            *(kind for kind, share in harm.items() if share >= self.thresholds[kind]),
        ]
        kept = self.keep_flagged or not reasons
        shown = {kind: round(share, 4) for kind, share in harm.items()}
        return {KEEP: kept, REASONS: BETWEEN.join(reasons), **shown}

    def _of_form(self, text: str) -> Iterator[str]:
        reason = reason_against(clean(text), self.shortest)
        if reason is not None:
            yield FORMS[reason]
        if len(text) > self.longest:
            yield LONG

    def _leak(self, texts: Sequence[str]) -> str | None:
        """Return how a row is like a text of the benchmark, None where it is not."""
        if self.benchmark is None:
            return None
        whole = [clean(text) for text in texts]
        parts = [part for text in whole for part in dict.fromkeys([text, *by_rules(text)])]
        words = [found for found in map(words_of, parts) if found]
        like = [found[0] for found in self.benchmark.sources_of(words) if found]
        return f"{LEAK} ({'exact' if 'exact' in like else 'near'})" if like else None

    def _worst(self, rows: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """Return the probabilities of each row: of each kind that of its worst text."""
        if self.scores is None:
            return [{} for _ in rows]
        found = iter(self.scores([text for texts in rows for text in texts]))
        each = [[next(found) for _ in texts] for texts in rows]
        return [{kind: max(one[kind] for one in row) for kind in row[0]} for row in each]


def personal(texts: Sequence[str]) -> Iterator[str]:
    """Yield the one reason that names all kinds of personal data in texts, if there are any.

    >>> list(personal(["010-1234-5678, kim@naver.com", "비"]))
    ['personal data (email, phone)']
    """
    kinds = sorted({found.kind for text in texts for found in find_personal_data(text)})
    if kinds:
        yield f"{PERSONAL} ({', '.join(kinds)})"


def masked(text: str) -> str:
    """Return a text with boxes in place of personal data.

    >>> masked("문의: 010-1234-5678")
    '문의: ■■■■■■■■■■■■■'
    """
    for found in reversed(find_personal_data(text)):
        text = f"{text[: found.start]}{'■' * len(found.value)}{text[found.end :]}"
    return text
