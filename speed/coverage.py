"""How often a 95 % interval holds what it is about, by simulation.

    python -m speed.coverage                # all of it, some minutes
    python -m speed.coverage --trials 100   # sooner and rougher
    python -m speed.coverage --json         # for a program

A population whose score is known stands for all the sentences that there could be. From it test
sets are drawn, of the size of the bundled sample and of KLUE's dev split, and each is scored with
its interval. Two things may lie in the interval: the score of the population, and the score that a
test set of that size has on the average, which is another one where the score of few examples is
biased. The frequencies of relations and entities are those of KLUE's dev split and of the sample.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from klue_metrics import METRICS
from klue_metrics.interval_notes import left_out
from klue_metrics.precision_recall import macro_area
from klue_metrics.resampling import (
    FromSums,
    Score,
    Statistics,
    percentile_interval,
    replicates,
    scores_of,
)

CONFIDENCE = 0.95
RESAMPLES = 400
# Relations: no_relation, then the others from rare to frequent.
SAMPLE_COUNTS = np.array([10, *[1] * 28, 2])
# fmt: off
DEV_COUNTS = np.array([
    4631, 10, 11, 11, 11, 11, 12, 13, 13, 13, 17, 20, 24, 27, 27, 34, 41, 67, 78, 104, 104, 118,
    122, 124, 194, 220, 235, 242, 513, 718,
])
# fmt: on
RE_DRAWS = 300_000  # a population, near enough
# Entity type: the share of dev's sentences that have it, and how many such a sentence has.
ENTITIES = {
    "DT": (0.331, 1.40),
    "LC": (0.210, 1.57),
    "OG": (0.280, 1.56),
    "PS": (0.565, 1.56),
    "QT": (0.392, 1.61),
    "TI": (0.094, 1.16),
}
NER_SENTENCES = 10_000
SAMPLE_SENTENCES, DEV_SENTENCES = 32, 5000

Draw = Callable[[np.random.Generator], Statistics]


@dataclass(frozen=True)
class Scenario:
    """A kind of test set.

    what: in words. draw: makes one. from_sums: of the metric. truth: the population's scores.
    """

    what: str
    draw: Draw
    from_sums: FromSums
    truth: Mapping[str, float]


@dataclass(frozen=True)
class Coverage:
    """Return what came of the intervals of one score, in percent of the test sets.

    truth: the population's score; of_size: the mean score of the test sets. holds_truth,
    holds_of_size: how often the interval holds them. leaves_out: how often it does not hold the
    test set's own score. width: its mean width in points.
    """

    what: str
    score: str
    truth: float
    of_size: float
    holds_truth: float
    holds_of_size: float
    leaves_out: float
    width: float


# Relations ----------------------------------------------------------------------------------------


def no_sums(sums: np.ndarray) -> dict[str, Score]:
    """No scores: the area under the curves is none of sums."""
    return {}


def class_scores(gold: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return the scores that a model gives to 30 relations [examples, 30].

    It knows the frequencies, and of each example's own relation more or less.
    """
    scores = rng.normal(size=(len(gold), len(DEV_COUNTS)))
    scores += 0.5 * np.log(DEV_COUNTS / DEV_COUNTS.sum())
    knows = strength * np.clip(rng.normal(1, 0.5, len(gold)), 0, None)
    scores[np.arange(len(gold)), gold] += knows
    weights = np.exp(scores)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def drawn_relations(counts: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Relations of n examples, each by its frequency."""
    return rng.choice(len(counts), n, p=counts / counts.sum())


def areas(gold: np.ndarray, strength: float, rng: np.random.Generator) -> Statistics:
    """Return the statistics of examples with these relations."""
    curve = macro_area(class_scores(gold, strength, rng), gold)
    return Statistics(np.zeros((len(gold), 0)), {"auprc": curve})


def relations(strength: float, model: str) -> list[Scenario]:
    """Return the sample's relations as they are, and test sets like dev."""

    def truth(counts: np.ndarray) -> dict[str, float]:
        rng = np.random.default_rng(99)
        return scores_of(areas(drawn_relations(counts, RE_DRAWS, rng), strength, rng), no_sums)

    def like_sample(rng: np.random.Generator) -> Statistics:
        gold = np.repeat(np.arange(len(SAMPLE_COUNTS)), SAMPLE_COUNTS)
        return areas(gold, strength, rng)

    def like_dev(rng: np.random.Generator) -> Statistics:
        return areas(drawn_relations(DEV_COUNTS, int(DEV_COUNTS.sum()), rng), strength, rng)

    n_sample, n_dev = SAMPLE_COUNTS.sum(), DEV_COUNTS.sum()
    return [
        Scenario(f"re, {n_sample} examples, {model}", like_sample, no_sums, truth(SAMPLE_COUNTS)),
        Scenario(f"re, {n_dev:,} examples, {model}", like_dev, no_sums, truth(DEV_COUNTS)),
    ]


# Entities -----------------------------------------------------------------------------------------


def sentence(rng: np.random.Generator) -> list[str]:
    """Return the tags of a sentence: its entities in any order, with words between them."""
    entities = []
    for kind, (share, mean) in ENTITIES.items():
        if rng.random() < share:
            entities += [kind] * (1 + rng.poisson(mean - 1))
    rng.shuffle(entities)
    tags = ["O"] * int(rng.integers(5, 30))
    for kind in entities:
        tags += [f"B-{kind}"] + [f"I-{kind}"] * int(rng.poisson(2))
        tags += ["O"] * int(rng.integers(2, 9))
    return tags


def predicted(tags: list[str], quality: float, rng: np.random.Generator) -> list[str]:
    """Return a model's tags: right, missed, of another type or cut short, some invented."""
    found, at = list(tags), 0
    while at < len(tags):
        end = at + 1
        while end < len(tags) and tags[end].startswith("I-"):
            end += 1
        other = str(rng.choice(list(ENTITIES)))
        chance = rng.random()
        if tags[at] == "O":
            if chance < 0.03 * (1 - quality):
                found[at] = f"B-{other}"
        elif chance > quality:
            kind = rng.random()
            if kind < 0.4:
                found[at:end] = ["O"] * (end - at)
            elif kind < 0.7:
                found[at:end] = [f"B-{other}"] + [f"I-{other}"] * (end - at - 1)
            else:
                found[end - 1] = "O"
        at = end
    return found


def entities(quality: float, model: str) -> list[Scenario]:
    """Test sets of sentences, out of a population of some."""
    rng = np.random.default_rng(0)
    references = [sentence(rng) for _ in range(NER_SENTENCES)]
    predictions = [predicted(tags, quality, rng) for tags in references]
    metric = METRICS["ner"]
    population = metric.statistics(predictions, references)
    truth = scores_of(population, metric.from_sums)

    def draw(n: int) -> Draw:
        def sentences(rng: np.random.Generator) -> Statistics:
            return Statistics(population.per_example[rng.integers(0, NER_SENTENCES, n)])

        return sentences

    return [
        Scenario(f"ner, {n:,} sentences, {model}", draw(n), metric.from_sums, truth)
        for n in (SAMPLE_SENTENCES, DEV_SENTENCES)
    ]


# Measurement --------------------------------------------------------------------------------------


def coverage(scenario: Scenario, trials: int, resamples: int = RESAMPLES) -> list[Coverage]:
    """Draw test sets, and see where the truth lies."""
    values: dict[str, list[float]] = {name: [] for name in scenario.truth}
    bounds: dict[str, list[list[float]]] = {name: [] for name in scenario.truth}
    for trial in range(trials):
        statistics = scenario.draw(np.random.default_rng(trial))
        unit = np.arange(len(statistics))
        drawn = replicates(statistics, scenario.from_sums, unit, resamples, seed=trial)
        for name, value in scores_of(statistics, scenario.from_sums).items():
            values[name].append(value)
            bounds[name].append(percentile_interval(drawn[name], CONFIDENCE) or [np.nan, np.nan])
    return [
        covered(scenario, name, np.array(values[name]), np.array(bounds[name])) for name in values
    ]


def covered(scenario: Scenario, name: str, values: np.ndarray, bounds: np.ndarray) -> Coverage:
    """Return what came of the intervals [trials, 2] of one score."""
    low, high = bounds.T
    outside = left_out({str(at): (values[at], bounds[at].tolist()) for at in range(len(values))})
    truth, of_size = scenario.truth[name], float(values.mean())
    return Coverage(
        what=scenario.what,
        score=name,
        truth=truth,
        of_size=of_size,
        holds_truth=share((low <= truth) & (truth <= high)),
        holds_of_size=share((low <= of_size) & (of_size <= high)),
        leaves_out=100 * len(outside) / len(values),
        width=float((high - low).mean()),
    )


def share(true: np.ndarray) -> float:
    """How many are true, in percent."""
    return 100 * float(true.mean())


def scenarios() -> list[Scenario]:
    """Return a good and a weak model of each task."""
    return [
        *relations(4.0, "a good model"),
        *relations(1.0, "a weak model"),
        *entities(0.9, "a good model"),
        *entities(0.3, "a weak model"),
    ]


def report(found: list[dict[str, Any]]) -> None:
    """Print the table."""
    print(
        f"{'test sets':38}{'score':20}{'truth':>7}{'of size':>9}{'holds truth':>13}"
        f"{'holds of size':>15}{'leaves out':>12}{'width':>8}"
    )
    for row in found:
        print(
            f"{row['what']:38}{row['score']:20}{row['truth']:>7.2f}{row['of_size']:>9.2f}"
            f"{row['holds_truth']:>12.1f}%{row['holds_of_size']:>14.1f}%{row['leaves_out']:>11.1f}%"
            f"{row['width']:>8.2f}"
        )


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--trials", type=int, default=300, help="test sets of each kind")
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    options = parser.parse_args()
    found = [asdict(row) for one in scenarios() for row in coverage(one, options.trials)]
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        report(found)


if __name__ == "__main__":
    main()
