"""A WordPiece vocabulary whose tokens do not cross morphemes, used as plain WordPiece.

The analyser is needed only here. While the vocabulary is learned, a word is cut into morphemes and
no token is made across a cut; afterwards the tokenizer is an ordinary BERT tokenizer that knows
nothing of morphemes (KLUE's recipe, klue_spec.md section 9).

WordPiece writes a token within a word with ##, and a morpheme within a word is such a token from
its first character on. No trainer can be told so. Therefore every character that does not begin a
word is moved to a private plane of Unicode, byte pair encoding is learned on that, and characters
are moved back with ## in front where a token begins with a moved one. The mapping loses nothing,
and the merges are those that a WordPiece trainer makes, cuts aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from klue_common.errors import InputError, one_line
from klue_datasets.files import written_folder
from klue_text.morphemes import Morphemes, WholeWords
from klue_text.normal_forms import normalise

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LEAST_OFTEN = 2  # a merge seen once is chance
CHARACTERS = 0.4  # of the vocabulary: room for single characters, each in its two forms
FEWEST_CHARACTERS = 256
BATCH = 1000  # texts
PRIVATE = 0xF0000  # plane 15; characters of plane 1 come to plane 16
BASIC = 0x10000


def moved(text: str) -> str:
    """Return the characters of a text as they stand within a word."""
    return "".join(chr(ord(char) + PRIVATE) for char in text)


def token(symbols: str) -> str:
    """Return a learned symbol as WordPiece writes it.

    >>> token("학" + moved("교")), token(moved("에서"))
    ('학교', '##에서')
    """
    back = "".join(chr(ord(c) - PRIVATE) if ord(c) >= PRIVATE else c for c in symbols)
    return f"##{back}" if ord(symbols[0]) >= PRIVATE else back


def cut(word: str, starts: tuple[int, ...]) -> str:
    """Return a word's morphemes, separated by spaces, all but the word's first character moved.

    >>> cut("학교에서", (0, 2)) == "학" + moved("교") + " " + moved("에서")
    True
    """
    parts = [word[a:b] for a, b in zip(starts, (*starts[1:], len(word)), strict=True)]
    first = parts[0][0] + moved(parts[0][1:])
    return " ".join([first, *map(moved, parts[1:])])


def words_of(tokenizer: Tokenizer, text: str) -> list[str]:
    """Return words as BERT's pre-tokenizer sees them: between spaces, signs by themselves.

    The text is composed first, as it will be where the encoder is fine-tuned.
    """
    normal = tokenizer.normalizer.normalize_str(normalise(text))
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]


def bert_tokenizer(vocabulary: list[str]) -> PreTrainedTokenizerFast:
    """Return a cased BERT tokenizer over a vocabulary, in the order of its ids."""
    ids = {name: place for place, name in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=512,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def learn(
    texts: Iterable[str],
    size: int,
    morphemes: Morphemes | WholeWords,
    advance: Callable[[int], None] = lambda _: None,
) -> list[str]:
    """Learn a vocabulary of `size` tokens, the special ones included.

    Raises:
        InputError: the corpus supports fewer tokens, or `size` has no room for its characters.
    """
    if size <= 2 * len(SPECIAL):
        raise InputError(f"--size: found {size}, expected more than {2 * len(SPECIAL)} tokens")
    rules = bert_tokenizer([*SPECIAL]).backend_tokenizer
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    room = size - len(SPECIAL)
    trainer = trainers.BpeTrainer(
        vocab_size=room,
        min_frequency=LEAST_OFTEN,
        limit_alphabet=min(max(int(size * CHARACTERS), FEWEST_CHARACTERS), room),
        show_progress=False,
    )
    learner.train_from_iterator(prepared(texts, rules, morphemes, advance), trainer)
    learned = sorted(learner.get_vocab().items(), key=lambda item: item[1])
    vocabulary = [*SPECIAL, *(token(symbols) for symbols, _ in learned)]
    if len(vocabulary) < size:
        raise InputError(
            f"--size: found {size}, expected at most {len(vocabulary)}: the corpus has no more "
            f"tokens that occur {LEAST_OFTEN} times"
        )
    return vocabulary


def prepared(
    texts: Iterable[str],
    rules: Tokenizer,
    morphemes: Morphemes | WholeWords,
    advance: Callable[[int], None],
) -> Iterator[str]:
    """Return what the trainer reads: words cut into morphemes, each word's cut made once."""
    known: dict[str, str] = {}
    for batch in batched(texts):
        words = [
            # The last plane has no room for rare ideographs beyond the second.
            [word for word in words_of(rules, text) if all(ord(c) < 2 * BASIC for c in word)]
            for text in batch
        ]
        new = dict.fromkeys(word for text in words for word in text if word not in known)
        morphemes.learn(new)
        known.update((word, cut(word, morphemes[word])) for word in new)
        yield from (" ".join(map(known.__getitem__, text)) for text in words)
        advance(len(batch))


def batched(texts: Iterable[str], size: int = BATCH) -> Iterator[list[str]]:
    """Yield texts in lists of a size.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def save(tokenizer: PreTrainedTokenizerFast, out: Path) -> None:
    """Write a tokenizer's folder, and its vocabulary as BERT's vocab.txt."""
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    with written_folder(out, last="tokenizer.json") as folder:
        tokenizer.save_pretrained(folder)
        lines = "".join(f"{name}\n" for name, _ in vocabulary)
        (folder / "vocab.txt").write_text(lines, encoding="utf-8")


@dataclass(frozen=True)
class Coverage:
    """How a vocabulary serves texts.

    pieces: its size. characters: of the texts, spaces left out, % that are no part of an unknown
    word. pieces_per_word: tokens for an eojeol. unknown: % of the eojeols that have an unknown
    part.
    """

    pieces: int
    characters: float
    pieces_per_word: float
    unknown: float


def coverage(tokenizer: PreTrainedTokenizerFast, texts: Iterable[str]) -> Coverage:
    """Measure a vocabulary on texts."""
    unk = tokenizer.unk_token_id
    characters = lost = tokens = words = broken = 0
    for batch in batched(word for text in texts for word in normalise(text).split()):
        encoded = tokenizer(batch, add_special_tokens=False, return_offsets_mapping=True)
        for word, ids, offsets in zip(
            batch, encoded["input_ids"], encoded["offset_mapping"], strict=True
        ):
            unknown = [span for at, span in zip(ids, offsets, strict=True) if at == unk]
            characters += len(word)
            lost += sum(end - start for start, end in unknown)
            tokens += len(ids)
            words += 1
            broken += bool(unknown)
    return Coverage(
        pieces=len(tokenizer),
        characters=100 * (1 - lost / max(characters, 1)),
        pieces_per_word=tokens / max(words, 1),
        unknown=100 * broken / max(words, 1),
    )


def open_vocabulary(path: Path) -> PreTrainedTokenizerFast:
    """Return a vocab.txt, or a folder that holds one, as a cased BERT tokenizer."""
    file = path / "vocab.txt" if path.is_dir() else path
    try:
        vocabulary = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: found {error}, expected a vocabulary") from None
    lacking = [name for name in SPECIAL if name not in vocabulary]
    if lacking:
        raise InputError(f"{file}: found no {', '.join(lacking)}, expected a BERT vocabulary")
    return bert_tokenizer(vocabulary)


def open_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Return the tokenizer in a folder, which need not hold a model.

    Raises:
        InputError: there is none.
    """
    if not (folder / "tokenizer.json").is_file():
        raise InputError(f"{folder}: found no tokenizer.json, expected a tokenizer's folder")
    try:
        return PreTrainedTokenizerFast.from_pretrained(folder)
    except Exception as error:  # the Rust library raises bare exceptions
        raise InputError(f"{folder}: cannot be loaded as a tokenizer: {one_line(error)}") from None


def coverage_json(rows: dict[str, Coverage]) -> dict[str, Any]:
    """Return vocabularies' coverage as plain JSON values."""
    return {name: asdict(row) for name, row in rows.items()}
