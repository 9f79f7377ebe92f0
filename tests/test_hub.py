"""The Hub on this machine answers as the real one where clients depend on it."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hub import TOKEN, Hub, is_ignored


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        ask(running, "POST", "/api/repos/create", {"name": "things", "organization": "org"})
        running.write("model", "org/things", {"a/b.txt": b"0123456789"})
        yield running


def ask(
    hub: Hub, method: str, path: str, body: Any = None, token: str | None = TOKEN, **headers: str
) -> tuple[int, bytes, Any]:
    data = None if body is None else json.dumps(body).encode()
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(hub.url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=8-", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=-2", 206, b"89"),
        ("bytes=10-", 416, None),
    ],
)
def test_parts_of_a_file(hub: Hub, asked: str, status: int, content: bytes | None) -> None:
    code, body, headers = ask(hub, "GET", "/org/things/resolve/main/a/b.txt", Range=asked)
    assert code == status
    if content is not None:
        assert body == content
        assert headers["Content-Range"].startswith("bytes ")


def test_a_look_at_a_file(hub: Hub) -> None:
    code, body, headers = ask(hub, "HEAD", "/org/things/resolve/main/a/b.txt", token=None)
    assert (code, body, headers["Content-Length"]) == (200, b"", "10")
    assert headers["X-Repo-Commit"] == hub.history("model", "org/things")[0].oid


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/org/things/resolve/main/nothing", 404, "EntryNotFound"),
        ("/org/things/resolve/nowhere/a/b.txt", 404, "RevisionNotFound"),
        ("/org/nothing/resolve/main/a/b.txt", 404, "RepoNotFound"),
        ("/api/models/org/things/tree/main/nothing", 404, "EntryNotFound"),
    ],
)
def test_what_is_missing_has_a_code(hub: Hub, path: str, status: int, code: str) -> None:
    answer = ask(hub, "GET", path)
    assert (answer[0], answer[2]["X-Error-Code"]) == (status, code)


def test_who_may_what(hub: Hub) -> None:
    wish = {"name": "more", "organization": "strangers"}
    assert ask(hub, "POST", "/api/repos/create", wish, token=None)[0] == 401
    assert ask(hub, "POST", "/api/repos/create", wish, token="hf_wrong")[0] == 401
    assert ask(hub, "POST", "/api/repos/create", wish)[0] == 403
    assert ask(hub, "GET", "/api/whoami-v2", token=None)[0] == 401
    hub.repo("model", "org/things").private = True
    assert ask(hub, "GET", "/api/models/org/things", token=None)[0] == 401
    assert ask(hub, "GET", "/api/models/org/things")[0] == 200


def test_names_are_taken_once(hub: Hub) -> None:
    again = {"name": "things", "organization": "org"}
    assert ask(hub, "POST", "/api/repos/create", again)[0] == 409
    tag = "/api/models/org/things/tag/main"
    assert [ask(hub, "POST", tag, {"tag": "v1"})[0] for _ in range(2)] == [200, 409]


def test_a_stale_parent_is_refused(hub: Hub) -> None:
    header = {"key": "header", "value": {"summary": "x", "parentCommit": "0" * 40}}
    assert ask(hub, "POST", "/api/models/org/things/commit/main", header)[0] == 412


def test_a_request_it_does_not_know_is_remembered(hub: Hub) -> None:
    assert ask(hub, "GET", "/api/telepathy")[0] == 404
    assert hub.unknown == ["GET /api/telepathy"]


RULES = """# results stay at home
*.jsonl
!kept.jsonl
results/
!results/seed-0.json
/top.txt
a/*.bin
**/deep
c/**/d
e/**
f?.txt
g[0-2].txt
h[!0-2].txt
\\#sharp
\\!loud
name with blank
trailing   
"""  # noqa: W291
PATHS = [
    "x.jsonl", "b/x.jsonl", "kept.jsonl", "b/kept.jsonl", "results/seed-0.json", "b/results/y",
    "results", "top.txt", "b/top.txt", "a/x.bin", "a/b/x.bin", "b/a/x.bin", "deep", "b/deep",
    "b/deep/x", "c/d", "c/x/d", "c/x/y/d", "c/x/y/dd", "e/x", "e", "b/e/x", "fx.txt", "f.txt",
    "f/.txt", "g1.txt", "g3.txt", "h1.txt", "h3.txt", "#sharp", "!loud", "# results stay at home",
    "name with blank", "trailing", "README.md", "model.safetensors", "xjsonl",
]  # fmt: skip


def test_a_gitignore_means_what_git_says(hub: Hub, tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not here to compare with")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(RULES)
    said = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=tmp_path, input="\n".join(PATHS), capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert [path for path in PATHS if is_ignored(path, RULES)] == said
    assert "x.jsonl" in said and "README.md" not in said


def test_preupload_says_what_a_gitignore_leaves_out(hub: Hub) -> None:
    def asked(**more: str) -> dict[str, bool]:
        files = [{"path": path, "size": 1, "sample": ""} for path in ("x.jsonl", "x.txt")]
        place = "/api/models/org/things/preupload/main"
        _, body, _ = ask(hub, "POST", place, {"files": files, **more})
        return {file["path"]: file["shouldIgnore"] for file in json.loads(body)["files"]}

    assert asked() == {"x.jsonl": False, "x.txt": False}
    hub.write("model", "org/things", {".gitignore": b"*.jsonl\n"})
    assert asked() == {"x.jsonl": True, "x.txt": False}
    assert asked(gitIgnore="*.txt\n") == {"x.jsonl": False, "x.txt": True}
