"""DP: the tree of a sentence, drawn as arcs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError
from klue_datasets.guids import guid_source
from klue_metrics.dependency_arcs import lanes
from klue_metrics.error_pages import text_width

from .markup import plain
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn
from .texts import Language

LANE = 22  # pixels from one arc to the next higher one
GAP = 14  # pixels between words
RELATION_WIDTH = 6.2  # pixels of a letter of a relation
WORD_SIZE, RELATION_SIZE = 14, 10  # pixels


def answer(pipeline: KluePipeline, language: Language, sentence: str, pos: str) -> Answer:
    """The tree; to copy, CoNLL-U's ten columns."""
    words, tags = sentence.split(), pos.split()
    if tags and len(tags) != len(words):
        raise InputError(language.say("dp.pos", words=len(words), found=len(tags)))
    record = pipeline(sentence, tags)
    note = "" if tags else f"<p><small>{plain(language.say('dp.note'))}</small></p>"
    svg = tree(words, record["head"], record["deprel"], language)
    return Answer(svg + note, conll(words, record["head"], record["deprel"]))


def conll(words: Sequence[str], heads: Sequence[int], deprels: Sequence[str]) -> str:
    """A sentence in CoNLL-U; what is not known of a word is an underscore.

    >>> conll(["온다."], [0], ["VP"]).split("\\t")
    ['1', '온다.', '_', '_', '_', '_', '0', 'VP', '_', '_']
    """
    return "\n".join(
        "\t".join((str(at), word, "_", "_", "_", "_", str(head), deprel, "_", "_"))
        for at, (word, head, deprel) in enumerate(zip(words, heads, deprels, strict=True), start=1)
    )


def tree(
    words: Sequence[str], heads: Sequence[int], deprels: Sequence[str], language: Language
) -> str:
    """A drawing as wide as its words; what does not fit on the screen is scrolled to."""
    widths = [
        max(text_width(unicodedata.normalize("NFC", word)), RELATION_WIDTH * len(deprel)) + GAP
        for word, deprel in zip(words, deprels, strict=True)
    ]
    centres = [sum(widths[:at]) + width / 2 for at, width in enumerate(widths)]
    arcs = [
        (at, head - 1) for at, head in enumerate(heads) if 0 < head <= len(words) and head - 1 != at
    ]
    heights = lanes([(min(pair), max(pair)) for pair in arcs])
    base = LANE * (max(heights, default=0) + 1) + 10
    parts = [
        arc(centres[head], centres[dependent], base, lane)
        for (dependent, head), lane in zip(arcs, heights, strict=True)
    ]
    parts += [
        word_part(centres[at], base, words[at], deprels[at], heads[at] == 0)
        for at in range(len(words))
    ]
    label = plain(language.say("dp.tree", count=len(words)))
    width, height = sum(widths) + 4, base + 48
    return (
        f'<div class="wide" tabindex="0"><svg class="tree" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" role="img" aria-label="{label}">{"".join(parts)}'
        "</svg></div>"
    )


def arc(head: float, dependent: float, base: int, lane: int) -> str:
    """An arc from a head to its dependent, an arrow there.

    It leaves the head a little to the dependent's side, so that arcs of one head stay apart.
    """
    side = 1 if dependent > head else -1
    start, end, top = head + 5 * side, dependent + 2 * side, base - LANE * (lane + 1)
    bend = min(10.0, abs(end - start) / 2)
    return (
        f'<path d="M{start:.1f} {base} V{top + bend:.1f} Q{start:.1f} {top} '
        f"{start + bend * side:.1f} {top} H{end - bend * side:.1f} Q{end:.1f} {top} "
        f'{end:.1f} {top + bend:.1f} V{base - 3}"/>'
        f'<path class="tip" d="M{end:.1f} {base + 2} l-3.5 -7 h7 z"/>'
    )


def word_part(x: float, base: int, word: str, deprel: str, root: bool) -> str:
    """A word, its relation to its head above it."""
    kind = ' class="root"' if root else ""
    return (
        f'<text{kind} x="{x:.1f}" y="{base + 14}" font-size="{RELATION_SIZE}" '
        f'text-anchor="middle">{plain(deprel)}</text>'
        f'<text{kind} x="{x:.1f}" y="{base + 36}" font-size="{WORD_SIZE}" '
        f'text-anchor="middle">{plain(word)}</text>'
    )


def labels(row: Row) -> list[str]:
    """The relations in the sentence, each once."""
    return sorted(set(row["deprel"]))


def show(row: Row, language: Language) -> Shown:
    """The gold tree."""
    return Shown(tree(row["word_form"], row["head"], row["deprel"], language))


DEMO = TaskDemo(
    name="dp",
    fields=("sentence", "pos"),
    optional=frozenset({"pos"}),
    examples=(
        (
            "동네 빵집 앞에 아침마다 긴 줄이 생긴다.",
            "NNG NNG+NNG NNG+JKB NNG+JX VA+ETM NNG+JKS VV+EF+SF",
        ),
        (
            "숙소에서 바다까지 걸어서 오 분밖에 걸리지 않아 아이들과 지내기에 아주 좋았습니다.",
            "NNG+JKB NNG+JX VV+EC MMN NNB+JX VV+EC VX+EC NNG+XSN+JKB VV+ETN+JKB MAG VA+EP+EF+SF",
        ),
        ("도서관이 새로 문을 열었다.", ""),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("sentence",)), source=guid_source),
)
