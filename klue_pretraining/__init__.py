"""Pretraining: in goes raw Korean text, out come a clean corpus, a tokenizer and an encoder.

The encoder is a model folder of transformers, as the baselines read it. Importing the package is
cheap; torch is imported with the names that need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cleaning import Settings
    from .corpus import make_corpus
    from .presets import PRESETS
    from .training import Run, pretrain

__all__ = ["PRESETS", "Run", "Settings", "make_corpus", "pretrain"]

_HOMES = {
    "PRESETS": ".presets",
    "Run": ".training",
    "Settings": ".cleaning",
    "make_corpus": ".corpus",
    "pretrain": ".training",
}


def __getattr__(name: str) -> Any:
    """Import a name of `__all__` when it is first asked for.

    Raises:
        AttributeError: the package has no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
