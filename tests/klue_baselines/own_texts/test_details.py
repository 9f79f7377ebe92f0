"""How sure a model is, the spans that it names, and what it had no room for."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from klue_baselines.heads.answer_spans import SHOWN
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from klue_metrics.entities import entity_spans
from klue_metrics.slots import split_entry
from klue_text.normal_forms import normalise
from tests.forms import any_text, nfc, nfd
from tests.klue_baselines.test_pipeline import SENTENCE, TEXTS

Pipelines = dict[str, KluePipeline]
DETAILS = {"scores", "spans", "cut"}
texts = st.builds("{} 세종 é {}".format, any_text, any_text)
few = settings(max_examples=25)
ODD = [
    "세\u200b종 대왕\u200d은 \u1112\u1161\u11ab\u1100\u116e\u11a8 👩‍👩‍👧 ㅋㅋ\u110f",
    "\ufeff é",
    "\u3099",
]


@pytest.mark.parametrize("task", list(BASELINES))
def test_details_change_no_record(task: str, pipelines: Pipelines) -> None:
    ask = pipelines[task]
    bare = ask(*TEXTS[task])
    records = ask(*TEXTS[task], scores=True, spans=ask.task.spans is not None)
    for one, other in zip(
        *([r] if isinstance(r, dict) else r for r in (records, bare)), strict=True
    ):
        assert {name: one[name] for name in one.keys() - DETAILS} == other
        assert "scores" in one
    many = ask([TEXTS[task] if len(TEXTS[task]) > 1 else TEXTS[task][0]] * 3, scores=True)
    assert len(many) == 3


@pytest.mark.parametrize("task", ["ynat", "nli", "re"])
def test_labels_have_a_distribution(task: str, pipelines: Pipelines) -> None:
    record = pipelines[task](*TEXTS[task], scores=True)
    shares = record["scores"]
    assert tuple(shares) == BASELINES[task].labels
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.__getitem__) == record["label"]


def test_a_similarity_has_its_scale_and_its_label(pipelines: Pipelines) -> None:
    record = pipelines["sts"](*TEXTS["sts"], scores=True)
    number = record["scores"]["number"]
    assert number == min(max(record["score"], 0), 5)
    assert record["scores"]["label"] == ("positive" if number >= 3 else "negative")


@few
@given(texts)
@example(ODD[0])
@example(ODD[1])
@example(ODD[2])
def test_entities_are_cut_out_of_the_text_given(pipelines: Pipelines, text: str) -> None:
    found = []
    for form in (nfc(text), nfd(text)):
        record = pipelines["ner"](form, scores=True, spans=True)
        assert [len(record[name]) for name in ("tags", "scores")] == [len(form)] * 2
        assert all(share is None or 0 < share <= 1 for share in record["scores"])
        spans = [(one["start"], one["end"], one["type"]) for one in record["spans"]]
        assert spans == entity_spans(record["tags"], list(form))
        for one in record["spans"]:
            assert one["text"] == form[one["start"] : one["end"]]
            shares = record["scores"][one["start"] : one["end"]]
            known = [share for share in shares if share is not None]
            assert one["score"] == pytest.approx(sum(known) / len(known))
        found.append([(nfc(one["text"]), one["type"]) for one in record["spans"]])
    assert found[0] == found[1]


def test_units_of_several_characters_have_offsets_too(pipelines: Pipelines) -> None:
    units = ["세종", "", "대왕은", " ", "한양"]
    [record] = pipelines["ner"]([{"tokens": units}], spans=True)
    text = "".join(units)
    assert record["spans"]
    for one in record["spans"]:
        assert one["text"] == text[one["start"] : one["end"]] != ""


@few
@given(texts, texts)
@example("누가?", ODD[0])
def test_answers_have_offsets(pipelines: Pipelines, question: str, context: str) -> None:
    found = []
    for form in (nfc(context), nfd(context)):
        record = pipelines["mrc"](question, form, scores=True)
        spans, null = record["scores"]["spans"], record["scores"]["null_score"]
        assert 0 < len(spans) <= SHOWN
        assert all(one["text"] == form[one["start"] : one["end"]] for one in spans)
        assert [one["score"] for one in spans] == sorted(
            (one["score"] for one in spans), reverse=True
        )
        assert len({(one["start"], one["end"]) for one in spans}) == len(spans)
        assert record["prediction_text"] == ("" if null > spans[0]["score"] else spans[0]["text"])
        found.append([nfc(one["text"]) for one in spans])
    assert found[0] == found[1]


def test_arcs_and_relations_have_probabilities(pipelines: Pipelines) -> None:
    ask = pipelines["dp"]
    record = ask(SENTENCE, scores=True)
    row = ask.task.row(SENTENCE)
    columns = {name: [value] for name, value in row.items()}
    encoded = ask.task.encode(columns, ask.encoder, ask.model.config, False)
    inputs = ask.collate([{name: values[0] for name, values in encoded.items()}])
    with torch.inference_mode():
        output = ask.model(**inputs)
    heads, relations = output.arcs[0].softmax(-1), output.deprels[0].softmax(-1)
    assert record["scores"]["head"] == pytest.approx(heads.max(-1).values.tolist(), abs=1e-5)
    assert record["scores"]["deprel"] == pytest.approx(relations.max(-1).values.tolist(), abs=1e-5)


def test_slots_have_the_scores_of_gate_and_value(pipelines: Pipelines) -> None:
    records = pipelines["wos"](*TEXTS["wos"], scores=True)
    assert any(record["state"] for record in records)
    for record in records:
        entries = [(one["slot"], one["value"]) for one in record["scores"]]
        assert entries == [split_entry(entry) for entry in record["state"]]
        for one in record["scores"]:
            assert 0.2 <= one["gate_score"] <= 1 and 0 < one["value_score"] <= 1


@pytest.mark.parametrize("task", ["ynat", "sts", "nli", "re"])
def test_what_is_cut_is_counted(task: str, pipelines: Pipelines) -> None:
    ask = pipelines[task]
    parts: list[Any] = list(TEXTS[task])
    assert ask(*parts, scores=True)["cut"] == 0
    parts[0] += " 서울 아파트값" * 200
    record = ask(*parts, scores=True)
    read = parts[:2] if task in ("sts", "nli") else parts[:1]
    tokens = ask.encoder.tokenizer(*map(normalise, read))["input_ids"]
    markers = 4 if task == "re" else 0
    assert record["cut"] == pytest.approx(len(tokens) + markers - ask.encoder.max_length, abs=3)
    assert record["cut"] > 200


def test_spans_of_records_that_name_none(pipelines: Pipelines) -> None:
    with pytest.raises(InputError, match="spans: found True, expected none: records of ynat name"):
        pipelines["ynat"](["제목"], spans=True)
