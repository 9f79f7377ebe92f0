"""nli: whether a premise entails a hypothesis, contradicts it, or neither."""

from __future__ import annotations

from .labels import LabelAnswers, label_set
from .task import CONSTRAINED, GENERATE, RANK, LMTask, Question, Row, Wording, blocks, columns

LABELS = label_set("nli")
KOREAN = Wording(
    instructions=(
        "전제가 참일 때 가설이 어떤지 판단하세요. 반드시 참이면 함의, 반드시 거짓이면 모순, 알 수 "
        "없으면 중립입니다. 함의, 중립, 모순 가운데 하나만 답하세요.",
        "두 문장을 읽고, 전제로부터 가설이 따라 나오면 함의, 전제와 가설이 함께 참일 수 없으면 "
        "모순, "
        "둘 다 아니면 중립이라고 쓰세요.",
        "전제와 가설의 관계를 함의(가설이 맞음), 모순(가설이 틀림), 중립(판단할 수 없음) 중에서 "
        "골라 "
        "한 단어로 쓰세요.",
    ),
    words={"premise": "전제", "hypothesis": "가설", "answer": "관계"},
    labels={"entailment": "함의", "neutral": "중립", "contradiction": "모순"},
)
ENGLISH = Wording(
    instructions=(
        "Given that the Korean premise is true, judge the hypothesis: entailment if it must be "
        "true, contradiction if it must be false, neutral if it cannot be told. Answer with "
        "entailment, neutral or contradiction alone.",
        "Read both Korean sentences. Write entailment if the hypothesis follows from the premise, "
        "contradiction if the two cannot both be true, neutral if neither holds.",
        "Choose the relation of premise and hypothesis: entailment (the hypothesis is right), "
        "contradiction (it is wrong) or neutral (it cannot be judged). Write one word.",
    ),
    words={"premise": "Premise", "hypothesis": "Hypothesis", "answer": "Relation"},
    labels={name: name for name in LABELS.names},
)
WORDINGS = {"ko": KOREAN, "en": ENGLISH}
ANSWERS = LabelAnswers(LABELS, WORDINGS)


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a pair."""
    names = ("premise", "hypothesis")
    parts = [(wording.words[name], row[name]) for name in names]
    text = blocks([*parts, (wording.words["answer"], "")])
    return [Question(row["guid"], text, ANSWERS.longest)]


LM = LMTask(
    name="nli",
    version=1,
    wordings=WORDINGS,
    given=columns("guid", "premise", "hypothesis"),
    ask=ask,
    show=ANSWERS.show,
    read=ANSWERS.read,
    modes=(RANK, GENERATE, CONSTRAINED),
    nothing={"label": None},
    trivial=ANSWERS.always("entailment"),
    trivial_name="one label (entailment)",
    kinds=ANSWERS.kinds,
    weigh=ANSWERS.weigh,
    wanted=ANSWERS.wanted,
    blank=lambda text: {"guid": "", "premise": text, "hypothesis": text},
    form=ANSWERS.form,
)
