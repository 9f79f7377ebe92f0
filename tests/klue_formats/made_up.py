"""References of the bundled sample, and straightforward writers of every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from klue_datasets import read_rows
from klue_formats import Asked, Converted, read_as
from klue_lm.harness import planned, question_fields
from klue_metrics import METRICS, Gold

Records = Sequence[dict[str, Any]]
Writer = Callable[[Path, str, Records], None]
NAMES = ("entailment", "neutral", "contradiction")
EXAMPLES = 4


@cache
def gold_of(task: str, examples: int | None = EXAMPLES) -> Gold:
    """The first references of the sample, None for all."""
    gold = METRICS[task].gold(read_rows(task, "validation", sample=True, full=True))
    return gold.part(range(examples or len(gold)))


def asked(path: Path, task: str, examples: int | None = EXAMPLES, **said: Any) -> Asked:
    return Asked(path, METRICS[task], gold_of(task, examples), **said)


def read(path: Path, task: str, form: str, unknown: str = "error", **said: Any) -> Converted:
    return read_as(form, asked(path, task, **said), unknown)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def write_csv(path: Path, task: str, records: Records, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=delimiter)
        names = list(records[0])
        out.writerow(names)
        out.writerows([as_cell(record[name]) for name in names] for record in records)


def as_cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def write_json(path: Path, task: str, records: Records) -> None:
    written(path, json.dumps(list(records), ensure_ascii=False, indent=1))


def write_json_lines(path: Path, task: str, records: Records) -> None:
    METRICS[task].write_predictions(path, records)


def write_by_guid(path: Path, task: str, records: Records) -> None:
    field = METRICS[task].fields[0].name
    written(path, json.dumps({one["guid"]: one[field] for one in records}, ensure_ascii=False))


def write_lines(path: Path, task: str, records: Records) -> None:
    field = METRICS[task].fields[0].name
    written(path, "".join(f"{one[field]}\n" for one in records))


def write_probabilities(path: Path, task: str, records: Records) -> None:
    labels = METRICS[task].labels
    assert labels is not None
    rows = [labels.names, *(one["probabilities"] for one in records)]
    written(path, "".join(",".join(map(str, row)) + "\n" for row in rows))


def write_conll(path: Path, task: str, records: Records) -> None:
    names = [one.name for one in METRICS[task].fields]
    blocks = [
        "".join(
            "\t".join(map(str, word)) + "\n" for word in zip(*(r[n] for n in names), strict=True)
        )
        for r in records
    ]
    written(path, "\n".join(blocks))


def write_parquet(path: Path, task: str, records: Records) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(list(records)), path)


def write_lm_eval(path: Path, task: str, records: Records) -> None:
    """A log whose model wrote each label as its wording has it."""
    from klue_lm.tasks import lm_task

    said = lm_task(task).wordings["ko"].labels
    lines = [
        {
            "doc": {"task": task, "language": "ko", **question_fields(question)},
            "filtered_resps": [said[one["label"]]],
        }
        for question, one in zip(planned(task, {"sample": True}).questions, records, strict=False)
    ]
    written(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
