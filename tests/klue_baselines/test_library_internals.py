"""What this room uses of its libraries beyond what they promise is still where it was."""

from __future__ import annotations

import inspect
from pathlib import Path

import datasets
import pytest
import transformers
from datasets import Dataset
from transformers import AutoTokenizer

from klue_baselines import library_internals
from klue_baselines.encoding.encoder import open_tokenizer

MOVED = "{name} has moved in {library} {version}: see klue_baselines/library_internals.py"


def test_a_dataset_has_a_fingerprint() -> None:
    said = MOVED.format(name="_fingerprint", library="datasets", version=datasets.__version__)
    assert hasattr(Dataset.from_dict({"a": [1]}), "_fingerprint"), said


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
