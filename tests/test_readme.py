"""The README's numbers are those of the result files."""

from __future__ import annotations

from pathlib import Path

from klue_baselines.results import read_results
from klue_baselines.tables import markdown_table

ROOT = Path(__file__).parent.parent


def test_the_table_is_made_from_the_results() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- results -->\n")[2].partition("\n<!-- /results -->")[0]
    assert shown == markdown_table(read_results(ROOT / "results"))
