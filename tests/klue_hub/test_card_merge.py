"""What people write into a card stays, and merging twice is merging once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_hub.card_merge import edited, front_matter, merged, sealed, split

OURS = sealed("---\nlicense: mit\ntags:\n- klue\n---\n\n# KLUE\n\nText.\n")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)


@given(text=WORDS, key=st.sampled_from(["gated", "extra", "license"]), value=WORDS)
def test_merging_twice_is_merging_once(text: str, key: str, value: str) -> None:
    from huggingface_hub.utils import yaml_dump

    theirs = f"---\n{yaml_dump({key: value})}---\n{text}\n"
    once = merged(OURS, theirs, "there")
    assert merged(OURS, once, "there") == once
    data = front_matter(once, "there")
    assert data["license"] == "mit"
    assert key == "license" or data[key] == value
    assert split(once)[1].strip() == (text.strip() or split(OURS)[1].strip())


@pytest.mark.parametrize("theirs", ["", OURS, "---\nlicense: mit\n---\n"])
def test_where_nobody_wrote_a_text_it_is_ours(theirs: str) -> None:
    assert "# KLUE" in merged(OURS, theirs, "there")


def test_a_pipeline_that_answers_wrongly_does_not_stay() -> None:
    theirs = sealed(
        "---\nlicense: mit\npipeline_tag: token-classification\ngated: true\n---\n# X\n"
    )
    assert front_matter(merged(OURS, theirs, "there"), "there") == {
        "license": "mit",
        "tags": ["klue"],
        "gated": True,
    }
    tagged = OURS.replace("license: mit", "license: mit\npipeline_tag: fill-mask")
    assert front_matter(merged(tagged, theirs, "there"), "there")["pipeline_tag"] == "fill-mask"


def test_an_edit_is_noticed() -> None:
    assert not edited(split(OURS)[1])
    assert not edited(split(OURS)[1].replace("\n", "\n\n", 0) + "\n\n")
    assert edited(split(OURS)[1].replace("Text.", "Text!"))
    assert edited("# By hand\n")


def test_a_card_without_front_matter_has_none() -> None:
    assert front_matter("# KLUE", "there") == {}
    with pytest.raises(InputError, match="there: found 'word' as front matter"):
        front_matter("---\nword\n---\n", "there")


def test_a_single_tag_is_a_tag() -> None:
    theirs = "---\ntags: korean\n---\n# X\n"
    assert front_matter(merged(OURS, theirs, "there"), "there")["tags"] == ["klue", "korean"]


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("tags: 5", "there: tags: found 5, expected a list of texts"),
        ("tags: [1, a]", r"there: tags: found \[1, 'a'\], expected a list of texts"),
        (
            "date: 2026-13-45",
            r"there: found broken YAML \(month must be in 1..12\), expected a card",
        ),
        ("5: x", "there: found the key 5, expected a text"),
        ("a: " + "[" * 2000, "there: found more than 100 levels of YAML, expected a card"),
        ("a: " + "{b: " * 2000, "there: found more than 100 levels of YAML, expected a card"),
        ("- " * 2000 + "a", "there: found more than 100 levels of YAML, expected a card"),
        ("a: &a [*a]\n? [1]\n: 2", "there, line 3: found broken YAML"),
    ],
)
def test_what_is_no_front_matter_is_named(block: str, found: str) -> None:
    with pytest.raises(InputError, match=found) as caught:
        merged(OURS, f"---\n{block}\n---\n# X\n", "there")
    assert len(str(caught.value).splitlines()) == 1


def test_what_fuzzers_found_is_merged_or_refused(shared: Path) -> None:
    reports = (shared / "cases" / "fuzz").glob("*.txt")
    inputs = [p.with_suffix(".in") for p in reports if p.read_text().startswith("YAML front")]
    assert inputs
    for path in inputs:
        try:
            merged(OURS, path.read_text(encoding="utf-8"), "there")
        except InputError as error:
            assert len(str(error).splitlines()) == 1
