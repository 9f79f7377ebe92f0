"""Label sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import MetricError
from klue_metrics.labels import LabelSet

LABELS = LabelSet(("a", "b", "c"))


@given(st.lists(st.integers(0, 2)), st.data())
def test_names_and_ids_are_one(ids: list[int], data: st.DataObject) -> None:
    mixed = [data.draw(st.sampled_from([i, LABELS.names[i], np.int64(i)])) for i in ids]
    assert LABELS.encode(mixed, "predictions").tolist() == ids
    assert LABELS.encode(ids, "references").tolist() == ids


@pytest.mark.parametrize("bad", ["d", "", None, 3, -1, 1.0, True, float("nan"), ["a"], b"a"])
def test_what_is_no_label(bad: Any) -> None:
    with pytest.raises(MetricError, match=r"predictions\[1\]: found .*, expected one of a, b, c"):
        LABELS.encode(["a", bad, "x"], "predictions")
    assert LABELS.encode(["a", bad], "predictions", "wrong").tolist() == [0, 3]
    assert LABELS.encode([0, bad], "predictions", "wrong").tolist() == [0, 3]


def test_a_long_value_is_cut() -> None:
    with pytest.raises(MetricError) as error:
        LABELS.encode(["가" * 1000], "predictions")
    assert len(str(error.value)) < 120
