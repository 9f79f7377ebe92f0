from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest
import yaml

from klue_datasets import TASKS, DataError, build, load
from klue_datasets.sources import SAMPLE


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, built once."""
    return build(tmp_path_factory.mktemp("built") / "klue", sample=True).out


def test_load_dataset_word_for_word(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built.parent)
    rows = datasets.load_dataset("klue", "ynat")
    assert rows["train"].to_list() == load("ynat", "train", sample=True).to_list()
    assert datasets.get_dataset_config_names("klue") == list(TASKS)
    assert datasets.load_dataset("klue")["train"].features == TASKS["ynat"].features


@pytest.mark.parametrize("name", TASKS)
def test_every_task_loads_and_streams(
    built: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.parent)
    rows = datasets.load_dataset("./klue", name)
    assert str(rows["train"].info.version) == "1.1.0"
    for split in ("train", "validation"):
        expected = load(name, split, sample=True)
        assert rows[split].features == expected.features == TASKS[name].features
        assert rows[split].to_list() == expected.to_list()
        streamed = datasets.load_dataset("./klue", name, split=split, streaming=True)
        assert list(streamed) == expected.to_list()


def test_building_twice_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "elsewhere" / "klue", sample=True).out
    assert contents(again) == contents(built)
    build(again, sample=True)
    assert contents(again) == contents(built)


def test_nothing_else_is_left_in_the_folder(built: Path) -> None:
    files = {f"{n}/{s}-00000-of-00001.parquet" for n in TASKS for s in TASKS[n].files}
    assert set(contents(built)) == files | {"README.md"}
    assert [path.name for path in built.parent.iterdir()] == ["klue"]


def test_full_and_errata(tmp_path: Path) -> None:
    report = build(tmp_path / "klue", ["ner", "mrc"], sample=True, full=True, errata=True)
    assert (report.version, report.version_name) == ("1.1.1", "1.1.1+errata")
    rows = datasets.load_dataset(str(report.out), "mrc", split="train")
    assert rows.features == TASKS["mrc"].full_features
    assert str(rows.info.version) == "1.1.1"
    with pytest.raises(ValueError, match="BuilderConfig 'ynat' not found"):
        datasets.load_dataset(str(report.out), "ynat")


def test_report_is_plain_json(tmp_path: Path) -> None:
    report = build(tmp_path / "klue", ["sts"], sample=True)
    plain = json.loads(json.dumps(report.to_json()))
    split = plain["tasks"]["sts"]["splits"]["train"]
    assert plain["tasks"]["sts"]["source"] == "sample"
    assert split["rows"] == len(load("sts", "train", sample=True))
    assert split["bytes"] == (report.out / split["file"]).stat().st_size


def test_a_smaller_build_removes_the_files_of_a_larger_one_and_nothing_else(
    tmp_path: Path,
) -> None:
    folder = build(tmp_path / "klue", ["sts", "nli"], sample=True).out
    (folder / ".git").mkdir()
    (folder / "nli" / "notes.txt").write_text("mine")
    build(folder, ["sts"], sample=True)
    assert sorted(contents(folder)) == [
        "README.md",
        "nli/notes.txt",
        "sts/train-00000-of-00001.parquet",
        "sts/validation-00000-of-00001.parquet",
    ]
    assert (folder / ".git").is_dir()


def test_a_new_build_is_seen_at_once(raw: Path, tmp_path: Path) -> None:
    folder = build(tmp_path / "klue", ["ynat"], data_dir=raw).out
    before = datasets.load_dataset(str(folder), "ynat", split="train")
    path = raw / TASKS["ynat"].files["train"]
    path.write_text(path.read_text(encoding="utf-8").replace(before[0]["title"], "새 제목"))
    build(folder, ["ynat"], data_dir=raw)
    assert datasets.load_dataset(str(folder), "ynat", split="train")[0]["title"] == "새 제목"


def test_after_an_error_the_folder_is_as_it_was(raw: Path, tmp_path: Path) -> None:
    folder = build(tmp_path / "out" / "klue", data_dir=raw).out
    before = contents(folder)
    path = raw / TASKS["wos"].files["validation"]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="the file is cut off"):
        build(folder, data_dir=raw)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["klue"]


def test_a_missing_split_or_task_is_no_error_unless_named(raw: Path, tmp_path: Path) -> None:
    (raw / TASKS["dp"].files["train"]).unlink()
    shutil.rmtree(raw / "klue-mrc-v1.1")
    report = build(tmp_path / "klue", data_dir=raw)
    names = [built.task.name for built in report.tasks]
    assert names == [name for name in TASKS if name != "mrc"]
    assert list(datasets.load_dataset(str(report.out), "dp")) == ["validation"]
    with pytest.raises(DataError, match="klue-mrc"):
        build(tmp_path / "klue", ["mrc"], data_dir=raw)


def test_out_must_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "klue").write_text("x")
    with pytest.raises(DataError, match="found a file, expected a folder"):
        build(tmp_path / "klue", ["sts"], sample=True)


FIRST_RELEASE = """\
---
pretty_name: KLUE (sample)
language:
- ko
license: apache-2.0
configs:
- config_name: sts
  version: 1.1.0
  data_files:
  - split: train
    path: sts/train-00000-of-00001.parquet
  - split: validation
    path: sts/validation-00000-of-00001.parquet
  default: true
---

# KLUE
"""
FOREIGN = {
    "a project": ["setup.py", "src/main.py"],
    "a card of something else": ["README.md"],
    "a copy of the Hub's": ["README.md", "ynat/train-00000-of-00001.parquet"],
    "another data set": ["cola/train-00000-of-00001.parquet"],
    "KLUE and a note": ["ynat/train-00000-of-00001.parquet", "notes.txt"],
    "a broken card": ["README.md"],
    "a file with a task's name": ["re"],
    "files deep below": ["ynat/old/train-00000-of-00001.parquet"],
}
CARDS = {
    "a card of something else": "# Mine\n",
    "a copy of the Hub's": "---\npretty_name: KLUE\nconfigs:\n- config_name: ynat\n  data_files:\n"
    "  - split: train\n    path: ynat/train-*\n---\n",
    "a broken card": "---\nconfigs: [\n---\n",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_folder_of_others_is_refused_before_anything_is_read(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "klue"
    for name in FOREIGN[kind]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CARDS.get(kind, "x"))
    before = contents(folder)
    with pytest.raises(
        DataError, match=r"found a folder with .*, expected an empty folder"
    ) as error:
        build(folder, data_dir=tmp_path / "nowhere")
    assert "\n" not in str(error.value)
    assert contents(folder) == before


def test_an_empty_folder_and_the_builds_of_any_release_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "klue"
    (folder / ".git").mkdir(parents=True)
    (folder / ".gitattributes").write_text("*.parquet filter=lfs")
    build(folder, ["sts"], sample=True)
    # The head of a card as the first release wrote it; its text may have been edited since.
    card = folder / "README.md"
    card.write_text(FIRST_RELEASE + "Edited.\n", encoding="utf-8")
    (folder / "notes.txt").write_text("mine")
    build(folder, ["sts"], sample=True)
    assert "Edited." not in card.read_text(encoding="utf-8")
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_build_that_was_stopped_while_its_files_were_moved_is_done_over(tmp_path: Path) -> None:
    folder = build(tmp_path / "klue", ["sts", "dp"], sample=True).out
    whole = contents(folder)
    (folder / "README.md").unlink()
    (folder / "dp" / "train-00000-of-00001.parquet").unlink()
    build(folder, ["sts", "dp"], sample=True)
    assert contents(folder) == whole


def killed_at(step: int, folder: Path) -> int:
    """Build, and kill the process before a change of names; its exit code."""
    child = os.fork()
    if not child:
        steps = itertools.count()

        def watch(event: str, given: tuple[object, ...]) -> None:
            named = ("os.rename", "os.remove") if str(folder) in str(given[:1]) else ()
            if event in named and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        build(folder, ["sts", "nli"], sample=True)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_build_that_is_killed_at_any_step_is_the_old_the_new_or_says_so(tmp_path: Path) -> None:
    new = build(tmp_path / "new", ["sts", "nli"], sample=True).out
    old = build(tmp_path / "old", ["sts", "dp"], sample=True, full=True).out
    states = set()
    for step in itertools.count():
        folder = tmp_path / f"klue-{step}"
        shutil.copytree(old, folder)
        code = killed_at(step, folder)
        seen = {name: file for name, file in contents(folder).items() if ".new." not in name}
        if seen not in (contents(old), contents(new)):
            states.add("between")
            with pytest.raises(FileNotFoundError, match="run-klue-data-build-again"):
                datasets.load_dataset(str(folder), "sts", cache_dir=str(tmp_path / "cache"))
        build(folder, ["sts", "nli"], sample=True)
        assert contents(folder) == contents(new)
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
        if code == 0:
            break
    assert states == {"between"}
    assert step > 6


def test_files_are_compressed_in_small_groups(tmp_path: Path, data_dir: list[Path]) -> None:
    report = build(tmp_path / "klue", ["nli"], data_dir=data_dir)
    file = pq.ParquetFile(report.out / "nli/train-00000-of-00001.parquet")
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.num_row_groups > 3
    assert file.metadata.num_rows == 24_998


def test_the_card_s_head_describes_the_files(built: Path) -> None:
    head = yaml.safe_load((built / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert [config["config_name"] for config in head["configs"]] == list(TASKS)
    assert [config.get("default", False) for config in head["configs"]] == [True] + [False] * 7
    assert {config["version"] for config in head["configs"]} == {"1.1.0"}
    for info in head["dataset_info"]:
        for split in info["splits"]:
            assert split["num_examples"] == len(
                load(info["config_name"], split["name"], sample=True)
            )


@pytest.mark.slow
def test_datasets_own_test_command_passes(built: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "datasets-cli", "test", "./klue", "--all_configs"],
        cwd=built.parent,
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Test successful." in done.stdout + done.stderr


def test_the_repository_ships_no_loading_script() -> None:
    root = SAMPLE.parent.parent
    assert not (root / "klue" / "klue.py").exists()
