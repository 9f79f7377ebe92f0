"""A converter that is given another format, and options that a format has no use for."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_formats.reading import refuse_other_formats
from tests.klue_formats.made_up import asked, gold_of, read, written

LABELS = "\n".join(gold_of("nli").references)
TABLE = "guid,prediction\na,neutral\n"
MATRIX = "0.1 0.2 0.7\n"
OBJECTS = '{"id": 1, "prediction": "neutral"}\n'
SAMPLE = '{"doc": {}, "filtered_resps": ["x"]}\n'


@pytest.mark.parametrize(
    ("text", "form", "found", "fits"),
    [
        (TABLE, "lines", "'guid,prediction'", "csv"),
        (TABLE, "json", "'guid,prediction'", "csv"),
        (LABELS, "csv", repr(LABELS.split("\n")[0]), "lines"),
        (MATRIX, "csv", "'0.1 0.2 0.7'", "probabilities"),
        (MATRIX, "lines", "'0.1 0.2 0.7'", "probabilities"),
        (OBJECTS, "csv", "'.*'", "json"),
        (OBJECTS, None, "'.*'", "json"),
        (TABLE, None, "'guid,prediction'", "csv"),
        (SAMPLE, "csv", "'.*'", "json, lm-eval"),
        ("가" * 100, "csv", f"'{'가' * 59}…'", "none"),
        ("", "csv", "nothing", "none"),
    ],
)
def test_the_first_line_and_what_would_fit(
    text: str, form: str | None, found: str, fits: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "theirs", text)
    message = f"theirs:1: found {found}, expected .*; formats that would fit: {fits}$"
    with pytest.raises(InputError, match=message):
        refuse_other_formats(asked(path, "nli"), form)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"\x00\xff\x00")
    with pytest.raises(
        InputError, match=r"found bytes that are no text .*; formats that would fit"
    ):
        refuse_other_formats(asked(tmp_path / "theirs", "nli"), "csv")


def test_a_prediction_file_and_what_cannot_be_told_are_left_to_their_reader(tmp_path: Path) -> None:
    for text in ('{"guid": "a"}\n', '{"guid": "a', "", "가나다"):
        refuse_other_formats(asked(written(tmp_path / "ours", text), "nli"), None)


@pytest.mark.parametrize(
    ("task", "form", "said", "message"),
    [
        (
            "nli",
            "excel",
            {},
            "--format: found 'excel', expected one of csv, json, datasets, lines,",
        ),
        ("nli", "lines", {"columns": ("a",)}, "--column: found 'a', expected none with lines"),
        ("nli", "lm-eval", {"labels": ("a",)}, "--labels: found 'a', expected none with lm-eval"),
        ("sts", "lines", {"labels": ("a",)}, "--labels: found 'a', expected none with sts"),
        ("dp", "csv", {"columns": ("a",)}, "--column: found 1 columns, expected 2: head, deprel"),
        ("re", "csv", {"columns": "abc"}, "found 3 columns, expected 1 or 2: label, probabilities"),
    ],
)
def test_options_without_use(
    task: str, form: str, said: dict[str, tuple[str, ...]], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "nowhere", task, form, **said)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: cannot be read: No such file"):
        read(tmp_path / "nowhere", "nli", "csv")


def test_answers_for_the_rest_of_a_split_are_left_aside(tmp_path: Path) -> None:
    text = "".join(f"{guid},neutral\n" for guid in [*gold_of("nli").guids, "other"])
    path = written(tmp_path / "theirs.csv", "guid,label\n" + text)
    assert len(read(path, "nli", "csv", beside=frozenset({"other"})).records) == 4
