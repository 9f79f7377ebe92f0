"""The metric's page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klue_metrics import METRICS, app

ROWS = [
    {"guid": guid, "premise": "가", "hypothesis": "나", "source": "NSMC", "label": label}
    for guid, label in (("a", 0), ("b", 1), ("c", 2))
]
PREDICTIONS = "\n".join(json.dumps({"guid": guid, "label": "neutral"}) for guid in "abc")


@pytest.fixture
def references(tmp_path: Path) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return str(path)


def test_pasted_and_uploaded_are_the_same(tmp_path: Path, references: str) -> None:
    uploaded = tmp_path / "p.jsonl"
    uploaded.write_text(PREDICTIONS, encoding="utf-8")
    pasted = app.score("nli", PREDICTIONS, None, references, False)
    assert pasted == app.score("nli", "", str(uploaded), references, False)
    assert pasted[0][:2] == ["accuracy", "33.33"]
    assert pasted[0][2].startswith("[")


def test_a_bad_line_is_named_without_a_temporary_path(references: str) -> None:
    text = PREDICTIONS.replace("neutral", "maybe", 1)
    with pytest.raises(ValueError, match=r"^predictions:1: field 'label' of a: found 'maybe'"):
        app.score("nli", text, None, references, False)
    assert app.score("nli", text, None, references, True)[0][1] == "33.33"


def test_missing_and_null_answers_count_as_wrong_if_asked(references: str) -> None:
    text = "\n".join(
        json.dumps({"guid": guid, "label": label})
        for guid, label in (("b", "neutral"), ("a", None))
    )
    with pytest.raises(ValueError, match=r"^predictions:2: field 'label' of a: found None"):
        app.score("nli", text, None, references, False)
    score, *counts = app.score("nli", text, None, references, True)
    assert score[:2] == ["accuracy", "33.33"]
    assert [row[1] for row in counts] == ["0", "2", "1"]


def test_an_interval_that_leaves_out_its_value_says_why(tmp_path: Path) -> None:
    """Each relation once, and put last: an example that was drawn twice ties with itself."""
    entity = {"word": "가"}
    row = {"sentence": "가", "subject_entity": entity, "object_entity": entity}
    rows = [{**row, "guid": str(at), "label": at % 30} for at in range(30)]
    scores = (1 - np.eye(30)).tolist()
    lines = [
        json.dumps({"guid": str(at), "label": "per:title", "probabilities": s})
        for at, s in enumerate(scores)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    _, auprc, note = app.score("re", "\n".join(lines), None, str(path), False)
    low, _ = json.loads(auprc[2])
    assert float(auprc[1]) < low
    assert note[0].startswith("auprc: the interval leaves out the value")


def test_rows_without_guids_are_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"tokens": ["김"], "ner_tags": [6]}), encoding="utf-8")
    line = json.dumps({"guid": "x", "tags": ["B-PS"]})
    assert app.score("ner", line, None, str(path), False)[0][:2] == ["entity_macro_f1", "100.00"]
    with pytest.raises(ValueError, match="found 2 predictions, expected 1"):
        app.score("ner", f"{line}\n{line}", None, str(path), False)


@pytest.mark.parametrize("task", METRICS)
def test_fields_are_described(task: str) -> None:
    text = app.fields_of(task)
    assert all(f"`{field.name}`" in text for field in METRICS[task].fields)


def test_the_folder_as_a_program_of_its_own(tmp_path: Path) -> None:
    """As on the Hub: its files beside each other, where `klue_metrics` is also a file."""
    folder = tmp_path / "space"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(app.__file__).parent, folder, ignore=ignored)
    code = "import app, re, statistics; print(*app.METRICS); print(app.PACKAGE.__file__)"
    out = subprocess.check_output([sys.executable, "-c", code], cwd=folder, text=True)
    tasks, file = out.splitlines()
    assert tasks.split() == list(METRICS)
    assert Path(file).parent == folder


@pytest.mark.slow
def test_the_page_answers(references: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gradio", reason="the extra `space` is not installed")
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    from gradio_client import Client, handle_file

    page = app.build()
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        client = Client(address, verbose=False)
        rows = handle_file(references)
        table: Any = client.predict("nli", PREDICTIONS, None, rows, False, api_name="/score")
        assert table["data"][0][:2] == ["accuracy", "33.33"]
        assert "`probabilities`" in client.predict("re", api_name="/fields")
    finally:
        page.close()
