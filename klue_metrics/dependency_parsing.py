"""dp, dependency parsing: UAS and LAS as macro and micro F1.

Definitions, over eojeols whose gold head is not -1 (padding):

* uas_macro_f1: head positions are classes (0 the root, 1, 2, ...); mean of F1 over the positions
  in gold or predictions. uas_micro_f1: the share of right heads, which is plain UAS.
* las_macro_f1: the relations from the 16th on are one class "others" on both sides (any two of
  them match); where the head is wrong, the predicted relation becomes a class PAD of its own.
  Mean of F1 over the classes in gold or predictions: one wrong head anywhere adds PAD, whose F1 is
  0. las_micro_f1: the share of eojeols with the right head and merged relation.

Under unknown_label="wrong" an unknown relation is wrong and of no class, and so is a head that is
not there (None): a wrong head at no position.

Prediction file: {"guid": "klue-dp-v1_dev_00000_wikitree", "head": [2, 0], "deprel": ["NP", "VP"]}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .eojeols import NO_HEAD, PADDING_HEAD, RELATIONS, Eojeols, eojeols
from .error_views import Confusion, Tree, View, text_lines
from .errors import shown
from .f1_counts import grouped_count_block, macro_f1
from .gold import GoldExample, guid_source, length_group, row_guid
from .labels import answer_name, is_null
from .prediction_files import Field, label_list_problem
from .resampling import Statistics
from .task import TaskMetric

OTHERS = 15
PAD = 16
N_CLASSES = 17
NO_CLASS = N_CLASSES
SCORES = {
    "uas_macro_f1": "UAS",
    "las_macro_f1": "LAS",
    "uas_micro_f1": "UAS (micro)",
    "las_micro_f1": "LAS (micro)",
}


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return per sentence [heads right | both right | eojeols | LAS block | UAS block].

    The LAS block has 17 classes (15 relations, others, PAD), the UAS block one for each head
    position that occurs. float64 [sentences, 3 + 51 + 3 * positions].
    """
    words = eojeols(predictions, references, unknown_label)
    heads = np.concatenate([words.predicted_head, words.gold_head])
    positions = np.unique(heads[heads != NO_HEAD])
    numbers = np.searchsorted(positions, heads)
    numbers[heads == NO_HEAD] = len(positions)
    predicted_position, gold_position = np.split(numbers, 2)
    uas = grouped_count_block(
        words.sentence, words.n_sentences, predicted_position, gold_position, len(positions)
    )
    predicted, gold = merged_relations(words)
    las = grouped_count_block(words.sentence, words.n_sentences, predicted, gold, N_CLASSES)
    right = words.predicted_head == words.gold_head
    totals = [
        np.bincount(words.sentence, counted, words.n_sentences)
        for counted in (right, predicted == gold, np.ones(len(right)))
    ]
    return Statistics(np.concatenate([np.stack(totals, axis=1), las, uas], axis=1))


def merged_relations(words: Eojeols) -> tuple[np.ndarray, np.ndarray]:
    """Return predicted and gold classes under LAS: others merged, PAD where the head is wrong."""
    gold = np.minimum(words.gold_deprel, OTHERS)
    predicted = np.minimum(words.predicted_deprel, OTHERS)
    predicted[words.predicted_deprel == len(RELATIONS)] = NO_CLASS
    predicted[words.predicted_head != words.gold_head] = PAD
    return predicted, gold


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the four scores of summed counts."""
    heads, both, words = np.moveaxis(sums[..., :3], -1, 0)
    las_end = 3 + 3 * N_CLASSES
    with np.errstate(invalid="ignore"):
        return {
            "uas_macro_f1": macro_f1(sums[..., las_end:]),
            "las_macro_f1": macro_f1(sums[..., 3:las_end]),
            "uas_micro_f1": 100 * heads / words,
            "las_micro_f1": 100 * both / words,
        }


def textbook(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> dict[str, float]:
    """Return the textbook scores.

    las_accuracy: the labelled attachment score, all 38 relations told apart.
    las_macro_f1_without_pad: las_macro_f1 without the class PAD in the mean: a wrong head costs
        the relation that was missed and nothing more.
    """
    words = eojeols(predictions, references, unknown_label)
    heads = words.predicted_head == words.gold_head
    predicted, gold = merged_relations(words)
    counts = grouped_count_block(np.zeros_like(gold), 1, predicted, gold, N_CLASSES)
    without_pad = counts.reshape(3, N_CLASSES)[:, :PAD].ravel()
    both = heads & (words.predicted_deprel == words.gold_deprel)
    return {
        "las_accuracy": float(100 * both.mean()),
        "las_macro_f1_without_pad": float(macro_f1(without_pad)),
    }


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid = row_guid(row)
    deprel = RELATIONS.names_of(row["deprel"], f"{guid}: deprel")
    reference = {"head": list(row["head"]), "deprel": deprel}
    groups = {
        "source": guid_source(guid),
        "length": length_group(len(reference["head"]), 5),
    }
    yield GoldExample(guid, reference, guid, {}, groups, {"words": list(row["word_form"])})


def head_problem(value: Any, reference: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `head`."""
    n_words = len(reference["head"])
    expected = f"{n_words} positions, 0 for the root to {n_words}"
    if not isinstance(value, list):
        return f"found {shown(value)}, expected a list of {expected}"
    if len(value) != n_words:
        return f"found {len(value)} positions, expected {expected}"
    for number, head in enumerate(value):
        if unknown_label == "wrong" and is_null(head):
            continue
        if type(head) is not int or head < 0:
            return f"eojeol {number}: found {shown(head)}, expected a position from 0 on"
    return None


def deprel_problem(value: Any, reference: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `deprel`."""
    return label_list_problem(value, RELATIONS, len(reference["head"]), "eojeol", unknown_label)


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the sentence with both trees."""
    sentence = text_lines({"sentence": " ".join(parts["words"])})
    heads = [PADDING_HEAD if is_null(head) else head for head in record["head"]]
    deprels = list(map(answer_name, record["deprel"]))
    tree = Tree(parts["words"], reference["head"], reference["deprel"], heads, deprels)
    return View(tuple(sentence), tree)


def confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield the gold and the predicted relation of each eojeol, or that its head is wrong."""
    for gold_head, gold, head, deprel in zip(
        reference["head"], reference["deprel"], record["head"], record["deprel"], strict=True
    ):
        found = answer_name(deprel) if head == gold_head else "(wrong head)"
        yield Confusion(gold, found, gold == found)


def unknown_deprels(predictions: Sequence[Any], references: Sequence[Any]) -> list[Any]:
    """Return the relations that are outside the set, and None for each head that is not there."""
    answers = [
        None if is_null(head) else deprel
        for predicted, reference in zip(predictions, references, strict=True)
        for head, deprel, gold_head in zip(
            predicted["head"], predicted["deprel"], reference["head"], strict=True
        )
        if gold_head != PADDING_HEAD
    ]
    return RELATIONS.unknown(answers)


def no_tree(reference: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a sentence that was not answered."""
    nothing = [None] * len(reference["head"])
    return {"head": nothing, "deprel": nothing}


def from_records(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of records."""
    return {"predictions": [{"head": r["head"], "deprel": r["deprel"]} for r in records]}


METRIC = TaskMetric(
    name="dp",
    title="Dependency parsing",
    headings=SCORES,
    main_score="las_macro_f1",
    columns={
        "predictions": {"head": ["int32"], "deprel": ["label"]},
        "references": {"head": ["int32"], "deprel": ["label"]},
    },
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(
        Field("head", "a list of head positions, 0 for the root", head_problem),
        Field("deprel", "a list of relation names, one per eojeol", deprel_problem),
    ),
    from_records=from_records,
    view=view,
    confusions=confusions,
    undefined=dict.fromkeys(SCORES, "at least one eojeol whose gold head is not -1"),
    labels=RELATIONS,
    unknown=unknown_deprels,
    missing=no_tree,
)
