"""NLI: entailment, neutral or contradiction, with probabilities."""

from __future__ import annotations

from klue_baselines.pipeline import KluePipeline
from klue_datasets import TASKS

from .markup import pairs, paragraph, plain
from .probabilities import probability_bars
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

LABELS: list[str] = TASKS["nli"].features["label"].names
# All columns hold what the Hub's copy dropped: one label for each annotator.
ANNOTATORS = [column for column in TASKS["nli"].full_schema if column not in TASKS["nli"].schema]
TEXTS: Texts = {
    "name": ("자연어 추론", "Inference"),
    "field.premise": ("전제", "Premise"),
    "field.hypothesis": ("가설", "Hypothesis"),
    "label.entailment": ("함의", "Entailment"),
    "label.neutral": ("중립", "Neutral"),
    "label.contradiction": ("모순", "Contradiction"),
    "author": ("작성자", "author"),
}


def answer(pipeline: KluePipeline, language: Language, premise: str, hypothesis: str) -> Answer:
    """Return the three labels, the most probable first."""
    [record], answers = pipeline.answer([pipeline.task.row(premise, hypothesis)])
    names = {label: language.say(f"label.{label}") for label in LABELS}
    return Answer(probability_bars(pipeline, answers.given[0], names), record_text(record))


def labels(row: Row) -> list[str]:
    """Return the gold label."""
    return [LABELS[row["label"]]]


def show(row: Row, language: Language) -> Shown:
    """Return the pair, the gold label, and what author and validators chose."""
    entries = {
        language.say("field.premise"): paragraph(row["premise"]),
        language.say("field.hypothesis"): paragraph(row["hypothesis"]),
        language.say("gold"): plain(language.say(f"label.{labels(row)[0]}")),
    }
    said = {
        (language.say("author") if number == 1 else language.say("number", number=number)): (
            language.say(f"label.{LABELS[row[annotator]]}")
        )
        for number, annotator in enumerate(ANNOTATORS, start=1)
        if row.get(annotator) is not None
    }
    return Shown(pairs(entries), said)


DEMO = TaskDemo(
    name="nli",
    texts=TEXTS,
    fields=("premise", "hypothesis"),
    examples=(
        ("박물관은 매주 월요일에 문을 닫는다.", "월요일에는 박물관에 들어갈 수 없다."),
        ("동생은 어제 처음으로 바다를 보았다.", "동생은 바닷가 마을에서 자랐다."),
        ("이 카페는 커피보다 케이크가 더 유명하다.", "이 카페는 집에서 걸어갈 수 있다."),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("premise", "hypothesis"))),
    groupings=("source", "label", "length"),
)
