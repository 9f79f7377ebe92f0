"""Every option that names a place or a port refuses what cannot be it, before anything is done."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import typer
from typer.testing import CliRunner

from klue_cli import app as cli
from klue_common.errors import InputError, exit_code
from klue_datasets import DataError

A_FOLDER, A_FILE, EITHER = "a folder", "a file", "a file or a folder"

# Command, option or argument: what it names. A path that is only read may be left to the reader.
KINDS = {
    ("train", "--output"): A_FOLDER,
    ("train", "--results"): A_FOLDER,
    ("predict", "--output"): A_FILE,
    ("label", "--out"): A_FILE,
    ("export", "--onnx"): A_FOLDER,
    ("report", "FOLDER"): A_FOLDER,
    ("score", "PREDICTIONS"): EITHER,
    ("score", "--save"): A_FILE,
    ("score", "--html"): A_FILE,
    ("compare", "A"): A_FILE,
    ("compare", "B"): A_FILE,
    ("compare", "MORE"): A_FILE,
    ("bench", "--output"): A_FOLDER,
    ("bench", "--results"): A_FOLDER,
    ("bench", "--settings"): A_FILE,
    ("bench", "--slurm"): A_FILE,
    ("sweep", "--space"): A_FILE,
    ("sweep", "--output"): A_FOLDER,
    ("data build", "--out"): A_FOLDER,
    ("data stats", "--plots"): A_FOLDER,
    ("push data", "--to"): A_FOLDER,
    ("push metrics", "--to"): A_FOLDER,
    ("push model", "RUNS"): A_FOLDER,
    ("push model", "--results"): A_FOLDER,
    ("push model", "--to"): A_FOLDER,
    ("push results", "RESULTS"): A_FOLDER,
    ("push results", "--to"): A_FOLDER,
    ("push space", "--to"): A_FOLDER,
    ("push all", "--runs"): A_FOLDER,
    ("push all", "--results"): A_FOLDER,
    ("push all", "--to"): A_FOLDER,
    ("pretrain corpus", "--out"): EITHER,
    ("pretrain corpus", "--executor-settings"): A_FILE,
    ("pretrain tokenizer", "CORPUS"): EITHER,
    ("pretrain tokenizer", "--out"): A_FOLDER,
    ("pretrain tokenizer", "--compare"): A_FILE,
    ("pretrain model", "CORPUS"): EITHER,
    ("pretrain model", "--tokenizer"): A_FOLDER,
    ("pretrain model", "--out"): A_FOLDER,
    ("lm run", "--output"): A_FILE,
    ("lm run", "--results"): A_FOLDER,
    ("lm bench", "--output"): A_FOLDER,
    ("lm bench", "--results"): A_FOLDER,
    ("lm from-lm-eval", "LOG"): A_FILE,
    ("lm from-lm-eval", "--output"): A_FILE,
    ("lm from-inspect", "LOG"): A_FILE,
    ("lm from-inspect", "--output"): A_FILE,
    ("annotate export", "--out"): A_FILE,
    ("annotate review", "EXPORTS"): A_FILE,
    ("annotate review", "--out"): A_FILE,
    ("annotate import", "EXPORTS"): A_FILE,
    ("annotate import", "--out"): A_FOLDER,
    ("annotate agreement", "EXPORTS"): A_FILE,
    ("annotate screen", "--out"): A_FILE,
    ("annotate screen", "--report"): A_FILE,
    ("annotate split", "FOLDER"): A_FOLDER,
    ("annotate split", "--out"): A_FOLDER,
    ("annotate split", "--screened"): A_FILE,
    ("annotate train-screen", "--data"): A_FOLDER,
    ("annotate train-screen", "--out"): A_FOLDER,
    ("space", "--runs"): A_FOLDER,
    ("space", "--leaderboard"): A_FOLDER,
}
NEEDED = {
    "train": ["nli", "--model", "m", "--output", "new"],
    "predict": ["nli", "--model", "m", "--output", "new"],
    "label": ["ynat", "file", "--model", "m"],
    "export": ["ynat", "m", "--onnx", "new"],
    "report": [],
    "score": ["nli", "new", "--sample"],
    "compare": ["nli", "new", "new", "--sample"],
    "bench": ["--model", "m"],
    "sweep": ["ynat", "--model", "m", "--space", "new"],
    "data build": ["--sample"],
    "data check": [],
    "data stats": ["--sample"],
    "push data": ["--org", "o", "--sample"],
    "push metrics": ["--org", "o"],
    "push model": ["new", "--org", "o"],
    "push results": ["new", "--repo", "o/m"],
    "push space": ["--org", "o"],
    "push all": ["--org", "o", "--sample"],
    "pretrain corpus": ["new", "--out", "new"],
    "pretrain tokenizer": ["new", "--out", "new"],
    "pretrain model": ["new", "--tokenizer", "new", "--out", "new", "--preset", "tiny"],
    "lm run": ["nli", "--model", "m", "--sample"],
    "lm bench": ["--model", "m", "--sample"],
    "lm probe": ["nli", "--model", "m"],
    "lm from-lm-eval": ["nli", "new", "--output", "new"],
    "lm from-inspect": ["nli", "new", "--output", "new"],
    "annotate export": ["ynat", "new", "--out", "new"],
    "annotate review": ["ner", "new", "--out", "new"],
    "annotate import": ["ynat", "new", "--out", "new"],
    "annotate agreement": ["ynat", "new"],
    "annotate screen": ["new", "--out", "new"],
    "annotate split": ["new", "--out", "new"],
    "annotate train-screen": ["--encoder", "m", "--data", "new", "--out", "new"],
    "space": ["--sample"],
}
WITHOUT_DATA = (
    "export",
    "label",
    "report",
    "push metrics",
    "push model",
    "push results",
    "push space",
    "pretrain model",
    "lm from-lm-eval",
    "lm from-inspect",
    "annotate export",
    "annotate review",
    "annotate import",
    "annotate agreement",
    "annotate split",
)
FIRST = ("RUNS", "RESULTS", "CORPUS", "FOLDER")
PLACES = {"PREDICTIONS": 1, "A": 1, "B": 2, "LOG": 1, "EXPORTS": 1, **dict.fromkeys(FIRST, 0)}


def of_kind(kind: str) -> list[tuple[str, str]]:
    return [place for place, of in KINDS.items() if of == kind]


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    """All commands with their parameters."""
    return dict(leaves(typer.main.get_command(cli.app)))


def leaves(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for part, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, f"{name} {part}".strip())
    if not hasattr(command, "commands"):
        yield name, command


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a file and a folder in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    (tmp_path / "there").mkdir()
    (tmp_path / "astray").symlink_to("nowhere")
    return tmp_path


def refused(command: str, *arguments: str, **environment: str) -> str:
    """What a command says that must not take its arguments, nor write anything."""
    before = sorted(os.walk("."))
    done = CliRunner().invoke(cli.app, [*command.split(), *arguments], env=environment)
    error = done.exception
    assert isinstance(error, Exception), done.output
    assert exit_code(error) == 2, repr(error)
    assert sorted(os.walk(".")) == before
    assert done.stdout == ""
    assert "\n" not in str(error)
    return str(error)


def with_value(command: str, option: str, value: str) -> list[str]:
    """The arguments of a command that would pass, but for one value."""
    arguments = list(NEEDED[command])
    if option in PLACES:
        arguments[PLACES[option] : PLACES[option] + 1] = [value]
        return arguments
    if option in arguments:
        arguments[arguments.index(option) + 1] = value
        return arguments
    return [*arguments, option, value]


def test_every_path_of_every_command_is_tried(commands: dict[str, Any]) -> None:
    found = set()
    for name, command in commands.items():
        types = get_type_hints(inspect.unwrap(command.callback))
        for param in command.params:
            if "Path" in repr(types.get(param.name)):
                option = param.opts[0]
                found.add((name, option if option.startswith("-") else option.upper()))
    may_be_addresses = {("space", "--leaderboard"), ("pretrain corpus", "--out")}
    assert found == KINDS.keys() - may_be_addresses


@pytest.mark.parametrize(("command", "option"), of_kind(A_FOLDER))
@pytest.mark.parametrize("value", ["file", "file/below/it", "astray"])
def test_a_file_where_a_folder_is_expected(
    commands: Any, command: str, option: str, value: str
) -> None:
    said = refused(command, *with_value(command, option, value))
    name = value.split("/")[0]
    assert said == f"{option}: found the file {name}, expected a folder, or none yet"


@pytest.mark.parametrize(("command", "option"), of_kind(A_FILE))
@pytest.mark.parametrize("value", ["there", "file/below/it"])
def test_a_folder_where_a_file_is_expected(
    commands: Any, command: str, option: str, value: str
) -> None:
    said = refused(command, *with_value(command, option, value))
    found = "the folder there, expected a file" if value == "there" else "the file file, expected"
    assert said.startswith(f"{option}: found {found}")


@pytest.mark.parametrize(("command", "option"), of_kind(EITHER))
def test_a_place_below_a_file(commands: Any, command: str, option: str) -> None:
    said = refused(command, *with_value(command, option, "file/below/it"))
    assert said == f"{option}: found the file file, expected a folder"


@pytest.mark.parametrize(("command", "option"), KINDS)
def test_a_name_that_nothing_can_have(commands: Any, command: str, option: str) -> None:
    said = refused(command, *with_value(command, option, "가" * 200))
    assert said == f"{option}: found {'가' * 80!r} (File name too long), expected a path"


@pytest.mark.parametrize("command", [name for name in NEEDED if name not in WITHOUT_DATA])
def test_a_file_where_the_folders_of_the_data_are_expected(commands: Any, command: str) -> None:
    said = refused(command, *NEEDED[command], "--data-dir", f"there{os.pathsep}file")
    assert said == "data_dir: found the file file, expected folders that exist"


@pytest.mark.parametrize("command", ["score", "data build", "data check", "data stats", "space"])
def test_a_file_in_the_environment_variable(commands: Any, command: str) -> None:
    arguments = [argument for argument in NEEDED[command] if argument != "--sample"]
    said = refused(command, *arguments, KLUE_DATA_DIR="file")
    assert said == "KLUE_DATA_DIR: found the file file, expected folders that exist"


@pytest.mark.parametrize("port", ["99999", "65536", "0", "-1"])
def test_a_port_that_there_is_not(commands: Any, port: str) -> None:
    assert refused("space", "--sample", "--port", port) == (
        f"--port: found {port}, expected a port from 1 to 65535"
    )


def test_errors_are_ours() -> None:
    assert exit_code(InputError("x")) == exit_code(DataError("x")) == 2
