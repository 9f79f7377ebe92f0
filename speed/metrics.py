"""How fast the metrics are, side by side with straightforward versions of the same definitions.

The straightforward versions call scikit-learn, seqeval, SciPy and difflib example by example, as
one would write them from KLUE's definitions. Inputs are random, of the official dev sizes. Run:

    python speed/metrics.py            # all of it
    python speed/metrics.py --json     # for a program
    python speed/metrics.py --cpu      # processor time instead of wall time, on a busy machine
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from klue_metrics import METRICS
from klue_metrics.slots import SLOTS

Columns = dict[str, Any]
Scores = dict[str, float]

DEV_SIZES = {
    "ynat": 9107,
    "sts": 519,
    "nli": 3000,
    "ner": 5000,
    "re": 7765,
    "dp": 2000,
    "mrc": 5841,
    "wos": 7357,
}
NER_CHARACTERS = 285_929
SYLLABLES = "가나다라마바사아자차카타파하"


# Inputs -----------------------------------------------------------------------------------------


def inputs_of(task: str, scale: int = 1) -> Columns:
    """Random inputs of `scale` times the official dev size, a fifth of the predictions wrong."""
    rng = random.Random(0)
    one: Callable[[random.Random, int], tuple[Any, ...]] = EXAMPLES[task]
    names = ("references", "predictions", *METRICS[task].inputs)
    columns = zip(*(one(rng, at) for at in range(DEV_SIZES[task] * scale)), strict=True)
    return dict(zip(names, map(list, columns), strict=True))


def label_example(task: str) -> Callable[[random.Random, int], tuple[Any, ...]]:
    labels = METRICS[task].labels
    assert labels is not None

    def example(rng: random.Random, _: int) -> tuple[str, str]:
        gold = rng.choice(labels.names)
        return gold, rng.choice(labels.names) if rng.random() < 0.2 else gold

    return example


def sts_example(rng: random.Random, _: int) -> tuple[float, float]:
    gold = rng.uniform(0, 5)
    return gold, gold + rng.gauss(0, 0.8)


def ner_example(rng: random.Random, _: int) -> tuple[list[str], list[str], list[str]]:
    length = round(rng.uniform(20, 2 * NER_CHARACTERS / DEV_SIZES["ner"] - 20))
    tokens = [" " if rng.random() < 0.21 else rng.choice(SYLLABLES) for _ in range(length)]
    gold = ["O"] * length
    for start in range(0, length - 8, 14):
        kind, size = rng.choice(["PS", "LC", "OG", "DT", "TI", "QT"]), rng.randint(1, 6)
        gold[start : start + size] = [f"B-{kind}"] + [f"I-{kind}"] * (size - 1)
    predicted = list(gold)
    if rng.random() < 0.2 and length > 4:
        predicted[2:4] = ["B-PS", "I-PS"]
    return gold, predicted, tokens


def re_example(rng: random.Random, _: int) -> tuple[str, str, list[float]]:
    names = METRICS["re"].labels.names  # type: ignore[union-attr]
    gold = names[0] if rng.random() < 0.6 else rng.choice(names)
    predicted = rng.choice(names) if rng.random() < 0.2 else gold
    scores = [rng.random() for _ in names]
    scores[names.index(predicted)] += 1
    return gold, predicted, [score / sum(scores) for score in scores]


def dp_example(rng: random.Random, _: int) -> tuple[Columns, Columns]:
    names = METRICS["dp"].labels.names  # type: ignore[union-attr]
    length = rng.randint(3, 19)
    heads = [rng.randint(at + 2, length) for at in range(length - 1)] + [0]
    gold = {"head": heads, "deprel": rng.choices(names, k=length)}
    predicted = {
        "head": [rng.randint(0, length) if rng.random() < 0.1 else h for h in heads],
        "deprel": [rng.choice(names) if rng.random() < 0.1 else d for d in gold["deprel"]],
    }
    return gold, predicted


def mrc_example(rng: random.Random, at: int) -> tuple[Columns, Columns]:
    def text() -> str:
        return "".join(rng.choices(SYLLABLES + " ", k=rng.randint(2, 14)))

    golds = [text() for _ in range(rng.choice([0, 1, 1, 1, 2]))]
    first = golds[0] if golds else ""
    predicted = text() if rng.random() < 0.2 else first[: rng.randint(1, 14)]
    reference = {"guid": str(at), "answers": {"text": golds, "answer_start": [0] * len(golds)}}
    return reference, {"guid": str(at), "prediction_text": predicted}


def wos_example(rng: random.Random, _: int) -> tuple[list[str], list[str]]:
    slots = rng.sample(SLOTS, rng.randint(0, 14))
    gold = [f"{slot}-값{rng.randint(0, 9)}" for slot in slots]
    return gold, [entry for entry in gold if rng.random() > 0.05]


EXAMPLES = {
    "ynat": label_example("ynat"),
    "sts": sts_example,
    "nli": label_example("nli"),
    "ner": ner_example,
    "re": re_example,
    "dp": dp_example,
    "mrc": mrc_example,
    "wos": wos_example,
}


# Straightforward versions ------------------------------------------------------------------------


def plain_ynat(references: Any, predictions: Any) -> Scores:
    from sklearn.metrics import f1_score

    return {"macro_f1": 100 * f1_score(references, predictions, average="macro")}


def plain_sts(references: Any, predictions: Any) -> Scores:
    from scipy.stats import pearsonr
    from sklearn.metrics import f1_score

    similar = [[score >= 3 for score in side] for side in (references, predictions)]
    return {
        "pearsonr": 100 * pearsonr(predictions, references)[0],
        "f1": 100 * f1_score(*similar),
    }


def plain_nli(references: Any, predictions: Any) -> Scores:
    from sklearn.metrics import accuracy_score

    return {"accuracy": 100 * accuracy_score(references, predictions)}


def without_spaces(side: Any, tokens: Any) -> list[list[str]]:
    return [
        [tag for tag, token in zip(tags, characters, strict=True) if token != " "]
        for tags, characters in zip(side, tokens, strict=True)
    ]


def plain_entity_f1(references: Any, predictions: Any, tokens: Any) -> float:
    """Strict seqeval, one sequence per sentence."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    gold, predicted = without_spaces(references, tokens), without_spaces(predictions, tokens)
    return 100 * float(f1_score(gold, predicted, average="macro", mode="strict", scheme=IOB2))


def plain_character_f1(references: Any, predictions: Any, tokens: Any) -> float:
    from sklearn.metrics import f1_score

    flat = [
        [tag for tags in without_spaces(side, tokens) for tag in ["O", *tags, "O"]]
        for side in (references, predictions)
    ]
    names = METRICS["ner"].labels.names  # type: ignore[union-attr]
    return 100 * float(f1_score(*flat, labels=names, average="macro", zero_division=1.0))


def plain_ner(**columns: Any) -> Scores:
    return {
        "entity_macro_f1": plain_entity_f1(**columns),
        "character_macro_f1": plain_character_f1(**columns),
    }


def plain_re(references: Any, predictions: Any, probabilities: Any) -> Scores:
    import numpy as np
    from sklearn.metrics import auc, f1_score, precision_recall_curve

    names = METRICS["re"].labels.names  # type: ignore[union-attr]
    scores, gold = np.array(probabilities), np.array(references)
    areas = []
    for column, name in enumerate(names):
        precision, recall, _ = precision_recall_curve(gold == name, scores[:, column])
        areas.append(auc(recall, precision))
    micro = f1_score(references, predictions, labels=names[1:], average="micro")
    return {"micro_f1": 100 * micro, "auprc": 100 * float(np.mean(areas))}


def plain_dp(references: Any, predictions: Any) -> Scores:
    from sklearn.metrics import accuracy_score, f1_score

    ids = METRICS["dp"].labels.ids  # type: ignore[union-attr]
    gold_head, head = ([h for s in side for h in s["head"]] for side in (references, predictions))
    gold, merged = (
        [min(ids[name], 15) for s in side for name in s["deprel"]]
        for side in (references, predictions)
    )
    padded = [r if h == g else -2 for r, h, g in zip(merged, head, gold_head, strict=True)]
    return {
        "uas_macro_f1": 100 * f1_score(gold_head, head, average="macro"),
        "las_macro_f1": 100 * f1_score(gold, padded, average="macro"),
        "uas_micro_f1": 100 * accuracy_score(gold_head, head),
        "las_micro_f1": 100 * accuracy_score(gold, padded),
    }


def plain_mrc(references: Any, predictions: Any) -> Scores:
    from difflib import SequenceMatcher

    from klue_metrics.answer_text import normalise

    exact, rouge = [], []
    texts = {p["guid"]: p["prediction_text"] for p in predictions}
    for reference in references:
        text = normalise(texts[reference["guid"]])
        golds = [normalise(gold) for gold in reference["answers"]["text"]] or [""]
        best = 0.0
        for gold in golds:
            size = SequenceMatcher(None, text, gold).find_longest_match().size
            value = 2 * size / (len(text) + len(gold)) if gold else float(text == "")
            best = max(best, value)
        exact.append(text in golds)
        rouge.append(best)
    n = len(exact)
    return {"exact_match": 100 * sum(exact) / n, "rouge_w": 100 * sum(rouge) / n}


def plain_wos(references: Any, predictions: Any) -> Scores:
    same, total = 0, 0.0
    for gold, predicted in zip(references, predictions, strict=True):
        same += set(gold) == set(predicted)
        right = sum(entry in predicted for entry in gold)
        wrong = sum(entry not in gold for entry in predicted)
        if not gold:
            total += not predicted
        elif right:
            precision, recall = right / (right + wrong), right / len(gold)
            total += 2 * precision * recall / (precision + recall)
    n = len(references)
    return {"joint_goal_accuracy": 100 * same / n, "slot_micro_f1": 100 * total / n}


PLAIN: dict[str, Callable[..., Scores]] = {
    "ynat": plain_ynat,
    "sts": plain_sts,
    "nli": plain_nli,
    "ner": plain_ner,
    "re": plain_re,
    "dp": plain_dp,
    "mrc": plain_mrc,
    "wos": plain_wos,
}


# Measurements -------------------------------------------------------------------------------------


# Wall time, or with --cpu the processor's: what a busy machine would take if it were idle.
clock = time.perf_counter


def seconds(work: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """Return the best time of several runs, and the result."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = clock()
        result = work()
        best = min(best, clock() - start)
    return best, result


def peak_mib() -> float:
    """Return the most memory that this process has had, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def side_by_side(columns: dict[str, Columns], repeats: int = 5) -> list[dict[str, Any]]:
    """Ours, ours with intervals, and the straightforward version, task by task."""
    rows: list[dict[str, Any]] = []
    for task, inputs in columns.items():
        took, _ = seconds(partial(METRICS[task].compute, **inputs, confidence=0.95), 1)
        rows.append({"task": task, "examples": len(inputs["references"]), "intervals": took})
    # Before scikit-learn and its like are loaded: this is the metrics' own memory.
    rows[-1]["peak_mib"] = peak_mib()
    for row in rows:
        task, inputs = row["task"], columns[row["task"]]
        ours, plain = [], []
        # In turns, so that whatever else the machine does falls on both.
        for _ in range(repeats):
            took, scores = seconds(partial(METRICS[task].compute, **inputs), 1)
            ours.append(took)
            took, expected = seconds(partial(PLAIN[task], **inputs), 1)
            plain.append(took)
        row |= {"ours": min(ours), "plain": min(plain)}
        row["largest_difference"] = max(abs(scores[k] - v) for k, v in expected.items())
    return rows


def through_evaluate(columns: dict[str, Columns], repeats: int = 5) -> list[dict[str, Any]]:
    """Compare the pure functions and the same through `evaluate`: at most twice the time."""
    import evaluate

    module = Path(__file__).resolve().parents[1] / "klue_metrics" / "klue_metrics.py"
    rows: list[dict[str, Any]] = []
    for task in ("ner", "dp"):
        metric = evaluate.load(str(module), task)
        pure, loaded = [], []
        for _ in range(repeats):
            took, expected = seconds(partial(METRICS[task].compute, **columns[task]), 1)
            pure.append(took)
            took, scores = seconds(partial(metric.compute, **columns[task]), 1)
            loaded.append(took)
        assert scores == expected
        rows.append({"task": task, "pure": min(pure), "evaluate": min(loaded)})
    return rows


def growth(scales: tuple[int, ...] = (1, 4, 16)) -> list[dict[str, Any]]:
    """Seconds of the official scores at multiples of the dev sizes."""
    rows = []
    for task in METRICS:
        times = {}
        for scale in scales:
            inputs = inputs_of(task, scale)
            times[scale], _ = seconds(partial(METRICS[task].compute, **inputs))
        rows.append({"task": task, **{f"{scale}x": t for scale, t in times.items()}})
    return rows


def report(
    rows: list[dict[str, Any]],
    loaded: list[dict[str, Any]],
    grown: list[dict[str, Any]],
    entity: float,
) -> None:
    """Print the tables."""
    print(
        f"{'task':6}{'examples':>9}{'ours':>9}{'plain':>9}{'ratio':>8}{'intervals':>11}  difference"
    )
    for row in rows:
        print(
            f"{row['task']:6}{row['examples']:>9,}{row['ours']:>8.3f}s{row['plain']:>8.3f}s"
            f"{row['plain'] / row['ours']:>7.1f}x{row['intervals']:>10.2f}s"
            f"  {row['largest_difference']:.0e}"
        )
    total = {key: sum(row[key] for row in rows) for key in ("ours", "plain", "intervals")}
    print(
        f"{'all':6}{'':9}{total['ours']:>8.3f}s{total['plain']:>8.3f}s"
        f"{total['plain'] / total['ours']:>7.1f}x{total['intervals']:>10.2f}s"
    )
    ner = next(row for row in rows if row["task"] == "ner")
    times = entity / ner["ours"]
    print(f"\nner: seqeval per sentence alone {entity:.2f} s, {times:.0f} times both of ours")
    print(f"peak memory with intervals: {rows[-1]['peak_mib']:.0f} MiB")
    print("\nthrough evaluate's compute (seconds)")
    for row in loaded:
        print(
            f"{row['task']:6}{row['pure']:>8.3f}s pure{row['evaluate']:>8.3f}s"
            f"{row['evaluate'] / row['pure']:>7.2f}x"
        )
    print("\ngrowth with the number of examples (seconds; growth from 4x to 16x)")
    for row in grown:
        print(
            f"{row['task']:6}{row['1x']:>9.3f}{row['4x']:>9.3f}{row['16x']:>9.3f}"
            f"{row['16x'] / row['4x']:>8.1f}x"
        )


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument("--no-growth", action="store_true", help="leave the larger sizes out")
    parser.add_argument("--cpu", action="store_true", help="processor time, for a busy machine")
    options = parser.parse_args()
    global clock
    clock = time.process_time if options.cpu else time.perf_counter
    warnings.simplefilter("ignore")
    columns = {task: inputs_of(task) for task in METRICS}
    rows = side_by_side(columns)
    entity, _ = seconds(lambda: plain_entity_f1(**columns["ner"]), 2)
    loaded = through_evaluate(columns)
    grown = [] if options.no_growth else growth()
    if options.json:
        content = {"tasks": rows, "evaluate": loaded, "growth": grown}
        print(json.dumps({**content, "seqeval_per_sentence": entity}, indent=2))
    else:
        report(rows, loaded, grown, entity)


if __name__ == "__main__":
    main()
