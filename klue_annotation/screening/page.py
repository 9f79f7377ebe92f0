"""A report on a screened file as one HTML page without scripts; every text in it is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Group, Report

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.6 system-ui, "Noto Sans KR", sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
table { border-collapse: collapse; } th, td { padding: .1rem .6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
li { overflow-wrap: anywhere; }
"""


def page(report: Report) -> str:
    """Return the whole page."""
    title = html.escape(f"Screened: {report.file}")
    examples = "\n".join(
        f"<h2>{html.escape(reason)}</h2>\n<ul>{''.join(map(item, texts))}</ul>"
        for reason, texts in report.examples.items()
    )
    return f"""<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p>{report.all.rows:,} rows, {report.all.kept:,} kept, {report.all.flagged:,} with a reason against
them, {report.unread:,} without a text.</p>
{table(["reason", "rows", "%"], reason_rows(report))}
{table(["from", "rows", "kept", "with a reason", "%"], group_rows(report.groups))}
<p>Examples, with boxes in place of personal data. They may hurt.</p>
{examples}
</body>
</html>
"""


def item(text: str) -> str:
    """Return an example."""
    return f"<li>{html.escape(text)}</li>"


def reason_rows(report: Report) -> Iterable[Sequence[str]]:
    """Return the rows of the table of reasons, what each says in more detail below it."""
    for reason, count in report.all.reasons.most_common():
        yield reason, f"{count:,}", percent(count, report.all.rows)
        for detail, part in report.details[reason].most_common():
            yield f"\u2003{detail}", f"{part:,}", percent(part, report.all.rows)


def group_rows(groups: dict[str, Group]) -> Iterable[Sequence[str]]:
    """Return the rows of the table of where rows are from."""
    for name, group in groups.items():
        share = percent(group.flagged, group.rows)
        yield name, f"{group.rows:,}", f"{group.kept:,}", f"{group.flagged:,}", share


def percent(part: int, whole: int) -> str:
    """Return a share in percent, "-" of nothing.

    >>> percent(1, 8), percent(0, 0)
    ('12.5', '-')
    """
    return f"{100 * part / whole:.1f}" if whole else "-"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, nothing where there are no rows."""
    lines = [
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>" for cells in rows
    ]
    if not lines:
        return ""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"
