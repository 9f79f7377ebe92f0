from itertools import permutations
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from klue_baselines.encoding.encoder import TextEncoder, open_tokenizer
from klue_baselines.relation_extraction import MARKERS, build, continue_words, encode, mark, row
from klue_baselines.tiny import wordpiece_tokenizer
from klue_common.errors import InputError
from tests.forms import nfd

SENTENCE = "세종은 조선의 왕이다"
SUBJECT = {"start_idx": 0, "end_idx": 1}
OBJECT = {"start_idx": 4, "end_idx": 5}


def marked_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = wordpiece_tokenizer(["세종 세종은 조선 조선의 왕이다 은 의"] * 50, 200)
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    return tokenizer


def test_markers_do_not_depend_on_which_entity_comes_first() -> None:
    swapped = mark(SENTENCE, OBJECT, SUBJECT)
    assert swapped == "<obj>세종</obj>은 <subj>조선</subj>의 왕이다"


def test_a_particle_behind_a_marker_is_a_continuation() -> None:
    tokenizer = marked_tokenizer()
    text = mark(SENTENCE, SUBJECT, OBJECT)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    before = tokenizer.convert_ids_to_tokens(ids)
    continue_words([ids], [text], tokenizer)
    after = tokenizer.convert_ids_to_tokens(ids)
    assert before[before.index("</subj>") + 1] == "은"
    assert after[after.index("</subj>") + 1] == "##은"


def test_a_word_behind_a_space_stays_a_word() -> None:
    tokenizer = marked_tokenizer()
    text = "<subj>세종</subj> 은 <obj>조선</obj> 의"
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    expected = list(ids)
    continue_words([ids], [text], tokenizer)
    assert ids == expected


def test_the_markers_start_apart(tiny_encoder: Path) -> None:
    tokenizer = open_tokenizer(str(tiny_encoder))
    model = build(str(tiny_encoder), labels=("a", "b"), tokenizer=tokenizer)
    vectors = model.get_input_embeddings().weight[tokenizer.convert_tokens_to_ids(list(MARKERS))]
    distances = torch.cdist(vectors, vectors)
    assert (distances[~torch.eye(4, dtype=torch.bool)] > 0.01).all()


def entity(start: int, end: int) -> dict[str, int]:
    return {"start_idx": start, "end_idx": end - 1}


def test_adjacent_entities_keep_their_markers() -> None:
    assert mark("세종대왕", entity(0, 2), entity(2, 4)) == ("<subj>세종</subj><obj>대왕</obj>")
    assert mark("세종대왕", entity(2, 4), entity(0, 2)) == ("<obj>세종</obj><subj>대왕</subj>")


def test_places_count_the_characters_given() -> None:
    decomposed = nfd("세종은 조선의 왕")
    places = [decomposed.index(nfd(word)) for word in ("세종", "조선")]
    spans = [entity(at, at + len(nfd("세종"))) for at in places]
    assert mark(decomposed, *spans) == "<subj>세종</subj>은 <obj>조선</obj>의 왕"
    assert mark("가\u0338나", entity(1, 2), entity(2, 3)) == "<subj>가\u0338</subj><obj>나</obj>"


@pytest.mark.parametrize(
    ("subject", "object_", "message"),
    [
        ((0, 5), (0, 3), "found characters 0 to 4 as subject and 0 to 2 as object, expected two"),
        ((1, 3), (0, 2), "found characters 1 to 2 as subject and 0 to 1 as object, expected two"),
        ((0, 3), (0, 3), "expected two that do not overlap"),
        ((-1, 2), (3, 5), "subject_entity: found characters -1 to 1, expected some of the 11"),
        ((0, 2), (5, 12), "object_entity: found characters 5 to 11, expected some of the 11"),
        ((2, 2), (5, 7), "subject_entity: found characters 2 to 1, expected some of the 11"),
    ],
)
def test_rows_whose_entities_cannot_be_marked_are_named(
    subject: tuple[int, int], object_: tuple[int, int], message: str
) -> None:
    batch = {
        "guid": ["re-0", "re-1"],
        "sentence": [SENTENCE, SENTENCE],
        "subject_entity": [SUBJECT, entity(*subject)],
        "object_entity": [OBJECT, entity(*object_)],
    }
    with pytest.raises(InputError, match=f"^re-1: .*{message}"):
        encode(batch, TextEncoder(marked_tokenizer(), 64, True), None, False)


def tokens_of(sentence: str, subject: tuple[int, int], object_: tuple[int, int]) -> list[str]:
    """The tokens that an encoder of 40 positions sees of a sentence."""
    encoder = TextEncoder(marked_tokenizer(), 40, True)
    example = row(sentence, subject, object_)
    columns = encode({name: [value] for name, value in example.items()}, encoder, None, False)
    [ids] = columns["input_ids"]
    assert columns["length"] == [len(ids)] and len(columns["token_type_ids"][0]) == len(ids)
    return list(encoder.tokenizer.convert_ids_to_tokens(ids))


@given(st.integers(0, 150), st.integers(0, 150), st.integers(0, 25), st.booleans())
def test_both_entities_are_always_seen(before: int, behind: int, between: int, swap: bool) -> None:
    start, middle = "은 " * before, " 은" * between
    sentence = f"{start}세종은{middle} 조선의{' 은' * behind}"
    one = (len(start), len(start) + 2)
    other = (len(start) + 4 + len(middle), len(start) + 6 + len(middle))
    tokens = tokens_of(sentence, *((other, one) if swap else (one, other)))
    assert len(tokens) == min(40, before + between + behind + 10)
    assert tokens[0] == "[CLS]" and tokens[-1] == "[SEP]"
    first, second = ("obj", "subj") if swap else ("subj", "obj")
    opened = tokens.index(f"<{first}>")
    closed = opened + 5 + between
    assert tokens[opened : opened + 4] == [f"<{first}>", "세종", f"</{first}>", "##은"]
    assert tokens[closed - 1 : closed + 2] == [f"<{second}>", "조선", f"</{second}>"]
    assert tokens[closed + 2] in ("##의", "[SEP]")  # or nothing more was in reach
    if min(before, behind) >= 40:  # then there is as much on either side
        assert abs((opened - 1) - (len(tokens) - 2 - (closed + 1))) <= 1


def test_what_fits_is_cut_as_before() -> None:
    sentence = "세종은 조선의" + " 은" * 100
    tokens = tokens_of(sentence, (0, 2), (4, 6))
    assert tokens[1:9] == ["<subj>", "세종", "</subj>", "##은", "<obj>", "조선", "</obj>", "##의"]
    assert tokens[9:] == ["은"] * 30 + ["[SEP]"]


def test_entities_further_apart_than_is_read_keep_what_is_next_to_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sentence = "은 은 세종은" + " 의" * 100 + " 조선의 은"
    at = sentence.index("조선")
    tokens = tokens_of(sentence, (4, 6), (at, at + 2))
    assert len(tokens) == 40
    assert tokens[1:7] == ["은", "은", "<subj>", "세종", "</subj>", "##은"]
    assert tokens[-6:] == ["<obj>", "조선", "</obj>", "##의", "은", "[SEP]"]
    assert tokens[7:-6] == ["의"] * 27
    assert "1 of 1 sentences have entities further apart than the 40" in capsys.readouterr().err


def test_other_pairs_are_other_questions() -> None:
    sentence = "은 " * 100 + "세종은 조선의 왕이다"
    at = sentence.index("세종")
    spans = [(at, at + 2), (at + 4, at + 6), (at + 8, at + 10)]
    seen = {tuple(tokens_of(sentence, *pair)) for pair in permutations(spans, 2)}
    assert len(seen) == 6


def test_too_few_tokens_for_two_entities_are_refused() -> None:
    example = row("은 은 세종은 조선의", (4, 6), (8, 10))
    batch = {name: [value] for name, value in example.items()}
    with pytest.raises(InputError, match="max_length: found 9 tokens, expected at least 10"):
        encode(batch, TextEncoder(marked_tokenizer(), 9, True), None, False)
