"""Records that come from elsewhere than a prediction file."""

from __future__ import annotations

import pytest

from klue_metrics import METRICS, MetricError
from klue_metrics.records import checked_records

NLI = METRICS["nli"]
GOLD = dict.fromkeys("ab", "neutral")


def test_places_are_those_that_were_given() -> None:
    placed = [(f"t: row {at}", {"guid": guid, "label": "neutral"}) for at, guid in enumerate("ba")]
    found = checked_records("t", placed, NLI.fields, GOLD, "error")
    assert [record["guid"] for record in found] == ["a", "b"]
    with pytest.raises(MetricError, match=r"t: row 0: .* each guid once \(row 0\)"):
        checked_records("t", [*placed, placed[0]], NLI.fields, GOLD, "error")
    with pytest.raises(MetricError, match="t: field 'guid': found 1 of 2 guids"):
        checked_records("t", placed[:1], NLI.fields, GOLD, "error")
