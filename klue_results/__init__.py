"""Results: files of scores to tables, pictures, model cards and names.

In: result files, as `klue train` writes them. Out: rows and Markdown, a picture as SVG, the card of
a fine-tuned model, and the published scores to stand beside. Every table of the project is made
here, from the files and nothing else; torch is never imported.

Example:
    >>> from klue_results import PUBLISHED
    >>> PUBLISHED["KLUE-RoBERTa-base"]["nli"]
    {'accuracy': 84.83}
"""

from typing import TYPE_CHECKING, Any

from .bench_tables import bench_markdown, bench_rows
from .pictures import results_picture
from .published import PUBLISHED
from .results import Result, read_results
from .tables import markdown_table, result_rows

if TYPE_CHECKING:
    from .card import fine_tuned_card

__all__ = [
    "PUBLISHED",
    "Result",
    "bench_markdown",
    "bench_rows",
    "fine_tuned_card",
    "markdown_table",
    "read_results",
    "result_rows",
    "results_picture",
]


def __getattr__(name: str) -> Any:
    """Import what needs the Hub's library when it is asked for."""
    if name != "fine_tuned_card":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .card import fine_tuned_card

    return fine_tuned_card


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
