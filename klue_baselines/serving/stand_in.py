"""An ONNX graph in a model's place: the tasks ask it as they ask a model of torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from klue_common.errors import InputError, one_line

from .files import TASK
from .graph import Graph


class OnnxModel:
    """A graph that onnxruntime runs on the CPU, on as many threads as torch is set to use.

    config: the model's configuration. device: where its inputs are to be.
    """

    device = torch.device("cpu")

    def __init__(self, path: Path, config: Any, graph: Graph, task: str) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 4  # what goes wrong is raised, too
        try:
            self.session = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"]
            )
            made_for = self.session.get_modelmeta().custom_metadata_map.get(TASK)
        except Exception as error:  # onnxruntime has a class for each way to be damaged
            raise InputError(
                f"{path}: no ONNX file that onnxruntime can open: {one_line(error)[:200]}"
            ) from None
        if made_for != task:
            raise InputError(
                f"{path}: found the graph of {made_for or 'no KLUE task'}, expected that of {task}"
            )
        self.path, self.config, self.graph = path, config, graph
        self.inputs = [one.name for one in self.session.get_inputs()]

    def eval(self) -> OnnxModel:
        """Return the model: a graph learns nothing."""
        return self

    def __call__(self, **inputs: torch.Tensor) -> Any:
        """Return what the task reads of the graph's outputs.

        Raises:
            InputError: the graph takes other inputs, or fails on them.
        """
        try:
            given = {name: inputs[name].numpy() for name in self.inputs}
            found = self.session.run([*self.graph.outputs], given)
        except Exception as error:  # onnxruntime has a class for each way to fail
            raise InputError(
                f"{self.path}: the graph can not be asked: {one_line(error)[:200]}"
            ) from None
        tensors = map(torch.from_numpy, found)
        return self.graph.answer(**dict(zip(self.graph.outputs, tensors, strict=True)))

    parse = __call__  # what a parser is asked for
