"""The eight tasks of this room by id, in the paper's order."""

from .dependency_parsing import BASELINE as DP
from .dialogue_state_tracking import BASELINE as WOS
from .named_entity_recognition import BASELINE as NER
from .natural_language_inference import BASELINE as NLI
from .reading_comprehension import BASELINE as MRC
from .relation_extraction import BASELINE as RE
from .task import BaselineTask
from .textual_similarity import BASELINE as STS
from .topic_classification import BASELINE as YNAT

BASELINES: dict[str, BaselineTask] = {
    "ynat": YNAT,
    "sts": STS,
    "nli": NLI,
    "ner": NER,
    "re": RE,
    "dp": DP,
    "mrc": MRC,
    "wos": WOS,
}
