"""What the files of a typed model ask for, read before a library builds anything of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_whole, read_json

from .limits import MEGABYTE, TypedLimits

# Keys with which a configuration has the libraries fetch, build or run something else.
LEADING_ELSEWHERE = frozenset(
    {
        "quantization_config",
        "attn_implementation",
        "_attn_implementation",
        "_attn_implementation_internal",
        "experts_implementation",
        "use_kernels",
        "base_model_name_or_path",
        "peft_type",
    }
)
# Which limit a whole number falls under, by its key: the first that fits. Families name the same
# thing differently (n_layer, num_layers, num_hidden_layers), and the next one will do so again.
KINDS = (
    (re.compile(r"theta|seed|version"), None),
    (re.compile(r"layer|block|stage|depth"), "layers"),
    (re.compile(r"label"), "labels"),
    (re.compile(r"vocab|_ids?$|index|pieces|tokens|embeddings_size$"), "vocabulary"),
    (re.compile(r"position|length|_len|window|n_ctx|attention$"), "positions"),
)
OTHER_KIND = "width"


def inspect(repo: str, folder: Path, limits: TypedLimits) -> None:
    """Check a model's folder: its code, its numbers and what its files say of other files.

    Raises:
        InputError: the model asks for too much, for code, or for files of others.
    """
    config = read_of(repo, folder / "config.json")
    check_code(repo, config)
    for key, value in walk(config):
        check_value(repo, key, value, limits)
    if (folder / "tokenizer_config.json").exists():
        check_tokenizer(repo, read_of(repo, folder / "tokenizer_config.json"))
    check_index(repo, folder)
    for path in folder.glob("*.safetensors"):
        check_header(repo, path, limits)


def read_of(repo: str, path: Path) -> dict[str, Any]:
    """Return the object of a JSON file; the error names the repository, not the folder."""
    try:
        return read_json(path, "an object")
    except InputError as error:
        raise InputError(str(error).replace(str(path), f"{repo}: {path.name}")) from None


def check_code(repo: str, config: Mapping[str, Any]) -> None:
    """Raise InputError for a model that brings code of its own, where the libraries have none."""
    from transformers import CONFIG_MAPPING

    from klue_baselines.heads.modeling_dependency_parsing import DependencyParserConfig
    from klue_baselines.heads.modeling_dialogue_state_tracking import DialogueStateTrackerConfig

    ours = (DependencyParserConfig.model_type, DialogueStateTrackerConfig.model_type)
    encoder = config.get("encoder")
    kinds = [config.get("model_type")]
    if kinds[0] in ours:
        kinds.append(encoder.get("model_type") if isinstance(encoder, dict) else None)
    for at, kind in enumerate(kinds):
        known = isinstance(kind, str) and (kind in CONFIG_MAPPING or (at == 0 and kind in ours))
        if kind is None:
            raise InputError(f"{repo}: config.json: found no model_type, expected one")
        if not known:
            raise InputError(
                f"{repo}: found code of its own ({str(kind)[:60]}), which is not run here"
            )


def walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all values of a configuration with the keys that they stand under.

    >>> list(walk({"encoder": {"sizes": [1, 2]}}))
    [('encoder', {'sizes': [1, 2]}), ('sizes', [1, 2]), ('sizes', 1), ('sizes', 2)]
    """
    if isinstance(value, dict):
        for name, part in value.items():
            yield name, part
            yield from walk(part, name)
    elif isinstance(value, list):
        for part in value:
            yield key, part
            yield from walk(part, key)


def check_value(repo: str, key: str, value: Any, limits: TypedLimits) -> None:
    """Raise InputError for a key that leads elsewhere, or a number or a table that is too large."""
    if key in LEADING_ELSEWHERE and value is not None:
        raise InputError(f"{repo}: config.json: found {key}, expected a model without it")
    kind = kind_of(key)
    if kind is not None and is_whole(value) and abs(value) > getattr(limits, kind):
        raise InputError(
            f"{repo}: config.json: {key[:60]}: found {shown(value)}, expected at most "
            f"{getattr(limits, kind):,}"
        )
    if isinstance(value, dict | list) and "label" in key and len(value) > limits.labels:
        raise InputError(
            f"{repo}: config.json: {key[:60]}: found {len(value):,} labels, expected at most "
            f"{limits.labels:,}"
        )


def kind_of(key: str) -> str | None:
    """Return the name of the limit for a number, None if it is no size.

    >>> kind_of("n_layer"), kind_of("d_model"), kind_of("rope_theta"), kind_of("pad_token_id")
    ('layers', 'width', None, 'vocabulary')
    """
    return next((kind for pattern, kind in KINDS if pattern.search(key)), OTHER_KIND)


def shown(value: int) -> str:
    """Return a whole number for people, however long it is.

    >>> shown(200000), shown(10**30)
    ('200,000', 'a number above 10^12')
    """
    return f"{value:,}" if abs(value) < 10**12 else "a number above 10^12"


def check_tokenizer(repo: str, config: Mapping[str, Any]) -> None:
    """Raise InputError for settings of a tokenizer that name files."""
    for key, value in config.items():
        if key.endswith("_file") and key != "special_tokens_map_file" and value is not None:
            raise InputError(
                f"{repo}: tokenizer_config.json: found {key[:60]}, expected a tokenizer without it"
            )


def check_index(repo: str, folder: Path) -> None:
    """Raise InputError for an index of weights that names files outside the model."""
    path = folder / "model.safetensors.index.json"
    if not path.exists():
        return
    weights = read_of(repo, path).get("weight_map")
    named = weights.values() if isinstance(weights, dict) else [None]
    here = {path.name for path in folder.glob("*.safetensors")}
    if any(not isinstance(name, str) or name not in here for name in named):
        raise InputError(f"{repo}: {path.name}: found files that are not the model's")


def check_header(repo: str, path: Path, limits: TypedLimits) -> None:
    """Raise InputError for weights whose header is longer than allowed or than the file."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > limits.header_bytes:
        raise InputError(
            f"{repo}: {path.name}: found a header of {shown(length)} bytes, expected at most "
            f"{limits.header_bytes // MEGABYTE} MB"
        )
    if length + 8 > path.stat().st_size:
        raise InputError(f"{repo}: {path.name}: found a file that was cut, expected a whole one")


def parameters_held(folder: Path) -> int:
    """Return how many numbers the weights of a model are, by their headers."""
    held = 0
    for path in folder.glob("*.safetensors"):
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        for name, tensor in header.items():
            if name != "__metadata__":
                count = 1
                for size in tensor["shape"]:
                    count *= size
                held += count
    return held


def check_parameters(repo: str, folder: Path) -> None:
    """Raise InputError where the configuration asks for many more weights than there are.

    The encoder is built without memory for its weights.
    """
    import torch
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    with torch.device("meta"):
        encoder = AutoModel.from_config(
            getattr(config, "encoder", None) or config, trust_remote_code=False
        )
    asked, held = sum(weight.numel() for weight in encoder.parameters()), parameters_held(folder)
    if asked > 1.1 * held + 1_000_000:  # a pooler may be new: no task's head reads it
        raise InputError(
            f"{repo}: config.json: found an encoder of {shown(asked)} weights, expected no more "
            f"than the {shown(held)} of the safetensors"
        )
