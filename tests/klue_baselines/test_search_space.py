"""A space is read as it is meant, and what no run can have is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_baselines.search_space import Range, Space, read_space
from klue_common.errors import InputError


def space(folder: Path, content: str) -> Space:
    path = folder / "space.toml"
    path.write_text(content, encoding="utf-8")
    return read_space(path, "ynat")


def test_values_lists_and_ranges(tmp_path: Path) -> None:
    found = space(
        tmp_path,
        """
        [nli]
        epochs = 1
        [ynat]
        epochs = 3
        train_split = "train[:50%]"
        batch_size = [16, 32]
        max_length = { low = 64, high = 128, step = 32 }
        learning_rate = { low = 1e-5, high = 3e-4, log = true }
        """,
    )
    assert found.fixed == {"epochs": 3, "train_split": "train[:50%]"}
    assert found.choices == {"batch_size": (16, 32)}
    assert found.ranges == {
        "max_length": Range(64, 128, 32),
        "learning_rate": Range(1e-5, 3e-4, log=True),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("epochs = 3", r"ynat: found no list and no range, expected a setting to choose"),
        ("batch_size = []", r"batch_size: found \[\], expected values that differ"),
        ("batch_size = [8, 8]", r"batch_size: found \[8, 8\], expected values that differ"),
        ("batch_size = [8, 0]", r"batch_size: found 0, expected a whole number from 1 on"),
        ("batch_size = [8, 1.5]", r"batch_size: found 1.5, expected a whole number from 1 on"),
        ("epochs = {low = 3}", r"epochs: found \{'low': 3\}, expected numbers low and high"),
        ("batch_size = {low = 1.5, high = 3}", r"expected whole numbers low and high"),
        ("epochs = {low = 3, high = 2}", r"found low 3 and high 2, expected a higher high"),
        ("epochs = {low = nan, high = 2}", r"expected numbers low and high"),
        ("epochs = {low = 1, high = inf}", r"epochs: found \{.*\}, expected numbers low and high"),
        ("epochs = {low = 0, high = 2}", r"epochs: found 0, expected a number above 0"),
        ("warmup = {low = 0.0, high = 0.5, log = true}", r"found log = True, expected a low above"),
        ("warmup = {low = 0.0, high = 0.5, log = 1}", r"found log = 1, expected a low above 0"),
        ("warmup = {low = 0.0, high = 0.5, step = 0}", r"found step 0, expected one between"),
        ("warmup = {low = 0.0, high = 0.5, steps = 2}", r"found 'steps', expected low, high"),
        ("rate = [1, 2]", r"ynat: found 'rate', expected one of"),
        ("precision = ['fp32', 'bf16']", r"precision: found \[.*\], expected one value: only"),
    ],
)
def test_what_no_run_can_have_is_refused(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as refused:
        space(tmp_path, f"[ynat]\n{line}\n")
    assert "\n" not in str(refused.value)


def test_a_file_without_the_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found 'nli', expected a table \[ynat\]"):
        space(tmp_path, "[nli]\nepochs = [1, 2]\n")
    with pytest.raises(InputError, match=r"found no table, expected a table \[ynat\]"):
        space(tmp_path, "")
