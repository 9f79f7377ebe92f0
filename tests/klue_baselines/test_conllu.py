"""Files in CoNLL-U are valid at level 1 of the UD validator."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.conllu import conllu
from klue_datasets import TASKS
from tests.conllu import sentences_of

DEPRELS = TASKS["dp"].label_sets["deprel"]


@given(st.data())
def test_any_words_are_valid(data: st.DataObject) -> None:
    sentence = st.text(st.characters(codec="utf-8"), min_size=1).map(str.split).filter(len)
    examples, records = [], []
    for guid, words in enumerate(data.draw(st.lists(sentence, min_size=1, max_size=3)), start=1):
        heads = [at + 2 for at in range(len(words) - 1)] + [0]
        deprels = [data.draw(st.sampled_from(DEPRELS)) for _ in words]
        pos = data.draw(st.sampled_from([None, ["NNG+JKS"] * len(words), [""] * len(words)]))
        examples.append({"guid": str(guid), "word_form": words, "pos": pos})
        records.append({"guid": str(guid), "head": heads, "deprel": deprels})
    found = sentences_of("".join(conllu(zip(examples, records, strict=True))))
    assert [[word["FORM"] for word in words] for words in found] == [
        example["word_form"] for example in examples
    ]
    for words, record, example in zip(found, records, examples, strict=True):
        assert [int(word["HEAD"]) for word in words] == record["head"]
        assert [word["DEPREL"] for word in words] == record["deprel"]
        tags = [tag or "_" for tag in example["pos"] or [""] * len(words)]
        assert [word["XPOS"] for word in words] == tags


def test_tags_that_the_parser_found_are_shown() -> None:
    example = {"guid": "1", "word_form": ["비가", "온다."], "pos": None}
    record = {"head": [2, 0], "deprel": ["NP_SBJ", "VP"], "pos": ["NNG+JKS", "VV+EF+SF"]}
    assert "".join(conllu([(example, record)])) == (
        "# sent_id = 1\n"
        "# text = 비가 온다.\n"
        "1\t비가\t_\t_\tNNG+JKS\t_\t2\tNP_SBJ\t_\t_\n"
        "2\t온다.\t_\t_\tVV+EF+SF\t_\t0\tVP\t_\t_\n"
        "\n"
    )
