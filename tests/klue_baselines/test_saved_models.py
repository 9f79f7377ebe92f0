"""A saved model of any encoder works for whoever loads it as its card says.

The processes that load them can not import this project; the encoders are those of
`test_encoders.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_baselines.training.run import Run, train
from tests.clean_process import CleanProcess
from tests.klue_baselines.test_encoders import ARCHITECTURES, ONE_STEP, make_encoder

TASKS = ("nli", "sts", "ner", "dp", "wos")  # one of each kind of head
PAIR = ["비가 온다.", "날이 맑다."]
LONG = "서울 중앙에 있는 호텔을 찾아요. " * 100  # more tokens than an encoder has positions

# `model` and `tokenizer` are the names that the card's first snippet gives.
LOAD = """
import json, re, sys
pair, long = sys.argv[1:3], sys.argv[3]
found = {}
for folder in sys.argv[4:]:
    card = open(f"{folder}/README.md", encoding="utf-8").read()
    plain = re.findall(r"```python\\n(.*?)```", card, flags=re.DOTALL)[0]
    names = {}
    exec(re.sub(r'(from_pretrained\\(|model=)"[^"]+"', rf'\\1"{folder}"', plain), names)
    tokenizer, model = names["tokenizer"], names["model"].eval()
    encoder = model.base_model
    inputs = tokenizer(*pair, return_tensors="pt")
    alone = encoder(**inputs)[0]
    batch = tokenizer([pair[0], long], [pair[1], long], padding=True, truncation=True,
        return_tensors="pt")
    beside = encoder(**batch)[0][:1, : alone.shape[1]]
    assert batch["input_ids"].shape[1] > 400
    assert (alone - beside).abs().max() < 1e-4, folder
    one = {"inputs": {name: tensor[0].tolist() for name, tensor in inputs.items()}}
    if "cut" in names:
        asked = {"text": pair[0], "text_pair": pair[1]}
        one["answer"] = names["answer"]
        one["pipeline"] = names["ask"]([asked, asked], batch_size=2)
    found[folder] = one
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """A model of each kind of head over each encoder, trained for one step."""
    root = tmp_path_factory.mktemp("saved")
    made = {}
    for name in ARCHITECTURES:
        encoder = make_encoder(name, root / name)
        for task in TASKS:
            made[name, task] = root / f"{name}-{task}"
            train(
                Run(
                    task,
                    str(encoder),
                    made[name, task],
                    overrides=ONE_STEP,
                    sample=True,
                    eval_split="validation[:12]",
                    max_train_examples=8,
                    results=None,
                )
            )
    return made


@pytest.fixture(scope="module")
def loaded(clean: CleanProcess, folders: dict[tuple[str, str], Path]) -> dict[str, Any]:
    """What a process without this project makes of the folders."""
    out = clean.python(LOAD, *PAIR, LONG, *folders.values(), HF_HUB_OFFLINE="1")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_a_saved_model_takes_what_its_tokenizer_gives(
    name: str, task: str, folders: dict[tuple[str, str], Path], loaded: dict[str, Any]
) -> None:
    folder = folders[name, task]
    ours = KluePipeline.from_pretrained(task, str(folder))
    own = ours.encoder.sentences([PAIR[0]], [PAIR[1]])
    inputs = loaded[str(folder)]["inputs"]
    assert set(inputs.pop("attention_mask")) == {1}
    own.pop("length")
    assert inputs == {key: values[0] for key, values in own.items()}


@pytest.mark.slow
@pytest.mark.parametrize("task", [task for task in TASKS if BASELINES[task].card.pipeline_tag])
@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_the_stock_pipeline_gives_our_answer(
    name: str, task: str, folders: dict[tuple[str, str], Path], loaded: dict[str, Any]
) -> None:
    folder, found = folders[name, task], loaded[str(folders[name, task])]
    ask = KluePipeline.from_pretrained(task, str(folder))
    of_card = eval(f"ask({BASELINES[task].card.call})", {"ask": ask})
    for answer, expected in (
        (found["answer"], of_card),
        *((answer, ask(*PAIR)) for answer in found["pipeline"]),
    ):
        (key,) = expected  # "label" or "score"
        same = expected[key] if key == "label" else pytest.approx(expected[key], rel=1e-5)
        assert answer[key] == same
