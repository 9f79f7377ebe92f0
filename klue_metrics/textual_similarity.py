"""sts, semantic textual similarity: Pearson's r and F1.

Definitions: Pearson's r of predicted scores and `real-label` (in float64; the original's float32
differs in the seventh digit). F1 of the class "similar", both sides cut at `>= 3.0` as they are
given: 2.99999999 is below 3.0 as a 64-bit float and is 3.0 as a 32-bit one; no similar pair on
either side is 0.

Under unknown_label="wrong" an answer that is not there (None) is the end of the scale that is
farther from the gold score, on the other side of 3.0; and predictions that are all the same have a
Pearson's r of 0, which is undefined otherwise: whoever answers one number has told nothing apart.

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
from .labels import answer_name, is_null
from .prediction_files import Field, PredictionsIn
from .resampling import ClassMean, Score, Statistics
from .task import TaskMetric

SIMILAR_FROM = 3.0
LOWEST, MIDDLE, HIGHEST = 0.0, 2.5, 5.0
# Below this share of a second moment, a variance is what rounding left of it.
ROUNDING = 1e-12


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return per pair [both similar | predicted | gold | 1 | x | y | xx | yy | xy | lenient].

    x and y are the two scores, moved and scaled as a whole so that their moments keep all digits
    (r does not see it); lenient is 1 where one score for all has an r of 0. float64 [examples, 10].
    """
    lenient = unknown_label == "wrong"
    gold = scores_of(references, "references")
    answers = with_wrong(predictions, gold) if lenient else predictions
    predicted = scores_of(answers, "predictions")
    if len(gold) < 2:
        raise MetricError("references: found 1 pair, expected at least 2 for Pearson's r")
    x = standardised(predicted, "predictions", lenient)
    y = standardised(gold, "references")
    similar, gold_similar = predicted >= SIMILAR_FROM, gold >= SIMILAR_FROM
    ones = np.ones(len(gold))
    columns = [similar & gold_similar, similar, gold_similar, ones]
    moments = [x, y, x * x, y * y, x * y]
    return Statistics(np.stack([*columns, *moments, lenient * ones], axis=1).astype(np.float64))


def with_wrong(predictions: Sequence[Any], gold: np.ndarray) -> list[Any]:
    """Return predictions whose missing scores are the end of the scale that is farther from gold.

    >>> with_wrong([None, 2.0], np.array([4.5, 1.0]))
    [0.0, 2.0]
    """
    ends = np.where(gold >= MIDDLE, LOWEST, HIGHEST).tolist()
    pairs = zip(predictions, ends, strict=True)
    return [end if is_null(score) else score for score, end in pairs]


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


def standardised(values: np.ndarray, side: str, lenient: bool = False) -> np.ndarray:
    """Return the values around their mean, the farthest at distance 1.

    Args:
        values: float64 [examples].
        side: the column's name, for the message.
        lenient: return zeros where all values are the same.

    Raises:
        MetricError: all values are the same, under which Pearson's r is undefined.
    """
    if values.min() == values.max():
        if lenient:
            return np.zeros_like(values)
        raise MetricError(
            f"{side}[0] to {side}[{len(values) - 1}]: found {float(values[0])!r} every time, "
            "expected at least two different scores (Pearson's r is undefined)"
        )
    around = values - values.mean()
    return np.asarray(around / np.abs(around).max())


def from_sums(sums: np.ndarray) -> dict[str, Score]:
    """Return Pearson's r by moments and the F1 of "similar"."""
    n, x, y, xx, yy, xy, lenient = np.moveaxis(sums[..., 3:], -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = [xx - x * x / n, yy - y * y / n]
        defined = [v > ROUNDING * raw for v, raw in zip(variances, (xx, yy), strict=True)]
        r = (xy - x * y / n) / np.sqrt(np.maximum(variances[0], 0) * np.maximum(variances[1], 0))
        undefined = np.where(defined[1] & (lenient > 0), 0.0, np.nan)
        r = np.where(defined[0] & defined[1], np.clip(r, -1.0, 1.0), undefined)
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

    gold = scores_of(references, "references")
    answers = with_wrong(predictions, gold) if unknown_label == "wrong" else predictions
    predicted = scores_of(answers, "predictions")
    same = predicted.min() == predicted.max()
    rho = 0.0 if same else spearmanr(predicted, gold).statistic
    agreement = (predicted >= SIMILAR_FROM) == (gold >= SIMILAR_FROM)
    return {
        "spearmanr": float(100 * rho),
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


def score_problem(value: Any, _: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `score`."""
    if is_finite_number(value) or (unknown_label == "wrong" and is_null(value)):
        return None
    return f"found {shown(value)}, expected a finite number"


def no_score(_: Any) -> dict[str, Any]:
    """Return the field `score` of a pair that was not answered."""
    return {"score": None}


def missing_scores(predictions: Sequence[Any], _: Any) -> list[Any]:
    """Return the answers that are not there; every other answer is a number."""
    return [score for score in predictions if is_null(score)]


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the pair with both scores."""
    both = compared_lines(f"{reference:.2f}", number_name(record["score"]))
    return View((*text_lines(parts), *both))


def confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield both scores, rounded to whole ones."""
    score = record["score"]
    gold, predicted = str(round(reference)), number_name(score if is_null(score) else round(score))
    yield Confusion(gold, predicted, gold == predicted)


def number_name(score: Any) -> str:
    """Return a score as it is shown, whole numbers without decimals.

    >>> number_name(3.14159), number_name(3), number_name(None)
    ('3.14', '3', '(no answer)')
    """
    if is_null(score):
        return answer_name(score)
    return str(score) if isinstance(score, int) else f"{score:.2f}"


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
    unknown=missing_scores,
    missing=no_score,
    undefined={"pearsonr": "scores that differ"},
)
