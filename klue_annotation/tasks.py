"""The eight tasks of this room by id, in the paper's order."""

from klue_common.errors import InputError

from .dependency_parsing import FORM as DP
from .dialogue_state_tracking import FORM as WOS
from .named_entity_recognition import FORM as NER
from .natural_language_inference import FORM as NLI
from .reading_comprehension import FORM as MRC
from .relation_extraction import FORM as RE
from .task import AnnotationTask
from .textual_similarity import FORM as STS
from .topic_classification import FORM as YNAT

FORMS: dict[str, AnnotationTask] = {
    "ynat": YNAT,
    "sts": STS,
    "nli": NLI,
    "ner": NER,
    "re": RE,
    "dp": DP,
    "mrc": MRC,
    "wos": WOS,
}


def annotation_task(name: str) -> AnnotationTask:
    """Return a task's record.

    Raises:
        InputError: there is none of the name.

    >>> annotation_task("sts").votes
    (5, 7)
    """
    if name not in FORMS:
        raise InputError(f"task: found {name!r}, expected one of {', '.join(FORMS)}")
    return FORMS[name]
