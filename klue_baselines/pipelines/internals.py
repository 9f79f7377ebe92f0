"""What the pipelines use of transformers that it does not promise to keep, all of it and only here.

`tests/klue_baselines/pipelines/test_internals.py` says which of it a release has moved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers import AutoConfig, pipelines


def replace_implementation(task: str, implementation: Any) -> None:
    """Have a pipeline that transformers has built by something else, its default model kept.

    The registry's public way warns of it each time and forgets the default model.
    """
    known = pipelines.PIPELINE_REGISTRY.supported_tasks
    known[task] = {**known[task], "impl": implementation}


def bring_back(task: str) -> None:
    """Let a pipeline have a name that transformers refuses, as that of one it has removed."""
    pipelines.REMOVED_TASKS.pop(task, None)


def change_configs(change: Callable[[Any], None]) -> None:
    """Have each configuration changed that `transformers.pipeline` loads, and no other one.

    It asks for trust in a model's own pipeline before it looks whether there is one of the name.
    """

    class ChangedConfig(AutoConfig):
        """Loads a configuration, and changes it."""

        @classmethod
        def from_pretrained(cls, *given: Any, **named: Any) -> Any:
            """Return the changed configuration."""
            config = AutoConfig.from_pretrained(*given, **named)
            change(config)
            return config

    pipelines.AutoConfig = ChangedConfig
