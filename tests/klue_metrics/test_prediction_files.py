"""Prediction files: what is read, and what is named when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klue_metrics import METRICS, Gold, MetricError

NLI = METRICS["nli"]
PAIR = {"premise": "가", "hypothesis": "나", "source": "NSMC"}
GOLD = NLI.gold([{**PAIR, "guid": guid, "label": at} for at, guid in enumerate("abc")])


def lines(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


GOOD = [{"guid": guid, "label": "neutral"} for guid in "abc"]


def read(tmp_path: Path, text: str | bytes, **options: Any) -> list[dict[str, Any]]:
    path = tmp_path / "p.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return NLI.read_predictions(path, GOLD, **options)


def test_records_come_in_gold_order(tmp_path: Path) -> None:
    assert read(tmp_path, lines(*reversed(GOOD))) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + lines(*GOOD),
        lines(*GOOD).replace("\n", "\r\n"),
        lines(*GOOD).rstrip("\n"),
        lines(*GOOD) + "\n\n",
        lines(*[{**record, "note": "왜 \u2028"} for record in GOOD]),
    ],
)
def test_what_editors_do_to_files(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert [record["label"] for record in found] == ["neutral"] * 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r": field 'guid': found 0 of 3 guids, expected every one; the first missing is a"),
        (lines(*GOOD[:2]), r": field 'guid': found 2 of 3 guids.* the first missing is c"),
        (lines(*GOOD, GOOD[1]), r":4: field 'guid': found 'b' again, .* once \(line 2\)"),
        (lines(*GOOD, {"guid": "x", "label": "neutral"}), r":4: field 'guid': found 'x', exp"),
        (lines({"label": "neutral"}), r":1: field 'guid': found no such field, expected a str"),
        (lines({"guid": 3}), r":1: field 'guid': found 3, expected a string"),
        (lines({"guid": "a"}), r":1: field 'label' of a: found no such field, expected the label"),
        (lines({"guid": "a", "label": 1}), r":1: field 'label' of a: found 1, expected one of"),
        (
            lines({"guid": "a", "label": "maybe"}),
            r":1: field 'label' of a: found 'maybe', expected one of ent",
        ),
        (lines(GOOD[0]) + "{", r":2: found '{', expected one JSON object a line"),
        (lines(GOOD), r":1: found a list, expected one JSON object a line"),
        ('{"guid": "a", "label": "\\ud800"}', r":1: found .*, expected one JSON object a line"),
        (b"\xff", r": found byte 0xff at offset 0, expected UTF-8"),
        ("[" * 100_000, r":1: found .*, expected one JSON object a line"),
    ],
)
def test_bad_files(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(MetricError, match=r"p\.jsonl" + message) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(MetricError, match="found no readable file"):
        NLI.read_predictions(tmp_path / "nowhere.jsonl", GOLD)


def test_unknown_labels_may_be_counted_as_wrong(tmp_path: Path) -> None:
    text = lines({"guid": "a", "label": ""}, *GOOD[1:])
    records = read(tmp_path, text, unknown_label="wrong")
    scores = NLI.score(GOLD, records, unknown_label="wrong")
    assert scores["accuracy"] == pytest.approx(100 / 3)


def test_nulls_and_missing_guids_may_be_counted_as_wrong(tmp_path: Path) -> None:
    text = lines({"guid": "b", "label": None}, {"guid": "c"})
    for bad, found in ((text, "found None"), (lines({"guid": "c"}), "found no such field")):
        with pytest.raises(MetricError, match=f"field 'label' of .: {found}"):
            read(tmp_path, bad)
    records = read(tmp_path, text, unknown_label="wrong")
    assert records == [{"guid": guid, "label": None} for guid in "abc"]
    scores = NLI.score(GOLD, records, unknown_label="wrong")
    assert scores["accuracy"] == 0
    assert scores["unknown_labels"] == {"invented": 0, "empty": 3, "missing": 1}
    with pytest.raises(MetricError, match=r"found 0 of 3 guids, expected every one; the first"):
        read(tmp_path, "", unknown_label="wrong")


def test_a_nan_of_a_table_is_null(tmp_path: Path) -> None:
    records = read(tmp_path, '{"guid": "a", "label": NaN}', unknown_label="wrong")
    assert records[0] == {"guid": "a", "label": None}


def test_a_number_is_never_taken_for_an_id(tmp_path: Path) -> None:
    with pytest.raises(MetricError, match="field 'label' of a: found 1, expected one of"):
        read(tmp_path, lines({"guid": "a", "label": 1}), unknown_label="wrong")


def one(task: str, **row: Any) -> Gold:
    return METRICS[task].gold([{"guid": "a", **row}])


ENTITY = {"word": "가"}
RE_ROW = {"sentence": "가", "subject_entity": ENTITY, "object_entity": ENTITY, "label": 0}
SINGLE = {
    "ynat": one("ynat", title="제목", label="사회"),
    "sts": one("sts", sentence1="가", sentence2="나", labels={"real-label": 3.0}),
    "ner": one("ner", tokens=["가", "나"], ner_tags=[12, 12]),
    "re": one("re", **RE_ROW),
    "dp": one("dp", head=[2, 0], deprel=["NP", "VP"], word_form=["가", "나"]),
    "mrc": one("mrc", context="가", question="?", answers={"text": [], "answer_start": []}),
    "wos": METRICS["wos"].gold(
        [{"guid": "a", "domains": [], "dialogue": [{"role": "user", "text": "", "state": []}]}]
    ),
}


@pytest.mark.parametrize(
    ("task", "record", "message"),
    [
        ("sts", {"score": float("nan")}, "field 'score' of a: found nan, expected a finite number"),
        ("sts", {"score": "3"}, "field 'score' of a: found '3', expected a finite number"),
        (
            "ner",
            {"tags": ["O"]},
            "field 'tags' of a: found 1 labels, expected 2: one per character",
        ),
        ("ner", {"tags": "OO"}, "field 'tags' of a: found 'OO', expected a list of 2 labels"),
        ("ner", {"tags": ["O", "X"]}, "field 'tags' of a: character 1: found 'X', expected one of"),
        (
            "re",
            {"label": "per:title", "probabilities": [1]},
            "'probabilities' of a: found 1 values",
        ),
        ("dp", {"head": [2], "deprel": ["NP", "VP"]}, "field 'head' of a: found 1 positions"),
        ("dp", {"head": [2, -1], "deprel": ["NP", "VP"]}, "field 'head' of a: eojeol 1: found -1"),
        (
            "dp",
            {"head": [2, 0], "deprel": ["NP"]},
            "field 'deprel' of a: found 1 labels, expected 2",
        ),
        (
            "mrc",
            {"prediction_text": None},
            "field 'prediction_text' of a: found None, expected a t",
        ),
        ("wos", {"state": ["a-b-c", 3]}, "field 'state' of a-0: found 3, expected a list of"),
        ("wos", {"state": {}}, "field 'state' of a-0: found {}, expected a list of"),
    ],
)
def test_fields(tmp_path: Path, task: str, record: Any, message: str) -> None:
    path = tmp_path / "p.jsonl"
    guid = SINGLE[task].guids[0]
    path.write_text(json.dumps({"guid": guid, **record}), encoding="utf-8")
    with pytest.raises(MetricError, match=message):
        METRICS[task].read_predictions(path, SINGLE[task])


def test_probabilities_in_all_lines_or_in_none(tmp_path: Path) -> None:
    metric, path = METRICS["re"], tmp_path / "p.jsonl"
    gold = metric.gold([{**RE_ROW, "guid": "a"}, {**RE_ROW, "guid": "b"}])
    both = [{"guid": "a", "label": "per:title"}, {"guid": "b", "label": "per:title"}]
    path.write_text(lines(*both), encoding="utf-8")
    assert list(metric.score(gold, metric.read_predictions(path, gold))) == ["micro_f1"]
    both[0]["probabilities"] = [0.5] * 30  # type: ignore[assignment]
    path.write_text(lines(*both), encoding="utf-8")
    with pytest.raises(MetricError, match=r":2: field 'probabilities' of b: found no such field"):
        metric.read_predictions(path, gold)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "p.jsonl"
    metric = METRICS["re"]
    record = {"guid": "a", "label": "per:title", "probabilities": np.float32([0.5] * 30)}
    metric.write_predictions(path, [record])
    assert "\n" not in path.read_text("utf-8").rstrip("\n")
    found = metric.read_predictions(path, SINGLE["re"])
    assert found == [{**record, "probabilities": [0.5] * 30}]


def test_nothing_half_written(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(
        MetricError, match=r"record 1: found .*nan.*, expected an object of values that JSON"
    ):
        METRICS["sts"].write_predictions(
            path, [{"guid": "a", "score": 1.0}, {"guid": "b", "score": float("nan")}]
        )
    assert path.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


STATE = ["식당-종류-한식당"]
NOT_ANSWERED = {
    "ynat": (one("ynat", title="제목", label="사회"), ("label",)),
    "nli": (one("nli", **PAIR, label=0), ("label",)),
    "ner": (one("ner", tokens=["가", "나"], ner_tags=[6, 12]), ("tags",)),
    "re": (one("re", **{**RE_ROW, "label": 1}), ("label",)),
    "dp": (SINGLE["dp"], ("head", "deprel")),
    "mrc": (SINGLE["mrc"], ("prediction_text",)),
    "wos": (SINGLE["wos"], ("state",)),
}


@pytest.mark.parametrize("task", NOT_ANSWERED)
def test_what_is_not_answered_is_wrong_whatever_is_right(task: str, tmp_path: Path) -> None:
    """Even where the empty answer is right, as for the question and the state here."""
    metric = METRICS[task]
    gold, fields = NOT_ANSWERED[task]
    path = tmp_path / "p.jsonl"
    scores = []
    for record in ({}, dict.fromkeys(fields)):
        path.write_text(lines({"guid": gold.guids[0], **record}), encoding="utf-8")
        with pytest.raises(MetricError, match=f"p.jsonl:1: field '{fields[0]}' of a"):
            metric.read_predictions(path, gold)
        records = metric.read_predictions(path, gold, "wrong")
        scores.append(metric.score(gold, records, unknown_label="wrong", textbook=True))
    assert scores[0] == scores[1]
    assert scores[0]["unknown_labels"]["empty"] > 0
    for name in metric.scores:
        # An O and twelve absent tags are right in the character F1 of any sentence.
        if name not in ("auprc", "character_macro_f1"):
            assert scores[0][name] == 0, name


def test_a_missing_sentence_is_wrong_at_every_tag(tmp_path: Path) -> None:
    rows = [{"guid": guid, "tokens": list("가나 다"), "ner_tags": [6, 7, 7, 12]} for guid in "ab"]
    gold = METRICS["ner"].gold(rows)
    path = tmp_path / "p.jsonl"
    path.write_text(lines({"guid": "a", "tags": gold.references[0]}), encoding="utf-8")
    records = METRICS["ner"].read_predictions(path, gold, "wrong")
    scores = METRICS["ner"].score(gold, records, unknown_label="wrong")
    assert scores["entity_macro_f1"] == pytest.approx(100 * 2 / 3)
    assert scores["unknown_labels"] == {"invented": 0, "empty": 4, "missing": 1}


def test_a_missing_score_is_the_farther_end_of_the_scale(tmp_path: Path) -> None:
    pair = {"sentence1": "가", "sentence2": "나"}
    golds = {"a": 4.0, "b": 1.0, "c": 3.0}
    rows = [{**pair, "guid": g, "labels": {"real-label": score}} for g, score in golds.items()]
    metric, path = METRICS["sts"], tmp_path / "p.jsonl"
    gold = metric.gold(rows)
    path.write_text(lines({"guid": "a", "score": None}, {"guid": "c", "score": 3.5}), "utf-8")
    with pytest.raises(MetricError, match="field 'score' of a: found None, expected a finite"):
        metric.read_predictions(path, gold)
    records = metric.read_predictions(path, gold, "wrong")
    scores = metric.score(gold, records, unknown_label="wrong", textbook=True)
    assert scores["unknown_labels"] == {"invented": 0, "empty": 2, "missing": 1}
    as_wrong = metric.compute(predictions=[0.0, 5.0, 3.5], references=[*golds.values()])
    assert scores["pearsonr"] == pytest.approx(as_wrong["pearsonr"])
    assert scores["f1"] == pytest.approx(as_wrong["f1"]) == pytest.approx(50.0)


def test_one_score_for_all_has_no_correlation_where_answers_may_be_wrong() -> None:
    columns = {"predictions": [3.0, 3.0], "references": [1.0, 4.0]}
    with pytest.raises(MetricError, match="Pearson's r is undefined"):
        METRICS["sts"].compute(**columns)
    scores = METRICS["sts"].compute(**columns, unknown_label="wrong", confidence=0.95)
    assert scores["pearsonr"] == 0.0 and scores["f1"] == pytest.approx(200 / 3)


def test_without_the_probabilities_of_an_example_there_is_no_auprc(tmp_path: Path) -> None:
    metric, path = METRICS["re"], tmp_path / "p.jsonl"
    gold = metric.gold([{**RE_ROW, "guid": guid} for guid in "ab"])
    whole = {"guid": "a", "label": "no_relation", "probabilities": [0.5] * 30}
    for other in ({"guid": "b", "label": None, "probabilities": None}, None):
        path.write_text(lines(*filter(None, (whole, other))), encoding="utf-8")
        records = metric.read_predictions(path, gold, "wrong")
        assert "auprc" not in metric.score(gold, records, unknown_label="wrong")
    path.write_text(lines(whole, {**whole, "guid": "b", "label": None}), encoding="utf-8")
    records = metric.read_predictions(path, gold, "wrong")
    assert "auprc" in metric.score(gold, records, unknown_label="wrong")
    path.write_text(lines(whole, {**whole, "guid": "b", "probabilities": None}), encoding="utf-8")
    with pytest.raises(MetricError, match="field 'probabilities' of b: found None"):
        metric.read_predictions(path, gold, "wrong")


def test_nulls_among_tags_and_heads(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    for task, record in (
        ("ner", {"tags": ["O", None]}),
        ("dp", {"head": [None, 0], "deprel": ["NP", None]}),
        ("wos", {"state": [*STATE, None]}),
    ):
        gold, metric = SINGLE[task], METRICS[task]
        path.write_text(lines({"guid": gold.guids[0], **record}), encoding="utf-8")
        with pytest.raises(MetricError, match="found None"):
            metric.read_predictions(path, gold)
        [read] = metric.read_predictions(path, gold, "wrong")
        assert read == {"guid": gold.guids[0], **record}


def test_an_entry_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    for entry in ("식당-가격대-none", "호텔-비밀번호-1234", "식당_종류=한식당"):
        path.write_text(lines({"guid": "a-0", "state": [*STATE, entry]}), encoding="utf-8")
        with pytest.raises(
            MetricError, match=f"p.jsonl:1: field 'state' of a-0: entry 1: found '{entry}', exp"
        ):
            METRICS["wos"].read_predictions(path, SINGLE["wos"])
        assert METRICS["wos"].read_predictions(path, SINGLE["wos"], "wrong")


@pytest.mark.parametrize("records", [None, 5, np.array(1), len])
def test_what_holds_no_records(tmp_path: Path, records: Any) -> None:
    with pytest.raises(MetricError, match=r"records: found .*, expected one for each example"):
        METRICS["nli"].write_predictions(tmp_path / "a.jsonl", records)
    assert not list(tmp_path.iterdir())
