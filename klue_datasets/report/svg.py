"""The few parts that the project's pictures are drawn from, as SVG text.

A browser, GitHub and the Hub draw Korean labels with their own fonts, so that no plotting library
and no Korean font has to be installed where a picture is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

FONT = "'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', 'Apple SD Gothic Neo', sans-serif"


def text(x: float, y: float, words: str, anchor: str = "start", size: int = 12) -> str:
    """Return words at a place.

    Args:
        x, y: the place, in pixels; y is the middle of the words.
        words: plain text.
        anchor: which end of the words is at x: start, middle or end.
        size: of the letters, in pixels.

    Example:
        >>> text(1, 2, "<a>")
        '<text x="1.0" y="2.0" font-size="12" text-anchor="start" dominant-baseline="middle">&lt;a&gt;</text>'
    """  # noqa: E501
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'dominant-baseline="middle">{escape(words)}</text>'
    )


def document(title: str, width: float, height: float, left: float, body: Sequence[str]) -> str:
    """Return a picture on white.

    Args:
        title: stands at the top, and is what a screen reader says.
        width, height: in pixels.
        left: where the title begins, in pixels.
        body: the parts of the picture.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}" fill="#222" role="img">'
    )
    lines = [
        head,
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        text(left, 20, title, size=15),
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
