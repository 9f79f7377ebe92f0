from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from datasets import Features, List, Value

from klue_datasets import TASKS, load
from klue_datasets import errata as corrections
from klue_datasets.dependency_parsing import find as find_in_trees
from klue_datasets.errata import EVIDENCE, KOREAN_EVIDENCE, Erratum, apply, errata
from klue_datasets.named_entity_recognition import CONJOINING, without_mark_up
from klue_datasets.notes import Notes

FEATURES = Features(
    {
        "guid": Value("string"),
        "sentence": Value("string"),
        "words": List(Value("string")),
        "answers": {"answer_start": List(Value("int32"))},
    }
)
ROWS = [
    {"guid": "a", "sentence": "가x다", "words": ["5", "나"], "answers": {"answer_start": [3, 4]}},
    {"guid": "b", "sentence": "라", "words": [], "answers": {"answer_start": []}},
]


def applied(
    monkeypatch: pytest.MonkeyPatch, *entries: Erratum
) -> tuple[list[dict[str, object]], Notes]:
    table: dict[str, list[Erratum]] = {}
    for entry in entries:
        table.setdefault(entry.guid, []).append(entry)
    monkeypatch.setattr(corrections, "errata", lambda: {("t", "train"): table})
    notes = Notes("f", rows=2)
    raw = pa.Table.from_pylist(ROWS, schema=FEATURES.arrow_schema)
    corrected = apply("t", "train", raw, notes)
    assert corrected.schema == raw.schema
    return corrected.to_pylist(), notes


def erratum(guid: str, field: str, at: list[int], found: object, corrected: object) -> Erratum:
    return Erratum("t", "train", guid, field, at, found, corrected, "jamo")  # type: ignore[arg-type]


def test_strings_lists_and_nested_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, notes = applied(
        monkeypatch,
        erratum("a", "sentence", [1], "x", "나"),
        erratum("a", "words", [0], ["5"], ["5.0"]),
        erratum("a", "answers.answer_start", [1], [4], [2]),
    )
    assert rows[0] == {
        "guid": "a",
        "sentence": "가나다",
        "words": ["5.0", "나"],
        "answers": {"answer_start": [3, 2]},
    }
    assert rows[1] == ROWS[1]
    assert (notes.corrected, notes.uncorrected, notes.rows) == (3, [], 2)


def test_what_does_not_fit_is_left_alone_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, notes = applied(
        monkeypatch,
        erratum("a", "sentence", [1], "y", "나"),
        erratum("b", "words", [3], ["5"], ["5.0"]),
        erratum("c", "sentence", [0], "x", "y"),
    )
    assert rows == ROWS
    assert (notes.corrected, notes.uncorrected) == (0, ["a", "b"])
    assert len(notes.lines()) == 1


def test_superfluous_rows_go(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = erratum("a", "", [], "the pair of b", None)
    rows, notes = applied(monkeypatch, gone)
    assert rows == ROWS[1:]
    assert (notes.rows, notes.corrected) == (1, 1)


def test_the_table_is_well_formed() -> None:
    assert set(EVIDENCE) == set(KOREAN_EVIDENCE)
    for (task, split), rows in errata().items():
        assert split in TASKS[task].files
        for guid, entries in rows.items():
            places = [(entry.field, at) for entry in entries for at in entry.at]
            assert len(places) == len(set(places))
            for entry in entries:
                assert (entry.guid, entry.evidence in EVIDENCE) == (guid, True)
                if entry.corrected is None:
                    continue
                assert entry.field.split(".")[0] in TASKS[task].full_features
                assert len(entry.at) == len(entry.found) == len(entry.corrected) > 0
                assert all(
                    one != other for one, other in zip(entry.found, entry.corrected, strict=True)
                )


def test_real_ner_has_no_conjoining_jamo_left(data_dir: list[Path]) -> None:
    before = load("ner", "validation", data_dir=data_dir, full=True)
    after = load("ner", "validation", data_dir=data_dir, full=True, errata=True)
    touched = {row["guid"] for row in before if any(map(CONJOINING.fullmatch, row["tokens"]))}
    assert len(touched) == 316
    assert touched == set(errata()["ner", "validation"])
    for row in after:
        assert not any(map(CONJOINING.match, row["tokens"]))
        assert without_mark_up(row["sentence"]) == "".join(row["tokens"])
    assert before["ner_tags"][:] == after["ner_tags"][:]


def test_real_dp_words_join_to_the_sentence(data_dir: list[Path]) -> None:
    rows = load("dp", "validation", data_dir=data_dir, full=True, errata=True)
    assert list(find_in_trees(rows.data.table, {})) == []


def test_real_nli_has_no_duplicates_left(data_dir: list[Path]) -> None:
    rows = load("nli", "train", data_dir=data_dir, errata=True)
    assert len(rows) == 24_996
    pairs = set(zip(rows["premise"][:], rows["hypothesis"][:], strict=True))
    assert len(pairs) == len(rows)


def test_real_mrc_answers_stand_where_they_should(data_dir: list[Path]) -> None:
    rows = load("mrc", "validation", data_dir=data_dir, full=True, errata=True)
    corrected = errata()["mrc", "validation"]
    assert len(corrected) == 78
    for row in rows:
        for entry in corrected.get(row["guid"], ()):
            plausible = row["plausible_answers"]
            for at in entry.at:
                start, text = plausible["answer_start"][at], plausible["text"][at]
                assert row["context"].startswith(text, start)
