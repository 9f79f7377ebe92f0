"""An exported model says what its model of torch says: logits, records, scores."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch

from klue_baselines.own_texts.asking import parts_of
from klue_baselines.pipeline import KluePipeline
from klue_baselines.serving.writing import export
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import KLUE_TINY
from klue_common.errors import InputError
from klue_datasets import load

from .conftest import Exports

CLOSE = 1e-4
REAL = 200  # rows of the model: windows, turns
HEAVY = ["ner", "re", "dp", "mrc", "wos", "sts", "nli"]
TASKS = [
    pytest.param(name, marks=[pytest.mark.slow] if name in HEAVY else []) for name in BASELINES
]


def both(exports: Exports, name: str) -> tuple[KluePipeline, KluePipeline]:
    return (
        KluePipeline.from_pretrained(name, str(exports.trained(name))),
        KluePipeline.from_pretrained(name, str(exports.exported(name)), runtime="onnx"),
    )


def said(pipeline: KluePipeline, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What a model says of a batch, by name; of a parser the relations to the best heads."""
    name, model = pipeline.task.name, pipeline.model
    if name == "dp":
        parse = model.parse(**inputs)
        there = inputs["word_first"].ne(0)
        deprels = parse.deprels_of(parse.arcs.argmax(-1))
        return {"arcs": parse.arcs[there], "deprels": deprels[there]}
    if name == "wos":
        output = model(**inputs)
        return {key: output[key] for key in ("gates", "values", "value_scores")}
    return {"logits": model(**{key: inputs[key] for key in inputs if key != "passage"}).logits}


def assert_close(torch_one: KluePipeline, onnx_one: KluePipeline, rows: list[Any]) -> None:
    for part in parts_of(torch_one._encode(rows)[:REAL], 16):
        inputs = torch_one.collate(part)
        with torch.inference_mode():
            ours, theirs = said(torch_one, inputs), said(onnx_one, inputs)
        for name, tensor in ours.items():
            assert tensor.shape == theirs[name].shape
            torch.testing.assert_close(theirs[name], tensor, atol=CLOSE, rtol=0)


@pytest.mark.parametrize("name", TASKS)
def test_a_graph_says_what_its_model_says(name: str, exports: Exports) -> None:
    torch_one, onnx_one = both(exports, name)
    rows = load(name, "validation", sample=True, full=True).to_list()[:12]
    assert_close(torch_one, onnx_one, rows)
    if os.environ.get("KLUE_DATA_DIR"):
        assert_close(torch_one, onnx_one, load(name, "validation[:200]", full=True).to_list())
    for count in (1, 12):  # numbers of texts that the graph was not traced with
        ours, _ = torch_one.answer(rows[:count], scores=True)
        theirs, _ = onnx_one.answer(rows[:count], scores=True)
        assert plain(theirs) == plain(ours)
        assert numbers(theirs) == pytest.approx(numbers(ours), abs=1e-3)


@pytest.mark.slow
def test_the_shipped_encoder_is_written(exports: Exports, tmp_path: Path) -> None:
    # A ModernBERT: its rotary embeddings once took no batch but that of the trace.
    folder, out = tmp_path / "trained", tmp_path / "out"
    exports.make("ynat", folder, KLUE_TINY)
    export("ynat", str(folder), out)
    torch_one = KluePipeline.from_pretrained("ynat", str(folder))
    onnx_one = KluePipeline.from_pretrained("ynat", str(out), runtime="onnx")
    rows = load("ynat", "validation", sample=True, full=True).to_list()[:20]
    assert_close(torch_one, onnx_one, rows)


def plain(value: Any) -> Any:
    """An answer without its numbers, which `numbers` has, and without how sure it is of it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key != "scores"}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return None if isinstance(value, float) else value


def numbers(value: Any) -> list[float]:
    """The numbers that stand anywhere in records."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


def test_8_bit_weights_are_a_quarter_and_say_much_the_same(exports: Exports) -> None:
    folder = exports.exported("ynat")
    _, onnx_one = both(exports, "ynat")
    small = KluePipeline.from_pretrained("ynat", str(folder), runtime="onnx", dtype="int8")
    sizes = [(folder / name).stat().st_size for name in ("model_int8.onnx", "model.onnx")]
    assert sizes[0] < 0.4 * sizes[1]  # the graph of a model this small counts, too
    texts = load("ynat", "validation", sample=True)["title"][:]
    shares = [numbers(one(texts, scores=True)) for one in (small, onnx_one)]
    assert shares[0] == pytest.approx(shares[1], abs=0.02)
    assert shares[0] != shares[1]


def test_many_texts_are_answered_by_a_graph(exports: Exports) -> None:
    torch_one, onnx_one = both(exports, "ynat")
    texts = ["서울 아파트값 3주째 올라", "가 " * 300, {"title": "비"}] * 5
    answers = onnx_one(iter(texts), scores=True, window=4)
    assert iter(answers) is answers
    assert [record["label"] for record in answers] == [one["label"] for one in torch_one(texts)]
    assert onnx_one([]) == []


def test_threads_are_as_many_as_torch_uses(exports: Exports) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        _, onnx_one = both(exports, "ynat")
    finally:
        torch.set_num_threads(before)
    assert onnx_one.model.session.get_session_options().intra_op_num_threads == 3


def test_a_graph_that_fails_is_a_line(exports: Exports) -> None:
    _, onnx_one = both(exports, "ynat")
    ids = torch.full((1, 3), 10**6)
    with pytest.raises(InputError, match=r"model\.onnx: the graph can not be asked: .*bounds"):
        onnx_one.model(
            input_ids=ids, attention_mask=torch.ones_like(ids), token_type_ids=torch.zeros_like(ids)
        )
    with pytest.raises(InputError, match="can not be asked"):
        onnx_one.model(input_ids=ids)
