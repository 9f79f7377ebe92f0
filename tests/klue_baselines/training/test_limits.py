"""Settings that no run can have are refused before it begins."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from klue_baselines.bench import plan
from klue_baselines.tasks import BASELINES
from klue_baselines.training.limits import check_settings
from klue_baselines.training.run import Run, train
from klue_common.errors import InputError
from klue_metrics import METRICS


@pytest.mark.parametrize("task", BASELINES)
def test_the_published_settings_are_within_their_limits(task: str) -> None:
    for recipe in BASELINES[task].recipes.values():
        check_settings(asdict(recipe), METRICS[task].scores)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("epochs", 0, "a number above 0"),
        ("epochs", True, "a number above 0"),
        ("epochs", "x", "a number above 0"),
        ("batch_size", 0, "a whole number from 1 on"),
        ("batch_size", 2.5, "a whole number from 1 on"),
        ("learning_rate", -1.0, "a number above 0"),
        ("warmup", 1.5, "from 0 to below 1"),
        ("select_by", "foo", "accuracy"),
    ],
)
def test_what_no_run_can_have_is_refused(name: str, value: Any, expected: str) -> None:
    run = Run("nli", "nowhere", Path("nowhere"), overrides={name: value}, sample=True)
    message = f"{name}: found {value!r}, expected {expected}"
    with pytest.raises(InputError, match=message):
        train(run)
    with pytest.raises(InputError, match=message):
        plan(Run("nli", "nowhere", Path("nowhere")), ["nli"], [1], {"nli": {name: value}})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"precision": "fp17"}, "precision: found 'fp17', expected fp32, bf16 or fp16"),
        ({"max_train_examples": 0}, "max_train_examples: found 0, expected a whole number from 1"),
        ({"select_on": "test"}, "select_on: found 'test', expected held-out or dev"),
    ],
)
def test_options_of_a_run_have_limits_too(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        train(Run("nli", "nowhere", Path("nowhere"), **changes))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sample", "no"),
        ("train_split", 5),
        ("learning_rate", 10**400),
        ("epochs", 10**39),
        ("batch_size", 10**400),
        ("seed", 2**32),
        ("compile", 1),
        ("decoding", ["plain"]),
        ("select_by", {}),
    ],
)
def test_a_setting_of_another_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"^{name}: found .{{1,60}}, expected \w") as caught:
        check_settings({name: value}, ["accuracy"])
    assert len(str(caught.value)) < 200
