"""Models for where torch is not wanted: written as ONNX files, opened and asked by onnxruntime."""
