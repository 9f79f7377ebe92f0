"""A converter that is given another format, and options that a format has no use for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klue_common.errors import InputError, exit_code
from klue_formats import FORMATS
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


def test_a_table_of_windows_is_named_by_its_line_and_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_bytes("id,예측\n0,neutral\n".encode("cp949"))
    with pytest.raises(
        InputError, match=r":1: found the byte 0x.*, expected UTF-8 \(iconv -f cp949"
    ):
        read(path, "nli", "csv")


BEGINNINGS = (
    b"",
    b"guid,label\n",
    b"[",
    b"{",
    b"0.1,0.2,0.7\n",
    b"PAR1",
    b'{"doc": {}, ',
    b"1 NP\n",
)
ODD = ('"', ",", "\n", "\t", "[", "]", "{", "}", "null", "NaN", "1e999", "-1", "\\ud800", "9" * 30)
KNOWN = ("('", "\r", "0", "neutral", "NP", '"guid": "a"', "label", " ")
PIECES = st.sampled_from([b"\xff", *(piece.encode() for piece in (*ODD, *KNOWN))])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("task", ["nli", "re", "dp", "mrc"])
@given(beginning=st.sampled_from(BEGINNINGS), pieces=st.lists(PIECES, max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_end_in_a_traceback(
    form: str, task: str, beginning: bytes, pieces: list[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "theirs.eval"
    path.write_bytes(beginning + b"".join(pieces))
    with pytest.raises(ValueError) as error:  # none of these answers four examples
        read(path, task, form, "error")
    assert exit_code(error.value) == 2
    assert "\n" not in str(error.value)


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
