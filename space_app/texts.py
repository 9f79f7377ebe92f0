"""The page's two languages, and the texts that several tabs or tasks share.

What one tab or one task says stands in its own module, in a table like `SHARED`; `Language.of` puts
such a table beside the shared one, so that no two tabs and no two tasks can be in each other's way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Texts = Mapping[str, tuple[str, str]]
"""Key -> the text in Korean and in English, with {places} for values."""

SHARED: Texts = {
    "task": ("과제", "Task"),
    "run": ("실행", "Run"),
    "gold": ("정답", "Gold"),
    "number": ("{number}번", "no. {number}"),
    "file": ("예측 파일 (.jsonl, 64MB 이하)", "Prediction file (.jsonl, at most 64 MB)"),
    "nofile": ("먼저 파일을 올리세요.", "Upload a file first."),
    "score": ("점수", "Score"),
    "interval": ("95% 신뢰구간", "95 % interval"),
    "column.id": ("id", "id"),
    "column.model": ("모델", "Model"),
    "column.parameters": ("매개변수(백만)", "Parameters (M)"),
    "column.date": ("날짜", "Date"),
}


@dataclass(frozen=True)
class Language:
    """One of the page's two languages.

    Attributes:
        code: of the language, "ko" or "en".
        name: of the language, in itself.
        column: its place in a row of `Texts`.
        texts: what it can say.
    """

    code: str
    name: str
    column: int
    texts: Texts = field(default_factory=lambda: SHARED, repr=False, compare=False)

    def of(self, texts: Texts) -> Language:
        """Return the language with the texts of one tab or task beside the shared ones."""
        return replace(self, texts={**SHARED, **texts})

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key, its {places} filled.

        >>> ENGLISH.of({"count": ("{count:,}개", "{count:,} examples")}).say("count", count=1200)
        '1,200 examples'
        """
        return self.texts[key][self.column].format(**values)


KOREAN = Language("ko", "한국어", 0)
ENGLISH = Language("en", "English", 1)
LANGUAGES = (KOREAN, ENGLISH)
