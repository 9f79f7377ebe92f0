"""What the page needs of Gradio beyond its documented interface is still there.

What only a browser can tell is in test_browser.py.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from space_app.gradio_internals import named_inputs


def test_gradio_reads_the_names_of_inputs_off_the_signature() -> None:
    seen: list[Any] = []

    def handler(request: gr.Request, *texts: str) -> str:
        seen.extend([isinstance(request, gr.Request), *texts])
        return "".join(texts)

    names = ["premise", "hypothesis", "model"]
    with gr.Blocks() as blocks:
        boxes = [gr.Textbox() for _ in names]
        gr.on([boxes[0].submit], named_inputs(handler, names), boxes, boxes[0], api_name="ask")
    endpoint = blocks.get_api_info()["named_endpoints"]["/ask"]
    found = [parameter["parameter_name"] for parameter in endpoint["parameters"]]
    assert found == names, "this release of Gradio takes the names of inputs from elsewhere"
