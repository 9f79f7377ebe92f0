"""Result files, and everything that is made of them: tables, pictures, cards, what is pushed."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klue_baselines.tasks import BASELINES
from klue_common.own_files import parse_json
from klue_results.bench_tables import bench_markdown
from klue_results.card import fine_tuned_card
from klue_results.hub_entries import eval_results_yaml
from klue_results.lm_card import lm_card, lm_eval_results
from klue_results.lm_tables import language_models, lm_markdown, lm_notes, lm_rows
from klue_results.naming import check_name, identify, model_name, repository_name
from klue_results.pictures import results_picture
from klue_results.published import PUBLISHED
from klue_results.results import Result, read_results, result_path
from klue_results.tables import markdown_table, notes_on, result_rows
from tests.fuzz.damage import json_files, odd_texts
from tests.fuzz.harness import ask, often


def result(**fields: Any) -> dict[str, Any]:
    """Return the content of a result file."""
    made = Result(
        task="nli",
        model="klue--bert-base",
        seed=1,
        scores={"accuracy": 70.5},
        intervals={"accuracy": [68.5, 72.25]},
        split="validation",
        trained_on="train",
        selected_on="held-out",
        sample=False,
        settings={"learning_rate": 5e-5, "epochs": 4, "eval_batch_size": 64, "decoding": "plain"},
        data={
            "source": "folder",
            "digest": "ab" * 32,
            "train_examples": 100,
            "eval_examples": 50,
            "unknown_tokens": 0.01,
        },
        seconds={"train": 10.5, "predict": 1.0},
        speed=12.5,
        peak_memory=1 << 30,
        versions={"torch": "2.8"},
        hardware={"cpu": "a CPU", "cores": 2, "gpus": [], "devices": 1},
        commit=None,
        created="2026-11-27T03:19:39+00:00",
        decodings={"plain": {"accuracy": 70.5}},
        encoder={"path": "klue/bert-base", "revision": "ab" * 20, "digest": "cd" * 32},
        held_out={"accuracy": 71.0},
        chosen_step=10,
        history=[{"step": 10, "loss": 0.5}],
    )
    return {"schema": 2, **asdict(made), **fields}


SEEDS = [
    result(),
    result(task="dp", scores={"uas_macro_f1": 80.0, "las_macro_f1": 70.0}, intervals={}),
    result(seed=2, sample=True, hardware={"cpu": "a", "cores": 2, "gpus": ["b"]}),
    result(
        settings={"mode": "rank", "language": "ko", "paraphrase": 0, "shots": 3},
        language_model={
            "provider": "vllm",
            "api": "completions",
            "shots": ["nli-v1_train_00001"],
            "shots_from_sample": False,
            "outcomes": {"answered": 49, "outside": 1},
            "trivial": {"name": "one class", "scores": {"accuracy": 33.3}},
        },
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a right result and one that changes."""
    made = tmp_path_factory.mktemp("results")
    (made / "seed-1.json").write_text(json.dumps(SEEDS[0]))
    return made


def shown(results: list[Result]) -> None:
    """Make everything that is made of results; their texts must be ones that a file can hold."""
    texts = [markdown_table(results), bench_markdown(results, PUBLISHED), *notes_on(results)]
    asked = language_models(results)
    texts += [lm_markdown(asked), *lm_notes(asked), json.dumps(lm_rows(asked), ensure_ascii=False)]
    texts.append(results_picture(results, PUBLISHED, results[0].model))
    texts.append(json.dumps(result_rows(results), ensure_ascii=False))
    texts.append(results[-1].as_json())
    result_path(Path("results"), results[-1])
    for text in texts:
        text.encode()


@often(30, 2500)
@given(content=json_files(SEEDS))
@example(json.dumps(result(encoder={"revision": "ab" * 20})).encode())
def test_results(folder: Path, content: bytes) -> None:
    (folder / "seed-2.json").write_bytes(content)
    found = ask("result file", lambda: Result.read(folder / "seed-2.json"))
    if found is not None:
        ask("report", lambda: shown(list(read_results(folder))))
        card = BASELINES["nli"].card

        def cards() -> None:
            str(fine_tuned_card([found], f"org/{found.model}", card)).encode()
            (eval_results_yaml([found]) or "").encode()

        def asked_cards() -> None:
            str(lm_card([found], f"org/{found.model}")).encode()
            (lm_eval_results([found]) or "").encode()

        ask("card of a result", cards)
        if found.language_model:
            ask("card of a language model", asked_cards)


@often(30, 1500)
@given(text=st.one_of(odd_texts, json_files(SEEDS).map(lambda data: data.decode(errors="replace"))))
@example('{"a": "\\ud800"}')
@example("[" * 100_000)
def test_json_of_our_own(text: str) -> None:
    ask("JSON of our own", lambda: parse_json(text, "run.json", "a run's settings"))


ids = st.one_of(
    odd_texts,
    st.lists(
        st.sampled_from(
            (
                "klue",
                "bert-base",
                "..",
                ".",
                "",
                "/",
                "--",
                "~",
                "http:",
                "a\nb",
                "한",
                "\ud800",
                "\x00",
                "x" * 200,
            )
        ),
        max_size=5,
    ).map("/".join),
)


@often(30, 2500)
@given(text=ids, name=st.none() | ids)
def test_ids(text: str, name: str | None) -> None:
    ask("name of an encoder", lambda: model_name(text, name))
    ask("id of an encoder", lambda: identify(text))
    ask("name of a run", lambda: check_name(repository_name(text, "dp")))
