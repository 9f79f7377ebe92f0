"""`transformers.pipeline(...)` answers as `KluePipeline` does, with this project and without it."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import pipeline
from transformers.pipelines.pt_utils import KeyDataset

from klue_baselines.encoding.entity_markers import unmarked
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_datasets import load
from tests.clean_process import CleanProcess

ROWS = 6
LONG = (
    "세종대왕은 1397년 한양에서 태어났다. 눈이 온다 🙂. " * 20
)  # more tokens than are read at once
ODD = "ㅋㅋ \u110f\u110f 女子 👩‍👩‍👧 \u200b넓은 방"  # jamo, an ideograph that NFC replaces, emoji
LONG_CUT = {"truncation": True, "max_length": 128}


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def of_pair(first: str, second: str) -> Callable[[Any], Any]:
    return lambda row: {"text": row[first], "text_pair": row[second]}


def parts(*names: str) -> Callable[[Any], Any]:
    return lambda row: {name: row[name] for name in names}


# What a pipeline of transformers is asked of a row of the dataset, and what ours is.
STOCK: dict[str, Callable[[Any], Any]] = {
    "ynat": lambda row: row["title"],
    "sts": of_pair("sentence1", "sentence2"),
    "nli": of_pair("premise", "hypothesis"),
    "ner": lambda row: "".join(row["tokens"]),
    "re": parts("sentence", "subject_entity", "object_entity"),
    "dp": parts("word_form", "pos"),
    "mrc": parts("question", "context"),
    "wos": lambda row: {"dialogue": [parts("role", "text")(turn) for turn in row["dialogue"]]},
}
MORE: dict[str, list[Any]] = {
    "ynat": [ODD, LONG, decomposed("이낙연 총리 李 年 9월 방문")],
    "sts": [{"text": ODD, "text_pair": LONG}, {"text": decomposed("가나"), "text_pair": "가나"}],
    "nli": [{"text": LONG, "text_pair": LONG}, {"text": decomposed("각하"), "text_pair": ODD}],
    "ner": [ODD, LONG, decomposed("이순신은 조선의 장군이다."), ""],
    "re": [
        {"sentence": text, "subject_entity": (0, 2), "object_entity": (len(text) - 3, len(text))}
        for text in (ODD, LONG, decomposed("이순신은 조선의 장군이다."))
    ]
    + ["<obj>이순신</obj>은 <subj>조선</subj>의 장군이다."],
    "dp": [{"sentence": text} for text in (ODD, LONG, decomposed("이순신은 조선의 장군이다."))],
    "mrc": [{"question": "누가?", "context": text} for text in (ODD, LONG, decomposed(LONG))],
    "wos": [{"dialogue": [text, "네", decomposed("서울 호텔이요")]} for text in (ODD, LONG)],
}
CALLS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("ynat", "sts", "nli"), LONG_CUT),
    "mrc": {"handle_impossible_answer": True},
    "re": {"top_k": None},
}


@pytest.fixture(scope="module")
def asked() -> dict[str, list[Any]]:
    """What every pipeline is asked: rows of dev, the real one where it is at hand, and others."""
    found = {}
    for task in BASELINES:
        sample = not os.environ.get("KLUE_DATA_DIR")
        rows = load(task, f"validation[:{ROWS}]", sample=sample)
        found[task] = [STOCK[task](row) for row in rows] + MORE[task]
    return json.loads(json.dumps(found))  # as they reach the other process


def to_ours(one: Any) -> Any:
    """What `KluePipeline` is given for what a stock pipeline is given."""
    if isinstance(one, dict) and "text" in one:
        return (one["text"], one["text_pair"])
    return unmarked(one) if isinstance(one, str) and "<subj>" in one else one


@pytest.fixture(scope="module")
def expected(
    pipelines: dict[str, KluePipeline], asked: dict[str, list[Any]], folders: object
) -> dict[str, list[Any]]:
    """What `KluePipeline` answers, in the forms of transformers' pipelines."""
    found = {}
    for task, ours in pipelines.items():
        options = {"spans": True} if task == "ner" else {}
        said = ours([to_ours(one) for one in asked[task]], scores=True, **options)
        found[task] = [
            FORMS[task](one, given) for one, given in zip(said, asked[task], strict=True)
        ]
    return found


def best(one: Any, given: Any) -> Any:
    return {"label": one["label"], "score": one["scores"][one["label"]]}


def entities(one: Any, given: Any) -> Any:
    for entity in one["spans"]:
        assert given[entity["start"] : entity["end"]] == entity["text"]
    return [
        {"entity_group": e["type"], "word": e["text"], **parts("score", "start", "end")(e)}
        for e in one["spans"]
    ]


def relations(one: Any, given: Any) -> Any:
    shares = sorted(one["scores"].items(), key=lambda item: -item[1])
    return [{"label": label, "score": score} for label, score in shares]


def tree(one: Any, given: Any) -> Any:
    return [one["head"], one["deprel"], one["scores"]["head"], one["scores"]["deprel"]]


def states(turns: Any, given: Any) -> Any:
    return [
        [
            {**parts("slot", "value")(e), "score": e["gate_score"] * e["value_score"]}
            for e in turn["scores"]
        ]
        for turn in turns
    ]


FORMS: dict[str, Callable[[Any, Any], Any]] = {
    "ynat": best,
    "nli": best,
    "sts": lambda one, given: {"label": "LABEL_0", "score": one["score"]},
    "ner": entities,
    "re": relations,
    "dp": tree,
    "mrc": lambda one, given: one["prediction_text"],
    "wos": states,
}


def comparable(task: str, answers: list[Any]) -> list[Any]:
    """A pipeline's answers with what `KluePipeline` says as well."""
    if task == "mrc":
        return [one["answer"] for one in answers]
    if task == "dp":
        names = ("head", "deprel", "head_score", "deprel_score")
        return [[[word[name] for word in words] for name in names] for words in answers]
    return answers


def same(found: Any, wanted: Any) -> bool:
    """Whether two answers are the same, their numbers to 1e-5."""
    if isinstance(wanted, float):
        return bool(found == pytest.approx(wanted, abs=1e-5))
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list):
        pairs = zip(found, wanted, strict=False)
        return len(found) == len(wanted) and all(same(*pair) for pair in pairs)
    return bool(found == wanted)


def name_of(task: str) -> str:
    card = BASELINES[task].card
    return str(card.own_pipeline or card.pipeline_tag)


@pytest.mark.parametrize("task", BASELINES)
def test_with_the_package(
    task: str, folders: dict[str, Path], asked: dict[str, Any], expected: dict[str, Any]
) -> None:
    ask = pipeline(name_of(task), str(folders[task]), device="cpu", **CALLS.get(task, {}))
    everything = asked[task]
    answers = comparable(task, ask(everything, batch_size=8))
    for answer, wanted, given in zip(answers, expected[task], everything, strict=True):
        assert same(answer, wanted), given
    one_by_one = comparable(task, list(ask(one for one in everything)))
    assert same(one_by_one, expected[task])
    column = KeyDataset([{"it": one} for one in everything], "it")
    assert same(comparable(task, list(ask(column, batch_size=3))), expected[task])


ASK = """
import json, sys
from transformers import pipeline
calls, asked, refused = json.loads(sys.argv[1]), json.load(open(sys.argv[2])), []
found = {}
for task, (name, folder, own, options) in calls.items():
    if own:
        try:
            pipeline(name, folder)
        except ValueError as error:
            refused.append(task)
            assert "trust_remote_code=True" in str(error), error
    trust = {"trust_remote_code": True} if own else {}
    ask = pipeline(name, folder, device="cpu", **trust, **options)
    assert type(ask).__module__.startswith("transformers_modules" if own else "transformers.")
    found[task] = ask(asked[task], batch_size=8)
imported = {name.partition(".")[0] for name in sys.modules}
assert not [name for name in imported if name.startswith("klue_") and name != "klue_pipeline"]
print()  # what transformers asks about trust ends without a line's end
print(json.dumps([found, refused]))
"""


def test_without_the_package(
    clean: CleanProcess,
    folders: dict[str, Path],
    asked: dict[str, Any],
    expected: dict[str, Any],
    tmp_path: Path,
) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(asked), encoding="utf-8")
    calls = {
        task: (name_of(task), str(folders[task]), bool(record.pipeline), CALLS.get(task, {}))
        for task, record in BASELINES.items()
    }
    out = clean.python(ASK, json.dumps(calls), texts, HF_HUB_OFFLINE="1")
    found, refused = json.loads(out.splitlines()[-1])
    assert refused == [task for task, record in BASELINES.items() if record.pipeline]
    for task in BASELINES:
        assert same(comparable(task, found[task]), expected[task]), task
