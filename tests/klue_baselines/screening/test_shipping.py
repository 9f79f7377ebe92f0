"""The folder that ships: from runs to weights, results and card; and the one that is there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from klue_baselines.screening.beep import read_beep
from klue_baselines.screening.labels import HEADS, KINDS
from klue_baselines.screening.results import ScreenResult
from klue_baselines.screening.screen import SHIPPED, open_screen
from klue_baselines.screening.shipping import CARD, LARGEST, card_of, ship, shipped_results
from klue_baselines.screening.thresholds import working
from klue_baselines.screening.training import ScreenRun, train_screen
from klue_common.errors import InputError
from tests.klue_baselines.screening.test_training import CLEAN, made_up


@pytest.fixture(scope="module")
def runs(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs that differ in the seed."""
    folder = tmp_path_factory.mktemp("runs")
    beep = made_up(folder / "beep", 24)
    for seed in (1, 2):
        run = ScreenRun(str(tiny_encoder), beep, folder / f"{seed}", seed, others=2, epochs=1)
        train_screen(run, lambda split: CLEAN)
    return [folder / "1", folder / "2"]


def test_the_run_that_is_best_on_its_held_out_part_ships(runs: list[Path], tmp_path: Path) -> None:
    results = [ScreenResult.read(run / "result.json") for run in runs]
    best = max(results, key=lambda result: result.held_out["macro_f1"])
    ship(runs, tmp_path / "out")
    first, second = shipped_results(tmp_path / "out")
    assert first == best
    assert {first.seed, second.seed} == {1, 2}
    card = (tmp_path / "out" / CARD).read_text(encoding="utf-8")
    mean = (first.scores["macro_f1"] + second.scores["macro_f1"]) / 2
    assert f"| macro_f1 | {mean:.2f} ± " in card
    texts = [row["text"] for row in read_beep(runs[0].parent / "beep" / "dev.tsv")]
    run = open_screen(str(runs[results.index(best)]))(texts)
    shipped = open_screen(str(tmp_path / "out"))(texts)
    for kind in KINDS:
        expected = [one[kind] for one in run]
        assert np.allclose([one[kind] for one in shipped], expected, atol=0.01)


def test_runs_that_do_not_belong_together_are_refused(runs: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    result = ScreenResult.read(runs[0] / "result.json")
    replace(result, recall=0.1, seed=7).write(other / "result.json")
    with pytest.raises(InputError, match="found another encoder, data or settings than of"):
        ship([runs[0], other], tmp_path / "out")
    with pytest.raises(InputError, match=r"^runs: found one seed twice"):
        ship([runs[0], runs[0]], tmp_path / "out")
    with pytest.raises(InputError, match=r"result\.json: cannot be read"):
        ship([tmp_path], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (other / "results.json").write_text(json.dumps({"runs": []}), encoding="utf-8")
    with pytest.raises(InputError, match=r"results\.json: runs: found \[\], expected"):
        shipped_results(other)


def test_the_card_of_the_shipped_screen_says_what_is_in_its_folder() -> None:
    assert (SHIPPED / CARD).read_text(encoding="utf-8") == str(card_of(SHIPPED))
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= LARGEST
    assert len(shipped_results(SHIPPED)) == 3


def test_the_documentation_says_what_the_card_says() -> None:
    """Each row's cells; the rows have other names there."""
    text = Path("docs/screening.md").read_text(encoding="utf-8")
    card = (SHIPPED / CARD).read_text(encoding="utf-8")
    rows = [line.split(" | ", 1)[1] for line in card.splitlines() if line.endswith("] |")]
    assert len(rows) == 6
    for row in rows[:2] + rows[3:]:  # the mean of both scores is on the card alone
        assert " ".join(row.split()) in text


def test_the_shipped_screen_works_on_dev_as_its_card_says(shared: Path) -> None:
    path = shared / "beep" / "dev.tsv"
    if not path.is_file():
        pytest.skip("KLUE_SHARED has no beep: no comments to screen")
    rows = read_beep(path)
    found = open_screen(str(SHIPPED))([row["text"] for row in rows])
    result = shipped_results(SHIPPED)[0]
    for kind, head in KINDS.items():
        assert HEADS[head].names[0] == "none"
        harmful = np.array([row[head] != 0 for row in rows])
        flagged = np.array([one[kind] for one in found]) >= result.thresholds[kind]
        for name, share in working(flagged, harmful).items():
            # Rounded weights move a comment or two of 471 across a threshold.
            assert share["value"] == pytest.approx(result.dev[kind][name]["value"], abs=1.5)
