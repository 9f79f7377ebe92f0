from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from klue_datasets import TASKS
from klue_datasets.report.plots import COLOURS, WIDTH, label_chart, length_chart, write_plots
from klue_datasets.report.stats import stats

SVG = "{http://www.w3.org/2000/svg}"


def bars(chart: str) -> list[ElementTree.Element]:
    rectangles = ElementTree.fromstring(chart).iter(f"{SVG}rect")
    return [one for one in rectangles if one.get("fill") in COLOURS.values()]


@pytest.mark.parametrize("name", TASKS)
def test_charts_are_svg_within_their_frame(name: str, tmp_path: Path) -> None:
    [of_task] = stats([name], sample=True)
    written = write_plots(tmp_path / "new", of_task)
    assert [path.name for path in written] == [f"{name}-labels.svg", f"{name}-lengths.svg"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(
        path.name for path in written
    )
    for path in written:
        root = ElementTree.parse(path).getroot()
        height = float(root.attrib["height"])
        for bar in bars(path.read_text(encoding="utf-8")):
            x, y, width, tall = (float(bar.attrib[k]) for k in ("x", "y", "width", "height"))
            assert x >= 0 and x + width <= WIDTH
            assert y >= 0 and y + tall <= height


def test_a_bar_per_label_and_split_with_its_share() -> None:
    [of_task] = stats(["nli"], sample=True)
    chart = label_chart(of_task)
    assert len(bars(chart)) == 2 + 3 * 2  # the legend, and three labels in two splits
    rows = of_task.splits["train"]
    share = 100 * rows.labels["neutral"] / rows.rows
    assert f"neutral: {share:.1f} %" in chart


def test_names_are_escaped() -> None:
    [of_task] = stats(["nli"], sample=True)
    split = replace(of_task.splits["train"], labels={"<a & b>": 1})
    chart = label_chart(replace(of_task, splits={"train": split}))
    assert "&lt;a &amp; b&gt;" in chart
    ElementTree.fromstring(chart)


def test_nothing_to_draw_is_left_out(tmp_path: Path) -> None:
    [of_task] = stats(["mrc"], sample=True)
    splits = {
        split: replace(of_split, labels={}, lengths=[])
        for split, of_split in of_task.splits.items()
    }
    empty = replace(of_task, splits=splits)
    assert label_chart(empty) == length_chart(empty) == ""
    assert write_plots(tmp_path, empty) == []


def test_pictures_are_the_same_each_time(tmp_path: Path) -> None:
    [of_task] = stats(["ynat"], sample=True)
    first = [path.read_bytes() for path in write_plots(tmp_path, of_task)]
    assert first == [path.read_bytes() for path in write_plots(tmp_path, of_task)]
