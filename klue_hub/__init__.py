"""The Hub: data, metric, models, results and Space go there, and results come back.

In: a folder of data, a model's folder with its result, or this project's own packages. Out: an
`Upload` (what one repository is to hold), a `Plan` (what a push would change), a commit and a tag;
and the rows of a leaderboard, read from the models on the Hub.

Example:
    >>> from klue_hub import metrics_upload
    >>> metrics_upload("org").repo_id
    'org/klue_metrics'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .busy_hub import PushError, open_hub
    from .contents import data_upload, metrics_upload, space_upload
    from .language_models import language_model_upload
    from .leaderboard import board
    from .model_contents import model_upload, own_encoder_upload, pretrained_upload
    from .plan import Plan, Where, make_plan
    from .pushing import Pushed, push
    from .upload import Upload, write_to

__all__ = [
    "Plan",
    "PushError",
    "Pushed",
    "Upload",
    "Where",
    "board",
    "data_upload",
    "language_model_upload",
    "make_plan",
    "metrics_upload",
    "model_upload",
    "open_hub",
    "own_encoder_upload",
    "pretrained_upload",
    "push",
    "space_upload",
    "write_to",
]

_LATER = {
    "Plan": "plan",
    "PushError": "busy_hub",
    "Pushed": "pushing",
    "Upload": "upload",
    "Where": "plan",
    "board": "leaderboard",
    "data_upload": "contents",
    "language_model_upload": "language_models",
    "make_plan": "plan",
    "metrics_upload": "contents",
    "model_upload": "model_contents",
    "open_hub": "busy_hub",
    "own_encoder_upload": "model_contents",
    "pretrained_upload": "model_contents",
    "push": "pushing",
    "space_upload": "contents",
    "write_to": "upload",
}


def __getattr__(name: str) -> Any:
    """Import what the room promises when it is asked for: its libraries take seconds."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
