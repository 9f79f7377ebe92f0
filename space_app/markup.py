"""Small pieces of HTML; every text that goes into one is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


def plain(text: object) -> str:
    """Return a text as HTML that shows exactly the text.

    >>> plain("<b> ${x}")
    '&lt;b&gt; &#36;&#123;x&#125;'
    """
    return no_templates(html.escape(str(text)))


def no_templates(markup: str) -> str:
    """Return HTML in which nothing is a template, which Gradio's HTML component would fill.

    >>> no_templates("<b>${x}</b>")
    '<b>&#36;&#123;x&#125;</b>'
    """
    return markup.translate({ord(c): f"&#{ord(c)};" for c in "${}`"})


def block(content: str, kind: str = "", role: str = "") -> str:
    """Return a block of HTML in the page's style."""
    of_role = f' role="{role}"' if role else ""
    return f'<div class="klue {kind}"{of_role}>{content}</div>'


def message(text: str, kind: str = "note") -> str:
    """Return a line for the person: a note, or an error that a screen reader says at once."""
    role = "alert" if kind == "error" else "status"
    return block(f"<p>{plain(text)}</p>", kind, role)


def paragraph(text: str) -> str:
    """Return a text that somebody wrote, in its own direction."""
    return f'<p class="text" dir="auto">{plain(text)}</p>'


@dataclass(frozen=True)
class Bar:
    """A bar with a name: `value` is written beside it, `share` (0-1) is how long it is."""

    name: str
    value: str
    share: float


def bars(rows: Iterable[Bar]) -> str:
    """Return a table of horizontal bars."""
    lines = [
        f'<tr><th scope="row">{plain(row.name)}</th>'
        f'<td class="track"><span style="width:{100 * min(max(row.share, 0), 1):.1f}%"></span></td>'
        f'<td class="number">{plain(row.value)}</td></tr>'
        for row in rows
    ]
    return f'<table class="bars"><tbody>{"".join(lines)}</tbody></table>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table; cells are HTML already, headings are texts."""
    head = "".join(f'<th scope="col">{plain(heading)}</th>' for heading in headings)
    lines = []
    for first, *others in rows:
        cells = "".join(f"<td>{cell}</td>" for cell in others)
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    body = "".join(lines)
    return (
        f'<div class="wide" tabindex="0"><table class="plain {kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


@dataclass(frozen=True)
class Mark:
    """A marked span of a text.

    Attributes:
        start, end: characters; the end is one behind the last.
        kind: a CSS class.
        label: what is written in the mark, "" for nothing.
    """

    start: int
    end: int
    kind: str
    label: str = ""


def marked(text: str, marks: Iterable[Mark]) -> str:
    """Return a text with marks, which do not overlap.

    >>> marked("<가> 나", [Mark(0, 3, "PS", "인물")])
    '<p class="text" dir="auto"><mark class="PS">&lt;가&gt;<small>인물</small></mark> 나</p>'
    """
    parts, at = [], 0
    for mark in sorted(marks, key=lambda mark: mark.start):
        label = f"<small>{plain(mark.label)}</small>" if mark.label else ""
        inside = plain(text[mark.start : mark.end])
        parts += [plain(text[at : mark.start]), f'<mark class="{mark.kind}">{inside}{label}</mark>']
        at = mark.end
    return f'<p class="text" dir="auto">{"".join(parts)}{plain(text[at:])}</p>'


def legend(names: Mapping[str, str]) -> str:
    """Return a legend of the kinds of marks: {kind: what it means}."""
    entries = (
        f'<li><mark class="{kind}">{plain(kind)}</mark> {plain(name)}</li>'
        for kind, name in names.items()
    )
    return f'<ul class="legend">{"".join(entries)}</ul>'


def pairs(entries: Mapping[str, str]) -> str:
    """Return names and values as a list of definitions; values are HTML already."""
    lines = (
        f"<div><dt>{plain(name)}</dt><dd>{value}</dd></div>" for name, value in entries.items()
    )
    return f'<dl class="pairs">{"".join(lines)}</dl>'


def link(address: str) -> str:
    """Return a link, "" without an address, which was checked when it came in."""
    if not address:
        return ""
    shown = plain(address)
    return f'<a href="{shown}" target="_blank" rel="nofollow ugc noopener noreferrer">{shown}</a>'
