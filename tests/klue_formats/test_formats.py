"""What is written in a format by a straightforward writer is read back as the same records."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klue_formats import FORMATS
from klue_formats.reading import refuse_other_formats
from klue_metrics import METRICS
from tests.klue_formats import made_up
from tests.klue_formats.made_up import Writer, asked, gold_of, read

SINGLE = ("ynat", "nli", "re", "sts")
LISTS = ("ner", "dp")
WRITERS: dict[str, tuple[str, Writer, tuple[str, ...]]] = {
    "csv": ("csv", made_up.write_csv, (*SINGLE, *LISTS, "mrc", "wos")),
    "tsv": ("csv", partial(made_up.write_csv, delimiter="\t"), SINGLE),
    "json": ("json", made_up.write_json, (*SINGLE, *LISTS, "mrc", "wos")),
    "json-lines": ("json", made_up.write_json_lines, (*SINGLE, *LISTS, "mrc", "wos")),
    "by-guid": ("json", made_up.write_by_guid, ("ynat", "sts", "ner", "mrc", "wos")),
    "lines": ("lines", made_up.write_lines, ("ynat", "nli", "sts")),
    "probabilities": ("probabilities", made_up.write_probabilities, ("re",)),
    "conll": ("conll", made_up.write_conll, LISTS),
    "parquet": ("datasets", made_up.write_parquet, ("nli", "dp", "wos")),
    "lm-eval": ("lm-eval", made_up.write_lm_eval, ("nli", "ynat")),
}
CASES = [(name, task) for name, (_, _, tasks) in WRITERS.items() for task in tasks]
# A CSV cell that is one quotation mark, a comma, an end of a line; a text that looks like JSON.
TEXT = st.text(st.sampled_from('가나 a1,"\n[{’'), max_size=12) | st.sampled_from(["[1]", "3.0", ""])


@st.composite
def records(draw: st.DrawFn, task: str) -> list[dict[str, Any]]:
    gold = gold_of(task)
    pairs = zip(gold.guids, gold.references, strict=True)
    return [{"guid": guid, **draw(fields(task, reference))} for guid, reference in pairs]


def fields(task: str, reference: Any) -> st.SearchStrategy[dict[str, Any]]:
    labels = METRICS[task].labels
    names = st.sampled_from(labels.names if labels else ("",))
    if task == "re":
        return st.integers(0, 29).map(likeliest)
    if task == "dp":
        n = len(reference["head"])
        heads = st.lists(st.integers(0, n), min_size=n, max_size=n)
        deprels = st.lists(names, min_size=n, max_size=n)
        return st.fixed_dictionaries({"head": heads, "deprel": deprels})
    if task == "ner":
        n = len(reference)
        return st.fixed_dictionaries({"tags": st.lists(names, min_size=n, max_size=n)})
    simple = {
        "sts": ("score", st.floats(-1, 6)),
        "mrc": ("prediction_text", TEXT),
        "wos": ("state", st.lists(st.sampled_from(reference or ["식당-종류-한식당"]), unique=True)),
    }
    name, values = simple.get(task, ("label", names))
    return st.fixed_dictionaries({name: values})


def likeliest(at: int) -> dict[str, Any]:
    labels = METRICS["re"].labels
    assert labels is not None
    row = [0.71 if number == at else 0.01 for number in range(30)]
    return {"label": labels.names[at], "probabilities": row}


@pytest.mark.parametrize(("name", "task"), CASES)
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_format_gives_back_what_was_written(
    name: str, task: str, data: st.DataObject, tmp_path: Path
) -> None:
    form, write, _ = WRITERS[name]
    made = data.draw(records(task))
    path = tmp_path / "theirs"
    write(path, task, made)
    assert read(path, task, form).records == made


def test_a_dataset_saved_to_disk_names_its_own_labels(tmp_path: Path) -> None:
    """Its numbers are counted as its features say, whatever the Hub's order is."""
    from datasets import ClassLabel, Dataset, Features, Value

    gold = gold_of("nli")
    order = ["contradiction", "entailment", "neutral"]
    features = Features({"guid": Value("string"), "prediction": ClassLabel(names=order)})
    rows = {"guid": gold.guids, "prediction": [order.index(label) for label in gold.references]}
    Dataset.from_dict(rows, features=features).save_to_disk(tmp_path / "saved")
    Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "one.parquet")
    for path in (tmp_path / "saved", tmp_path / "one.parquet"):
        found = read(path, "nli", "datasets")
        assert [one["label"] for one in found.records] == gold.references
        assert found.notes == ("columns found by their names: label from 'prediction'",)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_file_fits_its_own_format(name: str, task: str, tmp_path: Path) -> None:
    """And any other one names it among those that would fit."""
    form, write, _ = WRITERS[name]
    path = tmp_path / "theirs"
    gold = gold_of(task)
    made = [
        {"guid": guid, **(likeliest(3) if task == "re" else own(task, reference))}
        for guid, reference in zip(gold.guids, gold.references, strict=True)
    ]
    write(path, task, made)
    head = asked(path, task)
    refuse_other_formats(head, form)
    other = "inspect" if form != "inspect" else "csv"
    with pytest.raises(ValueError, match=f"formats that would fit: .*{form}") as error:
        refuse_other_formats(head, other)
    assert str(error.value).startswith(f"{path}:1: found ")
    assert FORMATS[other].description in str(error.value)


def own(task: str, reference: Any) -> dict[str, Any]:
    if task == "dp":
        return dict(reference)
    if task == "mrc":
        return {"prediction_text": "가"}
    return {METRICS[task].fields[0].name: reference}
