"""Adapters of an encoder (LoRA, by peft): learned in place of its weights, merged in the end."""

from __future__ import annotations

from typing import Any

import torch

RANK, SCALE, DROPOUT = 16, 32, 0.05  # peft's usual ones for encoders


def add_adapters(model: Any) -> None:
    """Give every linear layer of a model's encoder an adapter, and hold its own weights fast.

    The model stays of its class, and its checkpoints are whole ones; what stands on the encoder is
    learned as ever.
    """
    from peft import LoraConfig
    from peft.tuners.lora import LoraModel

    encoder = model.base_model
    of_encoder = {id(parameter) for parameter in encoder.parameters()}
    layers = [name for name, layer in encoder.named_modules() if isinstance(layer, torch.nn.Linear)]
    config = LoraConfig(r=RANK, lora_alpha=SCALE, lora_dropout=DROPOUT, target_modules=layers)
    head = [each for each in model.parameters() if id(each) not in of_encoder]
    LoraModel(encoder, config, "default")
    for parameter in head:
        parameter.requires_grad_(True)


def merge(model: Any) -> None:
    """Put what adapters have learned into the weights that they stand for, and take them away."""
    adapted = [name for name, layer in model.named_modules() if hasattr(layer, "lora_A")]
    for name in adapted:
        layer = model.get_submodule(name)
        layer.merge()
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, layer.get_base_layer())
    for parameter in model.parameters() if adapted else ():
        parameter.requires_grad_(True)
