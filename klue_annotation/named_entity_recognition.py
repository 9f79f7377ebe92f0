"""KLUE-NER: one person marks the entities of a sentence, another one reviews them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from klue_datasets.errors import show as shown
from klue_datasets.tasks import TASKS
from klue_lm.mark_up import EntitySpan, tags_of

from .form_results import Results, Span, labelled
from .form_tags import asked, form, span_labels, tag, wide
from .measures import EntryMeasure, UnitMeasure
from .misfits import MisfitError, SlipError, kept, text_of
from .raw_files import block, block_file, blocks_in
from .rules import last
from .task import AnnotationTask, Fields, Item, Vote

ENTITIES = {
    "PS": ("PS 인물 person", "#e0a0a0"),
    "LC": ("LC 장소 location", "#a0c8a0"),
    "OG": ("OG 기관 organisation", "#a0b8e0"),
    "DT": ("DT 날짜 date", "#e0d090"),
    "TI": ("TI 시간 time", "#d0b0e0"),
    "QT": ("QT 수량 quantity", "#90d0d0"),
}
COMMENTS = (
    "토큰, 레이블 구분자 : \\t",
    "토큰 구분자 : \\n",
    "문장 구분자 : \\n\\n",
    "주석 : ##",
    "컬럼명 : CHAR\tNE_TAG",
)


def labelling_form() -> str:
    """Make the form: a sentence and six kinds of entities."""
    return form(
        asked(
            "개체명을 모두 표시하세요. 없으면 그대로 제출하세요",
            "Mark every named entity; submit as it is where there is none",
        ),
        span_labels("entity", "words", ENTITIES),
        wide(tag("Text", name="words", value="$sentence")),
    )


def item(row: Item) -> Fields:
    """Take a sentence; KLUE's own mark-up goes."""
    sentence = plain(text_of(row, "sentence"))
    if plain(sentence) != sentence:
        raise MisfitError("sentence", shown(sentence), "a text without mark-up within mark-up")
    return {**kept(row, "source"), "sentence": sentence}


def plain(sentence: str) -> str:
    """Return a sentence without KLUE's mark-up of entities."""
    import pyarrow as pa

    return TASKS["ner"].texts(pa.table({"sentence": [sentence]}))["sentence"][0]


def marked(sentence: str, spans: Iterable[Span]) -> str:
    """Return a sentence with KLUE's mark-up around its entities.

    Example:
        >>> marked("서울에서", [(0, 2, "LC")])
        '<서울:LC>에서'
    """
    parts, at = [], 0
    for start, end, kind in spans:
        parts += [sentence[at:start], f"<{sentence[start:end]}:{kind}>"]
        at = end
    return "".join([*parts, sentence[at:]])


def show(item: Item) -> Fields:
    """Show the sentence."""
    return {"sentence": item["sentence"]}


def answer(item: Item, results: Results) -> list[Span]:
    """Read the entities: [start, end, type], end exclusive, in characters.

    Raises:
        SlipError: two of them overlap, which no sequence of tags can say, or one holds a < or >,
            which KLUE's mark-up cannot.
    """
    spans = results.spans("entity", ENTITIES, item["sentence"])
    for (start, end, _), (after, until, _) in pairwise(spans):
        if after < end:
            parts = (item["sentence"][start:end], item["sentence"][after:until])
            raise SlipError(f"the entities {shown(parts[0])} and {shown(parts[1])} overlap")
    if plain(marked(item["sentence"], spans)) != item["sentence"]:
        raise SlipError("an entity holds < or >, which KLUE's mark-up has no way to write")
    return spans


def results(item: Item, answer: Iterable[Span]) -> list[Fields]:
    """Write entities as the form's results."""
    return [labelled("entity", "words", span, item["sentence"]) for span in answer]


def tags(item: Item, answer: Iterable[Span]) -> list[str]:
    """Return the tag of every character."""
    return tags_of((EntitySpan(*span) for span in answer), len(item["sentence"]))


def raw(item: Item, gold: Sequence[Span], votes: Sequence[Vote]) -> Fields:
    """Make the raw row: the sentence with mark-up, and a tag for every character."""
    sentence = item["sentence"]
    cells = [list(pair) for pair in zip(sentence, tags(item, gold), strict=True)]
    return {"guid": item["guid"], "marked": marked(sentence, gold), "lines": cells}


def write(rows: Sequence[Fields]) -> str:
    """Write the raw file."""
    each = (block(row["guid"], row["marked"], row["lines"]) for row in rows)
    return block_file(COMMENTS, each)


def read(path: Path) -> list[Fields]:
    """Read the raw rows of a file.

    Raises:
        DataError: it is none.
    """
    return [
        {"guid": guid, "marked": sentence, "lines": lines}
        for guid, sentence, lines in blocks_in(path)
    ]


FORM = AnnotationTask(
    name="ner",
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
        UnitMeasure("characters", tags),
        EntryMeasure("entity F1", lambda answer: {tuple(span) for span in answer}),
    ),
    text_column="sentence",
)
