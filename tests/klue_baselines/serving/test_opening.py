"""What is no exported model of the task is refused in a line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from klue_baselines.pipeline import KluePipeline
from klue_baselines.serving.files import TASK
from klue_common.errors import InputError
from tests.clean_process import CleanProcess

from .conftest import Exports


def open_(folder: Path | str, task: str = "ynat", **options: object) -> KluePipeline:
    return KluePipeline.from_pretrained(task, str(folder), runtime="onnx", **options)  # type: ignore[arg-type]


@pytest.fixture
def copied(exports: Exports, tmp_path: Path) -> Path:
    folder = tmp_path / "copied"
    shutil.copytree(exports.exported("ynat"), folder)
    return folder


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runtime": "tensorrt"}, "runtime: found 'tensorrt', expected torch or onnx"),
        ({"device": "cuda"}, "device: found cuda, expected cpu with runtime='onnx'"),
        ({"device": 0}, "device: found 0, expected cpu"),
        ({"dtype": "bfloat16"}, "dtype: found 'bfloat16', expected float32 or int8"),
        ({"compile": True}, "compile: found True, expected False"),
        ({"batch_size": 0}, "batch_size: found 0"),
    ],
)
def test_what_onnx_has_not_is_refused(
    options: dict[str, object], message: str, exports: Exports
) -> None:
    with pytest.raises(InputError, match=message):
        KluePipeline.from_pretrained(
            "ynat", str(exports.exported("ynat")), **{"runtime": "onnx", **options}
        )


def test_a_folder_for_torch_is_refused(exports: Exports) -> None:
    with pytest.raises(InputError, match=r"found no model\.onnx, expected a folder that `klue exp"):
        open_(exports.trained("ynat"))


def test_torch_refuses_an_exported_folder(exports: Exports) -> None:
    with pytest.raises(InputError, match=r"found model\.onnx.*runtime='onnx'\) opens it"):
        KluePipeline.from_pretrained("ynat", str(exports.exported("ynat")))


def cut(folder: Path) -> None:
    path = folder / "model.onnx"
    path.write_bytes(path.read_bytes()[:-5000])


def garbage(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"\x08\x07" + bytes(range(256)) * 50)


def empty(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"")


def another_task(folder: Path) -> None:
    config = folder / "config.json"
    content = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps(content | {"klue_task": "nli"}), encoding="utf-8")


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def no_file(folder: Path) -> None:
    (folder / "model.onnx").unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "no ONNX file that onnxruntime can open"),
        (garbage, "no ONNX file that onnxruntime can open"),
        (empty, "no ONNX file that onnxruntime can open"),
        (another_task, "found a model for nli, expected one for ynat"),
        (no_config, r"found no config\.json"),
        (no_tokenizer, "tokenizer"),
        (no_file, r"found no model\.onnx"),
    ],
)
def test_a_damaged_folder_is_refused(
    damage: Callable[[Path], None], message: str, copied: Path
) -> None:
    damage(copied)
    with pytest.raises(InputError, match=message) as caught:
        open_(copied)
    assert "\n" not in str(caught.value)


def test_the_graph_of_another_task_is_refused(copied: Path) -> None:
    import onnx

    graph = onnx.load(copied / "model.onnx")
    [own] = [one for one in graph.metadata_props if one.key == TASK]
    own.value = "nli"
    onnx.save(graph, copied / "model.onnx")
    with pytest.raises(InputError, match="found the graph of nli, expected that of ynat"):
        open_(copied)


def test_without_the_extra_a_line_names_it(
    exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exports.exported("ynat")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(InputError, match=r"pip install 'klue-hub\[onnx\]'"):
        open_(folder)


def test_what_is_nowhere_is_a_line() -> None:
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    with pytest.raises(InputError, match="no such model folder"):
        open_("./nowhere")
    with pytest.raises(InputError, match=r"org/none: no model\.onnx on the Hub"):
        open_("org/none")


ON_THE_HUB = """
import sys
from huggingface_hub import HfApi
from klue_baselines import InputError, KluePipeline

folder, api = sys.argv[1], HfApi()
for repo, ignored in (("org/whole", []), ("org/small", ["model.onnx"])):
    api.create_repo(repo)
    api.upload_folder(repo_id=repo, folder_path=folder, ignore_patterns=ignored)
print(*KluePipeline.from_pretrained("ynat", "org/whole", runtime="onnx")("제목"))
try:
    KluePipeline.from_pretrained("ynat", "org/small", runtime="onnx")
except InputError as error:
    print(error)
print(*KluePipeline.from_pretrained("ynat", "org/small", runtime="onnx", dtype="int8")("제목"))
"""


@pytest.mark.slow
def test_a_model_is_opened_from_the_hub(clean: CleanProcess, exports: Exports) -> None:
    whole, missing, small = clean.ours(ON_THE_HUB, exports.exported("ynat")).splitlines()
    assert whole == small == "label"
    assert missing.startswith("org/small: no model.onnx on the Hub, expected a model that `klue ex")
