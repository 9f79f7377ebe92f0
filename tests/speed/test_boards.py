"""Boards of equally good systems."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from speed.boards import simulate

TRIALS = 80


@pytest.mark.slow
def test_at_most_a_twentieth_of_boards_show_a_false_difference() -> None:
    board = simulate("ynat", n=150, systems=5, trials=TRIALS, resamples=400)
    most = binom.ppf(0.999, TRIALS, 0.05)  # were it a twentieth, more would be seen once in 1,000
    assert board.false * TRIALS / 100 <= most
    assert board.uncorrected * TRIALS / 100 > most  # so that it is the correction that does it
    assert board.found > 65
