"""DP: the head and the relation of every eojeol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, PreTrainedModel

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import TASKS
from klue_datasets.schema import List, Schema, Value
from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text, check_texts, normalise

from .conllu import conllu
from .encoding.encoder import NO_CHANGES, TextEncoder, open_weights
from .encoding.eojeols import Part, sentence_parts, word_borders
from .encoding.parts_of_speech import pos_rows, tags_of
from .heads.dependency_trees import best_heads, best_tree, head_final_tree
from .heads.modeling_dependency_parsing import (
    IGNORED,
    ROOT_POS,
    DependencyParser,
    DependencyParserConfig,
)
from .pipelines.kinds import DependencyParsing
from .recipe import BASE, LARGE, NEVER, Recipe
from .serving.graph import Graph
from .serving.parsing_graph import ParserGraph, every_parse
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record
from .tree_pictures import tree_pictures

UNTAGGED_HEAD = "untagged"  # reads words alone, and needs no parts of speech
POS = TASKS["dp"].label_sets["pos"]
FALLBACK_DEPREL = "NP"
TREES = {PLAIN: best_heads, "tree": best_tree, "head-final tree": head_final_tree}


def build(
    model: str,
    labels: Sequence[str],
    head: str = PUBLISHED_HEAD,
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """Return an encoder with a new parsing head of the published sizes."""
    encoder = open_weights(AutoModel, model, **changes)
    config = DependencyParserConfig(
        encoder.config,
        pos=[] if head == UNTAGGED_HEAD else list(POS),
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    parser = DependencyParser(config)
    parser.encoder = encoder
    return parser


def load(model: str, **options: Any) -> PreTrainedModel:
    """Return a fine-tuned parser."""
    return open_weights(DependencyParser, model, **options)


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return sentences given as eojeols.

    A sentence that is longer than the encoder takes becomes several parts, each a row; `words`
    says how many eojeols a row has, `tags` their parts of speech.
    """
    sentences = [[normalise(word) for word in words] for words in batch["word_form"]]
    encoding = encoder(sentences, is_split_into_words=True)
    tags = tags_of(batch["pos"], sentences, config.pos)
    names = ("input_ids", "length", "words", "example", "word_first", "word_last", "pos", "tags")
    columns: Columns = {name: [] for name in names}
    starts, cut = [], 0
    for index, words in enumerate(sentences):
        parts: list[Part] = [
            (0, len(words), encoding["input_ids"][index], encoding.word_ids(index))
        ]
        if len(encoding["input_ids"][index]) == encoder.max_length:
            parts = sentence_parts(words, encoder)
        cut += len(parts) > 1
        for start, size, ids, word_ids in parts:
            first, last = word_borders(word_ids, size)
            own = tags[index][start : start + size]
            starts.append(start)
            values = (ids, len(ids), size, index, first, last, pos_rows(own, config.pos), own)
            for name, value in zip(names, values, strict=True):
                columns[name].append(value)
    if cut:
        note(
            f"dp: {cut} of {len(sentences)} sentences are longer than the {encoder.max_length} "
            "tokens that are read at once: parsed in parts, which are joined to one tree"
        )
    if encoder.token_types:
        columns["token_type_ids"] = [[0] * len(ids) for ids in columns["input_ids"]]
    if labels:
        columns |= gold_columns(batch, columns, starts, config.label2id)
    return columns


def gold_columns(
    batch: Columns, columns: Columns, starts: Sequence[int], deprels: Mapping[str, int]
) -> Columns:
    """Return heads, counted within a row, and relations; a head in another part is not learned."""
    heads, labels = [], []
    for index, start, size in zip(columns["example"], starts, columns["words"], strict=True):
        row = batch["head"][index][start : start + size]
        names = batch["deprel"][index][start : start + size]
        known = [head == 0 or start < head <= start + size for head in row]
        kept = list(zip(row, names, known, strict=True))
        heads.append([head and head - start if here else IGNORED for head, _, here in kept])
        labels.append([deprels[name] if here else IGNORED for _, name, here in kept])
    return {"heads": heads, "labels": labels}


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[dict[str, Any]]:
    """Return, for each of `TREES`, the heads of the words and their relations to these heads."""
    return [parses for parses, _ in scored(model, inputs)]


def scored(
    model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return, for each of `TREES`, heads and relations, and beside them the probability of each."""
    parse = model.parse(**inputs)
    arcs = parse.arcs
    lengths = inputs["word_first"].ne(0).sum(-1).tolist()
    scores = arcs.float().cpu().numpy().astype(np.float64)
    answers: list[tuple[dict[str, Any], dict[str, Any]]] = [({}, {}) for _ in lengths]
    for name, find in TREES.items():
        heads = np.zeros(scores.shape[:2], dtype=np.int64)
        for row, sentence, length in zip(heads, scores, lengths, strict=True):
            row[:length] = find(sentence[:length, : length + 1])
        chosen = torch.from_numpy(heads).to(arcs.device)
        deprels = parse.deprels_of(chosen)
        best = deprels.argmax(-1)
        shares = [chosen_shares(arcs, chosen), chosen_shares(deprels, best)]
        columns = zip(answers, heads, best.tolist(), *shares, lengths, strict=True)
        for (parses, sure), row, relations, of_arcs, of_deprels, length in columns:
            parses[name] = (row[:length].tolist(), relations[:length])
            sure[name] = (of_arcs[:length], of_deprels[:length])
    return answers


def chosen_shares(scores: torch.Tensor, chosen: torch.Tensor) -> list[list[float]]:
    """Return the softmax probability of what was chosen for each word of each sentence."""
    shares = scores.float().softmax(-1).gather(-1, chosen.unsqueeze(-1))
    return list(shares.squeeze(-1).tolist())


def scores(answers: Answers, records: Sequence[Record], decoding: str) -> list[Record]:
    """Return for each sentence how probable each word's head is, and its relation to that head.

    Of a sentence that was parsed in parts, these are the probabilities within its parts.
    """
    found: list[Record] = [{"head": [], "deprel": []} for _ in records]
    for row, sure in zip(answers.rows, answers.beside, strict=True):
        for name, shares in zip(("head", "deprel"), sure[decoding], strict=True):
            found[row["example"]][name] += shares
    return found


def perfect(row: Record, config: Any) -> dict[str, Any]:
    """Return the gold heads and relations."""
    return dict.fromkeys(TREES, (row["heads"], row["labels"]))


@dataclass(frozen=True)
class Parses:
    """Takes the heads and relations that one of `TREES` has found."""

    tree: str

    def __call__(self, answers: Answers) -> list[Record]:
        """Return records of heads and relations, and of parts of speech that were not given."""
        known = answers.config.id2label
        heads: list[list[Sequence[int]]] = [[] for _ in answers.examples]
        deprels: list[list[str]] = [[] for _ in answers.examples]
        tags: list[list[str]] = [[] for _ in answers.examples]
        for row, parses in zip(answers.rows, answers.given, strict=True):
            part, relations = parses[self.tree]
            heads[row["example"]].append(part)
            deprels[row["example"]] += [known.get(name, FALLBACK_DEPREL) for name in relations]
            tags[row["example"]] += row["tags"]
        return [
            {"guid": example["guid"], "head": joined(parts), "deprel": relations}
            | ({"pos": found} if example["pos"] is None and any(found) else {})
            for example, parts, relations, found in zip(
                answers.examples, heads, deprels, tags, strict=True
            )
        ]


def joined(parts: Sequence[Sequence[int]]) -> list[int]:
    """Return the heads of a sentence's words from those of its parts, each counted by itself.

    What hangs on the root in a part hangs on the word behind the part in the sentence: of trees
    becomes one tree, and arcs to the right stay arcs to the right. In KLUE's sentences, cut
    anywhere, that word is more often the right one than the next part's root.

    >>> joined([[2, 0], [2, 0, 2]]), joined([[2, 3, 0]])
    ([2, 3, 4, 0, 4], [2, 3, 0])
    """
    heads: list[int] = []
    for part in parts[:-1]:
        start, behind = len(heads), len(heads) + len(part) + 1
        heads += [head + start if head > 0 else behind for head in part]
    return [*heads, *(head + len(heads) if head > 0 else 0 for head in parts[-1])]


def row(sentence: str | Sequence[str], pos: Sequence[str] | None = None) -> Record:
    """Return a sentence as an example: an eojeol is what stands between spaces.

    Args:
        sentence: what is parsed, or a list of its eojeols.
        pos: each eojeol's parts of speech as in KLUE ("NNG+JKS"), "" for one whose are not known;
            without them, or with an empty list, the analyser's are taken where it is installed.

    Raises:
        InputError: there is nothing to parse, or not one tag for each eojeol.
    """
    if isinstance(sentence, list):
        words = check_texts("word_form", sentence)
    else:
        words = check_text("sentence", sentence).split()
    if not any(char.isprintable() for word in words for char in word):  # the others have no tokens
        raise InputError(f"sentence: found {sentence!r:.60}, expected at least one word")
    if pos is None or (isinstance(pos, list) and not pos):
        return {"guid": "", "word_form": words, "pos": None}
    if isinstance(pos, str) or not isinstance(pos, Sequence):
        raise InputError(f"pos: found {pos!r:.60}, expected a list of tags")
    if len(pos) != len(words):
        found = "1 tag" if len(pos) == 1 else f"{len(pos)} tags"
        raise InputError(f"pos: found {found}, expected {len(words)}, one for each eojeol")
    return {"guid": "", "word_form": words, "pos": [check_text("pos", tag) for tag in pos]}


ANSWER = Schema(
    {
        "head": List(Value("int64")),
        "deprel": List(Value("string")),
        "pos": List(Value("string")),
        "scores": dict.fromkeys(("head", "deprel"), List(Value("float64"))),
    }
)
RECIPE = Recipe("las_macro_f1", epochs=10, warmup=0.1, max_length=256, patience=NEVER)

BASELINE = BaselineTask(
    name="dp",
    labels=TASKS["dp"].label_sets["deprel"],
    heads=(PUBLISHED_HEAD, UNTAGGED_HEAD),
    formats={"conllu": conllu, "svg": tree_pictures},
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    perfect=perfect,
    graph=Graph(
        ParserGraph,
        words=("word_first", "word_last", "pos"),
        outputs=("arcs", "deprels"),
        answer=every_parse,
    ),
    decodings={name: Parses(name) for name in TREES},
    row=row,
    expected="a sentence",
    scores=scores,
    scored=scored,
    answer=ANSWER,
    fields=(("word_form", "pos"), ("word_form",), ("sentence", "pos"), ("sentence",)),
    padding={
        "word_first": 0,
        "word_last": 0,
        "pos": ROOT_POS,
        "heads": IGNORED,
        "labels": IGNORED,
    },
    recipes={
        BASE: RECIPE,
        LARGE: replace(RECIPE, epochs=15, warmup=0.2, select_by="uas_macro_f1"),
    },
    pipeline=DependencyParsing,
    card=ModelCall(
        "AutoModel",
        '"세종대왕은 한글을 만들었다."',
        own_code=True,
        own_pipeline="dependency-parsing",
    ),
)
