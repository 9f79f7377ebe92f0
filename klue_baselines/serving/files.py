"""The files of an exported model, by the numbers that it computes in."""

from __future__ import annotations

from ..encoding.encoder import EXPORTED

EXTRA = "onnx"
FILES = {"float32": EXPORTED, "int8": "model_int8.onnx"}
TASK = "klue_task"  # what a file says of itself, beside its graph
