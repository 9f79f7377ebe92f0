"""What the pipelines use of transformers beyond what it promises is still where it was."""

from __future__ import annotations

import inspect

import pytest
import transformers
from transformers import pipelines

MOVED = "{name} has moved in transformers {version}: see klue_baselines/pipelines/internals.py"


@pytest.mark.parametrize("name", ["REMOVED_TASKS", "AutoConfig", "PIPELINE_REGISTRY"])
def test_it_is_where_it_was_and_used(name: str) -> None:
    said = MOVED.format(name=name, version=transformers.__version__)
    assert hasattr(pipelines, name), said
    assert name in inspect.getsource(pipelines), said


def test_a_registered_pipeline_is_known_by_its_implementation() -> None:
    said = MOVED.format(name="impl", version=transformers.__version__)
    assert "impl" in pipelines.PIPELINE_REGISTRY.supported_tasks["fill-mask"], said
