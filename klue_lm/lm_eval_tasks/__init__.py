"""KLUE in lm-evaluation-harness: `lm_eval run --include_path "$(klue lm path)" --tasks klue`."""

from pathlib import Path


def folder() -> Path:
    """Return the folder that `lm_eval run --include_path` takes.

    >>> (folder() / "klue.yaml").is_file()
    True
    """
    return Path(__file__).parent
