"""The audit's table says what the screened file held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
# The reasons of each column after that of all texts.
COLUMNS = (
    ("bias",),
    ("toxicity",),
    ("personal data",),
    ("duplicate", "near duplicate"),
    ("not Korean", "noise", "too short"),
)


def line(name: str, group: Mapping[str, Any]) -> str:
    counts = [group["rows"], *(sum(group["reasons"].get(r, 0) for r in of) for of in COLUMNS)]
    share = f"{100 * group['flagged'] / group['rows']:.1f}"
    return " | ".join([f"| {name}", *(f"{count:,}" for count in counts), f"{share} |"])


def test_the_table_is_made_from_the_report() -> None:
    report = json.loads((ROOT / "results" / "audit.json").read_text(encoding="utf-8"))
    shown = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    table = shown.partition("<!-- audit -->\n")[2].partition("\n<!-- /audit -->")[0]
    groups = [line(name, group) for name, group in report["groups"].items()]
    assert table.splitlines()[2:] == [*groups, line("all", report)]
    assert sum(group["rows"] for group in report["groups"].values()) == report["rows"]
    assert not report["unread"] and "examples" not in report
