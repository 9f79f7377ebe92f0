"""What the page needs of Gradio beyond its documented interface is still there.

What only a browser can tell is in test_browser.py.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

from space_app.gradio_internals import Sessions, named_inputs


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


def test_a_session_begins_without_the_configuration_of_the_parts() -> None:
    with gr.Blocks() as blocks:
        box, kept = gr.Textbox("비"), gr.State(5)
    holder = StateHolder()
    holder.set_blocks(blocks)
    holder.__class__ = Sessions
    session = holder["a"]
    assert SessionState(blocks).config_values and not session.config_values
    assert (session[box._id], session[kept._id]) == (box, 5)
    session._update_value_in_config(box._id, "눈")
    (changed,) = session.components
    assert changed["props"]["value"] == "눈"
    assert SessionState(blocks).config_values[box._id]["props"]["value"] == "비"
    assert holder["a"] is session and "b" not in holder
