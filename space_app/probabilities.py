"""Labels with their probabilities, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from klue_baselines.pipeline import KluePipeline

from .markup import Bar, bars


def probability_bars(
    pipeline: KluePipeline,
    probabilities: Sequence[float],
    names: Mapping[str, str] | None = None,
    most: int = 10,
) -> str:
    """Return the most probable labels as bars.

    Args:
        pipeline: whose model has the labels.
        probabilities: of each label, in the model's order.
        names: what a label is called on the page, where that is not its own name.
        most: the number of bars.
    """
    labels = pipeline.model.config.id2label
    order = sorted(range(len(probabilities)), key=lambda at: -probabilities[at])
    return bars(
        Bar(
            (names or {}).get(labels[at], labels[at]),
            f"{100 * probabilities[at]:.1f} %",
            probabilities[at],
        )
        for at in order[:most]
    )
