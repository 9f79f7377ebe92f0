"""What happens to a text before a tokenizer sees it: only changes that keep every offset."""

LEADING_JAMO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
TRAILING_JAMO = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
FIRST_VOWEL, VOWELS = 0x314F, 21

# KLUE NER v1.1 writes laughter and the like with conjoining jamo (U+11xx), which no Korean
# WordPiece vocabulary holds; the letters of the compatibility block (U+31xx) look the same and
# are in all of them. One code point becomes one code point.
CONJOINING_TO_LETTER = {
    **{0x1100 + i: letter for i, letter in enumerate(LEADING_JAMO)},
    **{0x1161 + i: chr(FIRST_VOWEL + i) for i in range(VOWELS)},
    **{0x11A8 + i: letter for i, letter in enumerate(TRAILING_JAMO)},
}


def normalise(text: str) -> str:
    """Replace conjoining jamo by the letters that vocabularies have; the length never changes.

    >>> normalise("재밌다\u110f\u110f")
    '재밌다ㅋㅋ'
    >>> len(normalise("\u1100\u1161\u11a8"))
    3
    """
    return text.translate(CONJOINING_TO_LETTER)
