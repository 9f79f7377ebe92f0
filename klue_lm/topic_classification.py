"""ynat: the topic of a headline, one of seven."""

from __future__ import annotations

from .labels import LabelAnswers, label_set
from .task import CONSTRAINED, GENERATE, RANK, LMTask, Question, Row, Wording, blocks, columns

LABELS = label_set("ynat")
KOREAN = Wording(
    instructions=(
        "다음 뉴스 제목의 주제를 고르세요. 주제는 IT과학, 경제, 사회, 생활문화, 세계, 스포츠, 정치 "
        "가운데 하나입니다. 주제만 답하세요.",
        "뉴스 제목을 읽고 IT과학, 경제, 사회, 생활문화, 세계, 스포츠, 정치 중 어느 분야의 기사인지 "
        "한 단어로 쓰세요.",
        "아래 제목의 기사는 어느 면에 실려야 할까요? IT과학, 경제, 사회, 생활문화, 세계, 스포츠, "
        "정치 "
        "중에서 하나만 쓰세요.",
    ),
    words={"title": "제목", "answer": "주제"},
    labels={name: name for name in LABELS.names},
)
ENGLISH = Wording(
    instructions=(
        "Choose the topic of the Korean headline. The topics are IT/science, economy, society, "
        "life/culture, world, sports and politics. Answer with the topic alone.",
        "Read the Korean headline and write in a word which section the article belongs to: "
        "IT/science, economy, society, life/culture, world, sports or politics.",
        "In which section should the article below this Korean headline be printed? Write one of "
        "IT/science, economy, society, life/culture, world, sports, politics.",
    ),
    words={"title": "Headline", "answer": "Topic"},
    labels={
        "IT과학": "IT/science",
        "경제": "economy",
        "사회": "society",
        "생활문화": "life/culture",
        "세계": "world",
        "스포츠": "sports",
        "정치": "politics",
    },
)
WORDINGS = {"ko": KOREAN, "en": ENGLISH}
ANSWERS = LabelAnswers(LABELS, WORDINGS)


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a headline."""
    words = wording.words
    text = blocks([(words["title"], row["title"]), (words["answer"], "")])
    return [Question(row["guid"], text, ANSWERS.longest)]


LM = LMTask(
    name="ynat",
    version=1,
    wordings=WORDINGS,
    given=columns("guid", "title"),
    ask=ask,
    show=ANSWERS.show,
    read=ANSWERS.read,
    modes=(RANK, GENERATE, CONSTRAINED),
    nothing={"label": None},
    trivial=ANSWERS.always("사회"),
    trivial_name="one topic (사회)",
    kinds=ANSWERS.kinds,
    weigh=ANSWERS.weigh,
    wanted=ANSWERS.wanted,
    blank=lambda text: {"guid": "", "title": text},
    form=ANSWERS.form,
)
