"""What an encoder is called, and that two encoders are never taken for one."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import validate_repo_id
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_results.naming import (
    Encoder,
    check_name,
    folder_name,
    identify,
    model_name,
    repository_name,
    weight_files,
    weights_digest,
)

SIGNS = "abz09AZ._- 가한é/"
PARTS = st.text(SIGNS.replace("/", ""), min_size=1, max_size=12).filter(
    lambda part: part not in (".", "..")
)
# As the Hub forms its ids: no two dashes or dots in a row.
HUB_NAMES = st.from_regex(r"[a-z0-9](?:[._-]?[a-z0-9]){0,8}", fullmatch=True)


def test_a_folder_is_called_by_the_last_two_parts_of_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/enc", "b/enc"):
        (tmp_path / name).mkdir(parents=True)
    assert model_name(str(tmp_path / "a" / "enc")) == "a__enc"
    assert model_name(str(tmp_path / "b" / "enc")) == "b__enc"
    monkeypatch.chdir(tmp_path / "a")
    assert model_name("enc") == model_name("./enc/") == model_name("../a/enc") == "a__enc"
    assert model_name("enc", "mine") == "mine"
    assert model_name("klue/bert-base") == "klue--bert-base"


@given(st.lists(PARTS, min_size=1, max_size=3), st.lists(PARTS, min_size=1, max_size=3))
def test_folders_with_other_last_parts_have_other_names(one: list[str], two: list[str]) -> None:
    names = [folder_name(Path("/", *parts)) for parts in (one, two)]
    for name in names:
        validate_repo_id(f"org/{name}-klue-ynat")
        assert name.isascii() and check_name(name) == name
    same = [
        tuple(unicodedata.normalize("NFC", part) for part in parts[-2:]) for parts in (one, two)
    ]
    assert (names[0] == names[1]) == (same[0] == same[1])


@given(HUB_NAMES, HUB_NAMES, st.lists(PARTS, min_size=1, max_size=3))
def test_no_folder_is_called_like_a_hub_id(owner: str, name: str, parts: list[str]) -> None:
    of_the_hub = model_name(f"{owner}/{name}")
    assert folder_name(Path("/", *parts)) != of_the_hub
    with pytest.raises(InputError, match="name: found"):
        check_name(of_the_hub)


def test_one_folder_has_one_name_whatever_the_form_of_its_letters() -> None:
    name = "모델"
    forms = {folder_name(Path("/x", unicodedata.normalize(form, name))) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a--b", "a..b", "-a", "a.", "가", "a" * 81])
def test_a_name_that_no_repository_can_have(name: str) -> None:
    with pytest.raises(InputError, match="name: found"):
        model_name("klue/bert-base", name)


def written(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


def test_the_digest_is_of_what_is_loaded(tmp_path: Path) -> None:
    one = written(tmp_path / "one", model__safetensors=b"weights", pytorch_model__bin=b"older")
    assert weights_digest(one) == hashlib.sha256(b"weights").hexdigest()
    index = json.dumps({"weight_map": {"x": "part-2", "y": "part-1", "z": "part-1"}}).encode()
    parts = written(tmp_path / "parts", **{"part-1": b"wei", "part-2": b"ghts"})
    (parts / "model.safetensors.index.json").write_bytes(index)
    assert [path.name for path in weight_files(parts)] == ["part-1", "part-2"]
    assert weights_digest(parts) == weights_digest(one)
    assert weights_digest(written(tmp_path / "none", config__json=b"{}")) is None
    (parts / "model.safetensors.index.json").write_bytes(b"{}")
    with pytest.raises(InputError, match="found no weight_map"):
        weights_digest(parts)


def test_weights_that_change_have_another_digest(tmp_path: Path) -> None:
    folder = written(tmp_path, model__safetensors=b"weights")
    before = weights_digest(folder)
    written(tmp_path, model__safetensors=b"others!")
    assert weights_digest(folder) == hashlib.sha256(b"others!").hexdigest() != before


def test_an_encoder_of_the_hub_has_the_revision_that_is_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", str(tmp_path), raising=False)
    assert identify("org/enc") == Encoder("org/enc")
    repo, commit = tmp_path / "models--org--enc", "c0ffee" * 6 + "c0de"
    written(repo / "snapshots" / commit, config__json=b"{}", model__safetensors=b"weights")
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(commit)
    digest = hashlib.sha256(b"weights").hexdigest()
    assert identify("org/enc") == Encoder("org/enc", commit, digest)
    assert identify("no id at all") == Encoder("no id at all")


def test_a_path_is_kept_as_it_was_given_but_for_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "someone" / "a" / "enc", model__safetensors=b"weights")
    monkeypatch.setenv("HOME", str(tmp_path / "someone"))
    assert identify(str(folder)).path == "~/a/enc"
    monkeypatch.chdir(tmp_path)
    assert identify("someone/a/../a/enc").path == "someone/a/../a/enc"
    monkeypatch.setenv("HOME", str(tmp_path / "somebody-else"))
    assert identify(str(folder)).path == str(folder)


def test_a_real_encoder(shared: Path) -> None:
    folder = shared / "models" / "me5-small-ko"
    found = identify(str(folder))
    assert found.digest == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert model_name(str(folder)) == "models__me5-small-ko"


@given(HUB_NAMES, HUB_NAMES)
def test_a_repository_of_a_fine_tuned_model_can_have_its_name(owner: str, name: str) -> None:
    repository = repository_name(model_name(f"{owner}/{name}"), "ynat")
    validate_repo_id(f"org/{repository}")  # raises where the Hub would refuse it
    assert repository.endswith("-klue-ynat") and "--" not in repository
