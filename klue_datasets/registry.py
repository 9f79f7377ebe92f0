"""Making `load_dataset("klue", ...)` work in this process, from any working folder."""

from __future__ import annotations

from .datasets_internals import add_packaged_builder

NAME = "klue"


def register() -> None:
    """Let `load_dataset("klue", task)` read KLUE as `klue_datasets.load` does.

    The builder's own arguments go through `load_dataset`: `data_dir`, `full`, `sample`. A folder
    named klue in the working folder is no longer looked at; "./klue" still is. Calling it again
    changes nothing.

    Raises:
        RuntimeError: this release of `datasets` no longer has the table of names.

    Example:
        >>> import datasets
        >>> register()
        >>> rows = datasets.load_dataset("klue", "ynat", split="validation", sample=True)
        >>> rows.features["label"].names[0]
        'IT과학'
    """
    add_packaged_builder(NAME, f"{__package__}.builder")
