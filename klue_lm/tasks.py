"""The eight tasks of this room by id, in the paper's order."""

from klue_common.errors import InputError

from .dependency_parsing import LM as DP
from .dialogue_state_tracking import LM as WOS
from .named_entity_recognition import LM as NER
from .natural_language_inference import LM as NLI
from .reading_comprehension import LM as MRC
from .relation_extraction import LM as RE
from .task import LMTask
from .textual_similarity import LM as STS
from .topic_classification import LM as YNAT

LMS: dict[str, LMTask] = {
    "ynat": YNAT,
    "sts": STS,
    "nli": NLI,
    "ner": NER,
    "re": RE,
    "dp": DP,
    "mrc": MRC,
    "wos": WOS,
}


def lm_task(name: str) -> LMTask:
    """Return a task's record.

    Raises:
        InputError: there is none of the name.

    >>> lm_task("dp").main_mode
    'generate'
    """
    if name not in LMS:
        raise InputError(f"task: found {name!r}, expected one of {', '.join(LMS)}")
    return LMS[name]
