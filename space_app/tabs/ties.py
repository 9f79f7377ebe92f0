"""What the leaderboard says of submissions that cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable

from klue_metrics import METRICS

from ..board.entries import ENCODER, LANGUAGE_MODEL, Entry
from ..board.overview import Column
from ..board.standings import Group
from ..board.ties import MOST, Found
from ..markup import message
from ..texts import Texts
from .context import Page
from .overview_table import Tied

TEXTS: Texts = {
    "column.ties": ("동률", "Ties"),
    "column.ranks": ("가능한 순위", "Ranks"),
    "about": (
        "같은 글자를 나누어 가진 모델은 {score}로 구별할 수 없습니다. 모든 쌍을 무작위화로 함께 "
        "검정하고 쌍의 수에 맞추어 보정했으므로, 모두가 똑같이 좋을 때 차이가 하나라도 나타날 "
        "확률은 5% 이하입니다. 글자와 가능한 순위는 같은 종류 중 {score}가 가장 높은 {most}개 "
        "제출까지만 있습니다.",
        "Models that share a letter cannot be told apart by {score}. All pairs are tested together "
        "by randomisation and corrected for their number: where all are equally good, at most 5 % "
        "of boards show any difference. Letters and possible ranks are of the {most} submissions "
        "of a kind with the highest {score} at most.",
    ),
    "smallest": (
        "{kind}: dev가 두 모델 사이에서 보여 줄 수 있는 가장 작은 차이는 점수별로 대략 {points}"
        "입니다(검정력 80%).",
        "{kind}: the smallest difference between two models that dev can show (80 % power), in "
        "points: {points}.",
    ),
    "kind.encoder": ("인코더", "Encoders"),
    "kind.language_model": ("언어 모델", "Language models"),
    "none": (
        "동률은 예측이 있는 제출이 둘 이상일 때 알 수 있습니다. 공개된 점수에는 예측이 없습니다.",
        "Ties are known from two submissions on; published scores come without predictions.",
    ),
    "pending": (
        "동률을 계산하고 있습니다. 잠시 뒤에 과제를 다시 고르면 나타납니다.",
        "Ties are being worked out: choose the task again in a while.",
    ),
}
WORDS = {ENCODER: "encoder", LANGUAGE_MODEL: "language_model"}


def tie_headings(page: Page) -> list[str]:
    """Return the headings of the two columns."""
    page = page.of(TEXTS)
    return [page.say("column.ties"), page.say("column.ranks")]


def tie_cells(page: Page, entry: Entry) -> list[str]:
    """Return the letters of a submission and the ranks that it may have, "" if not known."""
    found = page.services.ties.of(entry)
    place = found.place(entry.id, METRICS[entry.task].main_score) if found else None
    if place is None:
        return ["", ""]
    letters, (best, worst) = place
    return [letters, f"{best}" if best == worst else f"{best}–{worst}"]


def ties_note(page: Page, task: str) -> str:
    """Return what the letters of a task mean, and the smallest differences that can be shown."""
    page, score = page.of(TEXTS), METRICS[task].main_score
    entries = page.services.board.comparable(task)
    found = found_of(page, entries)
    if not found:
        of_kinds = (sum(entry.kind == kind for entry in entries) for kind in WORDS)
        return message(page.say("pending" if max(of_kinds) > 1 else "none"))
    lines = [page.say("about", score=score, most=MOST)]
    for kind, one in found:
        points = ", ".join(f"{name} {ties.smallest:.2f}" for name, ties in one.ties.items())
        lines.append(page.say("smallest", kind=page.say(f"kind.{WORDS[kind]}"), points=points))
    return message(" ".join(lines))


def found_of(page: Page, entries: Iterable[Entry]) -> list[tuple[str, Found]]:
    """Return what is known of the groups of some submissions, with the kind of each."""
    found = {}
    for entry in entries:
        one = page.services.ties.of(entry)
        if one is not None and one.ties:
            found[entry.kind, entry.data] = one
    return [(kind, one) for (kind, _), one in found.items()]


def tied_with_best(page: Page, groups: Iterable[Group]) -> Tied:
    """Return for each kind and score the submissions that are tied with one that is best."""
    tied: dict[tuple[str, Column], set[str]] = {}
    for group in groups:
        for one in group.standings:
            for task, name in one.best:
                entry = one.row.tasks[task].entry
                found = page.services.ties.of(entry) if entry else None
                if entry and found:
                    ids = tied.setdefault((group.kind, (task, name)), set())
                    ids |= found.tied_with(entry.id, name)
    return tied
