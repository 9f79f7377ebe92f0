"""What is known of KLUE's four pretrained encoders, each fact with where it is known from.

Sources: the models' configurations, their cards on the Hub (which quote the paper), and the KLUE
paper (arXiv 2105.09680). What could be checked in none of them is marked as unverified.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """Something said of a model; `verified` is whether it was read in a source."""

    text: str
    verified: bool = True

    def __str__(self) -> str:
        """Return the text, marked where it was not checked."""
        return self.text if self.verified else f"{self.text} *(unverified)*"


@dataclass(frozen=True)
class Encoder:
    """One of KLUE's pretrained encoders.

    published: its name in the published table. layers, hidden, heads: sizes. positions: how many
    tokens a text may have. special: the special tokens in the order of their ids.
    """

    published: str
    family: str
    layers: int
    hidden: int
    heads: int
    parameters: Fact
    masking: tuple[Fact, ...]
    batch: Fact
    learning_rate: Fact
    steps: Fact
    hardware: Fact
    positions: int
    special: tuple[str, ...]
    token_types: bool


CORPORA = (
    ("MODU", "the National Institute of Korean Language's corpora of news, books and dialogues"),
    ("CC-100-Kor", "the Korean part of CC-100, web text"),
    ("NAMUWIKI", "a Korean encyclopedia on the web, dump of 2020-03-02"),
    ("NEWSCRAWL", "12.8 million news articles of 2011 to 2020"),
    ("PETITION", "petitions to the Blue House, August 2017 to March 2019"),
)

_ROBERTA_MASKING = (Fact("whole words"), Fact("dynamic"))
_ROBERTA_SPECIAL = ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]")
_V100 = Fact("8 V100 GPUs", verified=False)

ENCODERS: dict[str, Encoder] = {
    "bert-base": Encoder(
        published="KLUE-BERT-base",
        family="BERT",
        layers=12,
        hidden=768,
        heads=12,
        parameters=Fact("110 million"),
        masking=(Fact("whole words"), Fact("static", verified=False)),
        batch=Fact("256"),
        learning_rate=Fact("1e-4"),
        steps=Fact("1 million", verified=False),
        hardware=Fact("a TPU v3-8"),
        positions=512,
        special=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
        token_types=True,
    ),
    "roberta-small": Encoder(
        published="KLUE-RoBERTa-small",
        family="RoBERTa",
        layers=6,
        hidden=768,
        heads=12,
        parameters=Fact("68 million"),
        masking=_ROBERTA_MASKING,
        batch=Fact("2,048"),
        learning_rate=Fact("1e-4"),
        steps=Fact("1 million", verified=False),
        hardware=_V100,
        positions=510,
        special=_ROBERTA_SPECIAL,
        token_types=False,
    ),
    "roberta-base": Encoder(
        published="KLUE-RoBERTa-base",
        family="RoBERTa",
        layers=12,
        hidden=768,
        heads=12,
        parameters=Fact("111 million"),
        masking=_ROBERTA_MASKING,
        batch=Fact("2,048"),
        learning_rate=Fact("1e-4"),
        steps=Fact("1 million", verified=False),
        hardware=_V100,
        positions=510,
        special=_ROBERTA_SPECIAL,
        token_types=False,
    ),
    "roberta-large": Encoder(
        published="KLUE-RoBERTa-large",
        family="RoBERTa",
        layers=24,
        hidden=1024,
        heads=16,
        parameters=Fact("337 million"),
        masking=_ROBERTA_MASKING,
        batch=Fact("2,048"),
        learning_rate=Fact("1e-4"),
        steps=Fact("500,000", verified=False),
        hardware=_V100,
        positions=510,
        special=_ROBERTA_SPECIAL,
        token_types=False,
    ),
}
