"""dp: the head and the relation of each eojeol, a numbered line each."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence

from .forms import Form, one_of, quoted
from .labels import label_set
from .reading import unread
from .task import (
    CONSTRAINED,
    GENERATE,
    OUTSIDE,
    Fields,
    LMTask,
    Question,
    Reading,
    Row,
    Wording,
    columns,
)

RELATIONS = label_set("dp")
# "3: 5 NP_SBJ", also with the eojeol between, an arrow, tabs or a table's bars; and another
# scheme's relation ("nsubj:pass"), which is wrong, but not the head beside it.
LINE = re.compile(r"^\W*(\d{1,4})\b(?:.*\D)?(?<!\d)(\d{1,4})\W+([A-Za-z][A-Za-z_:]*)\W*$")
# A line as it was asked for; most replies have no other, and one look finds them all.
EXACT = re.compile(r"^([0-9]{1,4}): ([0-9]{1,4}) ([A-Za-z][A-Za-z_]*)$", re.MULTILINE)
LONGEST_RELATION = max(map(len, RELATIONS.names))
LISTED = ", ".join(RELATIONS.names)
PARTS = (
    "NP 체언, VP 용언, AP 부사, VNP 긍정 지정사구, DP 관형사, IP 감탄사, X 의사구, L 왼쪽 부호, "
    "R 오른쪽 부호; _SBJ 주어, _OBJ 목적어, _MOD 관형어, _AJT 부사어, _CMP 보어, _CNJ 접속어"
)
ENGLISH_PARTS = (
    "NP noun, VP verb, AP adverb, VNP copula, DP determiner, IP interjection, X pseudo-phrase, "
    "L left mark, R right mark phrases; _SBJ subject, _OBJ object, _MOD modifier of a noun, _AJT "
    "adjunct, _CMP complement, _CNJ conjunct"
)

KOREAN = Wording(
    instructions=(
        "문장의 의존 구조를 분석하세요. 어절마다 한 줄씩 '번호: 지배소의 번호 관계'를 쓰고, 문장의 "
        f"뿌리인 어절의 지배소는 0입니다. 관계는 다음 가운데 하나입니다: {LISTED} ({PARTS}).",
        f"각 어절이 어느 어절에 걸리는지 쓰세요. 관계의 이름은 {LISTED}이며 뜻은 다음과 같습니다: "
        f"{PARTS}. 한 줄에 '번호: 지배소의 번호 관계'를 쓰고 뿌리의 지배소는 0으로 씁니다.",
        "아래 번호 붙은 어절들의 지배소와 의존 관계를 '번호: 지배소의 번호 관계' 꼴로 한 줄씩 모두 "
        f"쓰세요. 지배소가 없는 어절은 0을 씁니다. 관계: {LISTED} ({PARTS}).",
    ),
    words={"sentence": "어절", "answer": "분석"},
)
ENGLISH = Wording(
    instructions=(
        "Analyse the dependencies of the Korean sentence. For each word write a line 'number: "
        "number of its head, relation' as in '1: 2 NP_SBJ'; the head of the root is 0. The "
        f"relation is one of {LISTED} ({ENGLISH_PARTS}).",
        f"Write which word each word depends on. The names of the relations are {LISTED}, where "
        f"these stand for: {ENGLISH_PARTS}. One line a word, as in '1: 2 NP_SBJ', with head 0 for "
        "the root.",
        "Write head and dependency relation of all numbered Korean words below, a line each, as in "
        f"'1: 2 NP_SBJ'. A word without a head has 0. Relations: {LISTED} ({ENGLISH_PARTS}).",
    ),
    words={"sentence": "Words", "answer": "Analysis"},
)


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a sentence: its eojeols with their numbers."""
    words = list(row["word_form"])
    lines = [f"{number}. {word}" for number, word in enumerate(words, start=1)]
    text = "\n".join([f"{wording.words['sentence']}:", *lines, f"{wording.words['answer']}:"])
    width = len(f"{len(words)}: {len(words)} \n") + LONGEST_RELATION
    return [Question(row["guid"], text, width * len(words), len(words))]


def show(row: Row, _: Wording) -> list[str]:
    """Return the gold tree, a line an eojeol."""
    deprels = RELATIONS.names_of(row["deprel"], "deprel")
    pairs = enumerate(zip(row["head"], deprels, strict=True), start=1)
    return ["\n".join(f"{number}: {head} {deprel}" for number, (head, deprel) in pairs)]


def read(question: Question, reply: str) -> Reading:
    """Return head and relation of each eojeol; None where no line of the reply has its number.

    >>> read(Question("a", "", 20, 2), "1: 2 NP_SBJ").fields
    {'head': [2, None], 'deprel': ['NP_SBJ', None]}
    """
    size = question.about
    heads: list[int | None] = [None] * size
    deprels: list[str | None] = [None] * size
    odd = False
    for at, to, relation in lines_of(reply):
        number, head, deprel = int(at), int(to), relation.upper()
        if not 1 <= number <= size or deprels[number - 1] is not None:
            continue
        odd = odd or head > size or deprel not in RELATIONS.ids
        heads[number - 1] = head if head <= size else None
        deprels[number - 1] = deprel
    if all(deprel is None for deprel in deprels):
        return unread({"head": heads, "deprel": deprels})
    fields = {"head": heads, "deprel": deprels}
    return Reading(fields, OUTSIDE) if odd else Reading(fields)


def lines_of(reply: str) -> Sequence[tuple[str, str, str]]:
    """Return number, head and relation of each line that has all three, as they are written.

    >>> lines_of("답:\\n1. 나는 -> 2 (NP_SBJ)")
    [('1', '2', 'NP_SBJ')]
    >>> lines_of("1: 2(nsubj:pass)")
    [('1', '2', 'nsubj:pass')]
    """
    exact: list[tuple[str, str, str]] = EXACT.findall(reply)
    if len(exact) == reply.count("\n") + 1:
        return exact
    matches = map(LINE.match, reply.splitlines())
    return [(match[1], match[2], match[3]) for match in matches if match]


def kinds(row: Row) -> Iterable[Hashable]:
    """Return what a sentence is an example of: its relations."""
    return set(RELATIONS.names_of(row["deprel"], "deprel"))


def trivial(row: Row) -> list[Fields]:
    """Return the next eojeol as the head of each."""
    size = len(row["word_form"])
    return [{"head": [*range(2, size + 1), 0], "deprel": ["NP"] * (size - 1) + ["VP"]}]


def form(question: Question, _: Wording) -> Form:
    """Return the form of a sentence's answer: its numbers, a head among them, a relation."""
    size = question.about
    lines = ' "\\n" '.join(f'{quoted(f"{n}: ")} head " " deprel' for n in range(1, size + 1))
    heads = one_of(map(str, range(size + 1)))
    return Form(f'root ::= "\\n"? {lines}\nhead ::= {heads}\ndeprel ::= {one_of(RELATIONS.names)}')


LM = LMTask(
    name="dp",
    version=1,
    wordings={"ko": KOREAN, "en": ENGLISH},
    given=columns("guid", "word_form"),
    ask=ask,
    show=show,
    read=read,
    modes=(GENERATE, CONSTRAINED),
    nothing={"head": None, "deprel": None},
    trivial=trivial,
    trivial_name="next eojeol as head",
    lead="\n",
    stop="\n\n",
    kinds=kinds,
    form=form,
)
