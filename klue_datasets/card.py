"""The dataset card, made from the task records and from what was built."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from datasets import DatasetInfo
from datasets.splits import SplitDict, SplitInfo
from huggingface_hub.utils import yaml_dump

from . import about, card_text
from .build_report import BuildReport, BuiltExtra, BuiltSplit, BuiltTask
from .datasets_internals import yaml_of
from .errata import EVIDENCE, KOREAN_EVIDENCE, errata
from .report.counts import class_names, in_order


def card(report: BuildReport, repo_id: str | None = None) -> str:
    """Write the card of a built folder: YAML that `datasets` reads, then text in two languages.

    The same build gives the same card, byte for byte. With `repo_id` it says how to load the data
    from that repository on the Hub instead of from the folder.
    """
    head = yaml_dump(front_matter(report), sort_keys=False)
    body = _body(report, repo_id) if report.own is None else _own_body(report, repo_id)
    return f"---\n{head}---\n\n" + "\n".join(body)


def front_matter(report: BuildReport) -> dict[str, Any]:
    """Collect the card's YAML: what it is, the configurations with their files, the features."""
    sample = report.is_sample
    return {
        "pretty_name": report.own.name if report.own else "KLUE (sample)" if sample else "KLUE",
        "language": ["ko"],
        "license": _licence_id(report),
        "multilinguality": ["monolingual"],
        "size_categories": [_size_category(report)],
        "task_categories": list(dict.fromkeys(built.task.category for built in report.tasks)),
        "configs": [
            *(_config(built, report, first=i == 0) for i, built in enumerate(report.tasks)),
            *(_extra_config(extra, report) for extra in report.extras),
        ],
        "dataset_info": [_info(built, report) for built in report.tasks],
    }


def _licence_id(report: BuildReport) -> str:
    if report.own is not None:
        return report.own.licence or about.NO_LICENSE
    return about.SAMPLE_LICENSE if report.is_sample else about.LICENSE


def _size_category(report: BuildReport) -> str:
    rows = sum(split.rows for built in report.tasks for split in built.splits)
    bounds = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")]
    return next((name for bound, name in bounds if rows < bound), "100K<n<1M")


def _config(built: BuiltTask, report: BuildReport, first: bool) -> dict[str, Any]:
    config: dict[str, Any] = {"config_name": built.task.name, "version": report.version}
    config["data_files"] = [{"split": split.split, "path": split.file} for split in built.splits]
    return config | ({"default": True} if first else {})


def _extra_config(extra: BuiltExtra, report: BuildReport) -> dict[str, Any]:
    files = [{"split": extra.split, "path": extra.file}]
    return {"config_name": extra.config, "version": report.version, "data_files": files}


def _info(built: BuiltTask, report: BuildReport) -> dict[str, Any]:
    splits = SplitDict()
    for split in built.splits:
        splits.add(SplitInfo(split.split, split.memory_bytes, split.rows))
    info = DatasetInfo(
        features=built.task.columns(report.full),
        splits=splits,
        download_size=sum(split.file_bytes for split in built.splits),
        dataset_size=sum(split.memory_bytes for split in built.splits),
    )
    return {"config_name": built.task.name} | yaml_of(info)


def _body(report: BuildReport, repo_id: str | None) -> Iterator[str]:
    sample = report.is_sample
    yield "# KLUE\n"
    yield "[한국어](#한국어)\n"
    yield from [about.SAMPLE_NOTICE + "\n"] if sample else []
    yield card_text.SUMMARY
    yield card_text.HUB_USAGE.format(repo_id=repo_id) if repo_id else card_text.USAGE
    yield f"Version {report.version_name}" + (", with all columns.\n" if report.full else ".\n")
    yield from _sizes(report, "task", "example")
    yield _differences(report)
    yield from [card_text.PROMPTS] if report.extras else []
    for built in report.tasks:
        yield from _english(built, report)
    if not sample:
        done = "Corrected here" if report.errata else "Not corrected here; `--errata` does it"
        yield f"## Known errata\n\n{done}.\n"
        yield from _errata(report, "| task | split | rows | evidence |", EVIDENCE)
        yield card_text.USES
    yield from _licence(sample)
    yield "# 한국어\n"
    yield from [about.KOREAN_SAMPLE_NOTICE + "\n"] if sample else []
    yield card_text.KOREAN_SUMMARY
    yield from _sizes(report, "과제", "단위", korean=True)
    yield _differences(report, korean=True)
    yield from [card_text.KOREAN_PROMPTS] if report.extras else []
    for built in report.tasks:
        yield from _korean(built, report)
    if not sample:
        done = "고쳤습니다" if report.errata else "고치지 않았습니다. `--errata`가 고칩니다"
        yield f"## 알려진 오류\n\n{done}.\n"
        yield from _errata(report, "| 과제 | 분할 | 행 | 근거 |", KOREAN_EVIDENCE)
        yield card_text.KOREAN_USES
        yield f"KLUE의 이용 조건은 [CC BY-SA 4.0]({about.LICENSE_URL})입니다.\n"


def _own_body(report: BuildReport, repo_id: str | None) -> Iterator[str]:
    """Yield the text of a dataset of somebody's own: its own card, and what the files hold."""
    yield f"{report.own.text if report.own else ''}\n\n## Use\n"
    example = {"task": report.tasks[0].task.name, "repo_id": repo_id or f"./{report.out.name}"}
    yield card_text.OWN_USAGE.format(**example)
    for built in report.tasks:
        yield f"## {built.task.name}: {built.task.title}\n"
        yield from _example(built, "An example")


def _sizes(report: BuildReport, task: str, unit: str, korean: bool = False) -> Iterator[str]:
    yield f"| | {task} | {unit} | train | validation |\n|---|---|---|---:|---:|"
    for built in report.tasks:
        record = built.task
        title = record.korean_title if korean else record.title
        one = record.korean_unit if korean else record.unit
        rows = {split.split: f"{split.rows:,}" for split in built.splits}
        sizes = [rows.get(split, "-") for split in ("train", "validation")]
        yield f"| `{record.name}` | {title} | {one} | {' | '.join(sizes)} |"
    yield ""


def _differences(report: BuildReport, korean: bool = False) -> str:
    """Return what differs from the Hub's copy: always, in each task, and with all columns."""
    text = card_text.KOREAN_DIFFERENCES if korean else card_text.DIFFERENCES
    remarks: list[str] = []
    dropped: dict[str, list[str]] = {}
    for built in report.tasks:
        task = built.task
        remarks += task.korean_differences if korean else task.differences
        for column in task.full_schema:
            if column not in task.schema:
                dropped.setdefault(column, []).append(f"`{task.name}`")
    if dropped:
        columns = ", ".join(f"`{column}` ({', '.join(of)})" for column, of in dropped.items())
        remarks.append(
            (card_text.KOREAN_FULL if korean else card_text.FULL).format(columns=columns)
        )
    return text.format(of_tasks="".join(f"- {remark}\n" for remark in remarks))


def _english(built: BuiltTask, report: BuildReport) -> Iterator[str]:
    task = built.task
    yield f"## {task.name}: {task.title}\n\n{task.about}\n"
    if not report.is_sample:
        yield f"Sources: {', '.join(task.sources)}.\n"
        yield from _official_sizes(built)
    yield from _labels(built, report, "label")
    yield from _example(built, "An example")


def _korean(built: BuiltTask, report: BuildReport) -> Iterator[str]:
    task = built.task
    yield f"## {task.korean_title} (`{task.name}`)\n\n{task.korean_about}\n"
    if not report.is_sample:
        yield f"출처: {', '.join(task.sources)}.\n"
    yield from _labels(built, report, "라벨")


def _official_sizes(built: BuiltTask) -> Iterator[str]:
    for split in built.splits:
        official = built.task.num_examples[split.split]
        if split.rows != official:
            yield f"`{split.split}` has {split.rows:,} of the official {official:,} here.\n"


def _labels(built: BuiltTask, report: BuildReport, heading: str) -> Iterator[str]:
    task = built.task
    names = class_names(task.columns(report.full), task.label_column)
    total = sum((split.labels for split in built.splits), start=type(built.splits[0].labels)())
    if not total:
        return
    path = ".".join(task.label_column)
    yield f"| {heading} (`{path}`) | " + " | ".join(split.split for split in built.splits) + " |"
    yield "|---|" + "---:|" * len(built.splits)
    for label in in_order(total, names):
        counts = " | ".join(f"{split.labels[label]:,}" for split in built.splits)
        yield f"| {label} | {counts} |"
    yield ""


def _example(built: BuiltTask, heading: str) -> Iterator[str]:
    split: BuiltSplit = built.splits[-1]
    if not split.example:
        return
    fields = [
        f'  "{name}": {json.dumps(_shorter(value), ensure_ascii=False)}'
        for name, value in split.example.items()
    ]
    text = "{\n" + ",\n".join(fields) + "\n}"
    yield f"{heading} (`{split.split}`, long values cut):\n\n```json\n{text}\n```\n"


def _shorter(value: Any, length: int = 120, items: int = 6) -> Any:
    """Cut long strings and lists, at any depth."""
    if isinstance(value, dict):
        return {name: _shorter(item) for name, item in value.items()}
    if isinstance(value, list):
        cut = [_shorter(item) for item in value[:items]]
        return [*cut, "…"] if len(value) > items else cut
    if isinstance(value, str) and len(value) > length:
        return value[:length] + "…"
    return value


def _errata(report: BuildReport, head: str, evidence: Mapping[str, str]) -> Iterator[str]:
    yield f"{head}\n|---|---|---:|---|"
    for task in (built.task.name for built in report.tasks):
        for split in ("train", "validation"):
            rows = errata().get((task, split), {})
            counts = Counter(
                kind for entries in rows.values() for kind in {one.evidence for one in entries}
            )
            for kind, count in sorted(counts.items()):
                yield f"| `{task}` | {split} | {count:,} | {evidence[kind]} |"
    yield ""


def _licence(sample: bool) -> Iterator[str]:
    yield "## Licence and citation\n"
    if sample:
        yield "The sample's texts were written for it and are under Apache-2.0.\n"
        return
    yield f"KLUE is under [CC BY-SA 4.0]({about.LICENSE_URL}); it comes from"
    yield f"[its repository]({about.REPOSITORY}) and is described in [the paper]({about.PAPER}).\n"
    yield f"```bibtex\n{about.CITATION}\n```\n"
