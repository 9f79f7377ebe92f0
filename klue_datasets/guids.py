"""What a guid tells about its example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def guid_source(row: Mapping[str, Any]) -> str:
    """Return the corpus at the end of a row's guid: "-wikitree" in dev, "_wikitree" in train.

    NER and DP files have no other field for it.

    Example:
        >>> guid_source({"guid": "klue-ner-v1_dev_00000-wikitree"})
        'wikitree'
    """
    return str(row["guid"]).replace("-", "_").rpartition("_")[2]
