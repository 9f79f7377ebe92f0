"""The README's numbers are those of the result files."""

from __future__ import annotations

import tomllib
from pathlib import Path

from klue_results.lm_tables import encoders, language_models, lm_markdown, lm_notes
from klue_results.results import read_results
from klue_results.tables import markdown_table

ROOT = Path(__file__).parent.parent


def test_the_table_is_made_from_the_results() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- results -->\n")[2].partition("\n<!-- /results -->")[0]
    assert shown == markdown_table(encoders(read_results(ROOT / "results")))


def test_the_table_of_language_models_is_made_from_the_results() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- language models -->\n", "\n<!-- /language models -->"
    shown = text.partition(begin)[2].partition(end)[0]
    results = language_models(read_results(ROOT / "results"))
    assert shown == "\n\n".join([lm_markdown(results), *lm_notes(results)])


def test_the_settings_in_the_examples_made_the_results() -> None:
    settings = tomllib.loads((ROOT / "examples" / "me5-small-ko.toml").read_text(encoding="utf-8"))
    results = [r for r in read_results(ROOT / "results") if r.model == "me5-small-ko"]
    assert {result.task for result in results} == set(settings)
    for result in results:
        made_with = {
            **result.settings,
            "train_split": result.trained_on,
            "eval_split": result.split,
        }
        own = settings[result.task]
        assert {name: made_with[name] for name in own} == own
