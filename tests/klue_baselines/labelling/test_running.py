"""Files of all tasks through real models; runs that are cut off and go on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klue_baselines.labelling import arriving
from klue_baselines.labelling.answers import AnswerColumns
from klue_baselines.labelling.job import Job, prepare
from klue_baselines.labelling.parts import Parts
from klue_baselines.labelling.rows import Question
from klue_baselines.labelling.running import stream, write_file
from klue_baselines.labelling.sources import source_of
from klue_baselines.labelling.writers import FORMATS
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from klue_datasets import load
from tests.klue_baselines.own_texts.test_given import alike

Pipelines = dict[str, KluePipeline]
ROWS = 7  # a part, in the tests of runs that go on


def job(task: str, path: Path, kind: str) -> Job:
    record = BASELINES[task]
    source = source_of(str(path), record, None, None)
    question = Question(record, None, source.of_texts)
    return prepare(source, question, AnswerColumns(record, "predicted_"), FORMATS[kind], False)


def asking(pipeline: KluePipeline) -> Any:
    spans = pipeline.task.spans is not None
    return lambda examples: pipeline(list(examples), scores=True, spans=spans)


@pytest.mark.parametrize("task", list(BASELINES))
@pytest.mark.parametrize("given", ["jsonl", "parquet", "csv"])
def test_klues_own_rows_go_in_as_they_are(
    pipelines: Pipelines, task: str, given: str, tmp_path: Path
) -> None:
    rows: list[Any] = load(task, "validation", sample=True, full=True).to_list()[:4]
    path, pipeline = tmp_path / f"in.{given}", pipelines[task]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    if given == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif given == "csv":  # lists and objects as JSON, as the command itself writes them
        made = job(task, tmp_path / "in.jsonl", ".csv")
        write_file(made, lambda examples: [{}] * len(examples), path, {})
        text = path.read_text(encoding="utf-8").replace("predicted_", "empty_")
        path.write_text(text, encoding="utf-8")
    found = io.BytesIO()
    stream(job(task, path, ".jsonl"), asking(pipeline), found)
    answers = asking(pipeline)([_parts(task, row) for row in rows])
    lines_found = [json.loads(line) for line in found.getvalue().decode().splitlines()]
    for row, answer, line in zip(rows, answers, lines_found, strict=True):
        if given != "csv":
            assert {name: line[name] for name in row} == row
        expected = AnswerColumns(BASELINES[task], "predicted_").of(answer)
        assert alike({name: line[name] for name in expected}, expected)


def _parts(task: str, row: dict[str, Any]) -> tuple[Any, ...]:
    names = next(names for names in BASELINES[task].fields if all(name in row for name in names))
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("task", list(BASELINES))
def test_answers_are_what_the_task_says(pipelines: Pipelines, task: str, tmp_path: Path) -> None:
    rows: list[Any] = load(task, "validation", sample=True, full=True).to_list()[:4]
    record, columns = BASELINES[task], AnswerColumns(BASELINES[task], "")
    for answer in asking(pipelines[task])([_parts(task, row) for row in rows]):
        for one in answer if record.record_a_row else [answer]:
            assert one.keys() <= record.answer.keys()
            assert record.answer.keys() - one.keys() <= {"pos"}
        table = pa.Table.from_pylist([columns.of(answer)], schema=columns.schema.arrow)
        assert table.to_pylist() == [columns.of(answer)]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few rows."""
    monkeypatch.setattr(arriving.in_parts, "__defaults__", (ROWS,))


@pytest.fixture
def headlines(tmp_path: Path) -> Path:
    """A CSV of 50 headlines of many lengths."""
    path = tmp_path / "in.csv"
    lines = [f'{at},"{"서울 아파트값, " * (at % 5 + 1)}{at}"\n' for at in range(50)]
    path.write_text("id,title\n" + "".join(lines), encoding="utf-8")
    return path


class Stopped:
    """Asks a model until it is interrupted."""

    def __init__(self, pipeline: KluePipeline, parts: int) -> None:
        self.ask, self.left = asking(pipeline), parts

    def __call__(self, examples: Any) -> Any:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return self.ask(examples)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".parquet"])
def test_a_run_that_is_cut_off_ends_in_the_same_bytes(
    pipelines: Pipelines,
    headlines: Path,
    tmp_path: Path,
    kind: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole, out = tmp_path / f"whole{kind}", tmp_path / f"out{kind}"
    made = job("ynat", headlines, kind)
    write_file(made, asking(pipelines["ynat"]), whole, {"model": 1})
    capsys.readouterr()
    for parts, done in ((0, 0), (3, 21), (1, 28)):
        with pytest.raises(KeyboardInterrupt):
            write_file(made, Stopped(pipelines["ynat"], parts), out, {"model": 1})
        said = f"out{kind}: {done} of 50 rows are done"
        assert (said in capsys.readouterr().err) == (done > 0)
        assert not out.exists()
        assert Parts.of(out).path.exists() == (done > 0)
    with pytest.raises(
        InputError, match=f"out{kind}.unfinished: found a run cut off that had anot"
    ):
        write_file(made, asking(pipelines["ynat"]), out, {"model": 2})
    ask = Stopped(pipelines["ynat"], 100)
    write_file(made, ask, out, {"model": 1})
    assert ask.left == 100 - 4  # parts of 7 rows: 28 of 50 were done
    assert out.read_bytes() == whole.read_bytes()
    assert not Parts.of(out).path.exists()


@pytest.mark.usefixtures("small_parts")
def test_another_input_is_refused_and_begun_anew_when_told(
    pipelines: Pipelines, headlines: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_file(job("ynat", headlines, ".jsonl"), Stopped(pipelines["ynat"], 2), out, {})
    with headlines.open("a", encoding="utf-8") as file:
        file.write("50,끝\n")
    made = job("ynat", headlines, ".jsonl")
    with pytest.raises(
        InputError, match=r"had another input, expected the same; --overwrite begins"
    ):
        write_file(made, asking(pipelines["ynat"]), out, {})
    write_file(made, asking(pipelines["ynat"]), out, {}, overwrite=True)
    assert len(out.read_text(encoding="utf-8").splitlines()) == 51


def test_an_input_that_changes_meanwhile_is_refused(
    pipelines: Pipelines, headlines: Path, tmp_path: Path
) -> None:
    def ask(examples: Any) -> Any:
        headlines.write_text("id,title\n1,비\n", encoding="utf-8")
        return asking(pipelines["ynat"])(examples)

    with pytest.raises(InputError, match=r"in\.csv: changed while it was read"):
        write_file(job("ynat", headlines, ".csv"), ask, tmp_path / "out.csv", {})
    assert not (tmp_path / "out.csv").exists()


def test_a_dataset_is_streamed_and_gone_on_with(
    pipelines: Pipelines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving.in_parts, "__defaults__", (ROWS,))
    folder = tmp_path / "own"
    folder.mkdir()
    texts = [f"{at}번째 소식" for at in range(30)]
    pq.write_table(pa.table({"title": texts, "id": range(30)}), folder / "train.parquet")
    outs = [tmp_path / f"{name}.parquet" for name in ("whole", "out")]
    made = job("ynat", folder, ".parquet")
    write_file(made, asking(pipelines["ynat"]), outs[0], {})
    with pytest.raises(KeyboardInterrupt):
        write_file(made, Stopped(pipelines["ynat"], 2), outs[1], {})
    ask = Stopped(pipelines["ynat"], 100)
    write_file(job("ynat", folder, ".parquet"), ask, outs[1], {})
    assert ask.left == 97
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert pq.read_table(outs[1])["id"].to_pylist() == [*range(30)]


@pytest.mark.parametrize("split", ["no", "train[:5"])
def test_a_dataset_without_the_split_is_refused(tmp_path: Path, split: str) -> None:
    (tmp_path / "train.csv").write_text("title\n비\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be streamed: "):
        source_of(str(tmp_path), BASELINES["ynat"], None, split)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be streamed: "):
        source_of(str(tmp_path), BASELINES["ynat"], None, None)
