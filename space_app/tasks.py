"""The eight tasks of this room by id, in the paper's order."""

from .dependency_parsing import DEMO as DP
from .dialogue_state_tracking import DEMO as WOS
from .named_entity_recognition import DEMO as NER
from .natural_language_inference import DEMO as NLI
from .reading_comprehension import DEMO as MRC
from .relation_extraction import DEMO as RE
from .task import TaskDemo
from .textual_similarity import DEMO as STS
from .topic_classification import DEMO as YNAT

DEMOS: dict[str, TaskDemo] = {
    "ynat": YNAT,
    "sts": STS,
    "nli": NLI,
    "ner": NER,
    "re": RE,
    "dp": DP,
    "mrc": MRC,
    "wos": WOS,
}
