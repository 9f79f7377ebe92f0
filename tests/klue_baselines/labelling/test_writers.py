"""What is written: the input as it was, and the answers behind it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klue_baselines.labelling.answers import AnswerColumns
from klue_baselines.labelling.job import Job, prepare
from klue_baselines.labelling.rows import Question
from klue_baselines.labelling.running import answered, write_file
from klue_baselines.labelling.sources import source_of
from klue_baselines.labelling.writers import format_of
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from tests.forms import nfd

TASK = BASELINES["ynat"]
ANSWER = {"label": "사회", "scores": dict.fromkeys(TASK.labels, 0.125), "cut": 0}
SCORES = json.dumps(ANSWER["scores"], ensure_ascii=False)
TITLE = f"{nfd('날씨')} 😀\u200b"


def job(path: Path, out: str, skip_bad: bool = False) -> Job:
    source = source_of(str(path), TASK, None, None)
    question = Question(TASK, None, source.of_texts)
    form = format_of(Path(out), TASK)
    return prepare(source, question, AnswerColumns(TASK, "predicted_"), form, skip_bad)


def label(path: Path, out: Path, skip_bad: bool = False) -> bytes:
    def ask(examples: Any) -> list[Any]:
        return [ANSWER] * len(examples)

    write_file(job(path, out.name, skip_bad), ask, out, {})
    assert {file.name for file in out.parent.iterdir()} == {path.name, out.name}
    return out.read_bytes()


def test_a_line_of_json_stands_in_its_answer_letter_by_letter(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    kept = f'"n": 1.50, "big": 9007199254740993, "e": "\\u00e9",  "t": "{TITLE}", "x": NaN, "n": 2'
    path.write_text(f'{{"title": "비", {kept} }}\n\n {{"title":"눈"}}\r\n', encoding="utf-8")
    first, second = label(path, tmp_path / "out.jsonl").decode().splitlines()
    added = f'"predicted_label": "사회", "predicted_scores": {SCORES}, "predicted_cut": 0}}'
    assert first == f'{{"title": "비", {kept}, {added}'
    assert second == f'{{"title":"눈", {added}'


def test_cells_of_csv_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    cells = [["007", TITLE, ""], ["1e400", 'a\r\n"b",\rc', " "], ["", "눈", "\n"]]
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["id", "title", ""], *cells])
    path.write_text("\ufeff" + written.getvalue(), encoding="utf-8", newline="")
    content = label(path, tmp_path / "out.csv").decode("utf-8")
    assert content.startswith("\ufeffid,title,,predicted_label,")
    head, *rows = csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    assert head[3:] == ["predicted_label", "predicted_scores", "predicted_cut"]
    assert [row[:3] for row in rows] == cells
    assert [row[3:] for row in rows] == [["사회", SCORES, "0"]] * 3


def test_tsv_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "in.tsv"
    path.write_text('id\ttitle\n007\t"비\n', encoding="utf-8")
    rows = label(path, tmp_path / "out.tsv").decode().splitlines()
    assert rows[1] == f'007\t"비\t사회\t{SCORES}\t0'
    (tmp_path / "in.csv").write_text("title\n비\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"in\.csv: found cells that may hold tabs"):
        job(tmp_path / "in.csv", "out.tsv")


def test_columns_of_parquet_stay_as_they_are(tmp_path: Path) -> None:
    columns = {
        "title": [TITLE, "비", "눈"],
        "id": pa.array([2**63, 1, 2**64 - 1], pa.uint64()),
        "n": pa.array([1, None, 3], pa.int8()),
        "at": pa.array([1, 2, 3], pa.timestamp("ns", "Asia/Seoul")),
        "price": pa.array([Decimal("1.50"), None, Decimal("2.25")]),
        "kind": pa.array(["a", "b", "a"]).dictionary_encode(),
        "parts": pa.array([[{"a": b"\xff"}], [], None]),
    }
    table = pa.table(columns).replace_schema_metadata({"huggingface": "{}", "mine": "kept"})
    path = tmp_path / "in.parquet"
    pq.write_table(table, path, row_group_size=2)
    label(path, tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.select(table.column_names).equals(table)
    assert found.schema.metadata == {b"mine": b"kept"}
    assert found.column_names[-3:] == ["predicted_label", "predicted_scores", "predicted_cut"]
    assert found["predicted_scores"].to_pylist() == [ANSWER["scores"]] * 3


def test_parquet_becomes_json_and_csv_where_these_can_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    columns = {"title": ["비"], "day": [date(2021, 5, 20)], "price": [Decimal("1.50")], "x": [[1]]}
    pq.write_table(pa.table(columns), path)
    row = json.loads(label(path, tmp_path / "out.jsonl"))
    assert {name: row[name] for name in columns} == {
        "title": "비",
        "day": "2021-05-20",
        "price": "1.50",
        "x": [1],
    }
    (tmp_path / "out.jsonl").unlink()
    assert (
        label(path, tmp_path / "out.csv")
        .decode()
        .splitlines()[1]
        .startswith("비,2021-05-20,1.50,[1],사회,")
    )
    pq.write_table(pa.table({"title": ["비"], "x": [b"\xff"]}), path)
    (tmp_path / "out.csv").unlink()
    with pytest.raises(InputError, match=r"found bytes, expected what JSON can hold"):
        label(path, tmp_path / "out.jsonl")
    assert [file.name for file in tmp_path.iterdir()] == ["in.parquet"]


def test_json_becomes_a_table_of_all_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    lines = [{"title": "비", "n": None}] * 600 + [{"title": "눈", "n": 1.5, "x": {"a": [1]}}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    label(path, tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert (found[0]["n"], found[0]["x"]) == (None, None)
    assert (found[600]["n"], found[600]["x"]) == (1.5, {"a": [1]})
    (tmp_path / "out.parquet").unlink()
    rows = [*csv.reader(io.StringIO(label(path, tmp_path / "out.csv").decode()))]
    assert rows[0][:3] == ["title", "n", "x"]
    assert (rows[1][:3], rows[601][:3]) == (["비", "", ""], ["눈", "1.5", '{"a": [1]}'])


@pytest.mark.parametrize("values", [(2**70, 1), ("a", 1), (2**53 + 1, 0.5)])
def test_what_parquet_cannot_hold_is_said_before_work_begins(
    tmp_path: Path, values: tuple[Any, Any]
) -> None:
    path = tmp_path / "in.jsonl"
    lines = [{"title": "비", "n": value} for value in values for _ in range(600)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(InputError, match=r"expected|lose|range"):
        label(path, tmp_path / "out.parquet")
    assert [file.name for file in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_bad_row_keeps_its_place_without_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,title\n1,비\n2,\n3\n4,눈\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"in\.csv:3: title: found no text, expected a headline \("
    ):
        job(path, "out.csv")
    assert label(path, tmp_path / "out.csv", skip_bad=True).decode().splitlines()[2] == "2,,,,"
    tally = job(path, "out.csv", skip_bad=True).tally
    assert (tally.rows, tally.empty, tally.left_out) == (4, 1, 1)
    (tmp_path / "out.csv").unlink()
    rows = label(path, tmp_path / "out.jsonl", skip_bad=True).decode().splitlines()
    assert json.loads(rows[1])["predicted_label"] is None
    (tmp_path / "out.jsonl").unlink()
    label(path, tmp_path / "out.parquet", skip_bad=True)
    found = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["id"] for row in found] == ["1", "2", "4"]
    assert (found[1]["predicted_label"], found[1]["predicted_scores"]) == (None, None)
    path.write_text("id,title\n1,\n2,\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"in\.csv:2: .*and no row is better"):
        job(path, "out.csv", skip_bad=True)


def test_a_column_with_an_answers_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("title,predicted_label\n비,a\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"in\.csv: found the column 'predicted_label', expected"):
        job(path, "out.csv")
    path = tmp_path / "in.jsonl"
    path.write_text('{"title": "비"}\n{"title": "비", "predicted_cut": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"in\.jsonl:2: found the column 'predicted_cut'"):
        job(path, "out.csv")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_no_rows_give_a_file_without_rows(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,title\n", encoding="utf-8")
    content = label(path, tmp_path / f"out.{kind}")
    names = ["id", "title", "predicted_label", "predicted_scores", "predicted_cut"]
    if kind == "parquet":
        assert pq.read_table(tmp_path / "out.parquet").to_pydict() == {name: [] for name in names}
    else:
        assert content.decode() == (f"{','.join(names)}\n" if kind == "csv" else "")


def test_an_ending_that_is_no_format(tmp_path: Path) -> None:
    for out, task in (("out.txt", "ynat"), ("out", "ynat"), ("out.conllu", "ner")):
        with pytest.raises(
            InputError, match=r"--out: found .*, expected the ending \.jsonl, \.csv"
        ):
            format_of(Path(out), BASELINES[task])


def test_a_part_is_the_same_whatever_was_before_it(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("title\n비\n눈\n", encoding="utf-8")
    found = job(path, "out.csv")
    first, second = found.rows()

    def ask(examples: Any) -> list[Any]:
        return [ANSWER] * len(examples)

    both = answered(found, ask, [first, second])
    assert answered(found, ask, [first]) + answered(found, ask, [second]) == both
