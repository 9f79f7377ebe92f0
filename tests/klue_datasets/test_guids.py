from __future__ import annotations

import pytest

from klue_datasets import TASKS, read_rows
from klue_datasets.guids import guid_source


@pytest.mark.parametrize(
    ("guid", "source"),
    [
        ("klue-ner-v1_dev_00000-wikitree", "wikitree"),
        ("klue-ner-v1_train_00000_wikitree", "wikitree"),
        ("klue-dp-v1_dev_00702_wikitree", "wikitree"),
    ],
)
def test_dev_and_train_write_it_differently(guid: str, source: str) -> None:
    assert guid_source({"guid": guid}) == source


@pytest.mark.parametrize("name", ["ner", "dp"])
def test_every_row_of_a_file_without_sources_has_one(name: str) -> None:
    assert "source" not in TASKS[name].full_schema
    rows = read_rows(name, "validation", sample=True, full=True)
    assert all(guid_source(row).isalpha() for row in rows)
