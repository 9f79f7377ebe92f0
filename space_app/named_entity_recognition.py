"""NER: entities marked in the sentence, character by character."""

from __future__ import annotations

from collections.abc import Sequence

from klue_baselines.pipeline import KluePipeline
from klue_datasets import TASKS
from klue_datasets.guids import guid_source
from klue_metrics.entities import entity_spans

from .markup import Mark, legend, marked, plain
from .task import Answer, Row, RowView, Shown, TaskDemo
from .texts import Language, Texts

TAGS: list[str] = TASKS["ner"].features["ner_tags"].feature.names
TYPES = ("PS", "LC", "OG", "DT", "TI", "QT")  # in the order of the legend
TEXTS: Texts = {
    "name": ("개체명 인식", "Entities"),
    "field.sentence": ("문장", "Sentence"),
    "type.PS": ("인물", "Person"),
    "type.LC": ("지역", "Location"),
    "type.OG": ("기관", "Organisation"),
    "type.DT": ("날짜", "Date"),
    "type.TI": ("시간", "Time"),
    "type.QT": ("수량", "Quantity"),
    "none": ("개체명이 없습니다.", "No entities were found."),
}
STYLE = """
.klue mark.PS { background: #e8a33d55; } .klue mark.LC { background: #3aa76d4d; }
.klue mark.OG { background: #4a7de04d; } .klue mark.DT { background: #c05fd04d; }
.klue mark.TI { background: #d9534f4d; } .klue mark.QT { background: #2bb3c04d; }
"""


def answer(pipeline: KluePipeline, language: Language, sentence: str) -> Answer:
    """Return the sentence with its entities; as text a character and its tag a line."""
    tags = pipeline(sentence)["tags"]
    lines = (f"{character}\t{tag}" for character, tag in zip(sentence, tags, strict=True))
    return Answer(entities(sentence, tags, language), "\n".join(lines))


def entities(sentence: str, tags: Sequence[str], language: Language) -> str:
    """Return a sentence with marked entities and the legend of their types."""
    spans = entity_spans(tags, list(sentence))
    marks = [Mark(start, end, kind, kind) for start, end, kind in spans]
    nothing = "" if marks else f"<p><small>{plain(language.say('none'))}</small></p>"
    types = {name: language.say(f"type.{name}") for name in TYPES}
    return marked(sentence, marks) + nothing + legend(types)


def tag_names(row: Row) -> list[str]:
    """Return the tags of a row by name."""
    return [TAGS[tag] for tag in row["ner_tags"]]


def labels(row: Row) -> list[str]:
    """Return the types of the entities, each once."""
    return sorted({tag[2:] for tag in tag_names(row) if tag.startswith("B-")})


def show(row: Row, language: Language) -> Shown:
    """Return the sentence with its gold entities."""
    return Shown(entities("".join(row["tokens"]), tag_names(row), language))


def texts(row: Row) -> list[str]:
    """Return the sentence of a row, whose tokens are its characters."""
    return ["".join(row["tokens"])]


DEMO = TaskDemo(
    name="ner",
    texts=TEXTS,
    fields=("sentence",),
    examples=(
        ("한국철도공사는 12월 3일 오전 9시부터 부산행 열차 20편을 늘린다고 밝혔다.",),
        ("주인공을 맡은 배우 김하늘의 연기가 정말 좋았다ᄏᄏ 두 번 봤어요 😀",),
        ("세종대왕은 1397년 한양에서 태어나 1443년에 훈민정음을 만들었다.",),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=texts, source=guid_source),
    groupings=("source", "length"),
    style=STYLE,
)
