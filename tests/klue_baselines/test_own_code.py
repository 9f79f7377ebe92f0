"""Code that lies beside a model runs where it is trusted, and nobody is asked at a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from klue_baselines.encoding.encoder import attention_dropout, check_encoder, open_tokenizer
from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError

REFUSED = "found code of its own, which is not run"
CODE = """
from pathlib import Path
from transformers import BertConfig, BertForSequenceClassification, BertModel
Path({mark!r}).touch()


class OddConfig(BertConfig):
    model_type = "odd"


class Odd(BertForSequenceClassification):
    config_class = OddConfig
"""


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that is there once the code has run."""
    return tmp_path / "has_run"


@pytest.fixture
def odd(tiny_encoder: Path, tmp_path: Path, mark: Path) -> str:
    """A model of a kind that only its own code knows."""
    folder = tmp_path / "odd"
    folder.mkdir()
    for path in tiny_encoder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    classes = {"AutoConfig": "odd.OddConfig", "AutoModelForSequenceClassification": "odd.Odd"}
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "odd", "auto_map": classes}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "odd.py").write_text(CODE.format(mark=str(mark)), encoding="utf-8")
    return str(folder)


def never(*_: Any) -> str:
    raise AssertionError("somebody was asked")


@pytest.mark.parametrize(
    "open_it",
    [
        check_encoder,
        lambda model: attention_dropout(model, 0.1),
        lambda model: KluePipeline.from_pretrained("nli", model),
    ],
)
def test_nobody_is_asked(
    open_it: Callable[[str], Any], odd: str, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", never)
    with pytest.raises(InputError, match=REFUSED):
        open_it(odd)
    assert not mark.exists()


def test_code_of_a_tokenizer_is_not_run_either(
    tiny_encoder: Path, odd: str, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", never)
    config = (tiny_encoder / "config.json").read_bytes()
    (Path(odd) / "config.json").write_bytes(config)
    settings = json.loads((Path(odd) / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings |= {"tokenizer_class": "Odd", "auto_map": {"AutoTokenizer": [None, "odd.Odd"]}}
    (Path(odd) / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    try:
        open_tokenizer(odd)  # as the plain tokenizer that its tokenizer.json is
    except InputError as error:
        assert REFUSED in str(error)
    assert not mark.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["predict", "nli", "--output", "x.jsonl", "--sample"],
        ["train", "nli", "--output", "run", "--sample"],
    ],
)
def test_commands_ask_nobody_at_a_terminal(
    command: list[str], odd: str, mark: Path, tmp_path: Path
) -> None:
    terminal, theirs = pty.openpty()
    os.write(terminal, b"y\n" * 3)
    done = subprocess.run(
        [sys.executable, "-m", "klue_cli", *command, "--model", odd],
        stdin=theirs,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    os.close(theirs)
    os.close(terminal)
    assert done.returncode == 2 and REFUSED in done.stderr, done.stderr
    assert "--trust-remote-code" in done.stderr and "[y/N]" not in done.stdout
    assert not mark.exists()


@pytest.mark.slow
def test_a_model_that_is_trusted_runs_its_code(odd: str, mark: Path) -> None:
    with pytest.raises(InputError, match="found a model for no KLUE task"):
        KluePipeline.from_pretrained("nli", odd, trust_remote_code=True)
    assert mark.exists()
