from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import DataError, load
from klue_datasets.named_entity_recognition import FULL_SCHEMA, TAGS, find, without_mark_up

HEAD = "## 컬럼명 : CHAR\tNE_TAG\n"
ONE = "## klue-ner-v1_dev_00000-nsmc\t<서울:LC> 길\n서\tB-LC\n울\tI-LC\n \tO\n길\tO\n\n"


def table(sentence: str, tokens: str, tags: list[str]) -> pa.Table:
    row = {"guid": "g", "sentence": sentence, "tokens": list(tokens)}
    row["ner_tags"] = [TAGS.index(tag) for tag in tags]
    return pa.Table.from_pylist([row], schema=FULL_SCHEMA.arrow)


def test_rows(read: Callable[..., Any]) -> None:
    [row], _ = read("ner", HEAD + ONE)
    assert row == {
        "guid": "klue-ner-v1_dev_00000-nsmc",
        "sentence": "<서울:LC> 길",
        "tokens": ["서", "울", " ", "길"],
        "ner_tags": [TAGS.index(tag) for tag in ("B-LC", "I-LC", "O", "O")],
    }
    [default], _ = read("ner", HEAD + ONE, full=False)
    assert "guid" not in default


def test_an_unknown_tag_is_named_with_its_line(read: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match=r"line 5 \(klue-ner.*: found the tag 'X', expected one"):
        read("ner", HEAD + ONE.replace(" \tO", " \tX"))


def test_a_missing_column_is_named_with_its_line(read: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match=r"line 4 \(klue-ner.*: found 1 in '울'"):
        read("ner", HEAD + ONE.replace("울\tI-LC", "울"))


def test_what_is_found() -> None:
    assert list(find(table("<서울:LC> 길", "서울 길", ["B-LC", "I-LC", "O", "O"]), {})) == []
    [orphan] = find(table("서울", "서울", ["O", "I-LC"]), {})
    assert (orphan.field, orphan.found) == ("ner_tags[1]", "I-LC after O")
    [other] = find(table("서울", "서울", ["B-PS", "I-LC"]), {})
    assert other.found == "I-LC after B-PS"
    [mark_up] = find(table("<서울:LC>에", "서울", ["B-LC", "I-LC"]), {})
    assert mark_up.field == "sentence"
    [jamo] = find(table("\u110f", "\u110f", ["O"]), {})
    assert not jamo.broken
    assert "u110f" in jamo.found
    long = pa.Table.from_pylist(
        [{"guid": "g", "sentence": "서울", "tokens": ["서울"], "ner_tags": [12]}],
        schema=FULL_SCHEMA.arrow,
    )
    assert [one.field for one in find(long, {})] == ["tokens[0]"]


@given(st.lists(st.tuples(st.text("가나 .", min_size=1), st.sampled_from(["", "LC", "PS"]))))
def test_mark_up_goes_and_the_text_stays(pieces: list[tuple[str, str]]) -> None:
    marked = "".join(f"<{text}:{kind}>" if kind else text for text, kind in pieces)
    assert without_mark_up(marked) == "".join(text for text, _ in pieces)


def test_real_files(data_dir: list[Path]) -> None:
    validation = load("ner", "validation", data_dir=data_dir, full=True)
    tags = [TAGS[tag] for tags in validation["ner_tags"] for tag in tags]
    assert len(validation) == 5_000
    assert len(tags) == 285_929
    assert sum(tag[0] == "B" for tag in tags) == 14_257
    assert sum(char != " " for tokens in validation["tokens"] for char in tokens) == 225_550
    assert validation[0]["guid"] == "klue-ner-v1_dev_00000-wikitree"
    assert not any(one.broken for one in find(validation.data.table, {}))
    train = load("ner", "train", data_dir=data_dir, full=True)
    assert train[0]["guid"] == "klue-ner-v1_train_00000_wikitree"
