"""Composed and decomposed text (NFC and NFD): the same labels, and spans that are the same text.

macOS writes names in NFD and PDF files hold Hangul in it, and no Korean vocabulary knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertTokenizerFast

from klue_baselines.encoding.encoder import TextEncoder
from klue_baselines.heads.slot_values import ValueTokens
from klue_baselines.heads.token_classification import PLACES
from klue_baselines.pipeline import KluePipeline
from klue_baselines.relation_extraction import MARKERS
from klue_baselines.task import Answers, Columns, Record
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from klue_datasets import load, load_ontology
from klue_metrics.entities import entity_spans
from klue_text.normal_forms import units_of
from tests.forms import any_text, nfc, nfd

# A text that has something to parse, to answer and to mark.
texts = st.builds("{} 세종 é".format, any_text)
few = settings(max_examples=25)
Pipelines = dict[str, KluePipeline]


def of_form(form: Any, value: Any) -> Any:
    """All texts in a value in one form."""
    if isinstance(value, str):
        return form(value)
    if isinstance(value, dict):
        return {name: of_form(form, part) for name, part in value.items()}
    return [of_form(form, part) for part in value] if isinstance(value, list) else value


def inputs_of(pipeline: KluePipeline, row: Record) -> Columns:
    """What the model sees of an example."""
    columns = {name: [value] for name, value in row.items()}
    return pipeline.task.encode(columns, pipeline.encoder, pipeline.model.config, False)


@pytest.mark.parametrize("task", ["ynat", "sts", "nli", "dp"])
@few
@given(st.data())
def test_labels_do_not_depend_on_the_form(
    pipelines: Pipelines, task: str, data: st.DataObject
) -> None:
    pipeline = pipelines[task]
    given_texts = data.draw(st.tuples(*[texts] * (2 if task in ("sts", "nli") else 1)))
    composed, decomposed = (pipeline.task.row(*map(form, given_texts)) for form in (nfc, nfd))
    assert inputs_of(pipeline, composed) == inputs_of(pipeline, decomposed)
    assert pipeline.batch([composed]) == pipeline.batch([decomposed])


@few
@given(texts)
def test_tags_are_of_the_characters_given(pipelines: Pipelines, text: str) -> None:
    found = []
    for form in (nfc(text), nfd(text)):
        for decoding in ("plain", "valid"):
            pipelines["ner"].model.config.klue_decoding = decoding
            tags = pipelines["ner"](form)["tags"]
            assert len(tags) == len(form)
            spans = entity_spans(tags, list(form))
            found.append([(nfc(form[start:end]), kind) for start, end, kind in spans])
    assert found[:2] == found[2:]


@few
@given(texts, texts)
def test_answers_are_cut_out_of_the_text_given(
    pipelines: Pipelines, question: str, context: str
) -> None:
    config = pipelines["mrc"].model.config
    config.klue_decoding, config.null_threshold = "tuned", 1e9  # always an answer
    composed, decomposed = (
        pipelines["mrc"](form(question), form(context))["prediction_text"] for form in (nfc, nfd)
    )
    assert composed and composed in nfc(context) and decomposed in nfd(context)
    assert nfc(decomposed) == composed


@few
@given(texts, st.data())
def test_marked_entities_are_those_of_the_text_given(
    pipelines: Pipelines, text: str, data: st.DataObject
) -> None:
    count = len(units_of(nfc(text)))
    borders = sorted(data.draw(st.permutations(range(count + 1)))[:4])
    swap = data.draw(st.booleans())
    rows = []
    for form in (nfc(text), nfd(text)):
        starts = np.cumsum([0, *map(len, units_of(form))]).tolist()
        one, two, three, four = (starts[border] for border in borders)
        spans = [(one, two), (three, four)]
        rows.append(pipelines["re"].task.row(form, *(reversed(spans) if swap else spans)))
    assert inputs_of(pipelines["re"], rows[0]) == inputs_of(pipelines["re"], rows[1])
    assert pipelines["re"].batch(rows[:1]) == pipelines["re"].batch(rows[1:])


def test_two_entities_in_one_syllable_are_refused(pipelines: Pipelines) -> None:
    with pytest.raises(InputError, match="expected two that do not overlap"):
        pipelines["re"](nfd("세종"), (0, 1), (1, 2))


@settings(max_examples=10)
@given(st.lists(texts, min_size=1, max_size=3))
def test_states_do_not_depend_on_the_form(pipelines: Pipelines, said: list[str]) -> None:
    composed, decomposed = (
        pipelines["wos"].batch([pipelines["wos"].task.row(list(map(form, said)))])
        for form in (nfc, nfd)
    )
    assert of_form(nfc, decomposed) == composed


def state_of(encoder: TextEncoder, ontology: list[str], value: str, said: str, way: str) -> str:
    """What a slot is said to hold, where the model generated the tokens of a value."""
    end = encoder.tokenizer.sep_token_id
    config = SimpleNamespace(slots=["관광-이름"], ontology={"관광-이름": ontology}, end_id=end)
    tokens = ValueTokens(encoder.tokenizer, end)[value]
    example = {"guid": "a", "dialogue": [{"role": "user", "text": said, "state": []}]}
    answers = Answers([example], [{"example": 0, "turn": 0}], [{0: tokens}], encoder, config)
    [[entry]] = [record["state"] for record in BASELINES["wos"].decodings[way](answers)]
    return entry.removeprefix("관광-이름-")


@pytest.mark.parametrize("way", ["plain", "restricted"])
@pytest.mark.parametrize(
    ("value", "known"), [("박물관", True), ("롯데월드타워&몰", False), ("뷁호텔", False)]
)
def test_values_come_back_as_known_or_as_said(
    pipelines: Pipelines, value: str, known: bool, way: str
) -> None:
    said = nfd(f"서울에 있는 {value}으로 가 주세요")
    found = state_of(pipelines["wos"].encoder, ["박물관"], value, said, way)
    assert found == (value if known else nfd(value))


@pytest.mark.parametrize("way", ["plain", "restricted"])
@pytest.mark.parametrize("form", [nfc, nfd])
def test_of_known_spellings_the_one_that_was_said_counts(
    pipelines: Pipelines, form: Any, way: str
) -> None:
    ontology = ["서울숲", "서울 숲"]
    said = form("오늘은 서울 숲까지 가 주세요")
    assert state_of(pipelines["wos"].encoder, ontology, "서울숲", said, way) == "서울 숲"


@pytest.fixture(scope="module")
def encoder(shared: Path) -> TextEncoder:
    vocabulary = shared / "klue_vocab" / "klue-bert-base" / "vocab.txt"
    tokenizer = BertTokenizerFast(str(vocabulary), do_lower_case=False)
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    return TextEncoder(tokenizer, max_length=510, token_types=True)


def configuration(task: str, encoder: TextEncoder) -> Any:
    """What encoding reads of a model's configuration."""
    names: Sequence[str] = BASELINES[task].labels
    if task == "ner":
        names = [f"{name}@{place}" for place in range(PLACES) for name in names]
    ontology = load_ontology()
    return SimpleNamespace(
        num_labels=2 * PLACES if task == "mrc" else len(names),
        id2label=dict(enumerate(names)),
        label2id={name: at for at, name in enumerate(names)},
        pos=[],
        slots=sorted(ontology),
        ontology=ontology,
        end_id=encoder.tokenizer.sep_token_id,
    )


def decomposed(row: Record) -> Record:
    """A row of official data as somebody's software would have decomposed it, places moved."""
    changed: Record = of_form(nfd, row)
    for name in ("subject_entity", "object_entity"):
        if name in row:
            start, last = row[name]["start_idx"], row[name]["end_idx"]
            changed[name]["start_idx"] = len(nfd(row["sentence"][:start]))
            changed[name]["end_idx"] = len(nfd(row["sentence"][: last + 1])) - 1
    if "context" in row:
        starts = row["answers"]["answer_start"]
        changed["answers"]["answer_start"] = [len(nfd(row["context"][:at])) for at in starts]
    return changed


def columns_of(rows: Sequence[Record]) -> Columns:
    return {name: [row[name] for row in rows] for name in rows[0]}


def each_character(row: Record, inside: dict[int, int]) -> Record:
    """A sentence of NER as decomposed characters, each with a tag."""
    tokens, tags = [], []
    for token, tag in zip(row["tokens"], row["ner_tags"], strict=True):
        parts = list(nfd(token))
        tokens += parts
        tags += [tag, *[inside.get(tag, tag)] * (len(parts) - 1)]
    return {**row, "tokens": tokens, "ner_tags": tags}


@pytest.mark.parametrize("task", list(BASELINES))
def test_a_model_learns_the_same_from_both_forms(
    task: str, encoder: TextEncoder, data_dir: list[Path]
) -> None:
    rows = load(task, "validation", full=True).select(range(12 if task == "wos" else 60)).to_list()
    config = configuration(task, encoder)
    encode = BASELINES[task].encode
    expected = encode(columns_of(rows), encoder, config, True)
    found = encode(columns_of([decomposed(row) for row in rows]), encoder, config, True)
    assert found == expected


@pytest.mark.parametrize("split_up", [True, False])
def test_decomposed_sentences_of_ner_lose_nothing(
    split_up: bool, encoder: TextEncoder, data_dir: list[Path]
) -> None:
    task, config = BASELINES["ner"], configuration("ner", encoder)
    inside = {
        at: task.labels.index(name.replace("B-", "I-")) for at, name in enumerate(task.labels)
    }
    rows = [
        each_character(row, inside) if split_up else decomposed(row)
        for row in load("ner", "validation", full=True).select(range(300)).to_list()
    ]
    columns = task.encode(columns_of(rows), encoder, config, True)
    features = [
        {name: values[at] for name, values in columns.items()}
        for at in range(len(columns["example"]))
    ]
    given_tags = [task.perfect(feature, config) for feature in features]
    for decoding in task.decodings:
        records = task.decodings[decoding](Answers(rows, features, given_tags, encoder, config))
        for row, record in zip(rows, records, strict=True):
            assert record["tags"] == [task.labels[tag] for tag in row["ner_tags"]]
