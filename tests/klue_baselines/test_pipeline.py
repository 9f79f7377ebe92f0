"""A model's answers to a person's own text, for every task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError

SENTENCE = "세종대왕은 1397년에 한양에서 태어났다. 😀 뷁ᄏ"
TEXTS: dict[str, tuple[Any, ...]] = {
    "ynat": ("서울 아파트값 3주째 올라",),
    "sts": ("방이 깨끗했어요.", "숙소가 청결했습니다."),
    "nli": ("비가 온다.", "날이 맑다."),
    "ner": (SENTENCE,),
    "re": (SENTENCE, (0, 4), (6, 11)),
    "dp": (SENTENCE,),
    "mrc": ("세종대왕은 어디에서 태어났나?", SENTENCE),
    "wos": (["서울 중앙에 있는 호텔을 찾아요.", "네, 조식이 필요하세요?", "상관없어요."],),
}


def test_a_tagger_tags_every_character(pipelines: dict[str, KluePipeline]) -> None:
    assert len(pipelines["ner"](SENTENCE)["tags"]) == len(SENTENCE)


def test_a_parser_gives_every_eojeol_a_head(pipelines: dict[str, KluePipeline]) -> None:
    answer = pipelines["dp"](SENTENCE)
    words = len(SENTENCE.split())
    assert len(answer["head"]) == len(answer["deprel"]) == words
    assert all(0 <= head <= words for head in answer["head"])


def test_a_reader_answers_with_a_part_of_the_passage(pipelines: dict[str, KluePipeline]) -> None:
    assert pipelines["mrc"](*TEXTS["mrc"])["prediction_text"] in SENTENCE


def test_a_tracker_answers_each_turn_of_the_user(pipelines: dict[str, KluePipeline]) -> None:
    states = pipelines["wos"](*TEXTS["wos"])
    assert len(states) == 2


@pytest.mark.parametrize("task", list(BASELINES))
def test_a_batch_says_what_one_by_one_says(task: str, pipelines: dict[str, KluePipeline]) -> None:
    pipeline = pipelines[task]
    alone = BASELINES[task].row(*TEXTS[task])
    once = pipeline.batch([alone])
    twice = pipeline.batch([alone, alone])
    for record in once * 2:
        assert record.keys() == twice[0].keys()
    for key in once[0].keys() & {"label", "tags", "head", "deprel", "prediction_text", "state"}:
        assert [record[key] for record in twice] == [record[key] for record in once * 2]


def test_an_answer_comes_with_what_the_model_said(pipelines: dict[str, KluePipeline]) -> None:
    rows = [BASELINES["nli"].row(*TEXTS["nli"]) for _ in range(2)]
    records, answers = pipelines["nli"].answer(rows)
    assert records == pipelines["nli"].batch(rows)
    assert answers.examples == rows and len(answers.rows) == len(answers.given) == 2
    for record, given in zip(records, answers.given, strict=True):
        assert record["label"] == BASELINES["nli"].labels[given.index(max(given))]


def test_the_tiny_encoder_is_one_that_transformers_loads(tiny_encoder: Path) -> None:
    assert AutoTokenizer.from_pretrained(tiny_encoder).is_fast


def test_a_server_may_insist_on_safetensors(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    made = BASELINES["ynat"].build(str(tiny_encoder), labels=BASELINES["ynat"].labels)
    made.config.klue_task = "ynat"
    made.save_pretrained(folder)
    open_tokenizer(str(tiny_encoder)).save_pretrained(folder)
    torch.save(made.state_dict(), folder / "pytorch_model.bin")
    strict = {"trust_remote_code": False, "use_safetensors": True}
    assert KluePipeline.from_pretrained("ynat", str(folder), **strict)("제목")["label"]
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match="safetensors"):
        KluePipeline.from_pretrained("ynat", str(folder), **strict)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("dp", ("",), "sentence: found '', expected at least one word"),
        ("dp", ("\u200b \ufeff",), "expected at least one word"),
        ("re", (SENTENCE, (0, 4), (6, 100)), r"object_entity: found \(6, 100\), expected a span"),
        ("re", (SENTENCE, (4, 4), (6, 11)), r"subject_entity: found \(4, 4\), expected a span"),
        ("re", (SENTENCE, "세종대왕", (6, 11)), "subject_entity: found '세종대왕', expected two"),
        (
            "re",
            (SENTENCE, (0, 4), (3, 11)),
            "0 to 3 as subject and 3 to 10 as object, expected two",
        ),
        ("re", ("<obj>세종</obj>은 왕", (0, 1), (5, 6)), "found <obj> in it, expected one without"),
        ("re", (None, (0, 4), (6, 11)), "sentence: found None, expected a text"),
        ("dp", (SENTENCE, ["NNP"]), "pos: found 1 tag, expected 6, one for each eojeol"),
        ("dp", (SENTENCE, "NNP"), "pos: found 'NNP', expected a list of tags"),
        ("dp", (["한", 5],), r"texts\[1\]: found 5, expected a sentence"),
        ("ynat", (None,), "title: found None, expected a text"),
        ("ynat", (["제목"] * 17 + [None],), r"texts\[17\]: found None, expected a headline"),
        ("ynat", ({"text": "제목"},), r"text: found the fields 'text', expected 'title'"),
        ("nli", (["비", "해"],), r"texts\[0\]: found '비', expected a premise and a hypothesis"),
        ("nli", ("비",), r"text: found '비', expected a premise and a hypothesis"),
        (
            "mrc",
            ([("가", "나", "다")],),
            r"texts\[0\]: found \('가', '나', '다'\), expected a question",
        ),
        ("mrc", ([{"question": "누가?"}],), r"texts\[0\]: found the fields 'question', expected"),
        ("re", ([(SENTENCE, (0, 4), (6, 100))],), r"texts\[0\]: object_entity: found \(6, 100\)"),
        ("ner", ([{"tokens": ["한", 5]}],), r"texts\[0\]: tokens\[1\]: found 5, expected a text"),
        ("sts", ("비", 5), "sentence2: found 5, expected a text"),
        ("nli", (5, "비"), "premise: found 5, expected a text"),
        ("ner", ("손흥민\ud83d",), r"sentence: found half a character, U\+D83D, at 3, expected"),
        ("mrc", ("누가?", None), "context: found None, expected a text"),
        ("wos", (["안녕하세요", 1],), r"dialogue\[1\]: found 1, expected a text"),
        ("wos", ("안녕하세요",), "dialogue: found '안녕하세요', expected a list"),
        ("wos", (None,), "dialogue: found None, expected a list"),
        ("wos", ((),), r"text: found \(\), expected a list of what"),
        ("wos", ([["가", "나"], [5]],), r"texts\[1\]: dialogue: found 5, expected a list"),
        (
            "wos",
            ([{"role": "sys", "text": "네"}],),
            r"dialogue\[0\].role: found 'sys', expected 'user'",
        ),
        ("wos", ([{"text": None}],), r"dialogue\[0\].text: found None, expected a text"),
    ],
)
def test_what_is_no_example_is_refused(
    pipelines: dict[str, KluePipeline], name: str, text: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        pipelines[name](*text)


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(InputError, match="task: found 'foo', expected one of ynat, sts"):
        KluePipeline.from_pretrained("foo", "runs/foo")


def test_words_without_tokens_are_parsed_among_others(pipelines: dict[str, KluePipeline]) -> None:
    assert len(pipelines["dp"]("\u200b 세종대왕은 \ufeff 태어났다.")["head"]) == 4
