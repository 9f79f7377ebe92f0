"""The parts of huggingface_hub that it does not promise: each is still there and does its work."""

from __future__ import annotations

import hashlib
import inspect

import pytest
from huggingface_hub import CommitOperationAdd, __version__, _commit_api

from klue_hub.hub_internals import AT_ONCE, CARD_FRONT_MATTER, git_hash, internal, yaml_dump

MOVED = f"huggingface_hub {__version__} has moved what klue_hub/hub_internals.py uses: "


def test_a_name_that_is_gone_is_said() -> None:
    for module, name in (("huggingface_hub.utils", "no_such"), ("huggingface_hub.nowhere", "x")):
        with pytest.raises(ImportError, match=rf"has moved {module}\.{name}, which klue_hub/hub_"):
            internal(module, name)


def test_front_matter_is_split_off() -> None:
    found = CARD_FRONT_MATTER.search("---\na: 1\n---\ntext\n")
    assert found and found[2] == "a: 1", MOVED + "the pattern of a card's front matter"


def test_yaml_is_readable() -> None:
    assert yaml_dump({"a": "가" * 200}) == f"a: {'가' * 200}\n", MOVED + "yaml_dump"


def test_the_hash_is_git_s() -> None:
    expected = hashlib.sha1(b"blob 3\0abc").hexdigest()
    assert git_hash(b"abc") == expected, MOVED + "git_hash"


def test_an_operation_knows_its_size_and_its_beginning() -> None:
    info = CommitOperationAdd("a", b"abc").upload_info
    assert (info.size, info.sample) == (3, b"abc"), MOVED + "CommitOperationAdd.upload_info"


def test_the_library_asks_the_hub_the_same() -> None:
    """What a .gitignore leaves out is asked by the library in this way, before it commits."""
    source = inspect.getsource(_commit_api._fetch_upload_modes)
    for part in ("/preupload/", '"gitIgnore"', '"shouldIgnore"', f"additions, {AT_ONCE})"):
        assert part in source, MOVED + f"the request before a commit, which has no {part}"
