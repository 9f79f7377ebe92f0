"""Acceptability: the judgement of a sentence."""

from __future__ import annotations

from klue_baselines.pipeline import KluePipeline
from klue_datasets import TASKS

from .markup import pairs, paragraph, plain
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

LABELS: list[str] = TASKS["acceptability"].features["label"].names
TEXTS: Texts = {
    "name": ("문장 수용성", "Acceptability"),
    "field.sentence": ("문장", "Sentence"),
    "acceptable": ("자연스러움", "Acceptable"),
    "unacceptable": ("어색함", "Not acceptable"),
}


def answer(pipeline: KluePipeline, language: Language, sentence: str) -> Answer:
    """Return the judgement."""
    record = pipeline(sentence)
    return Answer(plain(language.say(record["label"])), record_text(record))


def labels(row: Row) -> list[str]:
    """Return the judgement of a row."""
    return [LABELS[row["label"]]]


def show(row: Row, language: Language) -> Shown:
    """Return the sentence and its judgement."""
    entries = {language.say("gold"): plain(language.say(labels(row)[0]))}
    return Shown(paragraph(row["sentence"]) + pairs(entries))


DEMO = TaskDemo(
    name="acceptability",
    texts=TEXTS,
    fields=("sentence",),
    examples=(("어제 비가 많이 왔다.",),),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("sentence",))),
    groupings=("label",),
)
