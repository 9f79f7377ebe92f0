"""DP: the tree of a sentence, drawn as arcs."""

from __future__ import annotations

from collections.abc import Sequence

from klue_baselines.conllu import word_lines
from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError
from klue_datasets.guids import guid_source
from klue_metrics.dependency_arcs import edges, svg

from .markup import no_templates, plain
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn
from .texts import Language, Texts

TEXTS: Texts = {
    "name": ("의존 구문 분석", "Dependencies"),
    "field.sentence": ("문장", "Sentence"),
    "field.pos": (
        "어절별 품사 (선택, 예: NNG+JKS VV+EF)",
        "Parts of speech of each word (optional, like NNG+JKS VV+EF)",
    ),
    "note": (
        "화살표는 지배소에서 의존소로 향합니다. 이 모델은 품사도 함께 배웠으므로, 품사 없이는 "
        "트리가 훨씬 부정확합니다.",
        "Arrows go from head to dependent. The parser has learned with parts of speech: without "
        "them its trees are much worse.",
    ),
    "tree": ("{count}어절의 의존 구문 트리", "Dependency tree of {count} words"),
    "pos": (
        "품사: {words}어절에 {found}개입니다. 어절마다 하나씩 입력하거나 모두 비워 두세요.",
        "pos: found {found}, expected one for each of the {words} words, or none",
    ),
}
STYLE = """
.klue svg.tree text.root { fill: var(--primary-600); }
"""


def answer(pipeline: KluePipeline, language: Language, sentence: str, pos: str) -> Answer:
    """Return the tree; as text CoNLL-U's ten columns."""
    words, tags = sentence.split(), pos.split()
    if tags and len(tags) != len(words):
        raise InputError(language.say("pos", words=len(words), found=len(tags)))
    record = pipeline(sentence, tags)
    known = tags or record.get("pos", [])  # the analyser's, where one is installed
    needed = pipeline.model.config.pos and not known
    note = f"<p><small>{plain(language.say('note'))}</small></p>" if needed else ""
    drawing = tree(words, record["head"], record["deprel"], language)
    lines = word_lines(words, known or [""] * len(words), record["head"], record["deprel"])
    return Answer(drawing + note, "\n".join(lines))


def tree(
    words: Sequence[str], heads: Sequence[int], deprels: Sequence[str], language: Language
) -> str:
    """Return a drawing as wide as its words; what does not fit on the screen is scrolled to."""
    picture = svg(words, language.say("tree", count=len(words)), edges(heads, deprels))
    return f'<div class="wide" tabindex="0">{no_templates(picture)}</div>'


def labels(row: Row) -> list[str]:
    """Return the relations in the sentence, each once."""
    return sorted(set(row["deprel"]))


def show(row: Row, language: Language) -> Shown:
    """Return the gold tree."""
    return Shown(tree(row["word_form"], row["head"], row["deprel"], language))


DEMO = TaskDemo(
    name="dp",
    texts=TEXTS,
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
    groupings=("source", "length"),
    style=STYLE,
)
