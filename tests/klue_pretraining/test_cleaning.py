"""Each step of the cleaning by itself, as it stands in anybody's pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datatrove.data import Document

from klue_common.errors import InputError
from klue_pretraining.cleaning import BenchmarkSentences, Pseudonyms, Sentences
from klue_pretraining.contamination import close_benchmark, opened_benchmark, save_benchmark
from klue_pretraining.counting import Counting

LIBRARY = "도서관은 매주 월요일에 쉬고 나머지 날에는 밤 아홉 시까지 문을 연다고 밝혔다."
BAKERY = "동네 빵집에서는 아침마다 갓 구운 빵을 이웃에게 나누어 주며 하루를 시작한다."


def documents(*texts: str) -> list[Document]:
    return [Document(text, str(number)) for number, text in enumerate(texts)]


def counts(step: Counting) -> dict[str, float]:
    return {label: value.total for label, value in step.stats.stats.items()}


def test_sentences_stand_on_lines_and_what_went_is_counted(tmp_path: Path) -> None:
    step = Sentences(str(tmp_path))
    found = list(step.run(iter(documents(f"{LIBRARY} {BAKERY} 짧다.", "Only English is here."))))
    assert [document.text for document in found] == [f"{LIBRARY}\n{BAKERY}", ""]
    assert counts(step) == {
        "short": 1, "short, characters": 3, "not Korean": 1, "not Korean, characters": 21,
        "documents in": 2, "sentences in": 4,
    }  # fmt: skip
    (examples,) = tmp_path.iterdir()
    assert json.loads(examples.read_text()) == {
        "short": ["짧다."],
        "not Korean": ["Only English is here."],
    }


def test_benchmark_sentences_go(tmp_path: Path) -> None:
    texts = str(tmp_path / "benchmark.json")
    save_benchmark(texts, [LIBRARY])
    near = LIBRARY.replace("밝혔다", "알렸다")
    step = BenchmarkSentences(str(tmp_path / "examples"), texts)
    for again in (False, True):
        if again:  # in another process the file is read
            close_benchmark(texts)
        found = list(step.run(iter(documents(f"{LIBRARY}\n{BAKERY}", near, ""))))
        assert [document.text for document in found] == [BAKERY, "", ""]
        assert found[0].metadata["letters"] == "".join(BAKERY[:-1].split())
    assert counts(step)["benchmark, exact"] == counts(step)["benchmark, near"] == 3  # 1, then 2
    close_benchmark(texts)
    Path(texts).write_text("[")
    with pytest.raises(InputError, match=r"benchmark\.json: found Expecting value.*expected the"):
        opened_benchmark(texts)


def test_personal_data_is_replaced_and_empty_documents_go() -> None:
    raw = documents(f"{LIBRARY} 문의는 010-1234-5678로.", "", BAKERY)
    phone, bakery = Pseudonyms(seed=1).run(iter(raw))
    assert "1234-5678" not in phone.text
    assert "01012345678" in phone.metadata["letters"]
    ((kind, form, new),) = phone.metadata["changes"]
    assert (kind, form) == ("phone", "000-0000-0000")
    assert new in phone.text
    assert bakery.text == BAKERY
    assert "changes" not in bakery.metadata
