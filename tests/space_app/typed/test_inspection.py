"""What is refused of a typed model before anything is built of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_common.errors import InputError
from space_app.tasks import DEMOS
from space_app.typed.inspection import check_parameters, inspect, kind_of
from space_app.typed.limits import TypedLimits
from tests.space_app.hostile_models import HOSTILE, files_of

REFUSED = {
    "layers": "config.json: num_hidden_layers: found 200,000, expected at most 96",
    "width": "config.json: hidden_size: found 1,000,000, expected at most 32,768",
    "vocabulary": "config.json: vocab_size: found a number above 10^12, expected at most 1,000,000",
    "positions": "max_position_embeddings: found 68,719,476,736, expected at most 131,072",
    "memory": "config.json: found an encoder of 11,776,110,000 weights, expected no more than the",
    "labels": "config.json: id2label: found 100,000 labels, expected at most 1,000",
    "label-count": "config.json: num_labels: found 8,589,934,592, expected at most 1,000",
    "number": "max_position_embeddings: found a number above 10^12, expected at most 131,072",
    "nested": "config.json: found too many levels of JSON, expected an object",
    "lying-header": "model.safetensors: found a header of a number above 10^12 bytes",
    "long-header": "model.safetensors: found a header of 100,000,000 bytes, expected at most 4 MB",
    "outside": "model.safetensors.index.json: found files that are not the model's",
    "own-code": "found code of its own (odd), which is not run here",
    "tokenizer-file": "tokenizer_config.json: found vocab_file, expected a tokenizer without it",
    "quantised": "config.json: found quantization_config, expected a model without it",
    "kernels": "config.json: found attn_implementation, expected a model without it",
    "no-object": "config.json: found no JSON object, expected an object",
    "control": r"found code of its own (a\nb\x1b[31m<script>), which is not run here",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_model_is_refused_in_a_line(name: str, tiny_runs: Path, tmp_path: Path) -> None:
    for path, content in HOSTILE[name](files_of(tiny_runs / "nli")).items():
        (tmp_path / path).write_bytes(content)
    with pytest.raises(InputError) as caught:
        inspect("org/name", tmp_path, TypedLimits())
        check_parameters("org/name", tmp_path)
    line = str(caught.value)
    assert line.startswith("org/name: ") and REFUSED[name] in line
    assert "\n" not in line and str(tmp_path) not in line


@pytest.mark.parametrize("task", DEMOS)
def test_models_of_klue_train_pass(task: str, tiny_runs: Path) -> None:
    inspect("org/name", tiny_runs / task, TypedLimits())
    check_parameters("org/name", tiny_runs / task)


def test_weights_that_were_cut_are_refused(tiny_runs: Path, tmp_path: Path) -> None:
    for path, content in files_of(tiny_runs / "nli").items():
        (tmp_path / path).write_bytes(content[:100] if path == "model.safetensors" else content)
    with pytest.raises(InputError, match=r"model\.safetensors: found a file that was cut"):
        inspect("org/name", tmp_path, TypedLimits())


def test_a_wrapped_encoder_is_held_to_the_same_limits(tiny_runs: Path, tmp_path: Path) -> None:
    for path, content in files_of(tiny_runs / "dp").items():
        (tmp_path / path).write_bytes(
            content.replace(b'"num_hidden_layers": 2', b'"num_hidden_layers": 2000')
        )
    with pytest.raises(InputError, match=r"num_hidden_layers: found 2,000"):
        inspect("org/name", tmp_path, TypedLimits())


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("n_layer", "layers"),
        ("encoder_layers", "layers"),
        ("num_blocks", "layers"),
        ("d_model", "width"),
        ("n_embd", "width"),
        ("intermediate_size", "width"),
        ("lstm_size", "width"),
        ("a_size_of_the_future", "width"),
        ("vocab_size", "vocabulary"),
        ("eos_token_id", "vocabulary"),
        ("n_positions", "positions"),
        ("klue_max_length", "positions"),
        ("rope_theta", None),
    ],
)
def test_a_number_falls_under_a_limit_by_its_key(key: str, kind: str | None) -> None:
    assert kind_of(key) == kind
