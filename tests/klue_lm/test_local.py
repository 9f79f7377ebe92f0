"""A model in this process as an engine: a whole run with it, and a real one beside llama-server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from klue_common.errors import InputError
from klue_lm.engine import CUT_OFF, WHOLE, TooLongError
from klue_lm.forms import label_form
from klue_lm.local import Local, open_local
from klue_lm.run import LMRun, carry_out, plan
from tests.klue_baselines.causal.tiny_models import make_causal
from tests.klue_lm.gemma import model_folder, served, whole_weights, work_folder


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Local:
    folder = make_causal(tmp_path_factory.mktemp("lm") / "tiny", "llama", context=640)
    return open_local(f"hf:{folder}")


@contextmanager
def silent(_: str, __: int) -> Iterator[Callable[[int], None]]:
    yield lambda _: None


def test_ranks_and_writes(engine: Local) -> None:
    ranked = engine.rank("제목: 비\n주제:", [" 정치", " 경제"])
    assert ranked.method == WHOLE
    assert ranked.logprobs.shape == (2,)
    assert (ranked.logprobs < 0).all()
    reply = engine.generate("제목: 비\n주제:", stop="\0never", longest=3, form=None)
    assert (reply.finish, reply.new_tokens) == (CUT_OFF, 3)


def test_no_form(engine: Local) -> None:
    with pytest.raises(InputError, match="expected --generate or --rank, or a server"):
        engine.generate("비", stop="\n", longest=3, form=label_form(["정치"]))


def test_too_long(engine: Local) -> None:
    with pytest.raises(TooLongError, match="expected at most 640"):
        engine.rank("가나다라 " * 200, [" 정치"])


def run_of(folder: Path, task: str, mode: str, shots: int) -> LMRun:
    output = folder / "made.jsonl"
    return LMRun(
        task=task, output=output, split="validation[:4]", mode=mode, shots=shots, sample=True
    )


@pytest.mark.parametrize(("task", "mode", "shots"), [("nli", "rank", 7), ("ynat", "generate", 1)])
def test_a_whole_run(engine: Local, tmp_path: Path, task: str, mode: str, shots: int) -> None:
    """Shots that do not fit into the short context are left out, and counted."""
    run = run_of(tmp_path, task, mode, shots)
    result = carry_out(plan(run), engine, silent)
    assert result.scores == carry_out(plan(run), engine, silent).scores
    about = result.language_model
    assert about["provider"] == "transformers"
    assert about["digest"] == engine.about["digest"]
    assert (about["dropped_shots"] > 0) == (mode == "rank")
    assert result.model == engine.about["model"]
    assert len(run.output.read_text(encoding="utf-8").splitlines()) == 4


def test_an_instruction_that_does_not_fit(tmp_path: Path) -> None:
    short = open_local(str(make_causal(tmp_path / "short", "gpt2", context=64)))
    with pytest.raises(InputError, match="nli: found an instruction longer than the model's"):
        carry_out(plan(run_of(tmp_path, "nli", "rank", 7)), short, silent)


@pytest.mark.slow
def test_a_real_model_beside_llama_server(tmp_path: Path) -> None:
    """The same ids, and log-probabilities within rounding where both compute in float32.

    On the quantised file itself llama.cpp rounds activations too: there the labels' numbers are
    0.11 apart on average and 0.37 at most.
    """
    from klue_lm.asking import Asking
    from klue_lm.server import Server

    work = work_folder(tmp_path)
    local = open_local(f"hf:{model_folder(work)}")
    run = LMRun(task="ynat", output=tmp_path / "x", split="validation[:8]", shots=7, sample=True)
    planned = plan(run)
    labels = Asking(local, planned.prompts, "rank").continuations
    weights = whole_weights(work)
    with served(weights) as address:
        server = Server.at(address, str(weights))
        for question in planned.questions:
            prompt = planned.prompts.prompt(question)
            for label in labels:
                assert local.model.tokens(prompt + label) == server.tokens(prompt + label)
            ours, theirs = local.rank(prompt, labels), server.rank(prompt, labels)
            assert theirs.floored == 0
            np.testing.assert_allclose(ours.logprobs, theirs.logprobs, rtol=0, atol=0.05)
