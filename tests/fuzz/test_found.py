"""The smallest inputs that fuzzers found before, each through its door again."""

from __future__ import annotations

import json
import re
from collections import OrderedDict, deque
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import evaluate
import numpy as np
import pandas as pd
import torch

import klue_metrics
from klue_baselines.bench import read_settings
from klue_baselines.training.completing import folder_of
from klue_common.errors import InputError
from klue_common.own_files import parse_json
from klue_datasets import TASKS
from klue_datasets.notes import Notes
from klue_datasets.report.check import check
from klue_hub.card_merge import merged
from klue_metrics import METRICS, MetricError
from klue_results.results import Result
from klue_results.tables import markdown_table, notes_on
from space_app.board.entries import read_lines
from space_app.relation_extraction import TEXTS as SPANS
from space_app.relation_extraction import read_spans
from space_app.settings import Limits
from space_app.texts import ENGLISH
from space_app.uploads import check_upload
from tests.fuzz.harness import OURS, ask

MAIN = Path(klue_metrics.__file__).parent / "klue_metrics.py"
NAMES: dict[str, Any] = {
    "np": np, "array": np.array, "tensor": torch.tensor, "deque": deque, "Decimal": Decimal,
    "Fraction": Fraction, "OrderedDict": OrderedDict, "nan": float("nan"), "inf": float("inf"),
    "NA": pd.NA, "NaT": pd.NaT, "Timestamp": pd.Timestamp, "date": date, "datetime": datetime,
    "float32": np.float32, "float64": np.float64, "int64": np.int64, "object": object,
}  # fmt: skip


class EvilEq:
    """An object that is equal to nothing and says so loudly."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise ValueError("not comparable")


NO_REPR: dict[str, Any] = {
    "8fbdde0ca9": {"predictions": [EvilEq()], "references": [5], "confidence": [0.9]},
    "94da8109fe": {
        "predictions": pd.DataFrame({"a": [[]]}),
        "references": [torch.tensor(True)],
        "confidence": [0.9],
    },
    "9ee684ac11": {
        "predictions": ["entailment"],
        "references": pd.Series(["neutral"]),
        "units": [np.array(1)],
        "confidence": 0.5,
        "unknown_label": "wrong",
    },
    "f57685c401": {
        "predictions": [[]],
        "references": [["x"]],
        "units": pd.DataFrame({"a": [pd.NA]}),
        "confidence": Decimal("0.9"),
    },
}
# Held by a test of its own: tests/space_app/tabs/test_leaderboard.py.
ELSEWHERE = ("space: submission form",)


def found(shared: Path) -> list[tuple[str, str, Path]]:
    """(door, the first line of the report, the input) of each."""
    listed = []
    for report in sorted((shared / "cases" / "fuzz").glob("*.txt")):
        line = report.read_text(encoding="utf-8").splitlines()[0]
        listed.append((line.split(" | ")[0], line, report.with_suffix(".in")))
    assert listed
    return listed


def value_of(path: Path) -> Any:
    """What a repr stands for; what has none of its own (an iterator, a table) is made again."""
    if path.stem in NO_REPR:
        return NO_REPR[path.stem]
    text = re.sub(r"<NA>", "NA", path.read_text(encoding="utf-8"))
    text = re.sub(r"<[\w. ]+ object at 0x[0-9a-f]+>", "iter([1, 0])", text)
    return eval(text, dict(NAMES))


def computed(task: str, path: Path, folder: Path) -> None:
    ask(f"found: compute {task}", lambda: METRICS[task].compute(**value_of(path)))


def evaluated(task: str, path: Path, folder: Path) -> None:
    way, predictions, references = value_of(path)

    def door() -> Any:
        try:
            return asked()
        except ValueError as error:  # of the copy that evaluate loads
            if type(error).__name__ == "MetricError":
                raise MetricError(str(error)) from None
            raise

    def asked() -> Any:
        metric = evaluate.load(str(MAIN), task, cache_dir=str(folder / "cache"))
        columns = {"predictions": predictions, "references": references}
        if way == 0:
            return metric.compute(**columns)
        if way == 1:
            metric.add_batch(**columns)
        else:
            for one, two in zip(predictions, references, strict=False):
                metric.add(prediction=one, reference=two)
        return metric.compute()

    ask(f"found: evaluate {task}", door)


def was_read(task: str, path: Path, folder: Path) -> None:
    record = TASKS[task]
    raw = folder / Path(record.files["train"]).name
    raw.write_bytes(path.read_bytes())
    door = lambda: [*record.read(raw, full=True, notes=Notes(raw.name))]  # noqa: E731
    ask(f"found: reader {task}", door)


def ontology(_: str, path: Path, folder: Path) -> None:
    place = folder / "wos-v1.1"
    place.mkdir(exist_ok=True)
    (place / "ontology.json").write_bytes(path.read_bytes())
    ask("found: ontology", lambda: [*check(["wos"], data_dir=folder, sample=False)])


def shown_result(_: str, path: Path, folder: Path) -> None:
    def door() -> Any:
        result = Result.parse(path.read_text(encoding="utf-8"), path.name)
        return markdown_table([result]), notes_on([result]), json.dumps(result.as_dict()).encode()

    ask("found: result", door)


def marker(_: str, path: Path, folder: Path) -> None:
    run = folder / "run"
    run.mkdir(exist_ok=True)
    (run / "run.json").write_bytes(path.read_bytes())

    def door() -> Any:
        content = (run / "run.json").read_bytes()
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise InputError("run.json: found no UTF-8") from None
        return parse_json(text, "run.json", "a run's settings"), folder_of(run)

    ask("found: run.json", door)


def uploaded(_: str, path: Path, folder: Path) -> None:
    upload = folder / "a\nb.jsonl"
    upload.write_bytes(path.read_bytes().partition(b"\n")[2])
    ask("found: upload", lambda: check_upload(upload, Limits()))


def board(_: str, path: Path, folder: Path) -> None:
    ask("found: board", lambda: read_lines(path.read_bytes(), "submissions.jsonl"))


def spans(_: str, path: Path, folder: Path) -> None:
    sentence, text = value_of(path)
    language = ENGLISH.of(SPANS)

    def door() -> Any:
        try:
            return read_spans(sentence, text, language)
        except InputError as error:  # a line for a visitor, who knows which box it is about
            raise InputError(f"spans: {error}") from None

    ask("found: spans", door)


def settings(_: str, path: Path, folder: Path) -> None:
    file = folder / "settings.toml"
    file.write_bytes(path.read_bytes())
    ask("found: settings", lambda: read_settings(file, list(TASKS)))


def card(_: str, path: Path, folder: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    ask("found: card", lambda: merged("---\na: 1\n---\n", text, "README.md"))


DOORS = {
    "compute": computed,
    "evaluate.load": evaluated,
    "reader": was_read,
    "wos.find with a hostile ontology": ontology,
    "results JSON": shown_result,
    "run.json marker": marker,
    "space: score upload": uploaded,
    "space: corrupted submissions.jsonl": board,
    "space: read_turns": spans,
    "TOML settings": settings,
    "YAML front matter merge": card,
}


def test_every_input_is_answered_or_refused_in_a_line(shared: Path, tmp_path: Path) -> None:
    assert OURS
    unknown, failed = [], []
    for door, line, path in found(shared):
        name = next((name for name in DOORS if door.startswith(name)), None)
        if name is None:
            unknown += [] if door.startswith(ELSEWHERE) else [door]
            continue
        folder = tmp_path / path.stem
        folder.mkdir()
        try:
            DOORS[name](door.rpartition(" ")[2], path, folder)
        except BaseException as error:  # each is told, not the first alone
            failed.append(f"{path.name} ({line[:80]}): {type(error).__name__}: {error}"[:300])
    assert (failed, unknown) == ([], [])
