"""The official scores against values that the original code gave."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klue_metrics import METRICS, MetricError
from klue_metrics.answer_text import longest_match, normalise, official_longest_match, rouge_w
from klue_metrics.dialogue_state_tracking import turn_counts
from klue_metrics.f1_counts import f1, grouped_count_block

DP = METRICS["dp"].labels.names
TINY = 1e-9


@pytest.fixture(scope="module")
def edges(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "klue_reference/original_edge_values.json").read_text("utf-8"))


def test_golden_random(shared: Path) -> None:
    cases = json.loads((shared / "klue_reference/golden_random.json").read_text("utf-8"))
    assert len(cases) == 64
    for case in cases:
        scores = METRICS[case["task"]].compute(**case["inputs"])
        assert scores == pytest.approx(case["expected"], abs=TINY, rel=0), case["name"]


def labels(gold: str, predicted: str) -> dict[str, list[str]]:
    """Topics by letter: s 사회, e 경제, w 세계."""
    topics = {"s": "사회", "e": "경제", "w": "세계"}
    return {"references": [topics[c] for c in gold], "predictions": [topics[c] for c in predicted]}


def relations(gold: list[int], predicted: list[int]) -> dict[str, list[int]]:
    return {"references": gold, "predictions": predicted}


def states(*turns: str) -> list[list[str]]:
    """States by letter, an entry each."""
    entries = {letter: f"식당-이름-{letter}" for letter in "abcdx"}
    return [[entries[letter] for letter in turn] for turn in turns]


def trees(heads: list[list[int]], types: list[list[int]]) -> list[dict[str, list[Any]]]:
    return [{"head": h, "deprel": [DP[i] for i in t]} for h, t in zip(heads, types, strict=True)]


HEADS = [[2, 0], [2, 3, 0]]
TYPES = [[0, 2], [0, 3, 2]]
WRONG_HEAD = [[3, 0], [2, 3, 0]]


def parsed(**changed: Any) -> dict[str, Any]:
    predicted = {"heads": HEADS, "types": TYPES, **changed}
    gold_types = predicted.pop("gold_types", TYPES)
    return {"references": trees(HEADS, gold_types), "predictions": trees(**predicted)}


def answer(golds: list[str], predicted: str) -> dict[str, Any]:
    reference = {"guid": "q", "answers": {"text": golds, "answer_start": [0] * len(golds)}}
    return {
        "references": [reference],
        "predictions": [{"guid": "q", "prediction_text": predicted}],
    }


CASES = [
    ("ynat/pred class absent in gold", "ynat", "macro_f1", labels("ssee", "swee")),
    ("ynat/gold class never predicted", "ynat", "macro_f1", labels("see", "sss")),
    ("ynat/only 2 of 7 classes, perfect", "ynat", "macro_f1", labels("sese", "sese")),
    ("sts/two pairs", "sts", "pearsonr", relations([1, 2], [3, 5])),
    ("stsf1/exactly 3.0 is positive", "sts", "f1", relations([3.0, 1.0], [3.0, 2.0])),
    (
        "stsf1/2.99999999 f32",
        "sts",
        "f1",
        {
            "references": np.float32([3.5, 1.0]),
            "predictions": np.float32([2.99999999, 1.0]),
        },
    ),
    ("stsf1/2.99999999 f64", "sts", "f1", relations([3.5, 1.0], [2.99999999, 1.0])),
    ("stsf1/no positives anywhere", "sts", "f1", relations([1.0, 2.0], [2.0, 1.0])),
    ("re/all no_relation both", "re", "micro_f1", relations([0, 0], [0, 0])),
    ("re/no_rel predicted for rel", "re", "micro_f1", relations([1, 2], [1, 0])),
    ("re/rel predicted for no_rel", "re", "micro_f1", relations([1, 0], [1, 2])),
    ("re/wrong rel", "re", "micro_f1", relations([1, 2], [1, 3])),
    ("re/no_rel correct ignored", "re", "micro_f1", relations([1, 0], [1, 0])),
    ("dp/uas macro perfect", "dp", "uas_macro_f1", parsed()),
    ("dp/uas macro one wrong", "dp", "uas_macro_f1", parsed(heads=WRONG_HEAD)),
    ("dp/uas macro out-of-range head", "dp", "uas_macro_f1", parsed(heads=[[9, 0], [2, 3, 0]])),
    ("dp/uas micro one wrong", "dp", "uas_micro_f1", parsed(heads=WRONG_HEAD)),
    ("dp/las macro perfect", "dp", "las_macro_f1", parsed()),
    ("dp/las macro one wrong head, types right", "dp", "las_macro_f1", parsed(heads=WRONG_HEAD)),
    ("dp/las micro one wrong head, types right", "dp", "las_micro_f1", parsed(heads=WRONG_HEAD)),
    (
        "dp/las macro both 'others' but different",
        "dp",
        "las_macro_f1",
        parsed(gold_types=[[15, 20], [30, 15, 16]], types=[[20, 37], [31, 15, 17]]),
    ),
    (
        "dp/las macro VP_CMP(15) vs VP_OBJ(16)",
        "dp",
        "las_macro_f1",
        parsed(gold_types=[[15, 2], [0, 3, 2]], types=[[16, 2], [0, 3, 2]]),
    ),
    (
        "dp/las macro VP_SBJ(14) vs VP_CMP(15)",
        "dp",
        "las_macro_f1",
        {
            "references": trees([[2, 3, 0]], [[14, 0, 2]]),
            "predictions": trees([[2, 3, 0]], [[15, 0, 2]]),
        },
    ),
    ("dp/las micro all heads wrong", "dp", "las_micro_f1", parsed(heads=[[1, 1], [4, 4, 4]])),
    ("dp/las macro all heads wrong", "dp", "las_macro_f1", parsed(heads=[[1, 1], [4, 4, 4]])),
    (
        "wos/jga set order+dups",
        "wos",
        "joint_goal_accuracy",
        relations(states("ab"), states("baa")),
    ),
    ("wos/jga both empty", "wos", "joint_goal_accuracy", relations([[]], [[]])),
    (
        "wos/jga none value not special",
        "wos",
        "joint_goal_accuracy",
        {**relations([[]], [["관광-지역-none"]]), "unknown_label": "wrong"},
    ),
    ("wos/slot both empty", "wos", "slot_micro_f1", relations([[]], [[]])),
    ("wos/slot pred nonempty gold empty", "wos", "slot_micro_f1", relations([[]], states("a"))),
    ("wos/slot gold nonempty pred empty", "wos", "slot_micro_f1", relations(states("a"), [[]])),
    (
        "wos/slot is turn-macro",
        "wos",
        "slot_micro_f1",
        relations(states("a", "abcd"), states("a", "abcx")),
    ),
]


@pytest.mark.parametrize(("name", "task", "score", "inputs"), CASES, ids=[c[0] for c in CASES])
def test_edge(edges: dict[str, Any], name: str, task: str, score: str, inputs: Any) -> None:
    assert METRICS[task].compute(**inputs)[score] == pytest.approx(edges[name], abs=TINY)


@pytest.mark.parametrize(
    ("case", "golds", "predicted"),
    [
        ("exact", ["한 달"], "한 달"),
        ("spacing differs", ["한 달"], "한달"),
        ("punct only differs", ["3,000원"], "3000원."),
        ("case", ["KBS"], "kbs"),
        ("substring", ["세종대"], "세종대왕님"),
        ("shorter", ["국립박물관"[:3]], "국"),
        ("no overlap", ["가나"], "다라"),
        ("empty pred, answerable", ["가나"], ""),
        ("unanswerable ok", [], ""),
        ("unanswerable, punct pred", [], "?!"),
        ("unanswerable wrong", [], "가"),
        ("multi gold best", ["가", "나"], "나"),
        ("gold normalises to empty, pred empty", ["-"], ""),
        ("gold normalises to empty, pred text", ["-"], "가"),
        ("pred normalises to empty", ["가"], "-"),
        ("two blocks abXcd vs abYcd", ["abYcd"], "abXcd"),
        ("reordered", ["가나다"], "다나가"),
        ("title marks kept", ["어린 왕자"], "《어린 왕자》"),
        ("curly quotes kept", ["인용"], "‘인용’"),
        ("gold is empty string", [""], ""),
    ],
)
def test_answer_edges(edges: dict[str, Any], case: str, golds: list[str], predicted: str) -> None:
    scores = METRICS["mrc"].compute(**answer(golds, predicted))
    expected = {"exact_match": f"mrc_em/{case}", "rouge_w": f"mrc_rouge/{case}"}
    assert scores == pytest.approx({k: edges[v] for k, v in expected.items()}, abs=TINY)


def test_normalisation(edges: dict[str, Any]) -> None:
    found = {k: v for k, v in edges.items() if k.startswith("norm/")}
    assert len(found) > 25
    for name, expected in found.items():
        quoted = name.removeprefix("norm/")
        text = eval(quoted)
        assert normalise(text) == expected, name


@pytest.mark.parametrize(
    ("case", "gold", "predicted"),
    [
        ("all O both", "O O", "O O"),
        ("perfect w/ 2 classes", "B-PS O", "B-PS O"),
        ("all O pred, gold B-PS", "B-PS O", "O O"),
        ("spurious B-LC", "B-PS O", "B-PS B-LC"),
        ("everything wrong", "O B-PS", "B-PS O"),
    ],
)
def test_character_edges_without_sentinels(
    edges: dict[str, Any], case: str, gold: str, predicted: str
) -> None:
    """The values are of the bare function; `compute` adds an O on both sides of a sentence."""
    tags = METRICS["ner"].labels
    ids = [tags.encode(side.split(), "tags") for side in (predicted, gold)]
    block = grouped_count_block(np.zeros(2, int), 1, *ids, len(tags))
    value = 100 * f1(block[0], undefined=1.0).mean()
    assert value == pytest.approx(edges[f"ner_c/{case}"], abs=TINY)


@pytest.mark.parametrize(
    ("case", "gold", "predicted"),
    [
        ("perfect", "B-PS I-PS O B-LC", "B-PS I-PS O B-LC"),
        ("I without B in pred", "B-PS I-PS O", "I-PS I-PS O"),
        ("I without B in both + one good", "I-PS O B-LC", "I-PS O B-LC"),
        ("type switch inside", "B-PS I-PS", "B-PS I-LC"),
        ("type switch inside both: B-PS I-LC vs B-PS O", "B-PS I-LC", "B-PS O"),
        ("adjacent B B", "B-PS B-PS", "B-PS B-PS"),
        ("merged adjacent", "B-PS B-PS", "B-PS I-PS"),
        ("spurious type lowers macro", "B-PS O O", "B-PS O B-LC"),
        ("type present only in gold", "B-PS O B-LC", "B-PS O O"),
        (
            "two types 1.0 & 0.5",
            "B-PS O B-LC O B-LC O",
            "B-PS O B-LC O O O",
        ),
    ],
)
def test_entity_edges(edges: dict[str, Any], case: str, gold: str, predicted: str) -> None:
    scores = METRICS["ner"].compute(references=[gold.split()], predictions=[predicted.split()])
    assert scores["entity_macro_f1"] == pytest.approx(edges[f"ner_e/{case}"], abs=TINY)


@pytest.mark.parametrize(
    ("case", "classes", "columns"),
    [
        ("perfect all 30 classes", range(30), "right"),
        ("perfect but class 29 absent", range(29), "right"),
        ("uniform probs", range(30), "uniform"),
        ("logits ok (monotone)", range(30), "logits"),
    ],
)
def test_auprc_edges(edges: dict[str, Any], case: str, classes: range, columns: str) -> None:
    gold = list(classes)
    right = np.eye(30)[gold]
    scores = {"right": right, "uniform": np.full_like(right, 1 / 30), "logits": 20 * right - 10}
    found = METRICS["re"].compute(
        predictions=gold, references=gold, probabilities=scores[columns].tolist()
    )
    assert found["auprc"] == pytest.approx(edges[f"auprc/{case}"], abs=TINY)


def test_what_the_original_leaves_undefined_is_an_error(edges: dict[str, Any]) -> None:
    for name, task, inputs in [
        ("ynat/empty", "ynat", relations([], [])),
        ("nli/empty", "nli", relations([], [])),
        ("sts/const preds", "sts", relations([1.0, 2.0], [3.0, 3.0])),
        ("sts/one pair", "sts", relations([1.0], [3.0])),
        ("sts/nan pred", "sts", relations([1.0, 2.0], [float("nan"), 3.0])),
        ("ner_e/all O both", "ner", relations([["O"]], [["O"]])),
        ("ner_e/I without B in both", "ner", relations([["I-PS"]], [["I-PS"]])),
        ("ner_e/length mismatch", "ner", relations([["O"]], [["O", "O"]])),
        ("mrc/no examples", "mrc", relations([], [])),
        ("wos/jga no turns", "wos", relations([], [])),
    ]:
        assert edges[name] in (0.0, "nan") or edges[name].startswith("EXC"), name
        with pytest.raises(MetricError):
            METRICS[task].compute(**inputs)


def test_frequent_characters_of_long_answers_start_no_match(edges: dict[str, Any]) -> None:
    """The original's difflib: from 200 characters on, characters above 1 % are no anchors."""
    gold = "가나다라마" * 45
    part = gold[81:131]
    assert len(gold) == 225
    assert rouge_w(part, gold, official_longest_match) == 0.0
    assert rouge_w(part, gold, longest_match) == pytest.approx(100 / 275)
    # Without any anchor, what both begin with is still compared.
    whole = rouge_w(gold, gold, official_longest_match)
    assert whole == edges["rouge/autojunk label 225 chars identical"]
    short = gold[:199]
    assert rouge_w(short, short, official_longest_match) == 1.0
    assert rouge_w(short[1:51], short, official_longest_match) == pytest.approx(100 / 249)


def test_turn_counts(edges: dict[str, Any]) -> None:
    for name, gold, predicted in [
        ("wos/prf dup gold", ["a", "a", "b"], ["a"]),
        ("wos/prf dup pred", ["a"], ["a", "a", "b"]),
        ("wos/prf dup wrong pred", ["a"], ["a", "b", "b"]),
    ]:
        right, missed, wrong = turn_counts(predicted, gold)
        recall, precision = right / (right + missed), right / (right + wrong)
        score = 2 * precision * recall / (precision + recall)
        assert [score, recall, precision, 1.0] == pytest.approx(edges[name])


def test_third_party_sts(shared: Path) -> None:
    with (shared / "predictions/sts_dev_SurimJang.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scores = METRICS["sts"].compute(
        predictions=[float(row["predict-real-label"]) for row in rows],
        references=[float(row["true-real-label"]) for row in rows],
    )
    assert {k: round(v, 4) for k, v in scores.items()} == {"pearsonr": 88.8719, "f1": 84.1046}


def official(data_dir: list[Path], name: str) -> Path:
    found = [folder / name for folder in data_dir if (folder / name).exists()]
    if not found:
        pytest.skip(f"KLUE_DATA_DIR has no {name}")
    return found[0]


def test_third_party_re(shared: Path, data_dir: list[Path]) -> None:
    path = official(data_dir, "klue-re-v1.1/klue-re-v1.1_dev.json")
    rows = json.loads(path.read_text("utf-8"))
    with (shared / "predictions/re_dev_probs_ez_KLUE-RE.csv").open(encoding="utf-8-sig") as file:
        names, *lines = csv.reader(file)
    assert tuple(names) == METRICS["re"].labels.names
    probabilities = np.array(lines, dtype=float)
    scores = METRICS["re"].compute(
        predictions=probabilities.argmax(axis=1),
        references=[row["label"] for row in rows],
        probabilities=probabilities,
        textbook=True,
    )
    found = {name: round(scores[name], 4) for name in ("micro_f1", "auprc")}
    assert found == {"micro_f1": 73.0254, "auprc": 77.2504}
    assert round(scores["average_precision"], 2) == 77.52


def test_third_party_nli(shared: Path, data_dir: list[Path]) -> None:
    rows = json.loads(official(data_dir, "klue-nli-v1.1/klue-nli-v1.1_dev.json").read_text("utf-8"))
    lines = (shared / "predictions/nli_dev_jspirit01.txt").read_text("utf-8").splitlines()
    scores = METRICS["nli"].compute(
        predictions=[line.rpartition(",")[2] for line in lines],
        references=[row["gold_label"] for row in rows],
    )
    assert round(scores["accuracy"], 4) == 77.5667


def test_third_party_ynat_counts_what_is_no_topic_as_wrong(shared: Path) -> None:
    rows = json.loads((shared / "predictions/ynat_dev_gemini25flash.json").read_text("utf-8"))
    columns = {
        "predictions": [row["prediction_text"] for row in rows],
        "references": [row["true_label_text"] for row in rows],
    }
    with pytest.raises(MetricError, match=r"predictions\[\d+\]: found '', expected one of IT과학"):
        METRICS["ynat"].compute(**columns)
    scores = METRICS["ynat"].compute(**columns, unknown_label="wrong")
    assert round(scores["macro_f1"], 2) == 72.45
    assert scores["unknown_labels"] == {"invented": 1, "empty": 692}


def test_third_party_re_of_a_language_model(shared: Path, data_dir: list[Path]) -> None:
    """923 of its answers are outside the set: false positives."""
    path = official(data_dir, "klue-re-v1.1/klue-re-v1.1_dev.json")
    gold = {row["guid"]: row["label"] for row in json.loads(path.read_text("utf-8"))}
    with (shared / "predictions/re_dev_gemini25flash.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(gold) == 7765
    scores = METRICS["re"].compute(
        predictions=[row["predicted_relation"] for row in rows],
        references=[gold[row["id"]] for row in rows],
        unknown_label="wrong",
    )
    assert round(scores["micro_f1"], 2) == 45.92
    assert scores["unknown_labels"] == {"invented": 923, "empty": 0}


def test_third_party_nli_of_a_language_model(shared: Path, data_dir: list[Path]) -> None:
    path = official(data_dir, "klue-nli-v1.1/klue-nli-v1.1_dev.json")
    gold = {row["guid"]: row["gold_label"] for row in json.loads(path.read_text("utf-8"))}
    with (shared / "predictions/nli_dev_gemini25flash.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scores = METRICS["nli"].compute(
        predictions=[row["predicted_label"] for row in rows],
        references=[gold[row["id"]] for row in rows],
        unknown_label="wrong",
    )
    assert round(scores["accuracy"], 2) == 86.57
    assert scores["unknown_labels"] == {"invented": 0, "empty": 277}


@pytest.fixture(scope="module")
def dp_lengths(data_dir: list[Path]) -> list[int]:
    path = official(data_dir, "klue-dp-v1.1/klue-dp-v1.1_dev.tsv")
    blocks = path.read_text("utf-8").split("\n\n")
    return [
        sum(line[:1].isdigit() for line in block.split("\n")) for block in blocks if block.strip()
    ]


def test_third_party_dp(shared: Path, dp_lengths: list[int]) -> None:
    lines = (shared / "predictions/dp_bb0711_pred-0.txt").read_text("utf-8").split("\n")
    words = [[int(part) for part in line.split()] for line in lines if line]
    sides: tuple[list[Any], list[Any]] = ([], [])
    start = 0
    for length in dp_lengths:
        part = words[start : start + length]
        start += length
        for side, at in zip(sides, (0, 2), strict=True):
            side.append({"head": [w[at] for w in part], "deprel": [DP[w[at + 1]] for w in part]})
    assert start == len(words)
    scores = METRICS["dp"].compute(predictions=sides[0], references=sides[1], textbook=True)
    assert {name: round(scores[name], 4) for name in METRICS["dp"].scores} == {
        "uas_macro_f1": 93.6054,
        "las_macro_f1": 87.3258,
        "uas_micro_f1": 94.7013,
        "las_micro_f1": 92.7276,
    }
    assert round(scores["las_macro_f1_without_pad"], 2) == 92.78


def test_third_party_dp_of_a_language_model(shared: Path) -> None:
    rows = json.loads((shared / "predictions/dp_dev_gemini25flash.json").read_text("utf-8"))
    whole = [row for row in rows if len(row["predicted_heads"]) == len(row["true_heads"])]
    columns = {
        "references": [{"head": r["true_heads"], "deprel": r["true_deprels"]} for r in whole],
        "predictions": [
            {"head": r["predicted_heads"], "deprel": r["predicted_deprels"]} for r in whole
        ],
    }
    with pytest.raises(MetricError) as error:
        METRICS["dp"].compute(**columns)
    assert str(error.value).startswith(
        "predictions[0]['deprel'][0]: found 'appos', expected one of NP"
    )
    scores = METRICS["dp"].compute(**columns, unknown_label="wrong")
    assert scores["las_micro_f1"] < 1 < 50 < scores["uas_micro_f1"]
