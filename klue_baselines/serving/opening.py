"""Opening a folder that `klue export` wrote."""

from __future__ import annotations

from pathlib import Path

import torch
from huggingface_hub import hf_hub_download

from klue_common.errors import InputError, one_line
from klue_common.extras import package
from klue_common.own_files import is_folder

from ..encoding.encoder import TextEncoder, check_folder, fitted, open_config, open_tokenizer
from ..fine_tuned import checked_length
from ..tasks import baseline_of
from .files import EXTRA, FILES
from .stand_in import OnnxModel


def open_exported(
    task: str,
    model: str,
    *,
    trust_remote_code: bool = False,
    device: str | int | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
) -> tuple[OnnxModel, TextEncoder]:
    """Return a model that `klue export` wrote, and its encoder.

    Args:
        task: the task's id.
        model: a folder or a Hub id.
        trust_remote_code: whether code that lies beside the model may run.
        device: None or the CPU.
        dtype: "float32" (None), or "int8".

    Raises:
        InputError: there is no such task or model, or it is none of ONNX, or of another task, or
            onnxruntime is not installed.
    """
    package("onnxruntime", EXTRA, 'runtime="onnx"')
    record = baseline_of(task)
    check_cpu(device)
    path = file_of(model, file_name(dtype))
    config = open_config(model, trust_remote_code)
    length = checked_length(record, config, model)
    tokenizer = open_tokenizer(model, trust_remote_code=trust_remote_code)
    limit = tokenizer.model_max_length  # `klue export` wrote the encoder's own
    encoder = fitted(config, tokenizer, limit if length is None else length, limit)
    return OnnxModel(path, config, record.graph, task), encoder


def file_name(dtype: str | torch.dtype | None) -> str:
    """Return the name of the file whose model computes in numbers of a type.

    Raises:
        InputError: `klue export` writes none.

    Example:
        >>> file_name("int8")
        'model_int8.onnx'
    """
    name = "float32" if dtype is None else str(dtype).removeprefix("torch.")
    if name not in FILES:
        raise InputError(
            f"dtype: found {dtype!r:.60}, expected {' or '.join(FILES)} with runtime='onnx'"
        )
    return FILES[name]


def check_cpu(device: str | int | torch.device | None) -> None:
    """Refuse a device other than the CPU.

    Raises:
        InputError: it is another one.
    """
    if device is not None and str(device) != "cpu":
        raise InputError(
            f"device: found {device!s:.60}, expected cpu with runtime='onnx'; torch runs on GPUs"
        )


def file_of(model: str, name: str) -> Path:
    """Return a file of a model folder, or of a repository on the Hub.

    Raises:
        InputError: there is no such folder or file.
    """
    check_folder(model)
    if is_folder(Path(model)):
        path = Path(model) / name
        if not path.is_file():
            raise InputError(
                f"{model}: found no {name}, expected a folder that `klue export` wrote; "
                "what `klue train` wrote opens without runtime='onnx'"
            )
        return path
    try:
        return Path(hf_hub_download(model, name))
    except Exception as error:  # the Hub's, the network's, a name that is none
        raise InputError(
            f"{model:.200}: no {name} on the Hub, expected a model that `klue export` wrote: "
            f"{one_line(error)[:300]}"
        ) from None
