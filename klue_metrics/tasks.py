"""The metrics of the eight tasks, in the paper's order."""

from .dependency_parsing import METRIC as DEPENDENCY_PARSING
from .dialogue_state_tracking import METRIC as DIALOGUE_STATE_TRACKING
from .named_entity_recognition import METRIC as NAMED_ENTITY_RECOGNITION
from .natural_language_inference import METRIC as NATURAL_LANGUAGE_INFERENCE
from .reading_comprehension import METRIC as READING_COMPREHENSION
from .relation_extraction import METRIC as RELATION_EXTRACTION
from .task import TaskMetric
from .textual_similarity import METRIC as TEXTUAL_SIMILARITY
from .topic_classification import METRIC as TOPIC_CLASSIFICATION

METRICS: dict[str, TaskMetric] = {
    "ynat": TOPIC_CLASSIFICATION,
    "sts": TEXTUAL_SIMILARITY,
    "nli": NATURAL_LANGUAGE_INFERENCE,
    "ner": NAMED_ENTITY_RECOGNITION,
    "re": RELATION_EXTRACTION,
    "dp": DEPENDENCY_PARSING,
    "mrc": READING_COMPREHENSION,
    "wos": DIALOGUE_STATE_TRACKING,
}
