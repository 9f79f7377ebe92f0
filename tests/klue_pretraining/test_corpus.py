"""The corpus: what each step removes, and that nothing half written stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from klue_cli.pretrain import app
from klue_common.errors import InputError
from klue_datasets.sources import SAMPLE
from klue_pretraining.benchmark_texts import benchmark_texts
from klue_pretraining.cleaning import Settings
from klue_pretraining.corpus import make_corpus

LIBRARY = "도서관은 매주 월요일에 쉬고 나머지 날에는 밤 아홉 시까지 문을 연다고 밝혔다."
TRAIN = "기차는 오전 여덟 시에 부산을 떠나 열한 시쯤 서울역에 닿을 예정이라고 한다."
BAKERY = "동네 빵집에서는 아침마다 갓 구운 빵을 이웃에게 나누어 주며 하루를 시작한다."
CLEAN = Settings(benchmark=())


def make(folder: Path, documents: list[str], settings: Settings = CLEAN) -> tuple[list[str], Any]:
    source = folder / "raw.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in documents))
    report = make_corpus([str(source)], folder / "out.jsonl", settings, sample=True)
    lines = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines], report


def test_a_source_is_not_written_over(tmp_path: Path) -> None:
    source = tmp_path / "raw.txt"
    source.write_text(LIBRARY, encoding="utf-8")
    beside = tmp_path / "link.txt"
    beside.symlink_to(source)
    for out in (source, beside):
        with pytest.raises(InputError, match=r"found a text to clean, expected another file"):
            make_corpus([str(source)], out, CLEAN, sample=True)
    assert source.read_text(encoding="utf-8") == LIBRARY


def test_each_step_removes_its_own(tmp_path: Path) -> None:
    benchmark = next(benchmark_texts(["validation"], sample=True))
    documents = [
        LIBRARY,
        LIBRARY.replace("밝혔다.", "밝혔다!"),
        f"{LIBRARY} {BAKERY}",
        f"{LIBRARY} {BAKERY} 맛있겠다고 했다.",
        f"{TRAIN} 짧다.\nThis sentence is not Korean at all.\n<br>표</br>가 한 줄 있다.",
        f"{benchmark}\n자전거를 타고 강을 따라 달리면 바람이 시원하다.",
        "문의는 사무실 전화 02-735-4821로 하시면 됩니다.",
        "깨진 \ud800글자가 있는 문장도 문제없이 지나간다.",
    ]
    texts, report = make(tmp_path, documents, Settings())
    assert texts.pop(1) == f"{LIBRARY}\n{BAKERY}"
    assert texts[:3] == [LIBRARY, TRAIN, "자전거를 타고 강을 따라 달리면 바람이 시원하다."]
    assert texts[3].startswith("문의는 사무실 전화 02-")
    assert "735-4821" not in texts[3]
    assert texts[4] == "깨진 글자가 있는 문장도 문제없이 지나간다."
    removed = {name: step.removed for name, step in report.steps.items() if step.removed}
    assert removed == {
        "short": 1,
        "not Korean": 1,
        "noise": 1,
        "benchmark, exact": 1,
        "duplicate, exact": 1,
        "duplicate, near": 1,
    }
    assert report.personal_data == {"phone": 1}
    assert "735-4821" not in json.dumps(report.to_json())
    assert (report.documents_in, report.documents_out) == (8, 6)
    kept = json.loads((tmp_path / "out.report.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(report.to_json()))


def test_a_near_benchmark_sentence_goes(tmp_path: Path) -> None:
    known = max(benchmark_texts(["validation"], sample=True), key=lambda text: text.count(" "))
    near = known.split("\n")[0].rsplit(" ", 1)[0] + " 덧붙였다"
    texts, report = make(tmp_path, [near, LIBRARY], Settings())
    assert texts == [LIBRARY]
    assert report.steps["benchmark, near"].removed >= 1


def test_a_benchmark_without_texts_is_an_error(tmp_path: Path, raw: Path) -> None:
    place = tmp_path / "data" / "ynat-v1.1"
    place.mkdir(parents=True)
    shutil.copy(SAMPLE / "ynat-v1.1" / "ynat-v1.1_train.json", place)
    settings = Settings(benchmark=("validation",))
    with pytest.raises(InputError, match="benchmark: found no text of it"):
        make_corpus([str(raw)], tmp_path / "out.jsonl", settings, data_dir=tmp_path / "data")


def test_processes_change_nothing(tmp_path: Path, raw: Path) -> None:
    reports = [
        make_corpus(
            [str(raw)], tmp_path / f"{workers}.jsonl", Settings(benchmark=(), workers=workers)
        )
        for workers in (1, 2)
    ]
    assert reports[0].sha256 == reports[1].sha256
    assert reports[0].steps == reports[1].steps


@pytest.mark.parametrize(
    ("documents", "message"),
    [([], "found no document"), (["Only English here."], "nothing is left")],
)
def test_an_empty_corpus_is_an_error(tmp_path: Path, documents: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(tmp_path, documents)
    assert [path.name for path in tmp_path.iterdir()] == ["raw.jsonl"]


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from klue_cli.app import main
sys.argv = ["klue", *sys.argv[1:]]
main()
"""


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, raw: Path) -> None:
    # A limit on the size of files is the full disk that a test may have.
    out = tmp_path / "corpus.jsonl"
    arguments = ("pretrain", "corpus", raw, "--out", out, "--benchmark", "none", "--workers", 1)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "cannot be written: File too large" in done.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--sentences", "--benchmark"])
def test_what_is_wrong_in_the_command_is_named(tmp_path: Path, raw: Path, option: str) -> None:
    arguments = ["corpus", str(raw), "--out", str(tmp_path / "out.jsonl"), option, "magic"]
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, InputError)
    assert f"{option}: found 'magic', expected one of" in str(error)
