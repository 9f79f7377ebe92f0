"""Writing a fine-tuned model as ONNX files: in float32, and with 8-bit weights."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from klue_common.errors import InputError, one_line
from klue_common.extras import package
from klue_datasets.files import written_folder

from ..encoding.encoder import TextEncoder
from ..encoding.layout import input_names
from ..fine_tuned import open_fine_tuned
from ..task import BaselineTask
from ..tasks import baseline_of
from .files import EXTRA, FILES, TASK
from .stand_in import OnnxModel

PACKAGES = ("onnx", "onnxscript", "onnxruntime")
OPSET = 23  # the first with an operator for attention as a whole
LARGEST = 2_000_000_000  # bytes of weights that fit a file of ONNX; more lie beside it


def export(task: str, model: str, folder: Path, trust_remote_code: bool = False) -> dict[str, int]:
    """Write a model that `klue train` made to a new folder, for `runtime="onnx"`.

    The folder needs nothing else: it has the configuration and the tokenizer, too.

    Args:
        task: the task's id.
        model: a folder or a Hub id.
        folder: where to; there may be an empty folder.
        trust_remote_code: whether code that lies beside the model may run.

    Returns:
        The names of the ONNX files and their sizes in bytes.

    Raises:
        InputError: there is no such task or model, or something is in the folder, or a package is
            not installed, or the encoder is of a kind that torch can not write.
        DataError: a file cannot be written.
    """
    for name in PACKAGES:
        package(name, EXTRA, "klue export")
    record = baseline_of(task)
    check_free(folder)
    opened, encoder = open_fine_tuned(task, model, trust_remote_code)
    with written_folder(folder) as beside:
        write_graph(record, opened, encoder, beside / FILES["float32"])
        write_int8(beside / FILES["float32"], beside / FILES["int8"])
        opened.config.to_json_file(beside / "config.json")
        encoder.tokenizer.save_pretrained(beside)
        return {name: size_of(beside, name) for name in FILES.values()}


def check_free(folder: Path) -> None:
    """Refuse a folder that has something in it.

    Raises:
        InputError: it has, or it is none.
    """
    try:
        held = min((path.name for path in folder.iterdir()), default=None)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    if held is not None:
        raise InputError(f"{folder}: found {held!r:.60} in it, expected a new or an empty folder")


def size_of(folder: Path, name: str) -> int:
    """Return the bytes of a file and of what lies beside it under its name."""
    return sum(path.stat().st_size for path in folder.glob(f"{name}*"))


def write_graph(
    task: BaselineTask, model: PreTrainedModel, encoder: TextEncoder, path: Path
) -> None:
    """Write a model's graph in float32; numbers of texts, tokens and words are free.

    Raises:
        InputError: torch can not write an encoder of this kind.
    """
    from onnxscript.optimizer import optimize

    graph = task.graph
    names = input_names(getattr(model.config, "encoder", model.config))
    inputs = graph.example(names)
    free = dict.fromkeys(range(2), torch.export.Dim.DYNAMIC)
    weights = sum(tensor.nbytes for tensor in model.parameters())
    try:
        with quiet(), torch.no_grad():
            program: Any = torch.onnx.export(
                graph.module(model.eval()).eval(),
                kwargs=inputs,
                output_names=list(graph.outputs),
                dynamic_shapes=dict.fromkeys(inputs, free),
                dynamo=True,
                opset_version=OPSET,
                optimize=False,  # it also fuses, and rotary embeddings wrongly
                verbose=False,
            )
            optimize(program.model)
    except Exception as error:  # torch wraps whatever a model's code does that no graph can hold
        raise InputError(
            f"{model.config.model_type}: torch can not write a model of this kind as ONNX: "
            f"{one_line(cause_of(error))[:300]}"
        ) from None
    program.model.metadata_props[TASK] = task.name
    program.save(path, external_data=weights > LARGEST)
    # Of other numbers than it was traced with: torch has been seen to write what takes no others.
    OnnxModel(path, model.config, graph, task.name)(**graph.example(names, 3, 9, 4))


def cause_of(error: BaseException) -> BaseException:
    """Return what went wrong at first."""
    return cause_of(error.__cause__) if error.__cause__ else error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep torch from telling users about its own insides."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def write_int8(source: Path, path: Path) -> None:
    """Write a graph anew with 8-bit weights, a scale for each channel of a layer's.

    What goes into a layer becomes 8-bit numbers as it comes, batch by batch; attention, layer norms
    and whatever is no weight stay in float32.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with quiet():
        quantize_dynamic(
            source,
            path,
            # By name: an attention of ONNX is taken for one of onnxruntime's own, and broken.
            op_types_to_quantize=["MatMul", "Gemm", "LSTM", "Gather"],
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
