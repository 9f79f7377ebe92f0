"""A pretrained encoder as the tasks see it: its tokenizer, how long a text it takes, its inputs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import transformers
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from klue_common.errors import InputError, one_line
from klue_common.own_files import is_folder, is_number
from klue_datasets.errors import show
from klue_results.naming import WEIGHT_FILES
from klue_text.normal_forms import normalise

from ..library_internals import change_tokenizer
from .layout import check_layout, check_rows, input_names, positions, special_ids

ATTENTION_DROPOUTS = ("attention_probs_dropout_prob", "attention_dropout")  # BERT's, ModernBERT's
EXPORTED = "model.onnx"
NO_CHANGES: Mapping[str, Any] = MappingProxyType({})  # to an encoder's configuration


@dataclass(frozen=True)
class TextEncoder:
    """Turns texts into model inputs for one encoder.

    `max_length` counts tokens, the special ones included; `token_types` says whether the encoder
    tells the two texts of a pair apart by `token_type_ids`.
    """

    tokenizer: PreTrainedTokenizerBase
    max_length: int
    token_types: bool

    def __call__(
        self, texts: Sequence[Any], pairs: Sequence[str] | None = None, **kwargs: Any
    ) -> Any:
        """Tokenise a batch: special tokens added, cut at `max_length`, nothing padded."""
        options = {
            "truncation": "longest_first" if pairs is not None else True,
            "max_length": self.max_length,
            "return_token_type_ids": self.token_types,
            "return_attention_mask": False,
            **kwargs,
        }
        if pairs is None:
            return self.tokenizer(list(texts), **options)
        return self.tokenizer(list(texts), list(pairs), **options)

    def sentences(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> dict[str, Any]:
        """Return model inputs of texts or of pairs of texts, with their lengths in tokens."""
        cleaned = [normalise(text) for text in texts]
        batch = self(cleaned, None if pairs is None else [normalise(text) for text in pairs])
        return {**batch, "length": [len(ids) for ids in batch["input_ids"]]}

    @cached_property
    def digest(self) -> str:
        """A fingerprint of everything that decides what a text becomes."""
        backend = self.tokenizer.backend_tokenizer
        truncation, padding = backend.truncation, backend.padding
        # What the last call left is part of the serialised tokenizer, but not of what it is.
        backend.no_truncation()
        backend.no_padding()
        text = f"{backend.to_str()} {self.max_length} {self.token_types}"
        if truncation:
            backend.enable_truncation(**truncation)
        if padding:
            backend.enable_padding(**padding)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def special_ids(self) -> tuple[int, int]:
        """The ids that open and close a text."""
        return special_ids(self.tokenizer)


def open_tokenizer(
    model: str, trust_remote_code: bool = False, **options: Any
) -> PreTrainedTokenizerBase:
    """Return the fast tokenizer of a model folder or Hub id; character offsets need a fast one.

    Args:
        model: a folder or a Hub id.
        trust_remote_code: whether code that lies beside it may run. None is False here: with
            it transformers would ask whoever sits at the terminal.
        options: others of `from_pretrained`.

    Raises:
        InputError: there is none, it is a slow one, or it needs code that is not trusted.
    """
    check_folder(model)
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            model, trust_remote_code=bool(trust_remote_code), **options
        )
    except Exception as error:  # the libraries raise what damaged files make of them
        refuse_code(model, error)
        raise InputError(
            f"{model:.200}: no tokenizer that transformers can load: {one_line(error)[:300]}"
        ) from None
    if not tokenizer.is_fast:
        raise InputError(
            f"{model}: found {type(tokenizer).__name__}, a slow tokenizer without offsets, "
            "expected a fast one (a tokenizer.json)"
        )
    # transformers makes a tokenizer that knows nothing where a folder has a config.json alone.
    if len(tokenizer) <= len(set(tokenizer.all_special_tokens)):
        raise InputError(
            f"{model}: found a tokenizer without a vocabulary, expected its files beside the model "
            "(tokenizer.json, or vocab.txt)"
        )
    longest = tokenizer.model_max_length  # transformers takes whatever its file holds
    if not is_number(longest) or longest < 1:
        raise InputError(
            f"{model}: tokenizer_config.json: model_max_length: found {show(longest)}, expected a "
            "number of tokens"
        )
    return tokenizer


def check_folder(model: str, weights: bool = False) -> None:
    """Refuse a path that is no model folder before transformers takes it for a Hub id."""
    folder = Path(model)
    if not is_folder(folder):
        if model.startswith((".", "/", "~")) or model.count("/") > 1 or os.path.lexists(model):
            raise InputError(f"{model}: no such model folder, expected a folder or a Hub id")
        return
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder}: found no config.json, expected a model folder")
    if weights and not any((folder / name).is_file() for name in WEIGHT_FILES):
        if (folder / EXPORTED).is_file():
            raise InputError(
                f"{folder}: found {EXPORTED}, which `klue export` wrote, expected weights for "
                "torch; KluePipeline.from_pretrained(..., runtime='onnx') opens it, and "
                "`klue label --runtime onnx`"
            )
        raise InputError(
            f"{folder}: found no weights, expected one of {', '.join(WEIGHT_FILES[:2])}"
        )


def refuse_code(model: str, error: Exception) -> None:
    """Raise InputError if what transformers says is that a model needs code of its own to run.

    >>> refuse_code("org/odd", ValueError("Please pass the argument `trust_remote_code=True`"))
    Traceback (most recent call last):
        ...
    klue_common.errors.InputError: org/odd: found code of its own, which is not run; expected a \
model of a kind that transformers has (only fine-tuned models can be trusted: \
--trust-remote-code of klue predict, trust_remote_code=True of KluePipeline)
    """
    if "trust_remote_code" in str(error):
        raise InputError(
            f"{model}: found code of its own, which is not run; expected a model of a kind that "
            "transformers has (only fine-tuned models can be trusted: --trust-remote-code of klue "
            "predict, trust_remote_code=True of KluePipeline)"
        ) from None


def open_weights(
    loader: Any, model: str, trust_remote_code: bool = False, **kwargs: Any
) -> PreTrainedModel:
    """Call `loader.from_pretrained(model)` in float32, with its failures as one line.

    Weights stored in half precision are widened: fine-tuning in fp16 without a scaled loss
    silently stops learning. Code beside the weights runs only where it is trusted; nobody is asked.
    """
    check_folder(model, weights=True)
    level = transformers.logging.get_verbosity()
    # "Some weights were newly initialised" is what fine-tuning means, not news.
    transformers.logging.set_verbosity_error()
    try:
        return loader.from_pretrained(
            model, dtype="float32", trust_remote_code=bool(trust_remote_code), **kwargs
        )
    except Exception as error:  # the libraries raise what damaged files make of them
        refuse_code(model, error)
        raise InputError(
            f"{model:.200}: cannot be loaded as {loader.__name__}: {one_line(error)[:300]}"
        ) from None
    finally:
        transformers.logging.set_verbosity(level)


def check_encoder(model: str) -> None:
    """Open an encoder and let it go: what is wrong with it is better known before any run.

    Raises:
        InputError: it cannot be opened.
    """
    tokenizer = open_tokenizer(model)
    text_encoder(open_weights(AutoModel, model), tokenizer, tokenizer.model_max_length)


def open_config(model: str, trust_remote_code: bool) -> Any:
    """Return the configuration of a model.

    Raises:
        InputError: there is none, or it needs code of its own that is not trusted.
    """
    try:
        return AutoConfig.from_pretrained(model, trust_remote_code=bool(trust_remote_code))
    except Exception as error:  # the libraries raise what damaged files make of them
        refuse_code(model, error)
        raise InputError(
            f"{model:.200}: no configuration of a model: {one_line(error)[:300]}"
        ) from None


def attention_dropout(model: str, share: float | None) -> dict[str, float]:
    """Return the change of an encoder's configuration that sets the dropout of its attention.

    Raises:
        InputError: the configuration has no such setting.

    >>> attention_dropout("klue/bert-base", None)
    {}
    """
    if share is None:
        return {}
    check_folder(model)
    config = open_config(model, trust_remote_code=False)
    for name in ATTENTION_DROPOUTS:
        if hasattr(config, name):
            return {name: share}
    raise InputError(
        f"{model}: found no setting of the attention's dropout in config.json, expected "
        + " or ".join(ATTENTION_DROPOUTS)
    )


def text_encoder(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, max_length: int
) -> TextEncoder:
    """Fit a tokenizer to an encoder: its positions limit the length, its types say what is told.

    The tokenizer is changed to say the same by itself, so that whoever loads it gets from it what
    the encoder takes.

    Raises:
        InputError: the tokenizer gives what the encoder, or a head on it, can not read.
    """
    check_rows(model, tokenizer)
    limit = min(positions(model), tokenizer.model_max_length)
    return fitted(model.config, tokenizer, max_length, limit)


def fitted(
    own: Any, tokenizer: PreTrainedTokenizerBase, max_length: int, limit: int
) -> TextEncoder:
    """Fit a tokenizer to a model's configuration.

    Args:
        own: the model's configuration.
        tokenizer: it is changed, as `text_encoder` says.
        max_length: tokens that texts are to have at most.
        limit: tokens that the encoder has positions for.

    Raises:
        InputError: the encoder, or a head on it, reads special tokens as others.
    """
    config = getattr(own, "encoder", own)
    names = input_names(config)
    encoder = TextEncoder(tokenizer, min(max_length, limit), "token_type_ids" in names)
    check_layout(tokenizer, config)
    # RoBERTa's configuration with BERT's tokenizer (klue/roberta-*) makes token types 0 and 1 for
    # an embedding of one row.
    saved = {"model_input_names": names, "model_max_length": limit, "padding_side": "right"}
    change_tokenizer(tokenizer, saved)
    return encoder


def offsets(encoding: Any, index: int) -> np.ndarray:
    """Return a text's character offsets, shape (tokens, 2); special tokens have (0, 0)."""
    return np.asarray(encoding[index].offsets, dtype=np.int64).reshape(-1, 2)
