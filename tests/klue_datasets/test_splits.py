from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from klue_datasets import TASKS
from klue_datasets.notes import Notes
from klue_datasets.sources import resolve
from klue_datasets.splits import read_split


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("full", [False, True])
def test_errata_leave_what_they_do_not_know_alone(name: str, full: bool) -> None:
    task = TASKS[name]
    path = resolve(task, sample=True).files["train"]
    plain, corrected = (
        pa.concat_tables(
            read_split(task, "train", path, full=full, errata=errata, notes=Notes(path.name))
        )
        for errata in (False, True)
    )
    assert corrected.schema == plain.schema == task.columns(full).arrow_schema
    assert corrected.to_pylist() == plain.to_pylist()


def test_missing_columns_that_are_not_asked_for_are_not_told(raw: Path) -> None:
    task = TASKS["sts"]
    path = raw / task.files["train"]
    path.write_text(path.read_text(encoding="utf-8").replace('"annotations"', '"x"'))
    for full, missing in ((True, {"annotations"}), (False, set())):
        notes = Notes(path.name)
        list(read_split(task, "train", path, full=full, errata=True, notes=notes))
        assert set(notes.missing) == missing
