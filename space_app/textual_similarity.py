"""STS: how alike two sentences are, on a gauge from 0 to 5."""

from __future__ import annotations

from klue_baselines.pipeline import KluePipeline
from klue_metrics import METRICS

from .markup import pairs, paragraph, plain
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

HIGHEST = 5.0
SIMILAR_FROM = METRICS["sts"].positive_from
TEXTS: Texts = {
    "name": ("문장 유사도", "Similarity"),
    "field.sentence1": ("문장 1", "Sentence 1"),
    "field.sentence2": ("문장 2", "Sentence 2"),
    "of5": ("5점 만점", "out of 5"),
    "similar": ("유사함 ({border} 이상)", "similar ({border} and above)"),
    "different": ("유사하지 않음 ({border} 미만)", "not similar (below {border})"),
    "scale": ("0은 전혀 다름, 5는 같은 뜻", "0: unrelated, 5: the same meaning"),
    "binary": ("이진 라벨", "binary label"),
    "mean": ("평균 평점", "mean rating"),
}
STYLE = """
.klue .gauge { position: relative; height: 1.1rem; border-radius: 6px; margin: .5rem 0 0;
  background: var(--border-color-primary); }
.klue .gauge .fill { position: absolute; inset: 0 auto 0 0; border-radius: 6px;
  background: var(--primary-500); }
.klue .gauge .border { position: absolute; top: -4px; bottom: -4px; width: 2px;
  background: var(--body-text-color); }
"""


def answer(pipeline: KluePipeline, language: Language, sentence1: str, sentence2: str) -> Answer:
    """Return the score; the gauge ends at 0 and 5, the number does not."""
    record = pipeline(sentence1, sentence2)
    return Answer(gauge(record["score"], language), record_text(record))


def gauge(score: float, language: Language) -> str:
    """Return a score on the scale, with the border between different and similar."""
    place = 100 * min(max(score, 0.0), HIGHEST) / HIGHEST
    similar = score >= SIMILAR_FROM
    verdict = language.say("similar" if similar else "different", border=SIMILAR_FROM)
    ticks = "".join(f"<span>{tick}</span>" for tick in range(int(HIGHEST) + 1))
    return (
        f'<p class="big">{score:.2f} <small>{plain(language.say("of5"))}</small></p>'
        f'<div class="gauge" role="img" aria-label="{score:.2f}">'
        f'<span class="fill" style="width:{place:.1f}%"></span>'
        f'<span class="border" style="left:{100 * SIMILAR_FROM / HIGHEST:.0f}%"></span></div>'
        f'<div class="ticks" aria-hidden="true">{ticks}</div>'
        f"<p>{plain(verdict)} · <small>{plain(language.say('scale'))}</small></p>"
    )


def labels(row: Row) -> list[str]:
    """Return the mean rating, rounded."""
    return [str(round(row["labels"]["real-label"]))]


def show(row: Row, language: Language) -> Shown:
    """Return the pair, the mean rating and each rating."""
    gold = row["labels"]
    entries = {
        language.say("mean"): plain(f"{gold['real-label']:.2f}"),
        language.say("binary"): plain(gold["binary-label"]),
    }
    given = (row.get("annotations") or {}).get("annotations") or []
    ratings = {
        language.say("number", number=number): str(rating)
        for number, rating in enumerate(given, start=1)
    }
    texts = paragraph(row["sentence1"]) + paragraph(row["sentence2"])
    return Shown(texts + pairs(entries), ratings)


DEMO = TaskDemo(
    name="sts",
    texts=TEXTS,
    fields=("sentence1", "sentence2"),
    examples=(
        ("숙소가 역에서 가까워서 편했어요.", "지하철역이 바로 옆이라 이동하기 좋았습니다."),
        ("내일 오전에 비가 온다고 하니 우산을 챙겨.", "우산은 현관 옆 수납장에 넣어 둬."),
        ("방이 깨끗하고 조용했다.", "예약을 취소하려면 어떻게 해야 하나요?"),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("sentence1", "sentence2"))),
    groupings=("source", "label", "length"),
    style=STYLE,
)
