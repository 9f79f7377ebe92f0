"""Speed and memory of klue_datasets, side by side with a plain example-by-example builder.

    KLUE_DATA_DIR=... python -m speed.datasets

Each measurement runs in a process of its own, with nothing cached, and leaves out the imports.
Without KLUE_DATA_DIR the bundled sample is used; then only the code is tried, not its speed.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("HF_HOME", tempfile.mkdtemp(prefix="klue-bench-"))

import datasets

from klue_datasets import TASKS, DatasetTask, Klue, build
from klue_datasets.sources import SAMPLE, VARIABLE, resolve
from klue_datasets.task import VERSION

ROOT = Path(__file__).parent.parent
REPEATS = 3
WAYS = ("plain", "build", "builder")
IS_SAMPLE = not os.environ.get(VARIABLE)


class Plain(datasets.GeneratorBasedBuilder):
    """The usual loading script: the file parsed whole, a dict per example."""

    BUILDER_CONFIGS = [datasets.BuilderConfig(name=name, version=VERSION) for name in TASKS]  # noqa: RUF012

    sample = IS_SAMPLE

    def read(self, sample: bool) -> Plain:
        """Choose between the sample and KLUE."""
        self.sample = sample
        return self

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=TASKS[self.config.name].features)

    def _split_generators(self, dl_manager: object) -> list[datasets.SplitGenerator]:
        files = resolve(TASKS[self.config.name], sample=self.sample).files
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"path": str(path)})
            for split, path in files.items()
        ]

    def _generate_examples(self, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
        rows = TSV if path.endswith(".tsv") else JSON
        yield from enumerate(rows[self.config.name](path))


def ynat_rows(path: str) -> Iterator[dict[str, Any]]:
    for row in json.loads(Path(path).read_text(encoding="utf-8")):
        if row["label"] is not None:
            yield {name: row.get(name) for name in TASKS["ynat"].features}


def sts_rows(path: str) -> Iterator[dict[str, Any]]:
    for row in json.loads(Path(path).read_text(encoding="utf-8")):
        yield {name: row.get(name) for name in TASKS["sts"].features}


def nli_rows(path: str) -> Iterator[dict[str, Any]]:
    for row in json.loads(Path(path).read_text(encoding="utf-8")):
        yield {
            "guid": row["guid"],
            "source": row.get("source", row.get("genre")),
            "premise": row["premise"],
            "hypothesis": row["hypothesis"],
            "label": row["gold_label"],
        }


def re_rows(path: str) -> Iterator[dict[str, Any]]:
    for row in json.loads(Path(path).read_text(encoding="utf-8")):
        yield {name: row[name] for name in TASKS["re"].features}


def mrc_rows(path: str) -> Iterator[dict[str, Any]]:
    for article in json.loads(Path(path).read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = question["answers"] + question.get("plausible_answers", [])
                yield {
                    "title": article["title"],
                    "context": paragraph["context"],
                    "news_category": article.get("news_category"),
                    "source": article.get("source"),
                    "guid": question["guid"],
                    "is_impossible": question["is_impossible"],
                    "question_type": question.get("question_type"),
                    "question": question["question"],
                    "answers": {
                        "answer_start": [answer["answer_start"] for answer in answers],
                        "text": [answer["text"] for answer in answers],
                    },
                }


def wos_rows(path: str) -> Iterator[dict[str, Any]]:
    for row in json.loads(Path(path).read_text(encoding="utf-8")):
        for turn in row["dialogue"]:
            turn.setdefault("state", [])
        yield row


def tsv_rows(path: str, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    sentence = ""
    columns: dict[str, list[str]] = {name: [] for name in names}
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as such scripts do it
        for number, line in enumerate(file):
            cells = line.rstrip("\n").split("\t")
            if number < 5:
                continue
            if cells[0].startswith("## "):
                sentence, columns = cells[1], {name: [] for name in names}
            elif cells == [""]:
                yield {"sentence": sentence, **columns}
            else:
                for name, cell in zip(names, cells, strict=True):
                    columns[name].append(cell)


def ner_rows(path: str) -> Iterator[dict[str, Any]]:
    return tsv_rows(path, ("tokens", "ner_tags"))


def dp_rows(path: str) -> Iterator[dict[str, Any]]:
    for row in tsv_rows(path, ("index", "word_form", "lemma", "pos", "head", "deprel")):
        row["index"] = list(map(int, row["index"]))
        row["head"] = list(map(int, row["head"]))
        yield row


JSON = {
    "ynat": ynat_rows,
    "sts": sts_rows,
    "nli": nli_rows,
    "re": re_rows,
    "mrc": mrc_rows,
    "wos": wos_rows,
}
TSV = {"ner": ner_rows, "dp": dp_rows}


def peak() -> int:
    """Highest memory of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(how: str, name: str, folder: str) -> dict[str, float]:
    """Prepare one task (in a process of its own) and say how long it took and what it needed."""
    prepare(how, [name], folder, sample=True)
    before = peak()
    times = prepare(how, [name], folder)
    files = resolve(TASKS[name], sample=IS_SAMPLE).files.values()
    size = max(path.stat().st_size for path in files)
    return times | {"growth": peak() - before, "largest": size}


def measure_all(folder: str) -> dict[str, float]:
    """Prepare all tasks in each way in turn, several times, and give the shortest times."""
    for how in WAYS:
        prepare(how, list(TASKS), folder, sample=True)
    times: dict[str, float] = {}
    for _ in range(REPEATS):
        for how in WAYS:
            for name, value in prepare(how, list(TASKS), folder).items():
                times[f"{how} {name}"] = min(value, times.get(f"{how} {name}", value))
    return times


def prepare(how: str, names: list[str], folder: str, sample: bool = IS_SAMPLE) -> dict[str, float]:
    """Prepare some tasks under a new folder and give the seconds: of the clock, and of all cores.

    Preparing the sample first makes the libraries load what they load late, which is not measured.
    """
    fresh = tempfile.mkdtemp(dir=folder)
    started, cpu = time.perf_counter(), time.process_time()
    if how == "build":
        build(f"{fresh}/klue", names, sample=sample)
    for name in names:
        if how == "builder":
            Klue(config_name=name, sample=sample, cache_dir=fresh).download_and_prepare()
        elif how == "plain":
            Plain(config_name=name, cache_dir=fresh, hash=how).read(sample).download_and_prepare(
                f"{fresh}/{name}", file_format="parquet"
            )
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def measure_loading(name: str, folder: str) -> dict[str, float]:
    """Time loading and streaming a built task, after another has made the libraries load."""
    os.chdir(folder)
    build("warm-up", ["sts"], sample=True)
    datasets.load_dataset("./warm-up", "sts")
    for _ in datasets.load_dataset("./warm-up", "sts", streaming=True, split="train"):
        pass
    times = {}
    for what in ("first load", "load"):
        started = time.perf_counter()
        datasets.load_dataset("./klue", name)
        times[what] = time.perf_counter() - started
    started = time.perf_counter()
    rows = iter(datasets.load_dataset("./klue", name, streaming=True, split="validation"))
    next(rows)
    times["stream"] = time.perf_counter() - started
    return times


def in_process(*arguments: str) -> dict[str, float]:
    """Run this script for one measurement and read what it prints."""
    command = [sys.executable, "-m", "speed.datasets", *arguments]
    environment = dict(os.environ)
    if arguments[0] == "prepare":
        # Arrow's own allocator keeps some 16 MB to itself, however little it is asked for.
        environment["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    if not lines:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(lines[-1])
    return result


def in_folder(*arguments: str) -> dict[str, float]:
    """Run one measurement with a temporary folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return in_process(*arguments, folder)


def print_preparing(tasks: list[DatasetTask]) -> None:
    """Print seconds and memory of preparing each task in three ways."""
    print("Preparing, cold: seconds, and peak memory as a multiple of the largest file\n")
    print(f"{'task':6}{'MB':>7} |{'plain':>9}{'build':>9}{'faster':>8} |", end="")
    print(f"{'builder':>9} |{'plain x':>9}{'build x':>9}{'builder x':>11}")
    for task in tasks:
        files = resolve(task, sample=IS_SAMPLE).files.values()
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        row = {how: in_folder("prepare", how, task.name) for how in WAYS}
        seconds = {how: row[how]["seconds"] for how in WAYS}
        times = {how: row[how]["growth"] / row[how]["largest"] for how in WAYS}
        print(
            f"{task.name:6}{megabytes:7.1f} |{seconds['plain']:9.2f}{seconds['build']:9.2f}"
            f"{seconds['plain'] / seconds['build']:7.1f}x |{seconds['builder']:9.2f} |"
            f"{times['plain']:9.1f}{times['build']:9.1f}{times['builder']:11.1f}"
        )
    total = in_folder("prepare-all")
    for kind, what in (("seconds", "all"), ("cpu", "all, CPU")):
        plain, built = total[f"plain {kind}"], total[f"build {kind}"]
        print(
            f"{what:13} |{plain:9.2f}{built:9.2f}{plain / built:7.1f}x |"
            f"{total[f'builder {kind}']:9.2f} |"
        )
    print(f"(all: in one process, the best of {REPEATS})\n")


def print_loading(tasks: list[DatasetTask]) -> None:
    """Print seconds of loading and streaming each task from a built folder."""
    print("From the built folder: seconds to load (first time, later), to the first of a stream\n")
    print(f"{'task':6}{'first load':>12}{'load':>8}{'stream':>8}")
    with tempfile.TemporaryDirectory() as folder:
        build(f"{folder}/klue", [task.name for task in tasks], sample=IS_SAMPLE)
        for task in tasks:
            times = in_process("load", task.name, folder)
            print(
                f"{task.name:6}{times['first load']:12.3f}{times['load']:8.3f}"
                f"{times['stream']:8.3f}"
            )


def main() -> None:
    """Run one measurement, or all of them."""
    if sys.argv[1:2] == ["prepare"]:
        print(json.dumps(measure(*sys.argv[2:])))
    elif sys.argv[1:2] == ["prepare-all"]:
        print(json.dumps(measure_all(*sys.argv[2:])))
    elif sys.argv[1:2] == ["load"]:
        print(json.dumps(measure_loading(*sys.argv[2:])), flush=True)
        # Left with a stream half read, pyarrow's threads can abort the interpreter's shutdown.
        os._exit(0)
    else:
        where = str(SAMPLE) if IS_SAMPLE else os.environ[VARIABLE]
        print(f"{where}, {os.cpu_count()} cores, datasets {datasets.__version__}\n")
        print_preparing(list(TASKS.values()))
        print_loading(list(TASKS.values()))


if __name__ == "__main__":
    main()
