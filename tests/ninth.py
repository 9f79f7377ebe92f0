"""A ninth task for tests: the acceptability of Korean sentences, made up here.

Its modules, one a room, are in tests/ninth_task.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

NAME = "acceptability"
MODULES = Path(__file__).parent / "ninth_task"
RECORDS = {
    "klue_datasets": "TASK",
    "klue_metrics": "METRIC",
    "klue_baselines": "BASELINE",
    "space_app": "DEMO",
}
SENTENCES = [
    ("철수가 밥을 먹었다.", "acceptable"),
    ("철수를 밥이 먹었다를.", "unacceptable"),
    ("어제 비가 많이 왔다.", "acceptable"),
    ("내일 비가 왔었다.", "unacceptable"),
    ("영희는 학교에 갔다.", "acceptable"),
    ("영희는 학교를에 갔다.", "unacceptable"),
    ("그 책은 아주 재미있다.", "acceptable"),
    ("책은 그 재미있다 아주.", "unacceptable"),
    ("할머니께서 주무신다.", "acceptable"),
    ("할머니께서 잔다요.", "unacceptable"),
    ("나는 커피를 마시고 싶다.", "acceptable"),
    ("나는 커피를 마시다 싶고.", "unacceptable"),
]


def record(room: str) -> Any:
    """The task's record in a room, as if its module stood there."""
    spec = importlib.util.spec_from_file_location(f"{room}.{NAME}", MODULES / room / f"{NAME}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, RECORDS[room])


def write_data(folder: Path) -> None:
    """Write the task's files in the official layout."""
    for split in ("train", "dev"):
        rows = [
            {"guid": f"{NAME}_{split}_{at:02}", "sentence": sentence, "label": label}
            for at, (sentence, label) in enumerate(SENTENCES)
        ]
        path = folder / f"{NAME}-v1.1" / f"{NAME}-v1.1_{split}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
