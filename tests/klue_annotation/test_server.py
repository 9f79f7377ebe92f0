"""The way through a real Label Studio: made-up people annotate, and gold is what the rule says."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from klue_annotation.adjudication import import_exports
from klue_annotation.incoming import items_of
from klue_annotation.label_studio import tasks_to_annotate, tasks_to_review, write_tasks
from klue_annotation.task import Gold, Undecided
from klue_annotation.tasks import FORMS
from klue_cli.annotation_demo import NAME, demonstrate, headlines
from klue_common.errors import InputError
from klue_datasets.rows import read_rows
from klue_datasets.tasks import TASKS
from tests.klue_annotation.made_up import GOLD, NONE, OTHER, items, rows
from tests.label_studio import LabelStudio

pytestmark = pytest.mark.slow
NFD = unicodedata.normalize("NFD", "풀어쓴 글")
TEXT = (
    f"<b>굵게</b> <script>alert(1)</script> &amp; {{{{7*7}}}} $title \\n 😀👩‍👩‍👧 ㅋㅋ \"'` {NFD}"
)
USER = {"role": "user", "text": TEXT}
WORDS = len(TEXT.split(" "))
HOSTILE: dict[str, dict[str, Any]] = {
    "ynat": {"title": TEXT},
    "sts": {"sentence1": TEXT, "sentence2": f"{TEXT}!"},
    "nli": {"premise": TEXT, "hypothesis": f"{TEXT}!", "author": "neutral"},
    "ner": {"sentence": TEXT},
    "re": {
        "sentence": f"{TEXT} 철수는 영희의 오빠다.",
        "subject_entity": {
            "word": "철수",
            "start_idx": len(TEXT) + 1,
            "end_idx": len(TEXT) + 2,
            "type": "PER",
        },
        "object_entity": {
            "word": "영희",
            "start_idx": len(TEXT) + 5,
            "end_idx": len(TEXT) + 6,
            "type": "PER",
        },
    },
    "dp": {"sentence": TEXT, "pos": ["NA"] * WORDS},
    "mrc": {"question": TEXT, "context": f"답\n\n{TEXT}"},
    "wos": {"dialogue": [USER, {"role": "sys", "text": TEXT}, USER]},
}
SMILE = TEXT.index("😀")
OF_HOSTILE: dict[str, Any] = {
    "ynat": ["IT과학", "세계", NONE],
    "sts": 4,
    "nli": "entailment",
    "ner": [(3, 5, "QT"), (SMILE, SMILE + 1, "PS")],
    "re": "per:siblings",
    "dp": [*[[WORDS, "NP"]] * (WORDS - 1), [0, "VP"]],
    "mrc": {"type": "2", "spans": [[0, 1], [SMILE + 3, SMILE + 4]]},
    "wos": [[], ["식당-이름-<b>😀</b> & 친구"]],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    running = LabelStudio(tmp_path_factory.mktemp("label-studio"), people=5)
    yield running
    running.stop()


def answers(name: str, right: Any) -> tuple[list[list[Any]], list[Any]]:
    """What people say to three items whose right answer is known, and what the rule makes of it.

    They are the last ones of all who answer: where the author is one of them, that comes before.
    """
    wrong = OTHER[name](right)
    if name == "sts":
        return [[right] * 5, [right] * 4 + [wrong], [right] * 4 + [None]], [
            right,
            (4 * right + wrong) / 5,
            None,
        ]
    if name == "ynat":
        return [[right] * 3, [right, wrong, right], [right, wrong, None]], [right[0]] * 2 + [None]
    if name == "nli":
        return [[right] * 4, [right] * 3 + [wrong], [right, right, wrong, None]], [right] * 2 + [
            None
        ]
    if name == "mrc":
        return [[right] * 3, [right, wrong, right], [wrong, wrong, wrong]], [right, right, wrong]
    return [[right, right], [wrong, right], [right, None]], [right, right, None]


@pytest.mark.parametrize("name", list(FORMS))
def test_gold_is_what_the_rule_says(name: str, server: LabelStudio, tmp_path: Path) -> None:
    task, source = FORMS[name], tmp_path / "in.json"
    source.write_text(json.dumps([HOSTILE[name]] * 3))
    sent = list(items_of(str(source), task))
    first = tmp_path / "tasks.json"
    assert write_tasks(first, tasks_to_annotate(task, sent)) == 3
    given, expected = answers(name, OF_HOSTILE[name])
    exports = []
    for number, people in enumerate(passes(task.reviewed, given)):
        project = server.project(f"{name} {number}", task.form())
        assert server.upload(project, first) == 3
        for made, item, each in zip(server.tasks(project), sent, people, strict=True):
            for person, answer in each:
                filled = None if answer is None else task.results(item, answer)
                server.annotate(made["id"], person, filled)
        exports.append(server.export(project, tmp_path / f"export-{number}.json"))
        if task.reviewed and not number:
            write_tasks(first, tasks_to_review(task, exports))
    imported = import_exports(task, exports, tmp_path / "made")
    assert [one.item for one in imported.items] == sent
    gold = [one.gold.answer if isinstance(one.gold, Gold) else None for one in imported.items]
    assert gold == expected
    refused = next((one for one in imported.items if isinstance(one.gold, Undecided)), None)
    assert refused is None or "refused" in str(refused.gold)
    for row in read_rows(name, "train", data_dir=tmp_path / "made", full=True):
        assert (
            task.item(row).items()
            >= {
                key: value for key, value in sent[0].items() if key not in ("guid", "author")
            }.items()
        )


def passes(reviewed: bool, given: list[list[Any]]) -> list[list[list[tuple[int, Any]]]]:
    """Who says what in each pass: all together, or one after the other."""
    people = [list(enumerate(each)) for each in given]
    if not reviewed:
        return [people]
    return [[[each[number]] for each in people] for number in range(2)]


def test_the_sample_comes_back(server: LabelStudio, tmp_path: Path) -> None:
    task, some, given = FORMS["mrc"], items("mrc")[:5], rows("mrc")[:5]
    path = tmp_path / "tasks.json"
    write_tasks(path, tasks_to_annotate(task, some))
    project = server.project("mrc sample", task.form())
    server.upload(project, path)
    for made, item, row in zip(server.tasks(project), some, given, strict=True):
        for person in range(2):
            server.annotate(made["id"], person, task.results(item, GOLD["mrc"](row)))
    export = server.export(project, tmp_path / "export.json")
    import_exports(task, [export], tmp_path / "made")
    made_rows = read_rows("mrc", "train", data_dir=tmp_path / "made", full=True)
    assert [GOLD["mrc"](row) for row in made_rows] == [GOLD["mrc"](row) for row in given]


def test_what_somebody_changed_in_the_server_is_refused(
    server: LabelStudio, tmp_path: Path
) -> None:
    task, path = FORMS["ynat"], tmp_path / "tasks.json"
    write_tasks(path, tasks_to_annotate(task, items("ynat")[:2]))
    project = server.project("changed", task.form())
    assert server.tasks(project) == []
    with pytest.raises(InputError, match="found no tasks, expected those of a project of ynat"):
        import_exports(task, [server.export(project, tmp_path / "0.json")], tmp_path / "made")
    server.upload(project, path)
    made = server.tasks(project)[0]
    server.change(made["id"], {**made["data"], "title": "바뀐 제목"})
    with pytest.raises(InputError, match="found title changed to '바뀐 제목'"):
        import_exports(task, [server.export(project, tmp_path / "1.json")], tmp_path / "made")
    server.change(made["id"], made["data"])
    for _ in range(2):
        server.annotate(made["id"], 0, task.results(made["data"]["item"], ["사회", NONE, NONE]))
    with pytest.raises(InputError, match="two annotations of annotator 01"):
        import_exports(task, [server.export(project, tmp_path / "2.json")], tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_the_demonstration(
    server: LabelStudio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    topics = TASKS["ynat"].label_sets["label"]
    demonstrate(tmp_path, server)
    said = capsys.readouterr().out
    assert "60 rows, 57 kept, 3 flagged" in said
    assert "3 made-up people annotate" in said
    assert "klue-tiny" in said
    sides = [
        read_rows("ynat", split, data_dir=tmp_path / NAME, full=True)
        for split in ("train", "validation")
    ]
    gold = {one.title: one.topic for one in headlines()}
    rows = [row for side in sides for row in side]
    assert 45 < len(rows) <= 57
    right = sum(topics[row["label"]] == gold[row["title"]] for row in rows)
    assert right / len(rows) > 0.9
    record = json.loads((tmp_path / NAME / "dataset.json").read_text(encoding="utf-8"))
    assert set(record["tasks"]["ynat"]["train"]["sources"]) == {
        "sample, train",
        "sample, validation",
    }
    for folder in (NAME, "built"):
        card = (tmp_path / folder / "README.md").read_text(encoding="utf-8")
        assert "The annotators of this dataset are made up" in card
    assert record["screening"]["kept"] == 57
    assert record["tasks"]["ynat"]["overlap"] == {"exact": 0, "near": 0}
