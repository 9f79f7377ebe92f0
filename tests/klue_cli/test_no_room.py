"""A disk without room: one line from every command that writes, and what was there is as it was.

A limit on the size of files stands for the disk, as anybody may set one. It comes into force when a
command first opens a path that has a given part, so that each of its files is met.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PRELOADED = ["klue_cli.app", "klue_cli.demo", "klue_baselines.training.run"]
PRELOADED += ["klue_pretraining.training", "klue_pretraining.corpus", "klue_hub.contents"]
TRAIN = ["--sample", "--epochs", "1", "--batch-size", "16", "--evaluations", "1"]
SMALL = ["--sample", "--workers", "1", "--benchmark", "none"]
Argv = Callable[[Path], list[str]]


@dataclass(frozen=True)
class Door:
    """A command, from which of its paths on there is no room, and what may come of it.

    argv: of `klue`, from the folder in which everything lies. at: a part of a path. code: 1 where a
    run that began well cannot go on. kept: what may be new, for the same command to go on with.
    """

    argv: Argv
    at: str
    code: int = 2
    kept: tuple[str, ...] = ()


def in_folder(*words: str) -> Argv:
    """Return arguments in which {} stands for the folder."""
    return lambda folder: [word.replace("{}", str(folder)) for word in words]


OUT = ("--output", "{}/run", "--results", "{}/results")
LEARN = in_folder("train", "ynat", "--model", "{}/tiny", *TRAIN, *OUT)
RUN = ("run", "results")  # the same command goes on with what is there
CLEAN = in_folder("pretrain", "corpus", "{}/raw.jsonl", "--out", "{}/out.jsonl", *SMALL)
WORDS = ("pretrain", "tokenizer", "{}/corpus.jsonl", "--size", "700", "--no-analyser", "--sample")
PRETRAIN = in_folder(
    "pretrain", "model", "{}/corpus.jsonl", "--tokenizer", "{}/words", "--out", "{}/encoder",
    "--preset", "tiny", "--steps", "2", "--batch-size", "4", "--save-every", "1",
)  # fmt: skip
BUILD = in_folder("data", "build", "--sample", "--task", "sts", "--out", "{}/klue")

DOORS = {
    "build": Door(BUILD, ".new."),
    "build: the card": Door(
        in_folder("data", "build", "--sample", "--task", "sts", "--out", "{}/new"), "README.md"
    ),
    "stats": Door(
        in_folder("data", "stats", "--sample", "--task", "sts", "--plots", "{}/plots"), "plots"
    ),
    "score": Door(
        in_folder("score", "ynat", "{}/good.jsonl", "--sample", "--html", "{}/page.html"), "page"
    ),
    "predict": Door(
        in_folder("predict", "ynat", "--model", "{}/model", "--sample", "--output", "{}/p.jsonl"),
        ".p.jsonl.",
    ),
    "push": Door(in_folder("push", "metrics", "--org", "org", "--to", "{}/hub"), ".hub."),
    "push: data": Door(
        in_folder("push", "data", "--sample", "--org", "org", "--to", "{}/hub"), "klue-push"
    ),
    "corpus: shards": Door(CLEAN, "clean/00000"),
    "corpus: its texts": Door(CLEAN, "texts/00000", kept=("out.jsonl.work",)),
    "corpus": Door(CLEAN, ".out.jsonl.", kept=("out.jsonl.work",)),
    "corpus: its report": Door(CLEAN, ".out.report.json.", kept=("out.jsonl.work",)),
    "tokenizer": Door(in_folder(*WORDS, "--out", "{}/old-words"), ".new."),
    "pretrain: rows": Door(PRETRAIN, "rows.arrow", kept=("encoder",)),
    "pretrain: marker": Door(PRETRAIN, ".run.json.", kept=("encoder",)),
    "pretrain: checkpoint": Door(PRETRAIN, "checkpoint-1", kept=("encoder",)),
    "pretrain: model": Door(PRETRAIN, "encoder/.new.", kept=("encoder",)),
    "train: marker": Door(LEARN, ".run.json.", kept=RUN),
    "train: checkpoint": Door(LEARN, "checkpoint-", code=1, kept=RUN),
    "train: model": Door(LEARN, "run/.new.", kept=RUN),
    "train: predictions": Door(LEARN, ".predictions.jsonl.", kept=RUN),
    "train: result": Door(LEARN, "run/.result.json.", kept=RUN),
    "train: card": Door(LEARN, "run/.README.md.", code=1, kept=RUN),
    "train: the results": Door(LEARN, ".seed-0.json.", code=1, kept=RUN),
    "train: cache": Door(LEARN, "incomplete", kept=("cache",)),
}


@pytest.fixture(scope="module")
def stock(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands work on, and what they would replace."""
    folder = tmp_path_factory.mktemp("stock")
    shutil.copytree(tiny_encoder, folder / "tiny")
    for name in ("page.html", "p.jsonl", "out.jsonl", "out.report.json", "plots/sts.svg"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("old")
    train = ("train", "ynat", "--model", "{}/tiny", *TRAIN, "--output", "{}/model")
    for argv in (
        ("data", "build", "--sample", "--full", "--out", "{}/klue"),
        (*train, "--results", "{}/r"),
    ):
        code, said = done(folder, in_folder(*argv)(folder))
        assert code == 0, said
    shutil.copy(folder / "model" / "predictions.jsonl", folder / "good.jsonl")
    texts = [f"오늘은 {number}번째 날이고 날씨가 맑아서 밖에 나갔다." for number in range(50)]
    texts += [json.loads(line)["text"] for line in sample_lines()]
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    for name in ("raw.jsonl", "corpus.jsonl"):
        (folder / name).write_text(lines, encoding="utf-8")
    for name in ("words", "old-words"):
        code, said = done(folder, in_folder(*WORDS, "--out", f"{{}}/{name}")(folder))
        assert code == 0, said
    return folder


def sample_lines() -> Iterable[str]:
    from klue_pretraining.benchmark_texts import benchmark_texts

    return (json.dumps({"text": text}) for text in benchmark_texts(["train"], sample=True))


def limited(end: Any, folder: Path, argv: list[str], at: str) -> None:
    """Run a command; from a path with `at` on, no file takes a byte."""
    import datasets

    from klue_cli.app import main

    sys.stdout = sys.stderr = os.fdopen(os.dup(end.fileno()), "w", 1)
    datasets.config.HF_DATASETS_CACHE = folder / "cache"
    os.environ["TMPDIR"] = str(folder / "tmp")

    def watch(event: str, given: tuple[Any, ...]) -> None:
        if event in ("open", "os.mkdir") and at and at in str(given[0]):
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    sys.addaudithook(watch)
    sys.argv = ["klue", *argv]
    main()


def done(folder: Path, argv: list[str], at: str = "") -> tuple[int | None, str]:
    """Return a command's exit code and what it said."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    channel, end = context.Pipe(duplex=False)
    (folder / "tmp").mkdir(exist_ok=True)
    process = context.Process(target=limited, args=(end, folder, argv, at))
    process.start()
    end.close()
    said = b""
    while part := os.read(channel.fileno(), 1 << 16):
        said += part
    process.join()
    return process.exitcode, said.decode(errors="replace")


def contents(folder: Path, kept: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return all files below a folder, those left out that may be new."""
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: path.read_bytes() if path.is_file() else b""
        for name, path in names.items()
        if not name.startswith((*kept, "cache")) and name != "tmp"
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS)
def test_no_room_is_one_line_and_changes_nothing(name: str, stock: Path, tmp_path: Path) -> None:
    door, folder = DOORS[name], tmp_path / "stock"
    shutil.copytree(stock, folder)
    if "cache" in door.kept:
        shutil.rmtree(folder / "cache")
    before = contents(folder, door.kept)
    code, said = done(folder, door.argv(folder), door.at)
    assert "Traceback" not in said, said[-3000:]
    last = said.strip().splitlines()[-1]
    assert last.startswith("klue: error: "), said[-3000:]
    assert "cannot" in last and "File too large" in last
    assert code == door.code
    found = contents(folder, door.kept)
    assert found.keys() == before.keys()
    assert found == before
    # What may be new is nothing half written.
    assert not [*folder.rglob(".*.[0-9]*")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_results_that_cannot_be_printed(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        run = subprocess.run(
            [sys.executable, "-m", "klue_cli", "data", "check", "--task", "sts", "--sample"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.stderr.startswith("klue: error: stdout")
    assert run.stderr.endswith(": cannot be written: No space left on device\n")
    assert run.stderr.count("\n") == 1
    assert run.returncode == 2
