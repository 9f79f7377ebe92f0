"""F1 from summed counts, for one sum or for the sums of a thousand resamples at once.

A block of counts has three columns a class, [true positives | predicted | gold], each as wide as
the number of classes. Precision is tp / predicted, recall tp / gold, and their harmonic mean is
2 tp / (predicted + gold), which is also how an undefined precision or recall is avoided.
"""

import numpy as np

from .resampling import ClassMean


def count_block(predicted: np.ndarray, gold: np.ndarray, n_classes: int) -> np.ndarray:
    """Return a block of counts for one predicted and one gold class an example.

    Args:
        predicted: class ids [examples]; `n_classes` stands for "no class".
        gold: class ids [examples].
        n_classes: the number of classes.

    Returns:
        float64 [examples, 3 * n_classes].

    >>> count_block(np.array([0, 1]), np.array([0, 0]), 2)
    array([[1., 0., 1., 0., 1., 0.],
           [0., 0., 0., 1., 1., 0.]])
    """
    group = np.arange(len(gold))
    return grouped_count_block(group, len(gold), predicted, gold, n_classes)


def grouped_count_block(
    group: np.ndarray, n_groups: int, predicted: np.ndarray, gold: np.ndarray, n_classes: int
) -> np.ndarray:
    """Return a block of counts for items (characters, words) that belong to examples.

    Args:
        group: the example of each item [items].
        n_groups: the number of examples.
        predicted: class ids [items]; `n_classes` stands for "no class".
        gold: class ids [items]; `n_classes` stands for "no class".
        n_classes: the number of classes.

    Returns:
        float64 [n_groups, 3 * n_classes].
    """
    width = n_classes + 1
    right = predicted == gold
    parts = [
        np.bincount(rows * width + classes, minlength=n_groups * width).reshape(n_groups, width)[
            :, :n_classes
        ]
        for rows, classes in (
            (group[right], gold[right]),
            (group, predicted),
            (group, gold),
        )
    ]
    return np.concatenate(parts, axis=1).astype(np.float64)


def f1(sums: np.ndarray, undefined: float = 0.0) -> np.ndarray:
    """Return F1 per class from a summed block, float64 [..., classes].

    A class that is in neither predictions nor references gets the value `undefined`.
    """
    tp, predicted, gold = np.split(sums, 3, axis=-1)
    total = predicted + gold
    return np.where(total > 0, 2 * tp / np.maximum(total, 1e-300), undefined)


def macro_f1(sums: np.ndarray) -> np.ndarray:
    """Return the mean F1 over the classes in gold or predictions, 0-100; nan where there is none.

    >>> float(macro_f1(np.array([1.0, 0, 0, 1, 1, 0, 2, 0, 0])))  # a third class never occurs
    33.33333333333333
    """
    _, predicted, gold = np.split(sums, 3, axis=-1)
    occurring = (predicted + gold > 0).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return 100.0 * f1(sums).sum(axis=-1) / occurring


def micro_f1(sums: np.ndarray) -> ClassMean:
    """Return the F1 of the counts pooled over all classes; 0 where nothing was counted."""
    pooled = np.stack([part.sum(axis=-1) for part in np.split(sums, 3, axis=-1)], axis=-1)
    return ClassMean(f1(pooled, undefined=np.nan), absent=0.0)
