"""Rows of the models on the Hub, and what is said of the entries that are none."""

from __future__ import annotations

import pytest
import yaml
from huggingface_hub import HfApi, constants

from klue_hub.leaderboard import entries_of
from klue_results.hub_entries import EVAL_RESULTS, eval_results_yaml
from tests.hub import TOKEN, Hub
from tests.klue_results.test_card import result

REPO = "org/model"


def test_a_score_that_is_not_known_is_left_out_with_a_word(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    entries = yaml.safe_load(eval_results_yaml([result()]) or "")
    entries[0]["dataset"]["task_id"] = "sts_spearmanr"
    entries.append({**entries[1], "dataset": {"id": "klue/klue", "task_id": "acceptability_mcc"}})
    hub.create("model", REPO)
    hub.write("model", REPO, {EVAL_RESULTS: yaml.safe_dump(entries).encode()})
    rows = entries_of(HfApi(endpoint=hub.url, token=TOKEN), REPO)
    assert [(row["task"], row["score"], row["value"]) for row in rows] == [("sts", "f1", 71.0)]
    said = f"{REPO}: left out acceptability_mcc, sts_spearmanr, not known to this version\n"
    assert capsys.readouterr().err == said
