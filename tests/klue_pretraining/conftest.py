"""A small corpus of real sentences: the bundled sample's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's training texts as JSON Lines."""
    from klue_pretraining.benchmark_texts import benchmark_texts

    path = tmp_path_factory.mktemp("raw") / "raw.jsonl"
    lines = [
        json.dumps({"text": text}, ensure_ascii=False)
        for text in benchmark_texts(["train"], sample=True)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
