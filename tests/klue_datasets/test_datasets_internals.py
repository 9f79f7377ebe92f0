"""The private names of `datasets`: a release that has moved one is named, with what it was for."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import datasets
import pytest

from klue_datasets import Klue
from klue_datasets.datasets_internals import PRIVATE, yaml_of


@pytest.fixture
def builder() -> Klue:
    return Klue(config_name="sts", sample=True)


@pytest.mark.parametrize("name", PRIVATE)
def test_the_library_has_it_still(name: str, builder: Klue) -> None:
    # What only an object has, not its class, is looked for in a builder.
    owners: Any = builder if name == "DatasetBuilder._output_dir" else datasets
    missing = object()
    path = name.split(".")[-1:] if owners is builder else name.split(".")
    found = reduce(lambda owner, part: getattr(owner, part, missing), path, owners)
    assert found is not missing, (
        f"datasets {datasets.__version__} has no {name} any more, which klue_datasets uses: "
        f"{PRIVATE[name]}"
    )


def test_no_other_module_uses_a_private_name_of_another_s() -> None:
    room = Path(__file__).parents[2] / "klue_datasets"
    own = {name.rpartition(".")[2] for name in PRIVATE if "._" in name}
    for path in room.rglob("*.py"):
        if path.name != "datasets_internals.py":
            text = path.read_text(encoding="utf-8")
            assert not [name for name in own if name in text], path


def test_what_is_kept_is_there_with_the_tables(builder: Klue) -> None:
    builder.download_and_prepare()
    kept = builder.place_of("klue_notes.json")
    assert kept.parent == Path(builder.cache_dir)
    assert kept.exists()


def test_an_info_as_a_card_has_it(builder: Klue) -> None:
    [first, *_] = yaml_of(builder.info)["features"]
    assert first == {"name": "guid", "dtype": "string"}
