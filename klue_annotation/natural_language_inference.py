"""KLUE-NLI: four people label what a fifth one wrote; gold is the label of three of the five."""

from __future__ import annotations

from collections.abc import Sequence

from klue_datasets.errors import show as shown
from klue_datasets.tasks import TASKS

from .form_results import Results, chosen
from .form_tags import asked, choices, form, tag, wide
from .measures import UnitMeasure
from .misfits import MisfitError, kept, text_of
from .raw_files import json_list, read_list
from .rules import majority
from .task import AUTHOR, AnnotationTask, Fields, Gold, Item, Undecided, Vote

LABELS = {
    "entailment": "함의: 전제가 참이면 가설도 참이다 entailment",
    "contradiction": "모순: 전제가 참이면 가설은 거짓이다 contradiction",
    "neutral": "중립: 전제만으로는 알 수 없다 neutral",
}
IDS = TASKS["nli"].label_sets["label"]
VALIDATORS = ("label2", "label3", "label4", "label5")
ENOUGH = 3


def labelling_form() -> str:
    """Make the form: premise, hypothesis and three labels."""
    return form(
        asked(
            "전제가 참이라고 할 때 가설이 참인지 고르세요",
            "Given the premise, is the hypothesis true?",
        ),
        asked("전제", "Premise"),
        wide(tag("Text", name="premise_text", value="$premise")),
        asked("가설", "Hypothesis"),
        wide(tag("Text", name="hypothesis_text", value="$hypothesis")),
        choices("label", "hypothesis_text", LABELS, required="true"),
    )


def item(row: Item) -> Fields:
    """Take premise, hypothesis and the label that it was written for, by name or the Hub's id."""
    label = row.get(AUTHOR)
    if type(label) is int and 0 <= label < len(IDS):
        label = IDS[label]
    if label not in LABELS:
        expected = f"the label it was written for, one of {', '.join(LABELS)}"
        raise MisfitError(AUTHOR, shown(label), expected)
    about = kept({"source": row.get("genre"), **row}, "source")
    texts = {name: text_of(row, name) for name in ("premise", "hypothesis")}
    return {**about, **texts, AUTHOR: label}


def show(item: Item) -> Fields:
    """Show the pair, and not the author's label."""
    return {name: item[name] for name in ("premise", "hypothesis")}


def answer(item: Item, results: Results) -> str:
    """Read the label."""
    return results.needed("label", LABELS)


def results(item: Item, answer: str) -> list[Fields]:
    """Write a label as the form's result."""
    return [chosen("label", "hypothesis_text", answer)]


def decide(item: Item, answers: Sequence[str]) -> Gold | Undecided:
    """Take the label that three of the five chose."""
    return majority(answers, ENOUGH)


def raw(item: Item, gold: str, votes: Sequence[Vote]) -> Fields:
    """Make the raw row."""
    labels = [vote.answer for vote in votes if vote.answer is not None]
    return {
        **{name: value for name, value in item.items() if name != AUTHOR},
        "gold_label": gold,
        AUTHOR: labels[0],
        **dict(zip(VALIDATORS, labels[1:], strict=True)),
    }


FORM = AnnotationTask(
    name="nli",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    author=lambda item: item[AUTHOR],
    votes=(5, 5),
    decide=decide,
    raw=raw,
    write=json_list,
    read=read_list,
    rule="the label that three of five people chose, the hypothesis' author among them",
    measures=(UnitMeasure("same label", lambda item, answer: [answer]),),
    label=lambda answer: answer,
    row_label=lambda row: str(row["gold_label"]),
)
