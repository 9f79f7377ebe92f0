"""What the tests of exported models share: one of every task, which has learned nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from klue_baselines.encoding.encoder import open_tokenizer, text_encoder
from klue_baselines.serving.writing import export
from klue_baselines.tasks import BASELINES

LENGTH = 128  # tokens


@dataclass(frozen=True)
class Exports:
    """Fine-tuned models as `klue train` leaves them, and as `klue export` writes them.

    A model of one layer, a tracker of three steps: what takes time grows with both.
    """

    encoder: Path
    folder: Path

    def trained(self, name: str) -> Path:
        """The folder of a task's model, made when it is first asked for."""
        folder = self.folder / name
        if not folder.exists():
            self.make(name, folder, self.encoder, num_hidden_layers=1)
        return folder

    def make(self, name: str, folder: Path, encoder: Path, **changes: int) -> None:
        """Put an encoder with a new head into a folder."""
        torch.manual_seed(0)
        task, tokenizer = BASELINES[name], open_tokenizer(str(encoder))
        model = task.build(
            str(encoder),
            head=task.heads[0],
            labels=task.labels,
            tokenizer=tokenizer,
            changes=changes,
            **task.context(sample=True),
        )
        model.config.update({"klue_task": name, "klue_max_length": LENGTH, "steps": 3})
        text_encoder(model, tokenizer, LENGTH)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)

    def exported(self, name: str) -> Path:
        """The folder of its ONNX files, written when it is first asked for."""
        folder = self.folder / f"{name}-onnx"
        if not folder.exists():
            export(name, str(self.trained(name)), folder)
        return folder


@pytest.fixture(scope="session")
def exports(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    pytest.importorskip("onnxscript", reason="the extra onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    return Exports(tiny_encoder, tmp_path_factory.mktemp("exports"))
