"""Which models answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from klue_common.errors import InputError
from space_app.models import Found, Models
from space_app.settings import Settings
from space_app.task import Answer
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH
from tests.hub import TOKEN, Hub


def ask(models: Models, task: str, typed: str) -> tuple[Answer, Found]:
    """The answer to the task's first example."""
    demo = DEMOS[task]
    return models.answer(demo, ENGLISH.of(demo.texts), typed, demo.examples[0])


def test_the_newest_model_of_a_task_answers(settings: Settings, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(settings.runs / "nli", runs / "old")
    shutil.copytree(settings.runs / "nli", runs / "demo" / "new")
    os.utime(runs / "old" / "config.json", (1, 1))
    models = Models(replace(settings, runs=runs))
    found = models.default("nli")
    assert found is not None and found.name == "demo/new" and found.sample
    assert models.default("ynat") is None
    with models.lend("nli") as (first, _), pytest.raises(InputError), models.lend("sts"):
        pass
    with models.lend("nli") as (again, _):
        assert again is first


def test_a_folder_that_was_written_anew_is_opened_anew(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.runs / "nli", tmp_path / "nli")
    models = Models(replace(settings, runs=tmp_path))
    with models.lend("nli") as (first, _):
        pass
    os.utime(tmp_path / "nli" / "config.json", (5, 5))
    with models.lend("nli") as (second, _):
        assert second is not first


@pytest.mark.parametrize(
    "typed", ["/etc/passwd", "../x", "a/b/c", "~/x", "name", "a/..", "https://x"]
)
def test_what_is_typed_is_never_a_path(typed: str, settings: Settings) -> None:
    with pytest.raises(InputError, match="id of the Hub"):
        ask(Models(settings), "nli", typed)


def test_a_relative_folder_is_not_opened_as_an_id(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(settings.runs.parent)
    with pytest.raises(InputError, match="Hub"):
        ask(Models(settings), "nli", f"{settings.runs.name}/nli")


def test_visitors_name_no_models_where_the_operator_has_fixed_them(settings: Settings) -> None:
    fixed = Models(replace(settings, typed_models=False))
    assert fixed.typed is None
    with pytest.raises(InputError, match=r"^model: found an id, expected none"):
        ask(fixed, "nli", "org/name")
    assert ask(fixed, "nli", "")[1].sample


def test_a_space_opens_no_typed_models_unless_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("KLUE_SPACE_TYPED_MODELS", raising=False)
    assert not Settings.from_environment().typed_models
    monkeypatch.setenv("KLUE_SPACE_TYPED_MODELS", "1")
    assert Settings.from_environment().typed_models
    assert Settings().typed_models


def test_weights_that_are_no_safetensors_are_not_opened(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.runs / "nli", tmp_path / "nli")
    weights = tmp_path / "nli" / "model.safetensors"
    weights.rename(weights.with_name("pytorch_model.bin"))
    with (
        pytest.raises(InputError, match=r"^nli: ") as caught,
        Models(replace(settings, runs=tmp_path)).lend("nli"),
    ):
        pass
    assert str(tmp_path) not in str(caught.value)


ON_THE_HUB = """
import sys
from pathlib import Path
from huggingface_hub import HfApi
from klue_common.errors import InputError
from space_app.models import Models
from space_app.settings import Limits, Settings
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH
from space_app.typed.limits import TypedLimits

folder, api = Path(sys.argv[1]), HfApi()
for repo, pattern in (("org/good", "*"), ("org/pickled", "*.json")):
    api.create_repo(repo)
    api.upload_folder(repo_id=repo, folder_path=folder, allow_patterns=pattern)
api.upload_file(repo_id="org/pickled", path_in_repo="pytorch_model.bin", path_or_fileobj=b"x")
api.upload_file(repo_id="org/good", path_in_repo="evil.py", path_or_fileobj=b"1/0")
api.upload_file(repo_id="org/good", path_in_repo="pytorch_model.bin", path_or_fileobj=b"x")
demo = DEMOS["nli"]
language = ENGLISH.of(demo.texts)
named = Models(Settings(models={"nli": "org/good"}))
with named.lend("nli", "org/good") as (pipeline, found):
    print(sorted(pipeline("비가 온다.", "날이 맑다.")), found.name)
    print(sorted(path.suffix for path in Path(found.place).iterdir()))
limits = Limits(typed=TypedLimits(wait_seconds=150.0))
models = Models(Settings(limits=limits))
answer, found = models.answer(demo, language, "org/good", demo.examples[0])
print(answer.text, found)
for repo in ("org/pickled", "org/none"):
    try:
        models.answer(demo, language, repo, demo.examples[0])
    except InputError as error:
        print(error)
"""


def beside_a_hub(program: str, folder: Path, *arguments: object) -> list[str]:
    """The lines that a program prints whose Hub is one on this machine."""
    with Hub() as hub:
        environment = {
            **os.environ,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": TOKEN,
            "HF_HOME": str(folder / "home"),
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        }
        command = [sys.executable, "-c", program, *map(str, arguments)]
        root = Path(__file__).parents[2]
        return subprocess.check_output(command, cwd=root, env=environment, text=True).splitlines()


@pytest.mark.slow
def test_models_of_the_hub(settings: Settings, tmp_path: Path) -> None:
    said = beside_a_hub(ON_THE_HUB, tmp_path, settings.runs / "nli")
    assert said[0] == "['label'] org/good"
    assert json.loads(said[1].replace("'", '"')) == [".json"] * 4 + [".safetensors"]
    assert said[2].startswith('{"label": ') and "name='org/good', place=''" in said[2]
    assert said[3].startswith("org/pickled: found no safetensors")
    assert said[4].startswith("org/none: no model that can be read there (401)")


# A classifier whose code lies beside its weights, and leaves a mark where it is run.
OWN_CODE = """
from pathlib import Path
from transformers import BertConfig, BertForSequenceClassification
Path({mark!r}).touch()


class OddConfig(BertConfig):
    model_type = "odd"


class Odd(BertForSequenceClassification):
    config_class = OddConfig
"""
TRUSTED = """
import sys
from pathlib import Path
from huggingface_hub import HfApi
from klue_common.errors import InputError
from space_app.models import Models
from space_app.settings import Limits, Settings
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH
from space_app.typed.limits import TypedLimits

folder, mark, api = Path(sys.argv[1]), Path(sys.argv[2]), HfApi()
for repo in ("org/odd", "org/other"):
    api.create_repo(repo)
    api.upload_folder(repo_id=repo, folder_path=folder)
limits = Limits(typed=TypedLimits(wait_seconds=150.0))
models = Models(Settings(trusted=frozenset(["org/odd"]), limits=limits))
demo = DEMOS["nli"]
try:
    models.answer(demo, ENGLISH.of(demo.texts), "org/other", demo.examples[0])
    print("opened")
except InputError as error:
    print(error, mark.exists())
with models.lend("nli", "org/odd") as (pipeline, found):
    answer = pipeline("비가 온다.", "날이 맑다.")
    print(type(pipeline.model).__name__, sorted(answer), mark.exists())
"""


@pytest.mark.slow
def test_code_is_run_where_the_operator_trusts_its_repository(
    settings: Settings, tmp_path: Path
) -> None:
    folder = shutil.copytree(settings.runs / "nli", tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    classes = {"AutoConfig": "odd.OddConfig", "AutoModelForSequenceClassification": "odd.Odd"}
    config |= {"model_type": "odd", "architectures": ["Odd"], "auto_map": classes}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    mark = tmp_path / "run"
    (folder / "odd.py").write_text(OWN_CODE.format(mark=str(mark)), encoding="utf-8")
    said = beside_a_hub(TRUSTED, tmp_path, folder, mark)
    assert said == [
        "org/other: found code of its own (odd), which is not run here False",
        "Odd ['label'] True",
    ]
