"""Texts stay texts."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from space_app.markup import Bar, Mark, bars, link, marked, message, paragraph, plain, table


class Reader(HTMLParser):
    """What a browser would show, and the elements it would make."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


# The parser, as HTML, changes these two itself.
TEXTS = st.text(st.characters(exclude_characters="\r\0", codec="utf-8"), max_size=30)


@given(TEXTS)
def test_a_text_is_shown_as_it_is(text: str) -> None:
    for html, tags in ((plain(text), []), (paragraph(text), ["p"])):
        read = Reader(html)
        assert "".join(read.texts) == text
        assert read.tags == tags


@given(TEXTS.filter(bool), st.data())
def test_marks_change_no_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    read = Reader(marked(text, [Mark(start, end, "PS")]))
    assert "".join(read.texts) == text
    assert read.tags == ["p", "mark"]


def test_nothing_of_a_text_is_a_template() -> None:
    for part in (plain("${1}"), message("{{x}} `"), table(["$"], [("{}",)][:0])):
        assert "${" not in part and "{{" not in part and "`" not in part


def test_bars_and_links_escape() -> None:
    assert "<script>" not in bars([Bar("<script>", "<script>", 2.0)])
    html = link('https://x.kr/"onmouseover="alert(1)')
    assert Reader(html).tags == ["a"] and 'rel="nofollow' in html and '"onmouse' not in html
