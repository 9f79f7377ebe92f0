from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.torch import load_file

from klue_baselines.fine_tuned import open_fine_tuned
from klue_baselines.prediction import predict
from klue_baselines.training.run import Run, train
from klue_datasets import load
from klue_metrics import METRICS

pytest.importorskip("peft", reason="no peft: pip install 'klue-hub[peft]'")
QUICK = {"epochs": 1, "learning_rate": 1e-2, "batch_size": 16, "evaluations": 1, "max_length": 96}


@pytest.mark.slow
@pytest.mark.parametrize("task", ["ynat", "dp"])  # a library's head, and one of ours
def test_merged_weights_are_what_is_saved(task: str, tiny_encoder: Path, tmp_path: Path) -> None:
    run = Run(task, str(tiny_encoder), tmp_path, sample=True, results=None, overrides=QUICK)
    result = train(Run(**{**vars(run), "peft": "lora"}))
    assert result.settings["peft"] == "lora"

    before, after = (load_file(one / "model.safetensors") for one in (tiny_encoder, tmp_path))
    assert not [name for name in after if "lora" in name or "base_layer" in name]
    learned = {
        name for name, weight in before.items()
        for end in after if end.endswith(f".{name}") and not after[end].equal(weight)
    }  # fmt: skip
    assert {name.rpartition(".")[2] for name in learned} == {"weight"}
    assert any("attention.self.query" in name for name in learned)
    assert not any("embeddings" in name or "LayerNorm" in name for name in learned)

    rows = load(task, "validation", sample=True, full=True)
    records = predict(task, open_fine_tuned(task, str(tmp_path)), rows, batch_size=16)
    gold = METRICS[task].gold(rows)
    found = METRICS[task].score(gold, records)
    assert found == pytest.approx({**found, **result.scores}, abs=0.5)
