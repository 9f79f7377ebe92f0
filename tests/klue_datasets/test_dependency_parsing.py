from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import DataError, load
from klue_datasets.dependency_parsing import DEPRELS, FULL_SCHEMA, POS_TAGS, find, words_in_a_loop

HEAD = "## 칼럼명 : INDEX\tWORD_FORM\tLEMMA\tPOS\tHEAD\tDEPREL\n"
LINES = ["1\t눈물을\t눈물 을\tNNG+JKO\t2\tNP_OBJ", "2\t흘렸다.\t흘리 었 다 .\tVV+EP+EF+SF\t0\tVP"]


def text(*lines: str) -> str:
    return HEAD + "## klue-dp-v1_dev_00000_wikitree\t눈물을 흘렸다.\n" + "\n".join(lines) + "\n\n"


def table(**changed: Any) -> pa.Table:
    row = {
        "guid": "g",
        "sentence": "눈물을 흘렸다.",
        "index": [1, 2],
        "word_form": ["눈물을", "흘렸다."],
        "lemma": ["눈물 을", "흘리 었 다 ."],
        "pos": ["NNG+JKO", "VV+EP+EF+SF"],
        "head": [2, 0],
        "deprel": ["NP_OBJ", "VP"],
    }
    return pa.Table.from_pylist([row | changed], schema=FULL_SCHEMA.arrow)


def test_rows(read: Callable[..., Any]) -> None:
    rows, _ = read("dp", text(*LINES))
    assert rows == [table().to_pylist()[0] | {"guid": "klue-dp-v1_dev_00000_wikitree"}]
    [default], _ = read("dp", text(*LINES), full=False)
    assert "guid" not in default


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("3\t눈물을\t눈물 을\tNNG+JKO\t2\tNP_OBJ", "found INDEX 3, expected 1"),
        ("x\t눈물을\t눈물 을\tNNG+JKO\t2\tNP_OBJ", "found INDEX 'x', expected a whole number"),
        ("1\t눈물을\t눈물 을\tNNG+JKO\t3\tNP_OBJ", "found HEAD 3, expected 0 to 2"),
        ("1\t눈물을\t눈물 을\tNNG+JKO\t-1\tNP_OBJ", "found HEAD '-1', expected a whole number"),
        ("1\t눈물을\t눈물 을\tNNG+JKO\t9999999999\tNP", "found HEAD '9999999999', expected a w"),
        ("1\t눈물을\t눈물 을\tNNG+JKO\t2\tOBJ", "found DEPREL 'OBJ', expected one of NP, NP_AJT"),
        ("1\t눈물을\t눈물 을\tNNG+JKO\t2", "found 5 in .*expected 6 tab-separated cells"),
    ],
)
def test_errors_name_line_and_sentence(read: Callable[..., Any], line: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"line 3 \(klue-dp-v1_dev_00000_wikitree\): {message}"):
        read("dp", text(line, LINES[1]))


def test_what_is_found() -> None:
    assert list(find(table(), {})) == []
    [none] = find(table(head=[2, 1]), {})
    assert (none.found, none.broken) == ("0 roots", True)
    [two] = find(table(head=[0, 0]), {})
    assert two.found == "2 roots"
    [loop] = find(table(head=[1, 0]), {})
    assert loop.found == "a loop through word 1"


def test_what_is_remarked() -> None:
    [word] = find(table(word_form=["눈물을", "5"]), {})
    assert (word.field, word.broken) == ("word_form[1]", False)
    assert [one.field for one in find(table(word_form=["눈물을", "x y"]), {})] == ["word_form[1]"]
    [lemma] = find(table(lemma=["0", "흘리 었 다 ."]), {})
    assert (lemma.field, lemma.broken) == ("lemma[0]", False)
    [tag] = find(table(pos=["NNG+XXX", "VV+EP+EF+SF"]), {})
    assert (tag.found, tag.broken) == ("'XXX'", False)


@given(st.data())
def test_words_reach_the_root_or_are_in_a_loop(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 8))
    heads = data.draw(st.lists(st.integers(0, size), min_size=size, max_size=size))

    def reaches(word: int) -> bool:
        for _ in range(size + 1):
            if word == 0:
                return True
            word = heads[word - 1]
        return False

    assert words_in_a_loop(heads) == [w for w in range(1, size + 1) if not reaches(w)]


def test_label_lists_have_the_published_sizes() -> None:
    assert len(DEPRELS) == len(set(DEPRELS)) == 38
    assert len(POS_TAGS) == len(set(POS_TAGS)) == 45


def test_real_files(data_dir: list[Path]) -> None:
    rows = load("dp", "validation", data_dir=data_dir, full=True)
    assert len(rows) == 2_000
    assert sum(map(len, rows["head"])) == 22_496
    assert max(map(len, rows["head"])) == 35
    for heads in rows["head"]:
        assert heads.index(0) == len(heads) - 1
        assert all(head > word for word, head in enumerate(heads[:-1], start=1))
    findings = list(find(rows.data.table, {}))
    assert not any(one.broken for one in findings)
    unlike = {one.row for one in findings if one.field.startswith("word_form")}
    assert len(unlike) == 6
    assert len({one for deprels in rows["deprel"] for one in deprels}) == 32
