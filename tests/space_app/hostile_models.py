"""Repositories of models that are made to harm the page that opens them.

Each is a good model of NLI, changed in one way.
"""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load, save

Files = dict[str, bytes]
CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
INDEX = "model.safetensors.index.json"
BACKTRACKING = r"((?:[ab]+)+)+(?=c)\1"
SLOW_TEXT = "ab" * 40  # for that pattern


def files_of(folder: Path) -> Files:
    """The files of a model's folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def with_json(name: str, **changes: Any) -> Callable[[Files], Files]:
    """A change of the fields of a JSON file."""

    def change(files: Files) -> Files:
        return {**files, name: json.dumps(json.loads(files[name]) | changes).encode()}

    return change


def with_config(**changes: Any) -> Callable[[Files], Files]:
    """A change of the configuration."""
    return with_json(CONFIG, **changes)


def bomb(files: Files) -> Files:
    """A normaliser that doubles a text forty times."""
    twice = {"type": "Replace", "pattern": {"String": "x"}, "content": "xx"}
    seed = {"type": "Prepend", "prepend": "x"}
    normaliser = {"type": "Sequence", "normalizers": [seed, *[twice] * 40]}
    return with_json(TOKENIZER, normalizer=normaliser)(files)


def backtracking(files: Files) -> Files:
    """A pattern that takes time exponential in the length of a text."""
    split = {"type": "Split", "pattern": {"Regex": BACKTRACKING}, "behavior": "Isolated"}
    return with_json(TOKENIZER, pre_tokenizer=split | {"invert": False})(files)


def lying_header(files: Files) -> Files:
    """Weights whose header says that it is longer than the file."""
    return {**files, WEIGHTS: struct.pack("<Q", 1 << 40) + files[WEIGHTS][8:]}


def long_header(files: Files) -> Files:
    """Weights with a header of 100 MB of blanks."""
    return {**files, WEIGHTS: struct.pack("<Q", 100_000_000) + b"{}" + b" " * 99_999_998}


def shapes_without_data(files: Files) -> Files:
    """Weights whose shapes are not those of the bytes."""
    header = {"a": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}
    text = json.dumps(header).encode()
    return {**files, WEIGHTS: struct.pack("<Q", len(text)) + text}


def not_finite(files: Files) -> Files:
    """Weights of NaN."""
    weights = {name: np.full_like(value, np.nan) for name, value in load(files[WEIGHTS]).items()}
    return {**files, WEIGHTS: save(weights, metadata={"format": "pt"})}


def outside(files: Files) -> Files:
    """An index that names weights in a folder of others."""
    kept = {name: content for name, content in files.items() if name != WEIGHTS}
    named = {"weight_map": {"a": "../../../../etc/passwd", "b": "/etc/passwd"}, "metadata": {}}
    shard = {"model-00001-of-00001.safetensors": files[WEIGHTS]}
    return {**kept, **shard, INDEX: json.dumps(named).encode()}


def many_shards(files: Files) -> Files:
    """Weights in ten thousand files."""
    return {**files, **{f"model-{at:05d}-of-10000.safetensors": b"x" for at in range(10_000)}}


def nested(files: Files) -> Files:
    """A configuration of 100,000 levels."""
    return {**files, CONFIG: b'{"a":' * 100_000 + b"1" + b"}" * 100_000}


def own_code(files: Files) -> Files:
    """A model of a kind that only its own code knows."""
    classes = {"AutoConfig": "odd.Odd", "AutoModelForSequenceClassification": "odd.Odd"}
    changed = with_config(model_type="odd", auto_map=classes)(files)
    return {**changed, "odd.py": b"import os; os._exit(1)"}


def tokenizer_code(files: Files) -> Files:
    """A tokenizer with code in another repository."""
    classes = {"AutoTokenizer": ["org/other--odd.Slow", "org/other--odd.Fast"]}
    return with_json("tokenizer_config.json", tokenizer_class="Odd", auto_map=classes)(files)


def adapter(files: Files) -> Files:
    """An adapter, whose model is another repository."""
    named = {"base_model_name_or_path": "org/other", "peft_type": "LORA"}
    kept = {name: content for name, content in files.items() if name != CONFIG}
    return {
        **kept,
        "adapter_config.json": json.dumps(named).encode(),
        "adapter_model.safetensors": files[WEIGHTS],
    }


def pickled(files: Files) -> Files:
    """Weights that are a pickle."""
    kept = {name: content for name, content in files.items() if name != WEIGHTS}
    return {**kept, "pytorch_model.bin": pickle.dumps({"a": 1})}


def template(files: Files) -> Files:
    """A chat template that never ends."""
    text = "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}"
    return {**files, "chat_template.jinja": text.encode()}


LABELS = {str(at): str(at) for at in range(100_000)}
HOSTILE: Mapping[str, Callable[[Files], Files]] = {
    "normaliser": bomb,
    "backtracking": backtracking,
    "layers": with_config(num_hidden_layers=200_000, layer_types=None),
    "width": with_config(hidden_size=1_000_000),
    "vocabulary": with_config(vocab_size=1 << 40),
    "positions": with_config(max_position_embeddings=1 << 36),
    "memory": with_config(hidden_size=30_000, num_attention_heads=1, intermediate_size=30_000),
    "labels": with_config(id2label=LABELS, label2id={name: int(name) for name in LABELS}),
    "label-count": with_config(num_labels=1 << 33),
    "number": with_config(max_position_embeddings=10**4000),
    "nested": nested,
    "long-config": with_config(padding=" " * 5_000_000),
    "long-tokenizer": lambda files: {**files, TOKENIZER: b" " * 100_000_000},
    "lying-header": lying_header,
    "long-header": long_header,
    "no-data": shapes_without_data,
    "not-finite": not_finite,
    "outside": outside,
    "many-shards": many_shards,
    "own-code": own_code,
    "tokenizer-code": tokenizer_code,
    "tokenizer-file": with_json("tokenizer_config.json", vocab_file="/etc/passwd"),
    "odd-class": with_json("tokenizer_config.json", tokenizer_class="os.system"),
    "quantised": with_config(quantization_config={"quant_method": "gptq", "bits": 4}),
    "kernels": with_config(attn_implementation="org/kernel"),
    "adapter": adapter,
    "pickled": pickled,
    "no-object": lambda files: {**files, CONFIG: b"[]"},
    "empty-tokenizer": lambda files: {**files, TOKENIZER: b""},
    "control": with_config(model_type="a\nb\x1b[31m<script>"),
    "odd-types": with_config(hidden_size="a lot", num_hidden_layers=[1], vocab_size=None),
    "negative": with_config(hidden_size=-64, num_attention_heads=-2),
    "no-heads": with_config(num_attention_heads=0),
}


def put(hub: Any, repo: str, files: Files) -> str:
    """Make a repository of files on the Hub of the tests; returns its id."""
    hub.create("model", repo)
    hub.write("model", repo, files)
    return repo
