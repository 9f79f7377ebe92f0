"""Known defects of the data, as data: what stands where, and what should.

`errata.json` lists them, one a line. They are applied only on request; then the version is
1.1.1+errata. An erratum whose `found` is not what stands in the file is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from .notes import Notes

VERSION = "1.1.1"
"""What `datasets` is told; its versions cannot have a suffix."""
VERSION_NAME = "1.1.1+errata"

EVIDENCE = {
    "jamo": "v1 has the Hangul letters of ㅋㅋ and ㅠㅠ; the NFKC step of v1.1 turned them into "
    "conjoining jamo, which vocabularies lack and which merge with their neighbours "
    "(KLUE issue 40, pull request 39)",
    "spreadsheet": "the sentence has the other number; a spreadsheet seems to have rewritten the "
    "cell (KLUE issue 36)",
    "quote": "the sentence and the lemma have the other quotation mark",
    "percent": "the word and its two tags SN+SW show a number and a percent sign; a spreadsheet "
    "seems to have rewritten the cell (KLUE issue 36)",
    "duplicate": "the same premise, hypothesis and label stand in another row (KLUE issue 42)",
    "offset": "the text stands once in the context, at the corrected place, or as far off as "
    "another answer of the question; seen in public copies (KLUE issue 13)",
}

KOREAN_EVIDENCE = {
    "jamo": "1판에 있던 ㅋㅋ, ㅠㅠ 같은 낱자가 1.1판의 NFKC 정규화에서 조합용 자모로 바뀌었습니다. "
    "어휘에 없고 이웃 글자와 합쳐지기도 합니다(KLUE 이슈 40, PR 39)",
    "spreadsheet": "문장에는 다른 수가 적혀 있습니다. 스프레드시트가 칸을 고쳐 쓴 듯합니다"
    "(KLUE 이슈 36)",
    "quote": "문장과 형태소에는 다른 따옴표가 쓰였습니다",
    "percent": "어절과 두 품사 SN+SW는 수와 백분율 기호를 나타냅니다. 스프레드시트가 칸을 고쳐 쓴 "
    "듯합니다(KLUE 이슈 36)",
    "duplicate": "전제, 가설, 라벨이 같은 행이 또 있습니다(KLUE 이슈 42)",
    "offset": "답이 글의 고친 자리에 한 번만 나오거나, 같은 질문의 다른 답과 똑같이 어긋나 "
    "있습니다. 공개된 사본에서 본 것입니다(KLUE 이슈 13)",
}


@dataclass(frozen=True)
class Erratum:
    """One defect.

    Attributes:
        task, split, guid: the row.
        field: the column, or a path into it; "" if the row as a whole is superfluous.
        at: the positions in the string or list that are wrong.
        found: what stands at these positions.
        corrected: what should, one each; None to leave the row out.
        evidence: a key of EVIDENCE.
    """

    task: str
    split: str
    guid: str
    field: str
    at: Sequence[int]
    found: Sequence[Any]
    corrected: Sequence[Any] | None
    evidence: str

    def in_value(self, value: Any) -> Any:
        """Correct a string or list; None if what was found does not stand there."""
        items = list(value)
        there = [items[at] if at < len(items) else None for at in self.at]
        if self.corrected is None or there != list(self.found):
            return None
        for at, item in zip(self.at, self.corrected, strict=True):
            items[at] = item
        return "".join(items) if isinstance(value, str) else items


@cache
def errata() -> Mapping[tuple[str, str], Mapping[str, Sequence[Erratum]]]:
    """Load the table: by task and split, then by guid.

    Example:
        >>> [erratum.corrected for erratum in errata()["dp", "validation"][
        ...     "klue-dp-v1_dev_00702_wikitree"]]
        [['5.0']]
    """
    text = Path(__file__).with_name("errata.json").read_text(encoding="utf-8")
    table: dict[tuple[str, str], dict[str, list[Erratum]]] = {}
    for entry in json.loads(text):
        erratum = Erratum(**entry)
        rows = table.setdefault((erratum.task, erratum.split), {})
        rows.setdefault(erratum.guid, []).append(erratum)
    return table


def apply(task: str, split: str, table: pa.Table, notes: Notes) -> pa.Table:
    """Correct a table with all columns; what was done is counted in `notes`."""
    by_guid = errata().get((task, split), {})
    guids = table["guid"].to_pylist()
    columns: dict[str, list[Any]] = {}
    superfluous = []
    for row, guid in enumerate(guids):
        for erratum in by_guid.get(guid, ()):
            if erratum.corrected is None:
                superfluous.append(row)
                notes.corrected += 1
                continue
            name, *path = erratum.field.split(".")
            values = columns.setdefault(name, table[name].to_pylist())
            corrected = _corrected(values[row], path, erratum)
            if corrected is None:
                notes.uncorrected.append(guid)
            else:
                values[row] = corrected
                notes.corrected += 1
    for name, values in columns.items():
        at = table.schema.get_field_index(name)
        field = table.schema.field(at)
        table = table.set_column(at, field, pa.array(values, field.type))
    if superfluous:
        notes.rows -= len(superfluous)
        table = table.take([row for row in range(len(guids)) if row not in superfluous])
    return table


def _corrected(value: Any, path: Sequence[str], erratum: Erratum) -> Any:
    if not path:
        return erratum.in_value(value)
    inner = _corrected(value[path[0]], path[1:], erratum)
    return None if inner is None else {**value, path[0]: inner}
