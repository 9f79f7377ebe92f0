"""What people give: one or many, in the shapes that texts come in, and the same answers for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, IterableDataset

from klue_baselines.pipeline import KluePipeline
from klue_baselines.prediction import predict
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from klue_datasets import load
from tests.forms import nfc, nfd
from tests.klue_baselines.encoding.test_windows import ARTICLE
from tests.klue_baselines.test_pipeline import SENTENCE, TEXTS

Pipelines = dict[str, KluePipeline]
HEADLINES = [f"{'서울 아파트값 ' * (at % 7 + 1)}{at}주째 올라" for at in range(150)]


def alike(found: Any, expected: Any) -> bool:
    """Whether answers are the same, numbers but for rounding."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            alike(found[name], expected[name]) for name in expected
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(alike, found, expected))
    if isinstance(expected, float):
        return bool(found == pytest.approx(expected, abs=1e-5))
    return bool(found == expected)


def shapes(task: str) -> list[Any]:
    """One example in every shape that a person has it in."""
    parts = TEXTS[task]
    if task == "re":
        entities = [{"start_idx": start, "end_idx": end - 1} for start, end in parts[1:]]
        raw = {"sentence": SENTENCE, "subject_entity": entities[0], "object_entity": entities[1]}
        return [parts, [SENTENCE, [0, 4], [6, 11]], raw]
    if task == "wos":
        turns = [
            {"role": role, "text": text}
            for role, text in zip(("user", "sys", "user"), parts[0], strict=True)
        ]
        return [parts[0], tuple(parts[0]), turns, {"dialogue": turns, "guid": "a"}]
    if task == "ner":
        return [
            SENTENCE,
            (SENTENCE,),
            {"sentence": SENTENCE},
            {"tokens": list(SENTENCE), "sentence": "<a:PS>"},
        ]
    if task == "dp":
        return [SENTENCE, (SENTENCE,), {"sentence": SENTENCE}]
    fields = dict(zip(BASELINES[task].fields[0], parts, strict=True))
    return [parts, fields, *([parts[0]] if len(parts) == 1 else [])]


def test_tags_of_one_s_own_in_every_shape(pipelines: Pipelines) -> None:
    ask, tags = pipelines["dp"], ["NNG"] * len(SENTENCE.split())
    expected = ask(SENTENCE, pos=tags)
    assert alike(ask(SENTENCE, tags), expected)
    given = [(SENTENCE, tags), {"word_form": SENTENCE.split(), "pos": tags}]
    assert all(alike(ask(one), expected) for one in given)
    assert alike(ask(given), [expected] * len(given))


@pytest.mark.parametrize("task", list(BASELINES))
def test_one_and_many_in_every_shape(task: str, pipelines: Pipelines) -> None:
    ask = pipelines[task]
    expected = ask(*TEXTS[task])
    assert isinstance(expected, list) == (task == "wos")
    given = shapes(task)
    alone = [one for one in given if task == "wos" or not isinstance(one, list)]
    assert all(alike(ask(one), expected) for one in alone)
    many = ask(given)
    assert isinstance(many, list) and len(many) == len(given)
    assert all(alike(one, expected) for one in many)


@pytest.mark.parametrize("task", list(BASELINES))
def test_an_empty_list_has_no_answers(task: str, pipelines: Pipelines) -> None:
    assert pipelines[task]([]) == []
    assert list(pipelines[task](iter([]))) == []
    assert pipelines[task].batch([]) == []


def test_many_come_in_their_order_whatever_their_length(pipelines: Pipelines) -> None:
    ask = pipelines["ner"]
    found = ask(HEADLINES)
    assert [len(record["tags"]) for record in found] == list(map(len, HEADLINES))
    assert found[::29] == [ask(text) for text in HEADLINES[::29]]


@pytest.mark.parametrize("window", [1, 7, 64, 65, 1024])
def test_windows_change_nothing(window: int, pipelines: Pipelines) -> None:
    ask = pipelines["ynat"]
    assert ask(HEADLINES, window=window) == ask(HEADLINES)


def test_a_generator_is_read_as_far_as_it_is_needed(pipelines: Pipelines) -> None:
    read = []

    def texts() -> Iterator[str]:
        for text in HEADLINES:
            read.append(text)
            yield text

    answers = pipelines["ynat"](texts(), window=10)
    assert not isinstance(answers, list) and read == []
    assert next(answers)["label"] and len(read) == 10
    assert len([*answers]) == len(HEADLINES) - 1


def test_columns_of_datasets(pipelines: Pipelines) -> None:
    ask, rows = pipelines["ynat"], Dataset.from_dict({"title": HEADLINES[:9]})
    expected = ask(HEADLINES[:9])
    assert ask(rows["title"]) == ask(rows) == expected
    streamed = ask(
        IterableDataset.from_generator(lambda: ({"title": one} for one in HEADLINES[:9]))
    )
    assert not isinstance(streamed, list) and [*streamed] == expected


def test_a_wrong_text_is_named_when_its_turn_comes(pipelines: Pipelines) -> None:
    answers = pipelines["ynat"](iter(["제목", "제목", None]), window=2)
    assert len([next(answers), next(answers)]) == 2
    with pytest.raises(InputError, match=r"texts\[2\]: found None, expected a headline"):
        next(answers)


@pytest.mark.parametrize("wrong", [0, -1, 2.0, True, "8"])
def test_sizes_are_whole_numbers(wrong: Any, pipelines: Pipelines) -> None:
    made = pipelines["ynat"]
    with pytest.raises(InputError, match=r"window: found .*, expected a whole number from 1 on"):
        made(["제목"], window=wrong)
    with pytest.raises(InputError, match=r"batch_size: found .*, expected a whole number from 1"):
        KluePipeline(made.task, made.model, made.encoder, batch_size=wrong)


def test_progress_is_shown_on_request(
    pipelines: Pipelines, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klue_common.progress.PLAIN_EVERY", 0.0)
    pipelines["ynat"](HEADLINES[:3])
    assert capsys.readouterr().err == ""
    pipelines["ynat"](HEADLINES[:3], window=2, progress=True)
    assert "ynat: 2/3 texts" in capsys.readouterr().err
    [*pipelines["ynat"](iter(HEADLINES[:3]), progress=True)]
    assert "ynat: 3 texts" in capsys.readouterr().err


@pytest.mark.parametrize("task", list(BASELINES))
def test_rows_of_dev_have_the_answers_of_klue_predict(
    task: str, pipelines: Pipelines, data_dir: list[Path]
) -> None:
    rows = load(task, "validation", full=True).select(range(4 if task in ("wos", "mrc") else 40))
    ask = pipelines[task]
    predicted = predict(task, (ask.model, ask.encoder), rows, batch_size=8, device="cpu")
    for record in predicted:
        del record["guid"]
    answers = ask(rows)
    found = [one for several in answers for one in several] if task == "wos" else answers
    assert alike(found, predicted)


@pytest.mark.parametrize("form", [nfc, nfd])
def test_an_article_goes_through_whole(form: Any, pipelines: Pipelines) -> None:
    """Of 5,000 characters and more, with odd ones: every entity's offsets are the article's."""
    article = form(
        "\n".join([ARTICLE, "\u200b👩‍👩‍👧 \u1112\u1161\u11abㅋ\u110f", ARTICLE, ARTICLE])
    )
    assert len(article) > 5000
    ask = pipelines["ner"]
    record = ask(article, scores=True, spans=True)
    assert len(record["tags"]) == len(record["scores"]) == len(article)
    for one in record["spans"]:
        assert one["text"] == article[one["start"] : one["end"]]
    last = max(at for at, share in enumerate(record["scores"]) if share is not None)
    assert last > len(article) - 10
    assert max(one["start"] for one in record["spans"]) > len(article) - 200
    [listed] = ask([article], spans=True)
    assert listed["spans"] == record["spans"]


def test_long_texts_of_every_task_have_answers(pipelines: Pipelines) -> None:
    for task, parts in TEXTS.items():
        longer = [part + " " + ARTICLE if isinstance(part, str) else part for part in parts]
        if task == "wos":
            longer = [[*parts[0], ARTICLE, ARTICLE]]
        record = pipelines[task](*longer, scores=True)
        if task == "dp":
            assert len(record["head"]) == len(longer[0].split()) == len(record["scores"]["head"])
