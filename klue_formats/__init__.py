"""Predictions as others publish them, as the records of a prediction file.

In go a file of one of `FORMATS`, KLUE's references and what a person says about the file. Out come
records that `klue_metrics` scores, and notes: which columns were read, how many of the file's own
references differ from KLUE's, whether its labels look as though they were counted in another order.
Gold labels are KLUE's own, always.

Example:
    >>> from klue_formats import FORMATS
    >>> list(FORMATS)
    ['csv', 'json', 'datasets', 'lines', 'probabilities', 'conll', 'lm-eval', 'inspect']
"""

from .asked import Asked
from .formats import FORMATS
from .reading import Converted, read_as, refuse_other_formats

__all__ = ["FORMATS", "Asked", "Converted", "read_as", "refuse_other_formats"]
