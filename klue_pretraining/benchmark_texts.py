"""The texts of KLUE itself, for keeping them out of a corpus, or for making one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from klue_datasets.notes import Notes
from klue_datasets.sources import DataDir, of_tasks
from klue_datasets.splits import read_split

SPLITS = ("train", "validation")


def benchmark_texts(
    splits: Sequence[str] = SPLITS, data_dir: DataDir | None = None, sample: bool = False
) -> Iterator[str]:
    """Yield the texts of all tasks that there are files for, each once, in the files' order.

    The three hypotheses of a premise follow it; the two sentences of a pair follow each other.

    >>> next(benchmark_texts(["train"], sample=True))
    '여야 선거구 획정안 이견 좁혀…본회의 처리는 다음 주로'
    """
    seen: set[str] = set()
    for task, source in of_tasks(None, data_dir, sample):
        source.fetch()
        for split in splits:
            if split not in source.files:
                continue
            path = source.files[split]
            tables = read_split(task, split, path, full=False, errata=False, notes=Notes(path.name))
            for table in tables:
                for text in task.each_text(table):
                    if text not in seen:
                        seen.add(text)
                        yield text


def benchmark_files(
    splits: Sequence[str] = SPLITS, data_dir: DataDir | None = None, sample: bool = False
) -> list[str]:
    """Return the task and split of each file that the texts are from; a report names them.

    >>> benchmark_files(["train"], sample=True)[:2]
    ['ynat train', 'sts train']
    """
    return [
        f"{task.name} {split}"
        for task, source in of_tasks(None, data_dir, sample)
        for split in splits
        if split in source.files
    ]
