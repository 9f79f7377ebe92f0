"""Made-up people who answer the bundled sample, in Label Studio's JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from klue_annotation.incoming import items_of
from klue_annotation.label_studio import task_of
from klue_annotation.task import AnnotationTask
from klue_annotation.tasks import FORMS
from klue_datasets.rows import read_rows
from klue_datasets.sources import SAMPLE
from klue_datasets.tasks import TASKS
from klue_lm.mark_up import spans_of

Fields = dict[str, Any]
NONE = "해당없음"
PEOPLE = {"ynat": 3, "sts": 5, "nli": 4, "ner": 2, "re": 2, "dp": 2, "mrc": 3, "wos": 1}
"""How many annotators an item of the sample needs, its author aside."""


def label(task: str, row: Mapping[str, Any], column: str = "label") -> str:
    return TASKS[task].label_sets[column][row[column]]


def mrc_answer(row: Mapping[str, Any]) -> Fields:
    found = row["plausible_answers" if row["is_impossible"] else "answers"]
    pairs = zip(found["answer_start"], found["text"], strict=True)
    spans = sorted([start, start + len(text)] for start, text in pairs)
    return {"type": str(row["question_type"]), "spans": spans}


GOLD: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "ynat": lambda row: [label("ynat", row), NONE, NONE],
    "sts": lambda row: round(row["labels"]["real-label"]),
    "nli": lambda row: label("nli", row),
    "ner": lambda row: [
        tuple(span)
        for span in spans_of([TASKS["ner"].label_sets["ner_tags"][at] for at in row["ner_tags"]])
    ],
    "re": lambda row: label("re", row),
    "dp": lambda row: [list(arc) for arc in zip(row["head"], row["deprel"], strict=True)],
    "mrc": mrc_answer,
    "wos": lambda row: [
        sorted(turn["state"]) for turn in row["dialogue"] if turn["role"] == "user"
    ],
}
"""What somebody who knows the sample's gold answers, by the task."""

OTHER: dict[str, Callable[[Any], Any]] = {
    "ynat": lambda answer: ["스포츠" if answer[0] != "스포츠" else "정치", answer[0], NONE],
    "sts": lambda answer: 5 - answer,
    "nli": lambda answer: "neutral" if answer != "neutral" else "entailment",
    "ner": lambda answer: [],
    "re": lambda answer: "no_relation" if answer != "no_relation" else "per:title",
    "dp": lambda answer: [[head, "NP"] for head, _ in answer],
    "mrc": lambda answer: {"type": "3", "spans": []},
    "wos": lambda answer: [[] for _ in answer],
}
"""What somebody answers who got it wrong."""


def rows(task: str) -> list[Fields]:
    return read_rows(task, "train", sample=True, full=True)


def items(task: str) -> list[Fields]:
    return list(items_of(str(SAMPLE), FORMS[task]))


def annotation(
    task: AnnotationTask, item: Mapping[str, Any], answer: Any, person: int, **more: Any
) -> Fields:
    """What Label Studio keeps of one person's answer; None for one who skips the item."""
    return {
        "id": person,
        "completed_by": person,
        "result": [] if answer is None else task.results(item, answer),
        "was_cancelled": answer is None,
        "lead_time": 2.5 * person,
        "created_at": f"2026-01-0{person}T00:00:00Z",
        **more,
    }


def exported(task: str, of: Sequence[Fields], answers: Sequence[Sequence[Any]]) -> list[Fields]:
    """A project's export: for each item the people's answers, in their order."""
    record = FORMS[task]
    return [
        {
            "id": number,
            "data": task_of(record, item)["data"],
            "annotations": [
                annotation(record, item, answer, person) for person, answer in enumerate(each, 1)
            ],
        }
        for number, (item, each) in enumerate(zip(of, answers, strict=True), 1)
    ]


def gold_export(task: str) -> list[Fields]:
    """An export of the sample whose people all answer gold."""
    found = [[GOLD[task](row)] * PEOPLE[task] for row in rows(task)]
    return exported(task, items(task), found)


def written(folder: Path, content: Any, name: str = "export.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
