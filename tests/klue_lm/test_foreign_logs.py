"""Logs of other harnesses that are damaged, foreign or of another task: one line, no file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_lm.foreign_logs import from_inspect, from_lm_eval
from klue_lm.harness import planned, question_fields
from klue_metrics import METRICS

Sample = dict[str, Any]
MISSING = "inspect_ai is missing: pip install 'klue-hub[inspect]'"


def samples(task: str, answers: Callable[[int], list[Any]]) -> list[Sample]:
    """Return the samples of a log, as lm_eval 0.4.13 has them."""
    asked = planned(task, {"sample": True})
    return [
        {
            "doc": {"task": task, "language": "ko", **question_fields(question), "answer": "x"},
            "filtered_resps": answers(at),
            "resps": [],
        }
        for at, question in enumerate(asked.questions)
    ]


def wrote(path: Path, lines: list[Any]) -> Path:
    text = "\n".join(x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    return lambda lines: wrote(tmp_path / "log.jsonl", lines)


def test_written_answers_become_a_prediction_file(log: Callable[..., Path], tmp_path: Path) -> None:
    # U+2028 ends a line for Python and none in JSON.
    path = log(samples("mrc", lambda at: [f"서울 {at}\u2028그리고"]))
    made = from_lm_eval("mrc", path, tmp_path / "out.jsonl")
    assert made.counts["answered"] == len(made.records) == 29
    gold = METRICS["mrc"].gold(planned("mrc", {"sample": True}).rows)
    records = METRICS["mrc"].read_predictions(tmp_path / "out.jsonl", gold)
    assert records[3]["prediction_text"] == "서울 3"


def test_ranked_labels_become_a_prediction_file(log: Callable[..., Path], tmp_path: Path) -> None:
    # lm_eval writes the numbers as texts.
    path = log(samples("nli", lambda at: [["-9.0", "False"], ["-1.5", "True"], ["-7.0", "False"]]))
    made = from_lm_eval("nli", path, tmp_path / "out.jsonl")
    assert {record["label"] for record in made.records} == {"neutral"}
    assert made.others.keys() == {"by length"}


def changed(**doc: Any) -> Callable[[Sample], Any]:
    return lambda sample: {**sample, "doc": {**sample["doc"], **doc}}


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda sample: json.dumps(sample)[:-9], ":2: found no JSON, expected a sample log of"),
        (lambda sample: [], ":2: found no object"),
        (lambda sample: {"doc": {"title": "비", "label": 3}}, ":2: guid: found null, expected"),
        (lambda sample: {**sample, "doc": None}, ":2: guid: found null"),
        (changed(task="nli"), ":2: found an answer of 'nli', expected .*klue_ner"),
        (changed(language="fr"), ":2: language: found 'fr'"),
        (changed(about=None), ":2: about: found null"),
        (lambda sample: {**sample, "filtered_resps": []}, r":2: filtered_resps: found \[\]"),
        (lambda sample: {**sample, "filtered_resps": [[-1.0, True]]}, r"found \[\[-1.0, True\]\]"),
        (lambda sample: {**sample, "filtered_resps": [[None, 1]]}, r"found \[\[None, 1\]\]"),
    ],
)
def test_a_damaged_line_is_named(
    damage: Callable[[Sample], Any], says: str, log: Callable[..., Path], tmp_path: Path
) -> None:
    lines: list[Any] = samples("ner", lambda at: ["문장"])
    lines[1] = damage(lines[1])
    with pytest.raises(InputError, match=says):
        from_lm_eval("ner", log(lines), tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_logs_that_were_joined_are_refused(log: Callable[..., Path], tmp_path: Path) -> None:
    lines = samples("ner", lambda at: ["문장"])
    with pytest.raises(InputError, match=r":33: found \S+ a second time"):
        from_lm_eval("ner", log([*lines, lines[0]]), tmp_path / "out.jsonl")
    mixed = [lines[0], changed(language="en")(lines[1])]
    with pytest.raises(InputError, match="found 2 languages"):
        from_lm_eval("ner", log(mixed), tmp_path / "out.jsonl")


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        from_lm_eval("ner", tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    (tmp_path / "zip").write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(InputError, match=r"zip: found .*decode"):
        from_lm_eval("ner", tmp_path / "zip", tmp_path / "out.jsonl")
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match="empty:1: found no JSON"):
        from_lm_eval("ner", tmp_path / "empty", tmp_path / "out.jsonl")


@pytest.mark.parametrize("name", ["log.eval", "log.json"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\xff", b'{"version": 2}', b"[1, 2]"])
def test_what_inspect_did_not_write_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai", reason=MISSING)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=rf"{name}: found .*, expected a log of .*klue_ner"):
        from_inspect("ner", tmp_path / name, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()
