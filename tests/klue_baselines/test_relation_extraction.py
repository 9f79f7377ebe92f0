from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast

from klue_baselines.encoder import open_tokenizer
from klue_baselines.relation_extraction import MARKERS, build, continue_words, mark
from klue_baselines.tiny import wordpiece_tokenizer

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
