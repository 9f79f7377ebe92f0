"""Causal models with random weights and a tokenizer learned on the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    LlamaConfig,
    PreTrainedTokenizerFast,
    Qwen3NextConfig,
)

from klue_datasets import load

SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "head_dim": 8}
NARROW = {**SIZE, "intermediate_size": 64, "num_key_value_heads": 2}
CONFIGS: dict[str, Any] = {
    "gpt2": lambda size, context: GPT2Config(
        vocab_size=size, n_embd=32, n_layer=2, n_head=4, n_positions=context, eos_token_id=1
    ),
    "llama": lambda size, context: LlamaConfig(
        vocab_size=size, **NARROW, max_position_embeddings=context, bos_token_id=0, eos_token_id=1
    ),
    "qwen3_next": lambda size, context: Qwen3NextConfig(
        vocab_size=size,
        **NARROW,
        max_position_embeddings=context,
        layer_types=["linear_attention", "full_attention"],
        num_experts=4,
        num_experts_per_tok=2,
        moe_intermediate_size=16,
        shared_expert_intermediate_size=16,
        linear_num_value_heads=4,
        linear_num_key_heads=2,
        linear_key_head_dim=8,
        linear_value_head_dim=8,
        bos_token_id=0,
        eos_token_id=1,
    ),
    # A window far shorter than the prompts of the tests.
    "gemma3": lambda size, context: Gemma3TextConfig(
        vocab_size=size,
        **NARROW,
        max_position_embeddings=context,
        sliding_window=16,
        layer_types=["sliding_attention", "full_attention"],
        query_pre_attn_scalar=8,
        bos_token_id=0,
        eos_token_id=1,
    ),
}


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE, whose merges go across the border between a prompt and a label."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=800,
        special_tokens=["<bos>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(load("ynat", "train", sample=True)["title"], trainer)
    # Like Llama and Gemma: something before every text; and something behind, which is left out.
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", special_tokens=[("<bos>", 0), ("<eos>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>", pad_token="<eos>"
    )


def make_causal(folder: Path, kind: str, context: int = 256) -> Path:
    """Write a random model of a kind, with its tokenizer, to a folder."""
    torch.manual_seed(0)
    tokenizer = tiny_tokenizer()
    model = AutoModelForCausalLM.from_config(CONFIGS[kind](len(tokenizer), context))
    for parameter in model.parameters():  # far from uniform, so that a wrong place shows
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
