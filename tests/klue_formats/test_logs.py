"""Logs of other harnesses are read by the code that `klue lm from-lm-eval` calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_lm.foreign_logs import from_lm_eval
from klue_metrics import METRICS
from tests.klue_formats.made_up import gold_of, read, write_lm_eval, written


def test_the_same_as_the_command_writes(tmp_path: Path) -> None:
    gold, path = gold_of("nli"), tmp_path / "log.jsonl"
    made = [{"label": label} for label in gold.references]
    write_lm_eval(path, "nli", made)
    lines = path.read_text("utf-8").splitlines()
    unread = {**json.loads(lines[0]), "filtered_resps": ["음"]}
    written(path, "\n".join([json.dumps(unread), *lines[1:]]))
    found = read(path, "nli", "lm-eval", "wrong")
    from_lm_eval("nli", path, tmp_path / "ours.jsonl")
    assert found.records == METRICS["nli"].read_predictions(tmp_path / "ours.jsonl", gold, "wrong")
    (note,) = found.notes
    assert note.startswith("answers: 3 answered, 1 ")


def test_a_damaged_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write_lm_eval(path, "nli", [{"label": "neutral"}] * 4)
    written(path, path.read_text("utf-8")[:-30])
    with pytest.raises(InputError, match=r"log\.jsonl:4: found no JSON, expected a sample log of"):
        read(path, "nli", "lm-eval")
    with pytest.raises(
        InputError, match=r"log\.jsonl:1: found .*, expected a log of `inspect eval"
    ):
        read(path, "nli", "inspect")
