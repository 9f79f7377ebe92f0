"""Opening a causal model: a folder or a Hub id, and every way in which it can be none."""

from __future__ import annotations

import inspect
from typing import Any

import torch
import transformers
from accelerate import PartialState
from safetensors import SafetensorError
from transformers import (
    AutoModelForCausalLM,
    DynamicCache,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from klue_common.errors import InputError, one_line

from ..encoding.encoder import check_folder, open_config, open_tokenizer
from .network import CACHE_NAMES
from .prefixes import is_attention

CAUSAL = frozenset(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values())
FAILURES = (OSError, ValueError, KeyError, TypeError, ImportError, SafetensorError)
LONGEST = 1 << 20  # tokens: a tokenizer that knows no limit says a number far beyond it
# Shares of the largest logit: more than rounding makes, less than another token behind does.
ROUNDING = {torch.float32: 1e-4}
COARSE_ROUNDING = 0.05


def open_causal(
    model: str, dtype: str | None, trust_remote_code: bool
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a model and its tokenizer, on the device that accelerate chooses.

    Args:
        model: a folder or a Hub id.
        dtype: of the weights; None is float32 on a CPU and as stored elsewhere.
        trust_remote_code: whether code that comes with the model runs; nobody is asked.

    Raises:
        InputError: it is no causal model, or no tokenizer is beside it.
    """
    check_folder(model, weights=True)
    config = open_config(model, trust_remote_code)
    check_architecture(model, config)
    tokenizer = open_tokenizer(model, trust_remote_code=trust_remote_code)
    device = PartialState().device
    on_cpu = device.type == "cpu"
    opened = load(
        model,
        dtype=dtype or ("float32" if on_cpu else "auto"),
        device_map=None if on_cpu else "auto",
        trust_remote_code=trust_remote_code,
    )
    check_causal(model, opened)
    check_reads_on(model, opened)
    return opened, tokenizer


def check_architecture(model: str, config: Any) -> None:
    """Refuse what was saved as anything but a causal model, such as an encoder.

    transformers would open it, and make up the weights that are missing.
    """
    found = list(getattr(config, "architectures", None) or ())
    own = getattr(config, "auto_map", None) or {}
    if not CAUSAL.intersection(found) and "AutoModelForCausalLM" not in own:
        raise InputError(
            f"{model}: found {' '.join(found) or 'no architecture in config.json'}, expected a "
            "causal language model, such as LlamaForCausalLM"
        )


def load(model: str, **options: Any) -> PreTrainedModel:
    """Return the model in evaluation mode, with failures as one line."""
    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    try:
        return AutoModelForCausalLM.from_pretrained(model, **options).eval()
    except FAILURES as error:
        raise InputError(
            f"{model}: cannot be loaded as a causal language model: {one_line(error)}"
        ) from None
    finally:
        transformers.logging.set_verbosity(level)


def check_causal(model: str, opened: PreTrainedModel) -> None:
    """Refuse a model without a key-value cache, and one whose tokens see what follows them."""
    parameters = inspect.signature(opened.forward).parameters
    if not any(name in parameters for name in CACHE_NAMES):
        raise InputError(
            f"{model}: found {type(opened).__name__}, which keeps nothing of what it has read, "
            "expected a model with a key-value cache"
        )
    device = opened.get_input_embeddings().weight.device
    ids = torch.tensor([[1, 2], [1, 3]], device=device)
    with torch.inference_mode():
        first, second = opened(input_ids=ids, use_cache=False).logits[:, 0].float()
    if apart(first, second, opened.dtype):
        raise InputError(
            f"{model}: found a model whose tokens see those behind them, expected a causal one "
            "(is_decoder in config.json)"
        )


def check_reads_on(model: str, opened: PreTrainedModel) -> None:
    """Refuse a model that reads several tokens otherwise where it goes on from its cache.

    Some recurrent ones (Mamba) take one token at a time there, and say nothing of it.
    """
    parameters = inspect.signature(opened.forward).parameters
    name = next(name for name in CACHE_NAMES if name in parameters)
    ids = torch.arange(1, 10, device=opened.get_input_embeddings().weight.device)[None]
    cache = DynamicCache(config=opened.config)
    if is_attention(cache):
        return
    with torch.inference_mode():
        whole = opened(input_ids=ids, use_cache=False).logits[0, -1].float()
        opened(input_ids=ids[:, :6], use_cache=True, **{name: cache})
        parts = opened(input_ids=ids[:, 6:], use_cache=True, **{name: cache}).logits[0, -1].float()
    if apart(whole, parts, opened.dtype):
        raise InputError(
            f"{model}: found {type(opened).__name__}, which cannot read on from what it has read, "
            "expected a model that can, or a server"
        )


def apart(ours: torch.Tensor, theirs: torch.Tensor, dtype: torch.dtype) -> bool:
    """Return whether two tokens' logits differ by more than rounding."""
    share = ROUNDING.get(dtype, COARSE_ROUNDING)
    return float((ours - theirs).abs().max()) > share * float(ours.abs().max())


def context_of(opened: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """Return how many tokens the longest text has."""
    config = opened.config.get_text_config()
    limit = getattr(config, "max_position_embeddings", None) or LONGEST
    return int(min(limit, tokenizer.model_max_length, LONGEST))


def opening_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Return what a model begins every text with; what would close a text is left out."""
    whole = tokenizer("가")["input_ids"]
    plain = tokenizer("가", add_special_tokens=False)["input_ids"]
    for start in range(len(whole) - len(plain) + 1):
        if whole[start : start + len(plain)] == plain:
            return list(whole[:start])
    return []


def end_ids(opened: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Return the tokens that end what a model writes."""
    given = getattr(opened.generation_config, "eos_token_id", None)
    if given is None:
        given = opened.config.get_text_config().eos_token_id
    if given is None:
        given = tokenizer.eos_token_id
    return frozenset([given] if isinstance(given, int) else given or ())
