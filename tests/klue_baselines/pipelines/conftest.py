"""A folder of every task, as training leaves it; its model has learned nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_baselines.pipeline import KluePipeline
from klue_baselines.pipelines.saving import pipelines_of, save_for_pipelines


@pytest.fixture(scope="module")
def folders(
    pipelines: dict[str, KluePipeline], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The folders by task."""
    root = tmp_path_factory.mktemp("folders")
    for name, ours in pipelines.items():
        settings = {
            "klue_task": name,
            "klue_max_length": ours.encoder.max_length,
            "custom_pipelines": pipelines_of(ours.task),
        }
        ours.model.config.update(settings)
        ours.model.save_pretrained(root / name)
        ours.encoder.tokenizer.save_pretrained(root / name)
        save_for_pipelines(ours.task, root / name)
    return {name: root / name for name in pipelines}
