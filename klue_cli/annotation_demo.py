"""The demonstration of `klue annotate`: from headlines to a model, through a real Label Studio.

python -m klue_cli.annotation_demo [FOLDER]
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from klue_annotation.adjudication import import_exports
from klue_annotation.agreement import report_on
from klue_annotation.incoming import items_of
from klue_annotation.label_studio import tasks_to_annotate, write_tasks
from klue_annotation.screening.running import Screening, screen
from klue_annotation.splitting.running import Splitting, split_folder
from klue_annotation.studio_server import LabelStudio
from klue_annotation.tasks import annotation_task
from klue_baselines.tiny import KLUE_TINY
from klue_baselines.training.run import Run, train
from klue_common.progress import note, quiet_libraries
from klue_datasets import TASKS, build
from klue_datasets.files import write_text, written_folder
from klue_datasets.own_dataset import CARD
from klue_datasets.rows import read_rows

from .annotate_splitting import split_tables
from .annotate_tables import import_table, report_tables
from .data_tables import build_table
from .demo import OVERRIDES
from .ending import ended
from .result_tables import shown_results
from .screening_tables import report_table
from .terminal import show

TASK, NAME, LICENCE = "ynat", "klue-demo", "apache-2.0"
SENTENCES = 60
ADDED = (  # what a screen is there for; a third one repeats a headline of the sample
    "제보는 jebo@example.com 이나 010-1234-5678 로 보내 주시기 바랍니다",
    "Breaking news from the capital as talks go on",
)
NOTICE = (
    "**The annotators of this dataset are made up**: a script answered the bundled sample's gold, "
    "with mistakes. It shows how `klue annotate` works and is good for nothing else.\n"
)
PEOPLE, ERRS, REFUSES = 3, 0.1, 0.02
NO_TOPIC = "해당없음"
Answer = list[str] | None


class Headline(NamedTuple):
    """A headline of the bundled sample, its topic, and which of the sample's files it is from."""

    title: str
    topic: str
    source: str


def headlines() -> list[Headline]:
    """Return headlines of the bundled sample, as many as are to be annotated."""
    names = TASKS[TASK].label_sets["label"]
    found = [
        Headline(row["title"], names[row["label"]], f"sample, {split}")
        for split in TASKS[TASK].files
        for row in read_rows(TASK, split, sample=True)
    ]
    return found[: SENTENCES - len(ADDED) - 1]


def made_up(topics: Sequence[str], gold: str, draw: random.Random) -> Answer:
    """Return what a made-up person answers: the topic, at times another one, at times nothing.

    Example:
        >>> [made_up(["정치", "사회"], "정치", random.Random(seed)) for seed in (0, 2)]
        [['정치', '해당없음', '해당없음'], ['정치', '해당없음', '해당없음']]
    """
    chance = draw.random()
    if chance < REFUSES:
        return None
    others = [topic for topic in topics if topic != gold]
    first = draw.choice(others) if chance < REFUSES + ERRS else gold
    return [first, NO_TOPIC, NO_TOPIC]


def screened(folder: Path, given: Sequence[Headline]) -> Path:
    """Screen headlines, and some more, for personal data, other languages and near duplicates."""
    more = [*ADDED, f"{given[0].title}!"]
    rows = [*((one.title, one.source) for one in given), *((text, "added") for text in more)]
    raw, out = folder / "headlines.csv", folder / "screened.csv"
    with raw.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("title", "source"), *rows])
    report = screen(Screening(str(raw), benchmark=()), out)
    show(report_table(replace(report, file=out.name)), None, as_json=False)
    return out


def annotated(folder: Path, source: Path, gold: Mapping[str, str], server: LabelStudio) -> Path:
    """Let made-up people annotate in Label Studio, and return what it exports."""
    task, tasks = annotation_task(TASK), folder / "tasks.json"
    write_tasks(tasks, tasks_to_annotate(task, items_of(str(source), task)))
    topics, draw = TASKS[TASK].label_sets["label"], random.Random(0)
    project = server.project(NAME, task.form())
    server.upload(project, tasks)
    for made in server.tasks(project):
        item = made["data"]["item"]
        for person in range(PEOPLE):
            answer = made_up(topics, gold[item["title"]], draw)
            filled = None if answer is None else task.results(item, answer)
            server.annotate(made["id"], person, filled)
    return server.export(project, folder / "export.json")


def divided(folder: Path, export: Path, source: Path) -> Path:
    """Decide gold, show how far people agree, and divide the rows."""
    task, law = annotation_task(TASK), folder / "imported"
    imported = import_exports(task, [export], law)
    for guid, why in imported.undecided:
        note(f"item {guid}: found {why.found}, expected {why.expected}: no gold")
    show(import_table(TASK, Path(law.name), imported), None, as_json=False)
    show(report_tables(report_on(task, imported.items, below=50)), None, as_json=False)
    out = folder / NAME
    wanted = Splitting(law, share=0.2, seed=0, name=NAME, licence=LICENCE, screened=source)
    show(split_tables(Path(NAME), split_folder(wanted, out)), None, as_json=False)
    card = (out / CARD).read_text(encoding="utf-8")
    write_text(out / CARD, card.replace(f"# {NAME}\n", f"# {NAME}\n\n{NOTICE}", 1))
    return out


def trained(folder: Path, data: Path) -> None:
    """Build the data for the Hub, fine-tune klue-tiny on it, and score that."""
    report = build(folder / "built", data_dir=[data])
    show(build_table(replace(report, out=Path("built"))), None, as_json=False)
    run = Run(
        task=TASK,
        model=str(KLUE_TINY),
        output=folder / "model",
        overrides=OVERRIDES,
        data_dir=str(data),
        results=folder / "results",
        overwrite=True,
        name="klue-tiny",
    )
    show(shown_results([train(run)]), None, as_json=False)


def demonstrate(folder: Path, server: LabelStudio) -> None:
    """Go the whole way, and say at each step what comes.

    Args:
        folder: where everything stays but Label Studio's database.
        server: where people annotate.
    """
    quiet_libraries()
    began, given = time.monotonic(), headlines()

    def step(text: str) -> None:
        print(f"[{time.monotonic() - began:.0f} s] {text}\n", flush=True)

    step(f"klue annotate screen: {SENTENCES} headlines of the bundled sample's kind")
    source = screened(folder, given)
    step(
        f"klue annotate export; {PEOPLE} made-up people annotate in Label Studio: the sample's "
        f"gold, {100 * ERRS:.0f} % of it changed at random"
    )
    export = annotated(folder, source, {one.title: one.topic for one in given}, server)
    step("klue annotate import, agreement, split")
    data = divided(folder, export, source)
    step("klue data build, klue train: so few headlines show that all parts work, and no more")
    trained(folder, data)
    step("done")


def main() -> None:
    """Go the way in a new folder beside the old one, and let it take its place."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/annotation-demo")
    note("Label Studio starts: its database is made first, which takes a minute or two")
    with (
        tempfile.TemporaryDirectory(prefix="klue-label-studio") as database,
        LabelStudio(Path(database), PEOPLE) as server,
        written_folder(target, replace=True) as building,
    ):
        demonstrate(building, server)
    note(f"{target}: everything that was written; {target / NAME / 'README.md'} is the card")


if __name__ == "__main__":
    sys.exit(ended(main))
