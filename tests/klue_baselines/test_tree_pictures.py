from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.tree_pictures import tree_pictures

SVG = "{http://www.w3.org/2000/svg}"
WORDS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6)


def picture(*sentences: list[str]) -> ElementTree.Element:
    examples = [{"word_form": words} for words in sentences]
    records = [{"head": [*range(len(words))], "deprel": ["NP"] * len(words)} for words in sentences]
    return ElementTree.fromstring("".join(tree_pictures(zip(examples, records, strict=True))))


@given(st.lists(WORDS, min_size=1, max_size=3))
def test_a_picture_of_any_words_is_one_document(sentences: list[list[str]]) -> None:
    assert len(picture(*sentences).findall(f"{SVG}svg")) == len(sentences)


def test_sentences_stand_below_each_other_inside_the_picture() -> None:
    root = picture(["비가", "온다."], ["나는", "어제", "도서관에서", "책을", "읽었다."], ["끝."])
    first, second, third = root.findall(f"{SVG}svg")
    tops = [int(one.attrib["y"]) for one in (first, second, third)]
    assert tops == sorted(set(tops))
    assert tops[-1] < int(root.attrib["height"])
    texts = [float(one.attrib["x"]) for one in root.iter(f"{SVG}text")]
    assert max(texts) < int(root.attrib["width"])
    words = [one.text for one in second.iter(f"{SVG}text")][5:]
    assert words == ["나는", "어제", "도서관에서", "책을", "읽었다."]


def test_what_xml_does_not_take_is_shown_as_unknown() -> None:
    [sentence] = picture(["가\x0b나", "<&>"]).findall(f"{SVG}svg")
    words = [one.text for one in sentence.iter(f"{SVG}text")][2:]
    assert words == ["가\N{REPLACEMENT CHARACTER}나", "<&>"]
