"""What a closed answer can look like, for servers that can hold a model to it.

A grammar is GBNF, as llama.cpp, vLLM (xgrammar) and SGLang read it; a schema is JSON Schema, which
the commercial servers take.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Form:
    """The form of one question's answer.

    Attributes:
        grammar: GBNF with the rule `root`.
        schema: JSON Schema, None where the answer is no JSON.
    """

    grammar: str
    schema: dict[str, Any] | None = None


def quoted(text: str) -> str:
    r"""Return a text as a terminal of GBNF.

    >>> quoted('a "b"')
    '"a \\"b\\""'
    """
    # JSON's escapes for quote, backslash and control characters are GBNF's too.
    return json.dumps(text, ensure_ascii=False)


def one_of(texts: Iterable[str]) -> str:
    """Return the GBNF of one of some texts.

    >>> one_of(["함의", "중립"])
    '("함의" | "중립")'
    """
    return f"({' | '.join(map(quoted, texts))})"


def label_form(texts: Iterable[str]) -> Form:
    """Return the form of an answer that is one of some labels."""
    texts = list(texts)
    return Form(f'root ::= " "? {one_of(texts)}', {"type": "string", "enum": texts})
