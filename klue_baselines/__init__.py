"""KLUE's baselines: encoder and task to a fine-tuned model, its predictions and its results.

Importing the package is cheap; a task's record, with torch behind it, is made when it is asked for.
"""

from klue_common.errors import InputError

__all__ = ["InputError"]
