"""KLUE-DP: one person gives each word's head and relation, another one reviews the tree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from klue_datasets.errors import show as shown
from klue_datasets.tasks import TASKS
from klue_text.morphemes import analyser_installed
from klue_text.parts_of_speech import UNKNOWN, tag_eojeols

from .form_results import Results, chosen, counted
from .form_tags import asked, choices, form, lines, tag, wide
from .measures import UnitMeasure
from .misfits import MisfitError, SlipError, kept, text_of
from .raw_files import block, block_file, blocks_in
from .rules import last
from .task import AnnotationTask, Fields, Item, Vote

RELATIONS = TASKS["dp"].label_sets["deprel"]
COMMENTS = (
    "토큰, 레이블 구분자 : \\t",
    "토큰 구분자 : \\n",
    "문장 구분자 : \\n\\n",
    "주석 : ##",
    "칼럼명 : INDEX\tWORD_FORM\tLEMMA\tPOS\tHEAD\tDEPREL",
)
Arc = list[Any]  # [head, relation] of a word; the head counted from 1, 0 for the root


def labelling_form() -> str:
    """Make the form: a sentence with numbers at its words, and two fields a word."""
    word = tag(
        "View",
        tag("Text", name="word_{{at}}", value="$words[{{at}}].text"),
        tag("Number", name="head_{{at}}", toName="word_{{at}}", min="0", required="true"),
        choices(
            "deprel_{{at}}",
            "word_{{at}}",
            {relation: relation for relation in RELATIONS},
            required="true",
            layout="select",
        ),
        style="display: grid; grid-template-columns: 2fr 1fr 2fr; gap: 1em; align-items: center",
    )
    return form(
        asked(
            "어절마다 지배소의 번호와 의존 관계를 적으세요. 뿌리의 지배소는 0입니다",
            "Give each word the number of its head, 0 for the root, and the relation to it",
        ),
        *lines("어절 · word | 지배소 · head | 의존 관계 · relation"),
        wide(tag("Text", name="numbered", value="$numbered")),
        tag("Repeater", word, on="$words", indexFlag="{{at}}"),
    )


def item(row: Item) -> Fields:
    """Take a sentence, its words, and morphemes and tags where they are given or can be had."""
    sentence = text_of(row, "sentence")
    words = _words(row, "word_form") or sentence.split(" ")
    if not all(words):
        raise MisfitError("sentence", shown(sentence), "words with one space between two")
    found = {"pos": _words(row, "pos") or _tagged(words), "lemma": _words(row, "lemma") or words}
    for name, cells in found.items():
        if len(cells) != len(words):
            raise MisfitError(name, f"{len(cells)} of them", f"one for each of {len(words)} words")
    return {**kept(row, "source"), "sentence": sentence, "word_form": words, **found}


def _words(row: Item, name: str) -> list[str]:
    """Return a text for each word, none where the row has no such column."""
    cells = row.get(name)
    if cells is None:
        return []
    if not isinstance(cells, list):
        raise MisfitError(name, shown(cells), "a list of texts")
    return [text_of({name: cell}, name) for cell in cells]


def _tagged(words: list[str]) -> list[str]:
    return next(tag_eojeols([words])) if analyser_installed() else [UNKNOWN] * len(words)


def show(item: Item) -> Fields:
    """Show the words with their numbers, and their parts of speech beside them."""
    words = item["word_form"]
    each = zip(words, item["pos"], strict=True)
    return {
        "numbered": " ".join(f"{at}.{word}" for at, word in enumerate(words, 1)),
        "words": [{"text": f"{at}. {word}  {pos}"} for at, (word, pos) in enumerate(each, 1)],
    }


def answer(item: Item, results: Results) -> list[Arc]:
    """Read the tree: [head, relation] of each word.

    Raises:
        SlipError: a word lacks one of them, or they are no tree.
    """
    arcs: list[Arc] = []
    for at, word in enumerate(item["word_form"]):
        head, deprel = results.number(f"head_{at}"), results.choice(f"deprel_{at}", RELATIONS)
        if head is None or deprel is None:
            raise SlipError(
                f"the word {shown(word)} has no {'head' if head is None else 'relation'}"
            )
        arcs.append([head, deprel])
    _be_tree([head for head, _ in arcs])
    return arcs


def _be_tree(heads: Sequence[int]) -> None:
    """Let a tree pass.

    Raises:
        SlipError: the heads are none.
    """
    if not all(0 <= head <= len(heads) for head in heads):
        raise SlipError(f"a head is beyond the {len(heads)} words")
    if heads.count(0) != 1:
        raise SlipError(f"{heads.count(0)} words are the root")
    reached = {0}
    while grown := {at for at, head in enumerate(heads, 1) if head in reached} - reached:
        reached |= grown
    if len(reached) <= len(heads):
        raise SlipError("words depend on each other in a circle")


def results(item: Item, answer: Sequence[Arc]) -> list[Fields]:
    """Write a tree as the form's results."""
    return [
        result
        for at, (head, deprel) in enumerate(answer)
        for result in (
            counted(f"head_{at}", f"word_{at}", head),
            chosen(f"deprel_{at}", f"word_{at}", deprel),
        )
    ]


def raw(item: Item, gold: Sequence[Arc], votes: Sequence[Vote]) -> Fields:
    """Make the raw row: a line of six cells for each word."""
    columns = (item[name] for name in ("word_form", "lemma", "pos"))
    lines = [
        [str(at), *cells, str(head), deprel]
        for at, (cells, (head, deprel)) in enumerate(
            zip(zip(*columns, strict=True), gold, strict=True), 1
        )
    ]
    return {"guid": item["guid"], "sentence": item["sentence"], "lines": lines}


def write(rows: Sequence[Fields]) -> str:
    """Write the raw file."""
    each = (block(row["guid"], row["sentence"], row["lines"]) for row in rows)
    return block_file(COMMENTS, each)


def read(path: Path) -> list[Fields]:
    """Read the raw rows of a file.

    Raises:
        DataError: it is none.
    """
    return [
        {"guid": guid, "sentence": sentence, "lines": lines}
        for guid, sentence, lines in blocks_in(path)
    ]


FORM = AnnotationTask(
    name="dp",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    votes=(2, 3),
    reviewed=True,
    decide=last,
    raw=raw,
    write=write,
    read=read,
    rule="what the last person left, who saw the answer before and corrected it",
    measures=(
        UnitMeasure("LAS", lambda item, answer: [tuple(arc) for arc in answer]),
        UnitMeasure("UAS", lambda item, answer: [head for head, _ in answer]),
    ),
    text_column="sentence",
)
