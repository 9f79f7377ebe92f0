from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.pieces import pieces_of, split_unknown_words
from klue_baselines.tiny import wordpiece_tokenizer

TOKENIZER = wordpiece_tokenizer(["동물 모텔 모텔을 이 을 펜"] * 20, 100)


def test_only_the_unknown_character_is_unknown() -> None:
    ids, offsets = pieces_of(["동물 펭모텔을"], TOKENIZER)[0]
    unknown = [span for piece, span in zip(ids, offsets, strict=True) if piece == 1]
    assert unknown == [(3, 4)]


def test_a_name_has_the_same_pieces_with_a_particle_behind_it() -> None:
    name, sentence = pieces_of(["펭모텔", "동물 펭모텔을"], TOKENIZER)
    assert name.ids == sentence.ids[-4:-1]


def test_known_words_stay_whole() -> None:
    assert split_unknown_words("모텔을 펭이", TOKENIZER) == [(0, "모텔을"), (4, "펭"), (5, "이")]


@given(st.text(alphabet="동물모텔을펭😀 ", max_size=20))
def test_offsets_say_where_pieces_stand(text: str) -> None:
    ids, offsets = pieces_of([text], TOKENIZER)[0]
    for piece, (start, end) in zip(ids, offsets, strict=True):
        token = TOKENIZER.convert_ids_to_tokens(piece)
        assert token == "[UNK]" or token.removeprefix("##") == text[start:end]
    covered = {place for start, end in offsets for place in range(start, end)}
    assert covered >= {place for place, character in enumerate(text) if character in "동물모텔을"}
