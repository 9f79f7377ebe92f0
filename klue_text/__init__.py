"""Korean text by itself: what is done to it before a tokenizer, a corpus or a person sees it.

In goes a text (a string), out comes a text or what stands where in it: normal forms and the way
back to the text as given, sentences, the places where morphemes begin, personal data and made-up
values in its place, and whether a text was there before. Nothing here knows a task, a model or a
file.

Example:
    >>> import klue_text
    >>> klue_text.normalise("재밌다\u110f\u110f")
    '재밌다ㅋㅋ'
"""

from .duplicates import ExactDuplicates, NearDuplicates
from .filters import clean, reason_against
from .morphemes import Morphemes, WholeWords
from .normal_forms import Normalised, check_text, normalise
from .personal_data import Found, find_personal_data
from .pseudonyms import pseudonymise
from .sentences import SPLITTERS

__all__ = [
    "SPLITTERS",
    "ExactDuplicates",
    "Found",
    "Morphemes",
    "NearDuplicates",
    "Normalised",
    "WholeWords",
    "check_text",
    "clean",
    "find_personal_data",
    "normalise",
    "pseudonymise",
    "reason_against",
]
