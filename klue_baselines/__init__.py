"""KLUE's baselines: in go an encoder and a task, out come a fine-tuned model and its scores.

What comes out is a model folder, a prediction file and a result file, which the rooms above push,
tabulate and show. Importing the package is cheap; torch is imported with the first of its names.
Once it is imported, `transformers.pipeline(...)` can ask the models of every task, whichever of the
two is imported first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wrapt import register_post_import_hook

if TYPE_CHECKING:
    from klue_common.errors import InputError

    from .pipeline import KluePipeline
    from .tasks import BASELINES
    from .training.run import train
    from .training.settings import Run

__all__ = ["BASELINES", "InputError", "KluePipeline", "Run", "train"]

_HOMES = {
    "BASELINES": ".tasks",
    "InputError": "klue_common.errors",
    "KluePipeline": ".pipeline",
    "Run": ".training.settings",
    "train": ".training.run",
}

register_post_import_hook("klue_baselines.pipelines.registering:register", "transformers.pipelines")


def __getattr__(name: str) -> Any:
    """Import a name of `__all__` when it is first asked for.

    Raises:
        AttributeError: the package has no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
