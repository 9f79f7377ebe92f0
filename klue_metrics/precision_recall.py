"""The mean area under the precision-recall curves of all classes, under weights.

The curve of a class (itself against the rest) has one point per distinct score, and its area is
taken by the trapezoid rule, from (recall 0, precision 1) on. Recall moves only at the scores that
a positive example has, so of each curve only those points matter, and the weight gathered right
before each: the examples between two such points are one segment, summed in one go.
"""

from dataclasses import dataclass

import numpy as np

from .resampling import ClassMean

# A class without a positive example (scikit-learn's value today; undefined in older ones).
WITHOUT_POSITIVES = 0.5
# From this many columns on, a sparse matrix product is worth its import.
MANY_COLUMNS = 8


@dataclass(frozen=True)
class Segments:
    """Stretches of examples to be summed.

    Attributes:
        examples: the examples of all segments, one after the other.
        starts: where each segment begins in `examples`; no segment is empty.
    """

    examples: np.ndarray
    starts: np.ndarray

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Return the sum of each segment [segments, resamples]; exact for counts below 2^24."""
        if weights.shape[1] < MANY_COLUMNS:
            return np.asarray(np.add.reduceat(weights[self.examples], self.starts, axis=0))
        from scipy.sparse import csr_array

        ends = np.append(self.starts, len(self.examples))
        ones = np.ones(len(self.examples), np.float32)
        shape = (len(self.starts), len(weights))
        return np.asarray(csr_array((ones, self.examples, ends), shape) @ np.float32(weights))


@dataclass(frozen=True)
class MacroArea:
    """The unweighted mean of the areas of all classes, as a function of weights.

    Attributes:
        n_classes: how many classes; those without positives have no points.
        segments: of all classes, each class's from the highest score down.
        first_segment: of the class of each point [points].
        point_segment: the segment of each point [points].
        positives: the positive examples of each point.
        class_starts: where the points of each class begin [classes with positives].
    """

    n_classes: int
    segments: Segments
    first_segment: np.ndarray
    point_segment: np.ndarray
    positives: Segments
    class_starts: np.ndarray

    def __call__(self, weights: np.ndarray) -> ClassMean:
        """Return the mean area for weights (counts) [examples, resamples]."""
        gathered = from_nothing(self.segments.sums(weights))
        base = gathered[self.first_segment]
        before = gathered[self.point_segment] - base
        here = gathered[self.point_segment + 1] - base
        hits = self.positives.sums(weights).astype(np.float64)
        points = np.append(self.class_starts, len(hits))
        class_of_point = np.repeat(np.arange(len(self.class_starts)), np.diff(points))
        so_far = from_nothing(hits)
        true = so_far[1:] - so_far[self.class_starts][class_of_point]
        with np.errstate(invalid="ignore", divide="ignore"):
            # No weight yet: the curve still stands where it begins, at precision 1.
            left = np.where(before > 0, (true - hits) / before, 1.0)
            right = np.where(here > 0, true / here, 1.0)
            doubled = np.add.reduceat(hits * (left + right), self.class_starts, axis=0)
            total = true[points[1:] - 1]
            areas = np.where(total > 0, doubled / (2 * total), np.nan)
        without = np.full((self.n_classes - len(areas), weights.shape[1]), np.nan)
        return ClassMean(np.concatenate([areas, without]).T, WITHOUT_POSITIVES)


def from_nothing(rows: np.ndarray) -> np.ndarray:
    """Return the running sums of rows, a row of zeros first, float64."""
    return np.concatenate([np.zeros_like(rows[:1]), rows.cumsum(axis=0, dtype=np.float64)])


def macro_area(scores: np.ndarray, gold: np.ndarray) -> MacroArea:
    """Return the mean area over all classes as a function of weights.

    Args:
        scores: float [examples, classes].
        gold: class ids [examples].

    >>> area = macro_area(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]))
    >>> area(np.ones((2, 1))).official()
    array([100.])
    """
    segments, firsts, points, positives, class_starts = [], [], [], [], []
    n_segments = n_points = 0
    for number in range(scores.shape[1]):
        positive = gold == number
        if not positive.any():
            continue
        segment, point, hit = one_curve(scores[:, number], positive)
        class_starts.append(n_points)
        firsts.append(np.full(len(point), n_segments))
        points.append(point + n_segments)
        segments.append(segment)
        positives.append(hit)
        n_segments += len(segment.starts)
        n_points += len(point)
    return MacroArea(
        scores.shape[1],
        joined(segments),
        np.concatenate(firsts),
        np.concatenate(points),
        joined(positives),
        np.array(class_starts),
    )


def one_curve(scores: np.ndarray, positive: np.ndarray) -> tuple[Segments, np.ndarray, Segments]:
    """Return the segments of a curve, the segment of each point with positives, and the positives.

    Args:
        scores: float [examples].
        positive: bool [examples], at least one.
    """
    order = np.argsort(-scores, kind="stable")
    descending, hit = scores[order], positive[order]
    new_score = np.append(True, descending[1:] != descending[:-1])
    score_start = np.flatnonzero(new_score)
    with_positives, first = np.unique(np.cumsum(new_score)[hit] - 1, return_index=True)
    begins = score_start[with_positives]
    ends = np.append(score_start, len(order))[with_positives + 1]
    # Up to each point there may be a gap: examples since the point before it.
    previous_end = np.append(0, ends)[:-1]
    gap = begins > previous_end
    pairs = np.stack([previous_end, begins], axis=1)
    starts = pairs[np.stack([gap, np.ones_like(gap)], axis=1)]
    point = np.cumsum(1 + gap) - 1
    return Segments(order[: ends[-1]], starts), point, Segments(order[hit], first)


def joined(parts: list[Segments]) -> Segments:
    """Return the segments of all parts, one after the other."""
    offsets = np.cumsum([0] + [len(part.examples) for part in parts])
    starts = [part.starts + offset for part, offset in zip(parts, offsets, strict=False)]
    return Segments(np.concatenate([part.examples for part in parts]), np.concatenate(starts))
