"""The page's words."""

from __future__ import annotations

import re
import string
from pathlib import Path

import space_app
from klue_metrics import METRICS
from klue_metrics.entities import TAGS
from space_app.natural_language_inference import LABELS as INFERENCES
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH, KOREAN, TEXTS

HANGUL = re.compile("[가-힣]")
# Abbreviations and names that are the same in both languages.
SAME = {"board.id", "board.a", "board.b", "board.difference"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_in_both_languages() -> None:
    for key, (korean, english) in TEXTS.items():
        assert korean and english, key
        assert places(korean) == places(english), key
        assert not HANGUL.search(english), key
        assert HANGUL.search(korean) or key in SAME, key


def test_texts_that_are_asked_for_exist_and_others_do_not() -> None:
    folder = Path(space_app.__file__).parent
    files = (path for path in folder.glob("*.py") if path.name != "texts.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in files).replace("'", '"')
    asked = set(re.findall(r'say\(\s*"([\w.]+)"[,)]', code))
    assert asked <= TEXTS.keys()
    computed = {f"field.{name}" for demo in DEMOS.values() for name in demo.fields}
    computed |= {*DEMOS, *INFERENCES, *(name[2:] for name in TAGS.names if name != "O")}
    assert computed <= TEXTS.keys()
    stems = tuple(re.findall(r'f?"(\w+\.)(?:"|\{)', code))  # "wos." + role, f"tab.{name}"
    rest = (key for key in TEXTS if key not in asked | computed and f'"{key}"' not in code)
    assert not [key for key in rest if not key.startswith(stems)]


def test_every_task_has_a_name() -> None:
    assert list(DEMOS) == list(METRICS)
    for task, demo in DEMOS.items():
        assert demo.name == task
        assert KOREAN.say(task) != ENGLISH.say(task)
        assert all(len(example) == len(demo.fields) for example in demo.examples)
