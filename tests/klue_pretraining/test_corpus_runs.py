"""Runs of a corpus: any number of tasks, stopped and gone on with, damaged, at other places."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_pretraining import stages
from klue_pretraining.cleaning import Settings
from klue_pretraining.clusters import cluster
from klue_pretraining.corpus import make_corpus
from klue_pretraining.corpus_file import corpus_digest, corpus_texts
from klue_pretraining.executors import Execution

SETTINGS = Settings(benchmark=("validation",))


@pytest.fixture(scope="module")
def documents(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw texts, some of them twice, some of them nearly, far from each other."""
    path = tmp_path_factory.mktemp("documents") / "raw.jsonl"
    lines = raw.read_text(encoding="utf-8").splitlines()
    near = [line.replace('"}', ' 그렇게 말했다."}') for line in lines[::3]]
    path.write_text("\n".join([*lines, *near, *lines[::2]]) + "\n", encoding="utf-8")
    return path


def told(report: Any) -> dict[str, Any]:
    """What a report says of a corpus, without how long it took."""
    return {name: value for name, value in report.to_json().items() if name != "seconds"}


@pytest.fixture(scope="module")
def whole(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of a run with one task."""
    out = tmp_path_factory.mktemp("whole") / "corpus.jsonl"
    report = make_corpus([str(documents)], out, SETTINGS, sample=True, tasks=1)
    assert {"duplicate, exact", "duplicate, near", "benchmark, exact"} <= {
        name for name, step in report.steps.items() if step.removed
    }
    assert [path.name for path in sorted(out.parent.iterdir())] == [
        "corpus.jsonl",
        "corpus.report.json",
    ]
    return told(report)


@pytest.mark.parametrize(("tasks", "workers"), [(2, 2), (7, 1), (7, 3)])
def test_tasks_change_nothing(
    documents: Path, whole: dict[str, Any], tmp_path: Path, tasks: int, workers: int
) -> None:
    out, execution = tmp_path / "corpus.jsonl", Execution(workers=workers)
    report = make_corpus(
        [str(documents)], out, SETTINGS, sample=True, tasks=tasks, execution=execution
    )
    assert told(report) == whole


@pytest.mark.slow
def test_ray_changes_nothing(documents: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    settings = Settings(benchmark=(), near_duplicates=False)  # each pipeline there imports all
    here = make_corpus([str(documents)], tmp_path / "here.jsonl", settings)
    execution = Execution("ray", 2, {"mem_per_cpu_gb": 0.1, "tasks_per_job": 2})
    with cluster(execution, ""):
        there = make_corpus([str(documents)], tmp_path / "there", settings, execution=execution)
        assert told(there) == told(here)
        bad = tmp_path / "bad.jsonl"
        bad.write_text('{"text": 1}\n')
        with pytest.raises(InputError, match=r"bad\.jsonl, line 1: found no string"):
            make_corpus([str(bad)], tmp_path / "out.jsonl", settings, execution=execution)


@pytest.fixture
def stopped(documents: Path, tmp_path: Path) -> Iterator[Path]:
    """A corpus whose run was stopped when the third of four tasks met a bad line."""
    source, out = tmp_path / "raw.jsonl", tmp_path / "corpus.jsonl"
    lines = documents.read_bytes().splitlines(keepends=True)
    at = len(lines) * 5 // 8
    lines[at] = b"{" * len(lines[at].strip()) + b"\n"
    source.write_bytes(b"".join(lines))
    with pytest.raises(InputError, match=f"line {at + 1}: found no JSON"):
        make_corpus([str(source)], out, SETTINGS, sample=True, tasks=4)
    done = tmp_path / "corpus.jsonl.work" / "logs" / "clean" / "completions"
    assert sorted(path.name for path in done.iterdir()) == ["00000", "00001"]
    yield out
    assert not list(tmp_path.glob("*.work"))


def test_a_stopped_run_goes_on(
    stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "raw.jsonl"
    shard = tmp_path / "corpus.jsonl.work" / "clean" / "00001.jsonl.zst"
    made = shard.stat().st_mtime_ns
    seen: list[int] = []
    write = stages.Stages.write_texts
    with monkeypatch.context() as patched:
        patched.setattr(
            stages.Stages,
            "write_texts",
            lambda self: (seen.append(shard.stat().st_mtime_ns), write(self)),
        )
        report = make_corpus([str(source)], stopped, SETTINGS, sample=True, skip_bad=True, tasks=9)
    assert seen == [made]
    assert report.bad_lines == 1
    afresh = make_corpus(
        [str(source)], tmp_path / "afresh.jsonl", SETTINGS, sample=True, skip_bad=True
    )
    assert told(report) == told(afresh)


def make_alone(source: Path, out: Path) -> None:
    """Make a corpus by eight tasks, one after another."""
    make_corpus([str(source)], out, Settings(benchmark=()), tasks=8)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are not forked here")
def test_a_killed_run_goes_on_at_its_shard(documents: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "raw.jsonl", tmp_path / "corpus.jsonl"
    source.write_bytes(documents.read_bytes() * 8)
    shards = [tmp_path / "corpus.jsonl.work" / "clean" / f"0000{n}.jsonl.zst" for n in range(8)]
    process = get_context("fork").Process(target=make_alone, args=(source, out))
    process.start()
    while not shards[3].exists():  # the fourth task is at work
        assert process.is_alive()
        time.sleep(0.005)
    process.kill()
    process.join()
    assert not out.exists() and not shards[-1].exists()
    made = [shard.stat().st_ino for shard in shards[:3]]
    clean, seen = stages.Stages.clean, list[int]()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            stages.Stages,
            "clean",
            lambda self: (clean(self), seen.extend(shard.stat().st_ino for shard in shards)),
        )
        make_alone(source, out)
    assert seen[:3] == made and len(set(seen)) == 8
    make_alone(source, tmp_path / "afresh.jsonl")
    assert out.read_bytes() == (tmp_path / "afresh.jsonl").read_bytes()


def test_a_source_that_vanishes_in_the_middle(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for source in sources:
        source.write_bytes(raw.read_bytes())
    sentences = stages.Sentences.run

    def vanish(self: Any, data: Any, rank: int = 0, world_size: int = 1) -> Any:
        sources[1].unlink(missing_ok=True)
        return sentences(self, data, rank, world_size)

    out, settings = tmp_path / "corpus.jsonl", Settings(benchmark=())
    with monkeypatch.context() as patched:
        patched.setattr(stages.Sentences, "run", vanish)
        with pytest.raises(InputError, match=r"b\.jsonl: found no such file, expected it to stay"):
            make_corpus(list(map(str, sources)), out, settings, skip_bad=True, tasks=2)
    assert not out.exists()
    with pytest.raises(InputError, match=r"b\.jsonl: found no such file"):
        make_corpus(list(map(str, sources)), out, settings, skip_bad=True)
    shutil.rmtree(tmp_path / "corpus.jsonl.work")


def test_a_shard_that_cannot_be_read_is_counted(raw: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl.gz"
    whole.write_bytes(raw.read_bytes())
    cut.write_bytes(gzip.compress(raw.read_bytes())[:5])
    sources, settings = [str(whole), str(cut)], Settings(benchmark=())
    with pytest.raises(InputError, match=r"cut\.jsonl\.gz: found .*, expected a whole gzip"):
        make_corpus(sources, tmp_path / "out.jsonl", settings, tasks=2)
    report = make_corpus(sources, tmp_path / "out.jsonl", settings, skip_bad=True, tasks=2)
    alone = make_corpus([str(whole)], tmp_path / "alone.jsonl", settings)
    assert report.sha256 == alone.sha256
    assert report.bad_lines == len(report.bad_examples) == 1


def test_another_run_is_refused(stopped: Path, tmp_path: Path) -> None:
    source, work = tmp_path / "raw.jsonl", tmp_path / "corpus.jsonl.work"
    shorter = Settings(benchmark=("validation",), shortest=5)
    with pytest.raises(InputError, match=r"corpus\.jsonl\.work: found a run of other options"):
        make_corpus([str(source)], stopped, shorter, sample=True, skip_bad=True)
    with source.open("a") as file:
        file.write("\n")
    with pytest.raises(InputError, match="found a run of other sources, expected the same"):
        make_corpus([str(source)], stopped, SETTINGS, sample=True, skip_bad=True)
    shutil.rmtree(work)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.json", b"{", r"plan\.json: found Expecting"),
        ("clean/00000.jsonl.zst", b"", r"00000\.jsonl\.zst: found 0 documents and no end"),
        ("clean/00001.jsonl.zst", b"x" * 99, r"00001\.jsonl\.zst: found .*, expected what was"),
        ("clean/00000.jsonl.zst", None, r"00000\.jsonl\.zst: found .*No such file"),
        ("exact/signatures/0000/00000.c4_sig", b"x" * 9, r"\.work: found .*expected what was"),
    ],
)
def test_a_damaged_working_folder(
    stopped: Path, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    place = tmp_path / "corpus.jsonl.work" / name
    place.unlink()
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(InputError, match=said):
        make_corpus([str(tmp_path / "raw.jsonl")], stopped, SETTINGS, sample=True, skip_bad=True)
    shutil.rmtree(tmp_path / "corpus.jsonl.work")


def test_a_folder_holds_the_same_in_shards(
    documents: Path, whole: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "corpus"
    report = make_corpus([str(documents)], out, SETTINGS, sample=True, tasks=3)
    assert told(report) == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "corpus.report.json"]
    assert sorted(path.name for path in out.iterdir()) == [f"0000{task}.jsonl" for task in range(3)]
    assert len(list(corpus_texts(out))) == report.documents_out
    assert corpus_digest(out) == report.sha256
    with pytest.raises(InputError, match="found a folder with files, expected none yet"):
        make_corpus([str(documents)], out, SETTINGS, sample=True)


def test_an_address_holds_the_same(documents: Path, whole: dict[str, Any], tmp_path: Path) -> None:
    address = (tmp_path / "corpus").as_uri()
    report = make_corpus([documents.as_uri()], address, SETTINGS, sample=True, tasks=2)
    assert {**told(report), "sources": whole["sources"]} == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "corpus.report.json"]
    kept = json.loads((tmp_path / "corpus.report.json").read_text(encoding="utf-8"))
    assert kept["sha256"] == corpus_digest(tmp_path / "corpus")
    with pytest.raises(InputError, match="found the address of a file, expected one of a folder"):
        make_corpus([str(documents)], f"{address}.jsonl", SETTINGS, sample=True)
