"""Label Studio's labelling configurations, built as trees so that they are well-formed XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

AT = "{{at}}"
"""What stands in the names of fields that are there once for each word or turn, for its number."""

WIDE = "font-size: 1.15em; line-height: 1.9"


def tag(kind: str, /, *children: Element, **attributes: str) -> Element:
    """Return an element; an attribute is named as Label Studio names it.

    Example:
        >>> ElementTree.tostring(tag("Text", name="title", value="$title"), encoding="unicode")
        '<Text name="title" value="$title" />'
    """
    element = Element(kind, attributes)
    element.extend(children)
    return element


def form(*children: Element) -> str:
    """Return a configuration as text.

    Example:
        >>> print(form(tag("Text", name="title", value="$title")))
        <View>
          <Text name="title" value="$title" />
        </View>
    """
    view = tag("View", *children)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode")


def asked(korean: str, english: str) -> Element:
    """Return the line that says what to do."""
    return tag("Header", value=f"{korean} · {english}", size="5")


def choices(name: str, of: str, labels: Mapping[str, str], **attributes: str) -> Element:
    """Return labels of which a person chooses one; a label that is a digit is its own key.

    Args:
        name: what results call it.
        of: the name of the text that is labelled.
        labels: label -> what the person reads.
        attributes: further ones of `Choices`.
    """
    keys = {label: {"hotkey": label} if label.isdecimal() else {} for label in labels}
    each = (tag("Choice", value=text, alias=label, **keys[label]) for label, text in labels.items())
    return tag("Choices", *each, name=name, toName=of, choice="single", **attributes)


def span_labels(name: str, of: str, labels: Mapping[str, tuple[str, str]]) -> Element:
    """Return labels that a person puts on parts of a text.

    Args:
        name: what results call them.
        of: the name of the text.
        labels: label -> (what the person reads, colour).
    """
    each = (
        tag("Label", value=label, html=text, background=colour)
        for label, (text, colour) in labels.items()
    )
    return tag("Labels", *each, name=name, toName=of)


def field_names(configuration: str) -> re.Pattern[str]:
    """Return what the names of a form's fields look like.

    Example:
        >>> xml = form(choices("deprel_{{at}}", "word_{{at}}", {"NP": "NP"}))
        >>> field_names(xml).pattern
        'deprel_[0-9]+'
    """
    every = ElementTree.fromstring(configuration).iter()
    names = [element.get("name", "") for element in every if element.get("toName")]
    return re.compile("|".join(re.escape(name).replace(re.escape(AT), "[0-9]+") for name in names))


def wide(*children: Element) -> Element:
    """Return a text in large letters."""
    return tag("View", *children, style=WIDE)


def lines(*texts: str) -> Iterable[Element]:
    """Return help, a line each."""
    return (tag("Header", value=text, size="6") for text in texts)
