"""The eight tasks of this room by id, in the paper's order."""

from collections.abc import Mapping

from klue_common.errors import InputError
from klue_datasets import TASKS
from klue_metrics import METRICS

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


def baseline_of(name: str) -> BaselineTask:
    """Return a task's record, if every room that a model of it needs has the task.

    Raises:
        InputError: there is no such task, or a room lacks it: its data, its metric, its baseline.

    Example:
        >>> baseline_of("dp").holdout_unit
        'guid'
    """
    rooms: dict[str, Mapping[str, object]] = {
        "klue_datasets": TASKS,
        "klue_metrics": METRICS,
        "klue_baselines": BASELINES,
    }
    lacking = [room for room, tasks in rooms.items() if name not in tasks]
    if not lacking:
        return BASELINES[name]
    complete = [task for task in BASELINES if task in TASKS and task in METRICS]
    known = len(lacking) < len(rooms)
    where = f", which {' and '.join(lacking)} lacks" if known else ""
    raise InputError(f"task: found {name!r}{where}, expected one of {', '.join(complete)}")
