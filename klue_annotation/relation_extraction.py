"""KLUE-RE: one person names the relation between two entities, another one reviews it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from klue_common.own_files import json_text
from klue_datasets.errors import show as shown
from klue_datasets.tasks import TASKS

from .form_results import Results, chosen
from .form_tags import asked, choices, form, tag, wide
from .measures import UnitMeasure
from .misfits import MisfitError, kept, text_of
from .raw_files import json_list, read_list
from .rules import last
from .task import AnnotationTask, Fields, Item, Vote

NAMES = {
    "no_relation": "관계 없음",
    "org:dissolved": "해산일",
    "org:founded": "설립일",
    "org:place_of_headquarters": "본부 소재지",
    "org:alternate_names": "단체의 다른 이름",
    "org:member_of": "속한 상위 단체",
    "org:members": "소속된 하위 단체",
    "org:political/religious_affiliation": "정치·종교 성향",
    "org:product": "단체의 제품·작품",
    "org:founded_by": "설립자",
    "org:top_members/employees": "대표·구성원",
    "org:number_of_employees/members": "구성원 수",
    "per:date_of_birth": "생년월일",
    "per:date_of_death": "사망일",
    "per:place_of_birth": "태어난 곳",
    "per:place_of_death": "사망한 곳",
    "per:place_of_residence": "사는 곳",
    "per:origin": "출신·국적",
    "per:employee_of": "일하는 단체",
    "per:schools_attended": "다닌 학교",
    "per:alternate_names": "인물의 다른 이름",
    "per:parents": "부모",
    "per:children": "자녀",
    "per:siblings": "형제자매",
    "per:spouse": "배우자",
    "per:other_family": "그 밖의 친척",
    "per:colleagues": "동료",
    "per:product": "인물의 작품·제품",
    "per:religion": "종교",
    "per:title": "직함·직업",
}
RELATIONS = {relation: f"{name} {relation}" for relation, name in NAMES.items()}
TYPES = ("PER", "ORG", "LOC", "DAT", "POH", "NOH")
ROLES = {"subject_entity": "주어", "object_entity": "목적어"}


def labelling_form() -> str:
    """Make the form: a sentence whose two entities stand in brackets, and thirty relations."""
    search = "관계 찾기 · find a relation"
    return form(
        asked(
            "목적어가 주어와 어떤 관계인지, 문장에 쓰인 것만 보고 고르세요",
            "What is the object to the subject, by this sentence alone?",
        ),
        wide(tag("Text", name="words", value="$marked")),
        tag("Text", name="pair", value="$pair"),
        tag("Filter", name="search", toName="relation", minlength="0", placeholder=search),
        choices("relation", "words", RELATIONS, required="true", showInline="true"),
    )


def item(row: Item) -> Fields:
    """Take a sentence and the two entities in it."""
    sentence = text_of(row, "sentence")
    entities = {role: _entity(row, role, sentence) for role in ROLES}
    first, second = sorted(entities.values(), key=lambda entity: entity["start_idx"])
    if second["start_idx"] <= first["end_idx"]:
        found = f"{shown(first['word'])} and {shown(second['word'])} overlapping"
        raise MisfitError("object_entity", found, "two entities apart")
    return {"sentence": sentence, **entities, **kept(row, "source")}


def _entity(row: Item, role: str, sentence: str) -> Fields:
    """Return an entity, whose last character `end_idx` is."""
    entity = row.get(role)
    if not isinstance(entity, Mapping):
        found = shown(entity) if role in row else "nothing"
        raise MisfitError(role, found, "an object of word, start_idx, end_idx and type")
    if not _stands_there(entity, sentence):
        raise MisfitError(role, shown(dict(entity)), "a word that stands there in the sentence")
    if entity.get("type") not in TYPES:
        expected = f"one of {', '.join(TYPES)}"
        raise MisfitError(f"{role}.type", shown(entity.get("type")), expected)
    return {name: entity[name] for name in ("word", "start_idx", "end_idx", "type")}


def _stands_there(entity: Mapping[str, Any], sentence: str) -> bool:
    start, end = entity.get("start_idx"), entity.get("end_idx")
    if type(start) is not int or type(end) is not int or not 0 <= start <= end < len(sentence):
        return False
    return bool(sentence[start : end + 1] == entity.get("word"))


def show(item: Item) -> Fields:
    """Show the sentence with its entities in brackets, and the entities with their types."""
    sentence = item["sentence"]
    marks = [(item[role]["start_idx"], f"⟦{name} ") for role, name in ROLES.items()]
    marks += [(item[role]["end_idx"] + 1, "⟧") for role in ROLES]
    for at, mark in sorted(marks, reverse=True):
        sentence = sentence[:at] + mark + sentence[at:]
    pair = (f"{name}: {item[role]['word']} ({item[role]['type']})" for role, name in ROLES.items())
    return {"marked": sentence, "pair": ", ".join(pair)}


def answer(item: Item, results: Results) -> str:
    """Read the relation."""
    return results.needed("relation", RELATIONS)


def results(item: Item, answer: str) -> list[Fields]:
    """Write a relation as the form's result."""
    return [chosen("relation", "words", answer)]


def raw(item: Item, gold: str, votes: Sequence[Vote]) -> Fields:
    """Make the raw row."""
    return {**item, "label": gold}


def further(rows: Sequence[Fields], folder: Path) -> dict[str, str]:
    """Write the list of relations."""
    task = TASKS["re"]
    return {task.other_files[0]: json_text({"relations": list(task.label_sets["label"])})}


FORM = AnnotationTask(
    name="re",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    votes=(2, 3),
    reviewed=True,
    decide=last,
    raw=raw,
    write=json_list,
    read=read_list,
    rule="what the last person left, who saw the answer before and corrected it",
    measures=(UnitMeasure("same relation", lambda item, answer: [answer]),),
    label=lambda answer: answer,
    row_label=lambda row: str(row["label"]),
    further=further,
)
