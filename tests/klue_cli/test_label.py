"""`klue label`: files in the process, pipes and signals in one of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klue_cli.label import label
from klue_common.errors import InputError
from tests.clean_process import CleanProcess
from tests.conllu import sentences_of
from tests.hub import ORG, Hub
from tests.klue_cli.conftest import untrained

SENTENCES = ["세종대왕은 1397년에 태어났다.", "", "😀 비가  온다"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")


@pytest.fixture(scope="module")
def model(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of headlines that has learned nothing."""
    return untrained("ynat", tiny_encoder, tmp_path_factory.mktemp("ynat"))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "own.txt"
    path.write_text("\n".join(SENTENCES), encoding="utf-8")
    return path


def started(*arguments: object) -> subprocess.Popen[bytes]:
    """The command, its three streams in pipes."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "klue_cli", "label", *map(str, arguments)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)


def test_own_sentences_become_conllu(parser: Path, text: Path, tmp_path: Path) -> None:
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    out = tmp_path / "own.conllu"
    label("dp", str(text), model=str(parser), out=out)
    content = out.read_text(encoding="utf-8")
    found = sentences_of(content)
    assert [[word["FORM"] for word in words] for words in found] == [
        sentence.split() for sentence in SENTENCES if sentence
    ]
    assert "# sent_id = 1\n" in content and "# sent_id = 3\n" in content
    tags = [word["XPOS"] for word in found[0]]
    untagged = parser.name.startswith("untagged")
    assert tags == (["_"] * 3 if untagged else ["NNP+NNG+JX", "SN+NNB+JKB", "VV+EP+EF+SF"])
    assert all([word["HEAD"] for word in words].count("0") == 1 for words in found)


def test_own_sentences_become_a_picture(parser: Path, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.svg"
    label("dp", str(text), model=str(parser), out=out)
    pictures = ElementTree.parse(out).getroot().findall("{http://www.w3.org/2000/svg}svg")
    assert len(pictures) == sum(bool(sentence) for sentence in SENTENCES)


def test_own_sentences_become_json(
    parser: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "own.jsonl"
    label("dp", str(text), model=str(parser), out=out)
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [record["sentence"] for record in records] == [SENTENCES[0], SENTENCES[2]]
    assert [len(record["predicted_head"]) for record in records] == [3, 3]
    assert f"{out}: 2 rows, " in capsys.readouterr().err


def test_columns_of_any_name(model: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("제목,label\n비,7\n", encoding="utf-8")
    label("ynat", str(path), model=str(model), out=out, text_column="제목", prefix="ours_")
    assert out.read_text(encoding="utf-8").startswith(
        "제목,label,ours_label,ours_scores,ours_cut\n비,7,"
    )


def test_bad_rows_are_named_and_counted(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"title": "비"}\n{"title"\n{"title": 5}\n{"title": "눈"}\n', encoding="utf-8")
    asked: Callable[..., None] = lambda **given: label(  # noqa: E731
        "ynat", str(path), model=str(model), out=out, **given
    )
    with pytest.raises(InputError, match=r"in\.jsonl:2: found Expecting .*\(--skip-bad goes on"):
        asked()
    assert [file.name for file in tmp_path.iterdir()] == ["in.jsonl"]
    asked(skip_bad=True)
    said = capsys.readouterr().err
    assert f"skipped: {path}:2: found Expecting" in said
    assert f"skipped: {path}:3: title: found 5, expected a text" in said
    assert f"{out}: 3 rows, 1 of them without an answer, 1 line left out, " in said


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"out": Path("in.csv")}, "--out: found in.csv, which is the input, expected another file"),
        ({"out": Path("out.xml")}, "--out: found 'out.xml', expected the ending .jsonl, .csv"),
        ({"split": "train"}, "--split: found 'train' for in.csv, expected none"),
        (
            {"text_column": "a", "pair_columns": "a,b"},
            "--text-column: found 'a' beside --pair-colu",
        ),
        ({"text_column": "a"}, "in.csv: found the columns 'title', expected 'a'"),
        ({"pair_columns": "a,b"}, "columns: found 'a', 'b', expected 1 for ynat: a headline"),
        ({"model": "no/such"}, "no/such"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("title\n비\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        label("ynat", "in.csv", **{"model": "none", "out": Path("new.csv"), **given})
    assert message in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@POSIX
@pytest.mark.slow
def test_lines_of_a_pipe_are_answered_as_they_come(model: Path) -> None:
    with started("ynat", "-", "--model", model) as run:
        assert run.stdin is not None and run.stdout is not None and run.stderr is not None
        for title in ("비가 온다", "눈이 온다"):
            run.stdin.write(f"{title}\n".encode())
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["title"] == title  # the pipe is still open
        run.stdout.close()  # as `head` does
        run.stdin.write("끝\n".encode())
        run.stdin.close()
        assert run.wait() == 1
        assert run.stderr.read() == b""


@POSIX
@pytest.mark.slow
def test_an_interrupted_run_says_how_to_go_on(model: Path, tmp_path: Path) -> None:
    path, out, folder = tmp_path / "in.txt", tmp_path / "out.csv", tmp_path / "out.csv.unfinished"
    path.write_text("".join(f"{at}번째 소식 " * 20 + "\n" for at in range(8000)), encoding="utf-8")
    command = ("ynat", path, "--model", model, "--out", out)
    with started(*command) as run:
        while not [*folder.glob("*.part")] and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        said = run.communicate()[1].decode()
    assert run.returncode == 143
    assert f"rows are done, in {folder}; the same command goes on" in said
    assert not out.exists() and [*folder.glob("*.part")]


@pytest.mark.slow
def test_a_dataset_of_the_hub_is_streamed(
    hub: Hub, clean: CleanProcess, model: Path, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"premise": ["비", "눈"], "title": ["비가 온다", "눈이 온다"]}), rows)
    clean.ours(
        "import sys; from huggingface_hub import HfApi; api = HfApi();"
        "api.create_repo(sys.argv[1], repo_type='dataset');"
        "api.upload_file(path_or_fileobj=sys.argv[2], path_in_repo='test.parquet',"
        " repo_id=sys.argv[1], repo_type='dataset')",
        f"{ORG}/own",
        rows,
    )
    done = clean.klue(
        "label", "ynat", f"{ORG}/own", "--model", model, "--split", "test", "--out", "out.parquet"
    )
    assert done.returncode == 0, done.stderr
    found = pq.read_table(clean.work / "out.parquet")
    assert found["title"].to_pylist() == ["비가 온다", "눈이 온다"]
