"""The probe finds a model that knows dev by heart, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_lm.engine import Ranked, Reply, TooLongError
from klue_lm.forms import Form
from klue_lm.probe import of_texts, probe, texts_of
from klue_lm.tasks import LMS


class Parrot:
    """A model that goes on with what it has read, and with nonsense else."""

    def __init__(self, texts: list[str], limit: int = 10_000) -> None:
        self.texts, self.limit = texts, limit
        self.about = {"model": "parrot"}

    def generate(self, prompt: str, *, stop: str, longest: int, form: Form | None) -> Reply:
        if len(prompt) > self.limit:
            raise TooLongError("too long")
        known = next((text for text in self.texts if text.startswith(prompt)), None)
        return Reply(known[len(prompt) :] if known else " 전혀 다른 말을 이어서 합니다.")

    def rank(self, prompt: str, continuations: list[str]) -> Ranked:
        raise AssertionError("the probe ranks nothing")


@pytest.mark.parametrize("task", LMS)
def test_texts_of_every_task(task: str) -> None:
    texts = texts_of(task, sample=True)
    assert len(texts) > 5 and all(len(text) >= 24 for text in texts)
    found = of_texts(Parrot(texts), texts, lambda count: None)
    # Two texts may begin alike, and the parrot knows but one way to go on.
    assert found.texts == len(texts) and found.by_heart > 80
    other = of_texts(Parrot([]), texts, lambda count: None)
    assert other.by_heart == 0.0 and other.characters < 2


def test_a_model_that_has_read_dev(data_dir: list[Path]) -> None:
    known = texts_of("nli", data_dir)[:40]
    found = probe(Parrot(known), "nli", 40, data_dir)
    assert found["dev"].by_heart > 80 and found["sample"].by_heart == 0.0


def test_what_does_not_fit_is_left_out() -> None:
    found = of_texts(Parrot(["가" * 100], limit=10), ["가" * 100, "나" * 100], lambda count: None)
    assert found.texts == 0 and found.by_heart == 0.0
