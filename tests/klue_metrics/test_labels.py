"""Label sets."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import MetricError
from klue_metrics.labels import LabelSet, count_unknown

LABELS = LabelSet(("a", "b", "c"))


@given(st.lists(st.integers(0, 2)), st.data())
def test_names_and_ids_are_one(ids: list[int], data: st.DataObject) -> None:
    mixed = [data.draw(st.sampled_from([i, LABELS.names[i], np.int64(i)])) for i in ids]
    assert LABELS.encode(mixed, "predictions").tolist() == ids


@pytest.mark.parametrize("bad", ["d", "", None, 3, -1, 1.0, True, float("nan"), ["a"], b"a"])
def test_what_is_no_label(bad: Any) -> None:
    with pytest.raises(MetricError, match=r"predictions\[1\]: found .*, expected one of a, b, c"):
        LABELS.encode(["a", bad, "x"], "predictions")
    assert LABELS.encode(["a", bad], "predictions", "wrong").tolist() == [0, 3]


@given(st.lists(st.sampled_from(["a", 1, np.int64(2), "d", "", " ", None, 3, True, ["a"]])))
def test_unknown_labels_are_those_that_encode_has_no_id_for(labels: list[Any]) -> None:
    ids = LABELS.encode(labels, "predictions", "wrong").tolist()
    unknown = LABELS.unknown(labels)
    assert unknown == [label for label, at in zip(labels, ids, strict=True) if at == 3]
    counts = count_unknown(unknown)
    assert sum(counts.values()) == len(unknown)
    assert counts["empty"] == sum(label in ("", " ", None) for label in labels)


def test_a_label_in_another_unicode_form_is_said_to_be_one() -> None:
    topics = LabelSet(("경제", "사회"))
    with pytest.raises(MetricError, match=r"predictions\[0\]: found '.*' in a Unicode form other"):
        topics.encode([normalize("NFD", "사회")], "predictions")
    with pytest.raises(MetricError, match=r"predictions\[0\]: found '세계', expected one of 경제"):
        topics.encode(["세계"], "predictions")


def test_a_long_value_is_cut() -> None:
    with pytest.raises(MetricError) as error:
        LABELS.encode(["가" * 1000], "predictions")
    assert len(str(error.value)) < 120
