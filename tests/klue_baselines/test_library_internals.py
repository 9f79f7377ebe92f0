"""What this room uses of its libraries beyond what they promise is still where it was."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import accelerate
import datasets
import pytest
import torch
import transformers
from accelerate import PartialState
from datasets import Dataset
from transformers import AutoTokenizer, Trainer, TrainingArguments

from klue_baselines import library_internals
from klue_baselines.encoding.encoder import open_tokenizer

MOVED = "{name} has moved in {library} {version}: see klue_baselines/library_internals.py"
USED = {
    "_reset_state": (PartialState, accelerate),
    "_n_gpu": (TrainingArguments(use_cpu=True), transformers),
    "_fingerprint": (Dataset.from_dict({"a": [1]}), datasets),
    "_get_train_sampler": (Trainer, transformers),
    "_run_epoch": (Trainer, transformers),
    "_save_checkpoint": (Trainer, transformers),
}


@pytest.mark.parametrize("name", USED)
def test_it_is_where_it_was(name: str) -> None:
    holder, library = USED[name]
    said = MOVED.format(name=name, library=library.__name__, version=library.__version__)
    assert hasattr(holder, name), said


@pytest.mark.parametrize("name", [name for name in vars(library_internals.OwnLoop) if name in USED])
def test_the_trainers_loop_still_calls_what_is_replaced(name: str) -> None:
    said = MOVED.format(name=name, library="transformers", version=transformers.__version__)
    assert f"self.{name}" in inspect.getsource(Trainer), said


def test_an_array_job_is_written_as_it_is_submitted() -> None:
    submitit = pytest.importorskip("submitit")
    said = MOVED.format(
        name="_make_submission_file_text", library="submitit", version=submitit.__version__
    )
    source = inspect.getsource(submitit.SlurmExecutor)
    for used in ('parameters["map_count"] = n', "_submit_command(self._submitit_command_str)"):
        assert used in source, said
    assert hasattr(submitit.SlurmExecutor, "_make_submission_file_text"), said


def test_a_tokenizer_saves_what_was_changed(tiny_encoder: Path, tmp_path: Path) -> None:
    tokenizer = open_tokenizer(str(tiny_encoder))
    library_internals.change_tokenizer(tokenizer, {"model_max_length": 77})
    tokenizer.save_pretrained(tmp_path)
    said = MOVED.format(
        name="init_kwargs", library="transformers", version=transformers.__version__
    )
    assert AutoTokenizer.from_pretrained(tmp_path).model_max_length == 77, said


def test_the_order_by_length_has_each_example_once() -> None:
    generator = torch.Generator().manual_seed(0)
    order = list(library_internals.length_grouped([5, 3, 9, 4], 2, generator))
    said = MOVED.format(
        name="get_length_grouped_indices",
        library="transformers",
        version=transformers.__version__,
    )
    assert sorted(order) == [0, 1, 2, 3], said


def test_a_callbacks_state_is_kept_and_given_back() -> None:
    class Count(library_internals.ExportableState):
        def __init__(self, seen: int = 0) -> None:
            self.seen = seen

        def state(self) -> dict[str, Any]:
            return {"args": {"seen": self.seen}, "attributes": {}}

    said = MOVED.format(
        name="ExportableState", library="transformers", version=transformers.__version__
    )
    assert Count.from_state(Count(3).state()).seen == 3, said
