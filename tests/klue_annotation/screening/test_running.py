"""Tables of texts with verdicts: kept or removed, the reasons, and what cannot be screened."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klue_annotation.screening.judging import Judge
from klue_annotation.screening.running import NO_MODEL, Screening, screen
from klue_common.errors import InputError

TEXTS = {
    "문의는 kim@naver.com 으로 하시면 됩니다": "personal data (email)",
    "오늘 서울의 날씨는 아주 맑고 따뜻하다": "",
    "오늘 서울의 날씨는, 아주 맑고 따뜻하다!": "duplicate (row {2})",
    "한국어 이해는 여덟 과제로 되어 있으며 모두 한국어로 쓰였다고 한다": "",
    "한국어 이해는 여덟 과제로 되어 있으며 모두 한국어로 쓰였다고 했다": "near duplicate (row {4})",
    "This is English, not Korean at all": "not Korean",
    "짧다": "too short",
    "길" * 9 + "다, 같은 글자가 아홉 번": "noise",
    "비가 온다고 한다. " * 12: "too long",
    "여야 선거구 획정안 이견 좁혀…본회의 처리는 다음 주로": "benchmark (exact)",
}
WANTED = Screening("", model=NO_MODEL, longest=100, sample=True)


def reasons(first: int) -> list[str]:
    """Return the reasons, where the first row has a number."""
    numbers = [str(at + first - 1) for at in range(len(TEXTS) + 1)]
    return [reason.format(*numbers) for reason in TEXTS.values()]


def write(path: Path, column: str = "text") -> None:
    rows = [{column: text, "url": f"a,{at}"} for at, text in enumerate(TEXTS)]
    if path.suffix == ".txt":
        path.write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    elif path.suffix == ".jsonl":
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("".join(lines), encoding="utf-8")
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)


@pytest.mark.parametrize("given", [".txt", ".csv", ".jsonl", ".parquet"])
def test_rows_keep_what_they_hold_and_get_reasons(given: str, tmp_path: Path) -> None:
    path, out = tmp_path / f"in{given}", tmp_path / "out.jsonl"
    write(path)
    report = screen(replace(WANTED, given=str(path)), out)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == list(TEXTS)
    assert [row["reasons"] for row in rows] == reasons(2 if given == ".csv" else 1)
    assert [row["keep"] for row in rows] == [not reason for reason in TEXTS.values()]
    assert (report.all.rows, report.all.kept, report.all.flagged) == (10, 2, 8)
    assert report.all.reasons["near duplicate"] == report.all.reasons["personal data"] == 1
    assert report.details["personal data"] == {"email": 1}
    assert report.examples["personal data"] == ["문의는 ■■■■■■■■■■■■■ 으로 하시면 됩니다"]


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_the_report_is_read_from_any_format(ending: str, tmp_path: Path) -> None:
    path, out = tmp_path / "in.txt", tmp_path / f"out{ending}"
    write(path)
    report = screen(replace(WANTED, given=str(path)), out)
    assert report.to_json() == {**report.to_json(), "rows": 10, "kept": 2, "flagged": 8}
    json.dumps(report.to_json())


def test_flagged_rows_are_kept_where_that_is_wanted(tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    write(path, "headline")
    wanted = replace(WANTED, given=str(path), names=("headline",), keep_flagged=True)
    report = screen(wanted, out)
    assert (report.all.rows, report.all.kept, report.all.flagged) == (10, 10, 8)


def test_what_nobody_asks_for_is_no_reason(tmp_path: Path) -> None:
    path, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    write(path)
    wanted = replace(WANTED, given=str(path), benchmark=(), near_duplicates=False, longest=2048)
    found = screen(wanted, out).all.reasons
    assert not {"benchmark", "near duplicate", "too long"} & set(found)


def test_several_columns_are_one_row(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    pair = {"premise": "비가 온다고 한다", "hypothesis": "전화는 010-1234-5678 입니다"}
    path.write_text(json.dumps(pair, ensure_ascii=False), encoding="utf-8")
    assert screen(replace(WANTED, given=str(path)), out).all.reasons == {"personal data": 1}


def test_klue_itself_by_task(tmp_path: Path) -> None:
    report = screen(replace(WANTED, given="all", split="validation"), tmp_path / "out.jsonl")
    tasks = {"ynat", "sts", "nli", "ner", "re", "dp", "mrc", "wos"}
    assert {name.split()[0] for name in report.groups} == tasks
    assert {"ner nsmc", "dp airbnb", "nli policy", "ynat"} <= set(report.groups)
    assert sum(group.rows for group in report.groups.values()) == report.all.rows
    assert "benchmark" not in report.all.reasons


def test_a_run_that_was_cut_off_ends_in_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole, cut = tmp_path / "in.txt", tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    lines = [f"{at}번째 문장은 {at * 7919}라고 한다\n" for at in range(600)]
    path.write_text("".join(lines) + lines[3], encoding="utf-8")
    wanted = replace(WANTED, given=str(path), near_duplicates=False)
    screen(wanted, whole)
    calls: list[int] = []
    original = Judge.__call__

    def stopped(judge: Judge, examples: Sequence[tuple[object, ...]]) -> list[dict[str, object]]:
        calls.append(len(examples))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(judge, examples)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Judge, "__call__", stopped)
        screen(wanted, cut)
    assert not cut.exists()
    report = screen(wanted, cut)
    assert cut.read_bytes() == whole.read_bytes()
    assert report.all.reasons == {"duplicate": 1}


BAD = {
    "no file": ("", {}, "no such file"),
    "no column": ('{"body": "비"}', {}, "found the fields 'body', expected 'context', 'question'"),
    "screened before": ('{"text": "비", "keep": true}', {}, "found the column 'keep'"),
    "broken": ('{"text":', {}, "in.jsonl:1: found"),
    "no text": ('{"text": " "}', {}, "found no text"),
    "named": ('{"text": "비"}', {"names": ("a", "b")}, "expected 'a'"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_what_cannot_be_screened(kind: str, tmp_path: Path) -> None:
    text, changes, problem = BAD[kind]
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    if text:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        screen(replace(WANTED, given=str(path), **changes), out)
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not out.exists()


def test_other_wrong_arguments(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    write(path)
    given = replace(WANTED, given=str(path))
    for wanted, out, problem in (
        (replace(given, given="-"), tmp_path / "a.csv", "found a pipe"),
        (given, tmp_path / "a.conllu", "--out: found"),
        (replace(given, given="ynat", split="test"), tmp_path / "a.csv", "--split: found 'test'"),
    ):
        with pytest.raises(InputError, match=problem):
            screen(wanted, out)


def test_a_text_is_skipped_that_is_none(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"text": null}\n{"text": "비가 온다고 한다"}\n', encoding="utf-8")
    report = screen(replace(WANTED, given=str(path)), out, skip_bad=True)
    assert (report.all.rows, report.all.kept, report.unread) == (1, 1, 1)


def test_a_classifier_flags_rows() -> None:
    judge = Judge(
        scores=lambda texts: [{"bias": 0.2, "toxicity": 0.1 * len(text)} for text in texts],
        thresholds={"bias": 0.5, "toxicity": 0.9},
        shortest=1,
    )
    verdicts = judge([(1, "짧은 글"), (2, "짧은 글", "더 긴 글이다 이것은")])
    assert [one["reasons"] for one in verdicts] == ["", "toxicity"]
    assert verdicts[1]["toxicity"] == pytest.approx(1.1, abs=0.3)
