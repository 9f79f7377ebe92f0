"""Where a model computes and in which numbers: what is not here is refused in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.own_texts.placement import device_of, numbers_of
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from tests.klue_baselines.test_pipeline import TEXTS


@pytest.mark.parametrize("given", [-1, 99, "cuda:99", "tpu", "", 1.5, True, ["cpu"]])
def test_a_device_that_is_not_here(given: Any) -> None:
    with pytest.raises(InputError, match=r"^device: found .*, expected "):
        device_of(given)


@pytest.mark.parametrize("given", [None, "cpu", torch.device("cpu")])
def test_the_processor_is_always_here(given: Any) -> None:
    assert device_of(given) == torch.device("cpu")


@pytest.mark.parametrize("given", ["half", torch.int8, 16, "float64"])
def test_numbers_that_models_do_not_compute_in(given: Any) -> None:
    with pytest.raises(
        InputError, match=r"^dtype: found .*, expected float32, bfloat16 or float16"
    ):
        numbers_of(given, torch.device("cpu"))


@pytest.fixture(scope="module", params=list(BASELINES))
def folder(
    request: pytest.FixtureRequest, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """A task, and a model of it that has learned nothing, in a folder."""
    task, place = BASELINES[request.param], tmp_path_factory.mktemp("model")
    tokenizer = open_tokenizer(str(tiny_encoder))
    context = task.context(sample=True)
    torch.manual_seed(0)
    model = task.build(
        str(tiny_encoder), head=task.heads[0], labels=task.labels, tokenizer=tokenizer, **context
    )
    model.config.klue_task = request.param
    model.save_pretrained(place)
    tokenizer.save_pretrained(place)
    return request.param, str(place)


def test_half_the_numbers_give_answers_of_the_same_kind(folder: tuple[str, str]) -> None:
    task, place = folder
    whole = KluePipeline.from_pretrained(task, place)(*TEXTS[task])
    ask = KluePipeline.from_pretrained(task, place, dtype="bfloat16", device="cpu", batch_size=2)
    found = ask([TEXTS[task] if len(TEXTS[task]) > 1 else TEXTS[task][0]] * 3)
    assert len(found) == 3 and found[0] == found[1]
    first = found[0][0] if task == "wos" else found[0]
    assert first.keys() == (whole[0] if task == "wos" else whole).keys()
    assert next(ask.model.parameters()).dtype == torch.float32


def test_a_compiled_model_gives_the_same_answers(folder: tuple[str, str]) -> None:
    """What torch compiles is run as it is here: compiling takes a minute a model."""
    task, place = folder
    whole = KluePipeline.from_pretrained(task, place)(*TEXTS[task])
    with torch.compiler.set_stance("force_eager"):
        assert KluePipeline.from_pretrained(task, place, compile=True)(*TEXTS[task]) == whole
