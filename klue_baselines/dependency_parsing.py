"""DP: the head and the relation of every eojeol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, PreTrainedModel

from klue_datasets.dependency_parsing import DEPRELS

from .dependency_trees import best_heads, best_tree, head_final_tree
from .encoder import NO_CHANGES, TextEncoder, open_weights
from .errors import InputError
from .modeling_dependency_parsing import IGNORED, ROOT_POS, DependencyParser, DependencyParserConfig
from .task import PLAIN, Answers, BaselineTask, Columns, Record
from .text import normalise

# fmt: off
POS = [
    "NNG", "NNP", "NNB", "NP", "NR", "VV", "VA", "VX", "VCP", "VCN", "MMA", "MMD",
    "MMN", "MAG", "MAJ", "JC", "IC", "JKS", "JKC", "JKG", "JKO", "JKB", "JKV", "JKQ",
    "JX", "EP", "EF", "EC", "ETN", "ETM", "XPN", "XSN", "XSV", "XSA", "XR", "SF",
    "SP", "SS", "SE", "SO", "SL", "SH", "SW", "SN", "NA",
]
# fmt: on
FALLBACK_DEPREL = "NP"
DECODINGS = {PLAIN: best_heads, "tree": best_tree, "head-final tree": head_final_tree}


def build(
    model: str, labels: Sequence[str], changes: Mapping[str, Any] = NO_CHANGES, **_: Any
) -> PreTrainedModel:
    """An encoder with a new parsing head of the published sizes."""
    encoder = open_weights(AutoModel, model, **changes)
    config = DependencyParserConfig(
        encoder.config,
        pos=POS,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    parser = DependencyParser(config)
    parser.encoder = encoder
    return parser


def load(model: str, **options: Any) -> PreTrainedModel:
    """A fine-tuned parser."""
    return open_weights(DependencyParser, model, **options)


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Sentences given as eojeols.

    Words behind the encoder's last position are cut; `words` says how many are left.
    """
    words = [[normalise(word) for word in sentence] for sentence in batch["word_form"]]
    encoding = encoder(words, is_split_into_words=True)
    columns: Columns = {"input_ids": encoding["input_ids"], "length": [], "words": []}
    columns |= {name: [] for name in ("word_first", "word_last", "pos")}
    for index, ids in enumerate(encoding["input_ids"]):
        first, last = word_borders(encoding.word_ids(index))
        columns["length"].append(len(ids))
        columns["words"].append(len(first))
        columns["word_first"].append(first)
        columns["word_last"].append(last)
        columns["pos"].append(pos_rows(batch["pos"][index][: len(first)], config.pos))
    if encoder.token_types:
        columns["token_type_ids"] = [[0] * len(ids) for ids in encoding["input_ids"]]
    if labels:
        columns |= gold_columns(batch, columns["words"], config.label2id)
    return columns


def word_borders(word_ids: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Where each word's first and last piece stand.

    A word of which the tokenizer makes nothing stands where the word before it ends.

    >>> word_borders([None, 0, 0, 1, 3, None])
    ([1, 3, 3, 4], [2, 3, 3, 4])
    """
    first: list[int] = []
    last: list[int] = []
    for at, word in enumerate(word_ids):
        if word is None:
            continue
        while len(first) < word:
            previous = last[-1] if last else at
            first.append(previous)
            last.append(previous)
        if len(first) == word:
            first.append(at)
            last.append(at)
        last[-1] = at
    return first, last


def pos_rows(pos: Sequence[str], known: Sequence[str]) -> list[int]:
    """The row of each word's last part of speech, `ROOT_POS` for an unknown one."""
    rows = {tag: row for row, tag in enumerate(known, start=1)}
    return [rows.get(tags.rpartition("+")[2], ROOT_POS) for tags in pos]


def gold_columns(batch: Columns, lengths: Sequence[int], deprels: Mapping[str, int]) -> Columns:
    """Heads and relations of the words that are left; a head that was cut off is not learned."""
    heads, labels = [], []
    for head, deprel, length in zip(batch["head"], batch["deprel"], lengths, strict=True):
        heads.append([h if h <= length else IGNORED for h in head[:length]])
        kept = zip(head, deprel[:length], strict=False)
        labels.append([deprels[name] if h <= length else IGNORED for h, name in kept])
    return {"heads": heads, "labels": labels}


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[dict[str, Any]]:
    """For each decoding, the heads of the words and their relations to these heads."""
    encoded, decoded = model.words_of(**inputs)
    arcs = model.score_arcs(encoded, decoded, inputs["word_first"])
    lengths = inputs["word_first"].ne(0).sum(-1).tolist()
    scores = arcs.float().cpu().numpy().astype(np.float64)
    parses: list[dict[str, Any]] = [{} for _ in lengths]
    for decoding, find in DECODINGS.items():
        heads = np.zeros(scores.shape[:2], dtype=np.int64)
        for row, sentence, length in zip(heads, scores, lengths, strict=True):
            row[:length] = find(sentence[:length, : length + 1])
        chosen = torch.from_numpy(heads).to(arcs.device)
        deprels = model.score_deprels(encoded, decoded, chosen).argmax(-1).tolist()
        for parse, row, names, length in zip(parses, heads, deprels, lengths, strict=True):
            parse[decoding] = (row[:length].tolist(), names[:length])
    return parses


def perfect(row: Record, config: Any) -> dict[str, Any]:
    """The gold heads and relations."""
    return dict.fromkeys(DECODINGS, (row["heads"], row["labels"]))


def decode(answers: Answers, decoding: str) -> list[Record]:
    """Records of heads and relations; a word that was cut off depends on the next one."""
    records, known = [], answers.config.id2label
    for example, parses in zip(answers.examples, answers.given, strict=True):
        heads, deprels = parses[decoding]
        size = len(example["word_form"])
        rest = np.arange(len(heads) + 2, size + 2) % (size + 1)
        names = [known[deprel] for deprel in deprels]
        records.append(
            {
                "guid": example["guid"],
                "head": [*heads, *rest.tolist()],
                "deprel": names + [FALLBACK_DEPREL] * len(rest),
            }
        )
    return records


def row(sentence: str, pos: Sequence[str] | None = None) -> Record:
    """A sentence as an example: an eojeol is what stands between spaces.

    pos: each eojeol's parts of speech as in KLUE ("NNG+JKS"); without them the parser has to do
    without, and is worse for it.

    Raises:
        InputError: there is nothing to parse.
    """
    words = sentence.split()
    if not any(char.isprintable() for word in words for char in word):  # the others have no pieces
        raise InputError(f"sentence: found {sentence!r}, expected at least one word")
    return {"guid": "", "word_form": words, "pos": list(pos) if pos else [""] * len(words)}


BASELINE = BaselineTask(
    name="dp",
    labels=tuple(DEPRELS),
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    decode=decode,
    perfect=perfect,
    decodings=tuple(DECODINGS),
    row=row,
    padding={
        "word_first": 0,
        "word_last": 0,
        "pos": ROOT_POS,
        "heads": IGNORED,
        "labels": IGNORED,
    },
)
