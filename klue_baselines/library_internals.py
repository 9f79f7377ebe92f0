"""What every model needs of the libraries beyond what they promise; training has more of it.

`tests/klue_baselines/test_library_internals.py` says which of it a release has moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from transformers import PreTrainedTokenizerBase

if TYPE_CHECKING:
    from datasets import Dataset  # a second to be imported, and whoever has one has done so


def fingerprint(rows: Dataset) -> str:
    """Return what datasets knows the contents of a dataset by; its own cache goes by the same."""
    return str(rows._fingerprint)


def change_tokenizer(tokenizer: PreTrainedTokenizerBase, settings: Mapping[str, Any]) -> None:
    """Change settings of a tokenizer, also of those that are loaded from what it saves.

    `save_pretrained` writes the arguments that the tokenizer was made with, whatever they have
    become since.
    """
    for name, value in settings.items():
        setattr(tokenizer, name, value)
    tokenizer.init_kwargs |= settings


def array_script(executor: Any, count: int) -> str:
    """Return the script that submitit's executor for Slurm would submit for a number of calls.

    The library writes it as it submits, and has no public way to see it before.
    """
    executor.parameters["map_count"] = count
    return str(executor._make_submission_file_text(executor._submitit_command_str, "dry-run"))
