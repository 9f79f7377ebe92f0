"""sts, semantic textual similarity: Pearson's r and F1.

Definitions: Pearson's r of predicted scores and `real-label` (in float64; the original's float32
differs in the seventh digit). F1 of the class "similar", both sides cut at `>= 3.0` as they are
given: 2.99999999 is below 3.0 as a 64-bit float and is 3.0 as a 32-bit one; no similar pair on
either side is 0.

Prediction file: {"guid": "klue-sts-v1_dev_00000", "score": 3.7}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .checks import is_finite_number
from .error_views import Confusion, View, compared_lines, text_lines
from .errors import MetricError, shown
from .f1_counts import f1
from .gold import GoldExample, length_group, named_groups, row_guid
from .prediction_files import Field, PredictionsIn
from .resampling import ClassMean, Score, Statistics
from .task import TaskMetric

SIMILAR_FROM = 3.0
# Below this share of a second moment, a variance is what rounding left of it.
ROUNDING = 1e-12


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return per pair [both similar | predicted | gold | 1 | x | y | xx | yy | xy].

    x and y are the two scores, moved and scaled as a whole so that their moments keep all digits
    (r does not see it). float64 [examples, 9].
    """
    predicted = scores_of(predictions, "predictions")
    gold = scores_of(references, "references")
    if len(gold) < 2:
        raise MetricError("references: found 1 pair, expected at least 2 for Pearson's r")
    x, y = standardised(predicted, "predictions"), standardised(gold, "references")
    similar, gold_similar = predicted >= SIMILAR_FROM, gold >= SIMILAR_FROM
    columns = [similar & gold_similar, similar, gold_similar, np.ones(len(gold))]
    return Statistics(np.stack([*columns, x, y, x * x, y * y, x * y], axis=1).astype(np.float64))


def scores_of(column: Sequence[Any], side: str) -> np.ndarray:
    """Return a column of finite numbers as float64.

    Raises:
        MetricError: the first value that is no finite number.
    """
    try:
        values = np.asarray(column)
        numbers = values.dtype.kind in "fiu" and values.ndim == 1 and bool not in map(type, column)
        if numbers and np.isfinite(values).all():
            return values.astype(np.float64)
    except ValueError:
        pass
    for number, value in enumerate(column):
        if not is_finite_number(value):
            raise MetricError(f"{side}[{number}]: found {shown(value)}, expected a finite number")
    return np.array([float(value) for value in column])


def standardised(values: np.ndarray, side: str) -> np.ndarray:
    """Return the values around their mean, the farthest at distance 1.

    Raises:
        MetricError: all values are the same, under which Pearson's r is undefined.
    """
    if values.min() == values.max():
        raise MetricError(
            f"{side}[0] to {side}[{len(values) - 1}]: found {float(values[0])!r} every time, "
            "expected at least two different scores (Pearson's r is undefined)"
        )
    around = values - values.mean()
    return np.asarray(around / np.abs(around).max())


def from_sums(sums: np.ndarray) -> dict[str, Score]:
    """Return Pearson's r by moments and the F1 of "similar"."""
    n, x, y, xx, yy, xy = np.moveaxis(sums[..., 3:], -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = [xx - x * x / n, yy - y * y / n]
        defined = [v > ROUNDING * raw for v, raw in zip(variances, (xx, yy), strict=True)]
        r = (xy - x * y / n) / np.sqrt(np.maximum(variances[0], 0) * np.maximum(variances[1], 0))
        r = np.where(defined[0] & defined[1], np.clip(r, -1.0, 1.0), np.nan)
    similar = ClassMean(f1(sums[..., :3], undefined=np.nan), absent=0.0)
    return {"pearsonr": 100 * r, "f1": similar}


def textbook(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> dict[str, float]:
    """Return the textbook scores.

    spearmanr: the correlation of ranks, which asks for the order of the scores only.
    accuracy: the share of pairs on the right side of 3.0; F1 leaves out the right dissimilar ones.
    """
    from scipy.stats import spearmanr

    predicted, gold = scores_of(predictions, "predictions"), scores_of(references, "references")
    agreement = (predicted >= SIMILAR_FROM) == (gold >= SIMILAR_FROM)
    return {
        "spearmanr": float(100 * spearmanr(predicted, gold).statistic),
        "accuracy": float(100 * agreement.mean()),
    }


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid, score = row_guid(row), float(row["labels"]["real-label"])
    length = len(row["sentence1"]) + len(row["sentence2"])
    groups = named_groups(
        source=row.get("source"), label=round(score), length=length_group(length, 20)
    )
    shown = {"sentence1": row["sentence1"], "sentence2": row["sentence2"]}
    yield GoldExample(guid, score, guid, groups=groups, shown=shown)


def score_problem(value: Any, _: Any, __: str) -> str | None:
    """Return what is wrong with the field `score`."""
    return None if is_finite_number(value) else f"found {shown(value)}, expected a finite number"


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the pair with both scores."""
    both = compared_lines(f"{reference:.2f}", f"{record['score']:.2f}")
    return View((*text_lines(parts), *both))


def confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield both scores, rounded to whole ones."""
    gold, predicted = round(reference), round(record["score"])
    yield Confusion(str(gold), str(predicted), gold == predicted)


METRIC = TaskMetric(
    name="sts",
    title="Semantic textual similarity",
    headings={"pearsonr": "Pearson's r", "f1": "F1"},
    main_score="pearsonr",
    columns={"predictions": "float64", "references": "float64"},
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(Field("score", "a number, as `real-label` from 0 to 5", score_problem),),
    from_records=PredictionsIn("score"),
    view=view,
    confusions=confusions,
    positive_from=SIMILAR_FROM,
    undefined={"pearsonr": "scores that differ"},
)
