"""re: the relation between two marked spans of a sentence, one of thirty.

The model writes the relation's own name; the instruction says in words what each one means.
"""

from __future__ import annotations

from .labels import LabelAnswers, label_set
from .task import CONSTRAINED, GENERATE, RANK, LMTask, Question, Row, Wording, blocks, columns

LABELS = label_set("re")
MEANINGS = {
    "no_relation": ("관계 없음", "no relation among those below"),
    "org:dissolved": ("단체가 해체된 날", "when the organisation was dissolved"),
    "org:founded": ("단체가 세워진 날", "when the organisation was founded"),
    "org:place_of_headquarters": ("단체의 본부가 있는 곳", "where its headquarters are"),
    "org:alternate_names": ("단체의 다른 이름", "another name of the organisation"),
    "org:member_of": ("단체가 속한 상위 단체", "what the organisation is a member of"),
    "org:members": ("단체에 속한 하위 단체", "a member of the organisation"),
    "org:political/religious_affiliation": (
        "단체의 정치·종교 성향",
        "its political or religious affiliation",
    ),
    "org:product": ("단체가 만든 제품", "what the organisation makes"),
    "org:founded_by": ("단체를 세운 사람이나 단체", "who founded the organisation"),
    "org:top_members/employees": ("단체의 대표나 구성원", "its head or an employee"),
    "org:number_of_employees/members": ("단체의 구성원 수", "how many employees or members it has"),
    "per:date_of_birth": ("인물이 태어난 날", "when the person was born"),
    "per:date_of_death": ("인물이 죽은 날", "when the person died"),
    "per:place_of_birth": ("인물이 태어난 곳", "where the person was born"),
    "per:place_of_death": ("인물이 죽은 곳", "where the person died"),
    "per:place_of_residence": ("인물이 사는 곳", "where the person lives"),
    "per:origin": ("인물의 출신이나 국적", "origin or nationality"),
    "per:employee_of": ("인물이 일하는 단체", "whom the person works for"),
    "per:schools_attended": ("인물이 다닌 학교", "a school that the person attended"),
    "per:alternate_names": ("인물의 다른 이름", "another name of the person"),
    "per:parents": ("인물의 부모", "a parent"),
    "per:children": ("인물의 자녀", "a child"),
    "per:siblings": ("인물의 형제자매", "a brother or sister"),
    "per:spouse": ("인물의 배우자", "the spouse"),
    "per:other_family": ("인물의 다른 친척", "another relative"),
    "per:colleagues": ("인물의 동료", "a colleague"),
    "per:product": ("인물이 만든 작품이나 제품", "what the person made"),
    "per:religion": ("인물의 종교", "the religion"),
    "per:title": ("인물의 직함이나 직업", "the title or profession"),
}
TYPES = {
    "PER": ("인물", "person"),
    "ORG": ("단체", "organisation"),
    "LOC": ("장소", "place"),
    "DAT": ("날짜", "date"),
    "POH": ("그 밖의 고유명사", "other proper noun"),
    "NOH": ("그 밖의 수", "other number"),
}


def listed(column: int) -> str:
    """Return the relations with their meanings in Korean (0) or English (1), a line each."""
    return "\n".join(f"- {name}: {MEANINGS[name][column]}" for name in LABELS.names)


KOREAN = Wording(
    instructions=(
        f"문장에서 [주어: …]와 [목적어: …]로 표시된 두 대상의 관계를 아래 30가지 가운데 하나로 "
        f"답하세요. 관계의 이름만 쓰세요.\n{listed(0)}",
        f"관계의 이름과 뜻은 다음과 같습니다.\n{listed(0)}\n문장에서 목적어가 주어와 어떤 관계인지 "
        "위의 이름 가운데 하나로 쓰세요.",
        "표시된 주어와 목적어 사이에 다음 가운데 어떤 관계가 문장에 나타나 있습니까? 이름을 그대로 "
        f"쓰세요.\n{listed(0)}",
    ),
    words={
        "sentence": "문장",
        "subject_entity": "주어",
        "object_entity": "목적어",
        "answer": "관계",
        **{name: names[0] for name, names in TYPES.items()},
    },
    labels={name: name for name in LABELS.names},
)
ENGLISH = Wording(
    instructions=(
        "Answer with the relation between the two things marked as [subject: …] and [object: …] in "
        f"the Korean sentence, one of these thirty. Write the name alone.\n{listed(1)}",
        f"These are the names and meanings of the relations:\n{listed(1)}\nWrite, by one of these "
        "names, what the object is to the subject in the Korean sentence.",
        "Which of the following relations between the marked subject and object does the Korean "
        f"sentence express? Write its name as it is.\n{listed(1)}",
    ),
    words={
        "sentence": "Sentence",
        "subject_entity": "subject",
        "object_entity": "object",
        "answer": "Relation",
        **{name: names[1] for name, names in TYPES.items()},
    },
    labels={name: name for name in LABELS.names},
)
WORDINGS = {"ko": KOREAN, "en": ENGLISH}
ANSWERS = LabelAnswers(LABELS, WORDINGS, probabilities=True)
ENTITIES = ("subject_entity", "object_entity")


def marked(row: Row, words: dict[str, str]) -> str:
    """Return the sentence with both spans in brackets."""
    sentence: str = row["sentence"]
    # From the right, so that the places to the left stay as they are.
    for role in sorted(ENTITIES, key=lambda role: -int(row[role]["start_idx"])):
        start, end = row[role]["start_idx"], row[role]["end_idx"] + 1
        inside = f"[{words[role]}: {sentence[start:end]}]"
        sentence = sentence[:start] + inside + sentence[end:]
    return sentence


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a sentence."""
    words = dict(wording.words)
    lines = [(words["sentence"], marked(row, words))]
    for role in ENTITIES:
        entity = row[role]
        kind = words.get(entity["type"], entity["type"])
        lines.append((words[role], f"{entity['word']} ({kind})"))
    return [Question(row["guid"], blocks([*lines, (words["answer"], "")]), ANSWERS.longest)]


def blank(text: str) -> Row:
    """Return a sentence of two spans that say nothing."""
    ends = (0, len(text) + 1)
    spans = [
        {"word": text, "start_idx": start, "end_idx": start + len(text) - 1, "type": ""}
        for start in ends
    ]
    return {"guid": "", "sentence": f"{text} {text}", **dict(zip(ENTITIES, spans, strict=True))}


LM = LMTask(
    name="re",
    version=1,
    wordings=WORDINGS,
    given=columns("guid", "sentence", *ENTITIES),
    ask=ask,
    show=ANSWERS.show,
    read=ANSWERS.read,
    modes=(RANK, GENERATE, CONSTRAINED),
    nothing={"label": None},
    trivial=ANSWERS.always("no_relation"),
    trivial_name="no relation",
    kinds=ANSWERS.kinds,
    weigh=ANSWERS.weigh,
    wanted=ANSWERS.wanted,
    blank=blank,
    form=ANSWERS.form,
)
