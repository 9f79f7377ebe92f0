"""A model is written as ONNX wholly or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from klue_baselines.serving.graph import Graph
from klue_baselines.serving.writing import export
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError

from .conftest import Exports


def test_a_folder_has_all_that_is_needed(exports: Exports) -> None:
    names = {path.name for path in exports.exported("ynat").iterdir()}
    tokenizer = {"tokenizer.json", "tokenizer_config.json"}
    assert names == {"model.onnx", "model_int8.onnx", "config.json", *tokenizer}


def test_a_folder_with_other_things_is_refused(exports: Exports, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(InputError, match=r"found 'mine\.txt' in it, expected a new or an empty"):
        export("ynat", str(exports.trained("ynat")), tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        export("ynat", str(exports.trained("ynat")), tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


class Unwritable(torch.nn.Module):
    """What no graph can hold: a choice by what a text says."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor]:
        if input_ids.sum() > 3:
            raise NotImplementedError("no such text")
        return (input_ids,)


def test_what_can_not_be_written_leaves_nothing(
    exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exports.trained("ynat")
    monkeypatch.setitem(BASELINES, "ynat", replace(BASELINES["ynat"], graph=Graph(Unwritable)))
    with pytest.raises(InputError, match="torch can not write a model of this kind as ONNX"):
        export("ynat", str(folder), tmp_path / "out")
    assert not list(tmp_path.iterdir())
