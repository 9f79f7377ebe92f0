"""The cards of KLUE's pretrained encoders: complete, and honest about what is not certain."""

from __future__ import annotations

import ast
import re

import pytest
from huggingface_hub import ModelCard

from klue_common.errors import InputError
from klue_pretraining.pretrained_card import all_cards, pretrained_card
from model_cards import CARDS
from model_cards.encoders import ENCODERS

GOLDEN = r"""
# KLUE-RoBERTa-large
A RoBERTa encoder of Korean
## How to load
AutoModel.from_pretrained\("klue/roberta-large"\)
return_token_type_ids=False
## Architecture
\| layers, hidden size, heads \| 24, 1024, 16 \|
\| parameters \| 337 million \|
\| longest text \| 510 tokens \|
\| special tokens, ids from 0 \| \[CLS\], \[PAD\], \[SEP\], \[UNK\], \[MASK\] \|
## Tokenizer
## Training data
About 62 GB
- MODU: .*\n- CC-100-Kor: .*\n- NAMUWIKI: .*\n- NEWSCRAWL: .*\n- PETITION: .*\n
sixteen kinds of it by patterns \*\(unverified\)\*
## Training
\| masking \| whole words, dynamic \|
\| batch size \| 2,048 \|
\| steps \| 500,000 \*\(unverified\)\* \|
\| hardware \| 8 V100 GPUs \*\(unverified\)\* \|
## Published scores
\| ynat \| `macro_f1` \| 85.69 \|
\| wos \| `slot_micro_f1` \| 92.23 \|
## Intended use and limits
## Licence
CC BY-SA 4.0
## Citation
@misc\{park2021klue
"""


def test_the_card_says_these_things_in_this_order() -> None:
    rest = pretrained_card("roberta-large", "klue/roberta-large").text
    for pattern in GOLDEN.strip().splitlines():
        found = re.search(pattern, rest)
        assert found, f"{pattern!r} is not in what is left:\n{rest}"
        rest = rest[found.end() :]


@pytest.mark.parametrize("name", list(ENCODERS))
def test_every_card_is_read_back(name: str) -> None:
    text = str(pretrained_card(name, f"klue/{name}"))
    card = ModelCard(text)
    assert (card.data.license, card.data.language) == ("cc-by-sa-4.0", "ko")
    assert card.data.mask_token == "[MASK]"
    assert not re.search(r"\{\{|\}\}|\{%", text)
    (block,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    ast.parse(block)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InputError, match="'bert-large', expected one of bert-base, roberta-small"):
        pretrained_card("bert-large", "klue/bert-large")


def test_the_files_are_what_the_records_say() -> None:
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in CARDS.iterdir()}
    assert on_disk == all_cards()
    assert sorted(on_disk) == [
        "klue-bert-base.md",
        "klue-roberta-base.md",
        "klue-roberta-large.md",
        "klue-roberta-small.md",
        "klue-tiny.md",
    ]
