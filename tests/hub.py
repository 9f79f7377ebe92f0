"""A Hugging Face Hub on this machine, for tests: the standard library alone, everything in memory.

It speaks the part of the Hub's protocol that huggingface_hub, datasets, evaluate and transformers
use to create, write and read repositories. Contents are kept by their SHA-256, a commit is a whole
tree of paths, and a reference is a name of a commit, so that a reader sees a commit or does not.

    with Hub() as hub:
        hub.fault("POST .*/commit/", status=500)   # the next commit fails once
        ...                                         # HF_ENDPOINT=hub.url, HF_TOKEN=TOKEN
        assert not hub.unknown                      # requests it has no answer for
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

TOKEN = "hf_token_of_someone"
USER, ORG = "someone", "org"
LFS_SUFFIXES = (".safetensors", ".parquet", ".bin", ".arrow", ".model", ".pt")
LFS_FROM = 10 << 20  # bytes; a larger file that is no LFS file is refused
WHEN = "2026-11-25T00:00:00.000Z"
KINDS = {"datasets": "dataset", "models": "model", "spaces": "space"}


@dataclass(frozen=True)
class File:
    """A file of a commit: its content's SHA-256 and size, and whether it is kept by LFS.

    xet: its name in the Xet storage that has it in place of the Hub.
    """

    sha256: str
    size: int
    lfs: bool
    git_oid: str
    xet: str | None = None

    def json(self, path: str) -> dict[str, Any]:
        """The file as `tree` and `paths-info` list it."""
        entry = {"type": "file", "path": path, "size": self.size, "oid": self.git_oid}
        if self.lfs:
            entry["lfs"] = {"oid": self.sha256, "size": self.size, "pointerSize": 134}
        return {**entry, "xetHash": self.xet} if self.xet else entry


@dataclass(frozen=True)
class Commit:
    """A tree of files and where it came from."""

    oid: str
    parent: str | None
    title: str
    author: str
    files: dict[str, File]


@dataclass
class Repo:
    """A repository: commits by their id, and names of commits."""

    kind: str
    id: str
    private: bool
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)  # "main", "refs/tags/v1", "refs/pr/1"
    pulls: list[dict[str, Any]] = field(default_factory=list)

    def commit_at(self, revision: str) -> Commit:
        """The commit that a branch, a tag, a pull request or an id names."""
        names = (revision, f"refs/tags/{revision}", revision.removeprefix("refs/heads/"))
        oid = next((self.refs[name] for name in names if name in self.refs), revision)
        if oid not in self.commits:
            raise HubError(404, f"Invalid rev id: {revision}", code="RevisionNotFound")
        return self.commits[oid]


@dataclass
class HubError(Exception):
    """An answer that is an error."""

    status: int
    message: str
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What goes back: JSON unless `content` holds bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None


@dataclass
class Fault:
    """What is to go wrong, for so many requests that match.

    drop: "before" the request is acted on, "middle" of its body, or "after" it was acted on,
    when only the answer is lost. then: something that happens just before, for example somebody
    else's commit.
    """

    pattern: str
    times: int = 1
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: str | None = None
    seconds: float = 0.0
    then: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Request:
    """A request as a handler of it gets it: parts of the path, query, body, who asks."""

    parts: tuple[str, ...]
    query: dict[str, list[str]]
    body: bytes
    user: str | None
    headers: Any

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Hub:
    """The state of the Hub and its server on a free port of 127.0.0.1.

    xet: a folder for the Xet storage; the clients that use it write to it and read from it
    themselves, the Hub tells them where it is.
    """

    def __init__(self, xet: Path | None = None) -> None:
        self.xet = xet
        self.repos: dict[tuple[str, str], Repo] = {}
        self.blobs: dict[str, bytes] = {}
        self.unknown: list[str] = []
        self.seen: list[str] = []
        self.faults: list[Fault] = []
        self.has_lfs = True
        self.benchmarks: set[str] = set()  # datasets that have a leaderboard
        self.members = {USER: [ORG]}
        self.tokens = {TOKEN: USER}
        self.lock = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.hub = self  # type: ignore[attr-defined]
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """The value for HF_ENDPOINT."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Hub:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    # What tests ask and arrange

    def fault(self, pattern: str, **what: Any) -> None:
        """Let the next request whose "METHOD /path" matches go wrong; see `Fault`."""
        self.faults.append(Fault(pattern, **what))

    def repo(self, kind: str, repo_id: str) -> Repo:
        """A repository that is there."""
        return self.repos[kind, repo_id]

    def read(self, kind: str, repo_id: str, path: str, revision: str = "main") -> bytes:
        """The content of a file."""
        return self.blobs[self.repo(kind, repo_id).commit_at(revision).files[path].sha256]

    def history(self, kind: str, repo_id: str, revision: str = "main") -> list[Commit]:
        """The commits of a branch, the newest first."""
        repo = self.repo(kind, repo_id)
        return list(ancestors(repo, repo.commit_at(revision)))

    def create(self, kind: str, repo_id: str, private: bool = False) -> None:
        """A new repository with its first commit, as its owner makes it."""
        repo = Repo(kind, repo_id, private)
        attributes = "".join(f"*{suffix} filter=lfs\n" for suffix in LFS_SUFFIXES).encode()
        owner = repo_id.partition("/")[0]
        self.advance(
            repo, "main", {".gitattributes": self.keep(attributes)}, "initial commit", owner
        )
        self.repos[kind, repo_id] = repo

    def write(
        self, kind: str, repo_id: str, files: dict[str, bytes], title: str = "By hand"
    ) -> str:
        """Commit as somebody else would, in the browser."""
        with self.lock:
            repo = self.repo(kind, repo_id)
            tree = dict(repo.commit_at("main").files)
            tree |= {path: self.keep(content) for path, content in files.items()}
            return self.advance(repo, "main", tree, title, "somebody-else").oid

    # The store

    def keep(self, content: bytes) -> File:
        """Keep a content that is no LFS file and describe it."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.blobs[sha256] = content
        return File(sha256, len(content), False, git_oid(content))

    def large(self, sha256: str, size: int) -> File:
        """Describe a content that came by LFS or by Xet."""
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
        xet = None if sha256 in self.blobs else xet_name(self.xet, sha256)
        return File(sha256, size, True, git_oid(pointer.encode()), xet)

    def advance(
        self, repo: Repo, ref: str, files: dict[str, File], title: str, author: str
    ) -> Commit:
        """Add a commit on top of a reference and move it there."""
        parent = repo.refs.get(ref)
        text = json.dumps(
            [repo.kind, repo.id, parent, title, author, len(repo.commits), sorted(files)]
        )
        oid = hashlib.sha1(text.encode()).hexdigest()
        repo.commits[oid] = Commit(oid, parent, title, author, files)
        repo.refs[ref] = oid
        return repo.commits[oid]

    # Who may do what

    def user_of(self, headers: Any) -> str | None:
        """Who sends a request; None without a token."""
        header = headers.get("Authorization")
        if header is None:
            return None
        user = self.tokens.get(header.removeprefix("Bearer "))
        if user is None:
            raise HubError(401, "Invalid credentials in Authorization header")
        return user

    def find(self, kind: str, repo_id: str, user: str | None, write: bool = False) -> Repo:
        """A repository, if this user may see it, or write to it."""
        owner = repo_id.partition("/")[0]
        mine = user is not None and owner in (user, *self.members[user])
        repo = self.repos.get((kind, repo_id))
        if repo is None or (repo.private and not mine):
            status = 404 if user else 401
            raise HubError(status, "Repository not found", code="RepoNotFound")
        if write and not mine:
            self.refuse_write(user, owner)
        return repo

    def refuse_write(self, user: str | None, owner: str) -> None:
        """Say that somebody may not write to what an owner has."""
        if user is None:
            raise HubError(401, "Invalid username or password.")
        raise HubError(
            403,
            f"You don't have the rights to write to the namespace {owner!r}",
            code="",
        )


def git_oid(content: bytes) -> str:
    """What git calls a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def ancestors(repo: Repo, commit: Commit) -> Iterator[Commit]:
    """A commit and those before it."""
    yield commit
    while commit.parent is not None:
        commit = repo.commits[commit.parent]
        yield commit


ROUTES: list[tuple[str, re.Pattern[str], Callable[[Hub, Request], Reply]]] = []


def route(method: str, pattern: str) -> Callable[[Any], Any]:
    """Register the handler of a method and a path; {id}, {rev} and {path} are its parts."""
    for name, regex in {
        "{kind}": r"(datasets|models|spaces)",
        "{place}": r"(datasets/|spaces/|)",
        "{id}": r"([\w.-]+/[\w.-]+)",
        "{rev}": r"([^/]+)",
        "{path}": r"(.+)",
        "{oid}": r"([0-9a-f]{64})",
    }.items():
        pattern = pattern.replace(name, regex)

    def register(handler: Callable[[Hub, Request], Reply]) -> Callable[[Hub, Request], Reply]:
        ROUTES.append((method, re.compile(pattern), handler))
        return handler

    return register


# Accounts and repositories


@route("GET", "/api/whoami-v2")
def whoami(hub: Hub, request: Request) -> Reply:
    """Who the token is of."""
    if request.user is None:
        raise HubError(401, "Invalid username or password.")
    orgs = [{"name": name, "type": "org"} for name in hub.members[request.user]]
    return Reply(
        {"type": "user", "name": request.user, "orgs": orgs, "auth": {"type": "access_token"}}
    )


@route("POST", "/api/repos/create")
def create_repo(hub: Hub, request: Request) -> Reply:
    """A new repository with its first commit."""
    wish = request.json()
    if request.user is None:
        hub.refuse_write(None, "")
    owner = wish.get("organization") or request.user
    kind, repo_id = wish.get("type", "model"), f"{owner}/{wish['name']}"
    if owner not in (request.user, *hub.members[str(request.user)]):
        hub.refuse_write(request.user, owner)
    place = "" if kind == "model" else f"{kind}s/"
    body = {"url": f"{hub.url}/{place}{repo_id}", "name": repo_id}
    if (kind, repo_id) in hub.repos:
        raise HubError(409, "You already created this repo", more=body)
    hub.create(kind, repo_id, private=wish.get("visibility") == "private")
    return Reply({**body, "id": repo_id})


@route("DELETE", "/api/repos/delete")
def delete_repo(hub: Hub, request: Request) -> Reply:
    """Take a repository away."""
    wish = request.json()
    repo_id = f"{wish.get('organization') or request.user}/{wish['name']}"
    repo = hub.find(wish.get("type", "model"), repo_id, request.user, write=True)
    del hub.repos[repo.kind, repo.id]
    return Reply({})


@route("GET", "/api/{kind}")
def list_repos(hub: Hub, request: Request) -> Reply:
    """The repositories of an author that carry all the given tags."""
    kind = KINDS[request.parts[0]]
    found = []
    for (of_kind, repo_id), repo in hub.repos.items():
        if (
            of_kind != kind
            or request.query.get("author", [repo_id.partition("/")[0]])[0]
            != repo_id.partition("/")[0]
        ):
            continue
        body = description(hub, repo, repo.commit_at("main"))
        if not repo.private and set(request.query.get("filter", [])) <= set(body["tags"]):
            found.append(body)
    return Reply(found)


@route("GET", "/api/{kind}/{id}")
@route("GET", "/api/{kind}/{id}/revision/{rev}")
def repo_info(hub: Hub, request: Request) -> Reply:
    """What a repository is and holds."""
    kind, repo_id, *revision = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user)
    return Reply(
        description(hub, repo, repo.commit_at(unquote(revision[0]) if revision else "main"))
    )


def description(hub: Hub, repo: Repo, commit: Commit) -> dict[str, Any]:
    """A repository as the API describes it."""
    card = (
        hub.blobs[commit.files["README.md"].sha256].decode() if "README.md" in commit.files else ""
    )
    listed = re.search(
        r"^tags:\n((?:- .*\n)+)", card.partition("\n---")[0] + "\n", flags=re.MULTILINE
    )
    tags = re.findall(r"- (.*)\n", listed[1]) if listed else []
    return {
        "_id": "0",
        "id": repo.id,
        "modelId": repo.id,
        "author": repo.id.partition("/")[0],
        "sha": commit.oid,
        "private": repo.private,
        "gated": False,
        "disabled": False,
        "tags": tags,
        "downloads": 0,
        "likes": 0,
        "createdAt": WHEN,
        "lastModified": WHEN,
        "siblings": [{"rfilename": path, "size": file.size} for path, file in commit.files.items()],
    }


@route("GET", "/api/{kind}/{id}/refs")
def refs(hub: Hub, request: Request) -> Reply:
    """Branches, tags and pull requests."""
    kind, repo_id = request.parts
    named: dict[str, list[dict[str, str]]] = {"branches": [], "tags": [], "pullRequests": []}
    for ref, oid in hub.find(KINDS[kind], repo_id, request.user).refs.items():
        group = {"refs/tags": "tags", "refs/pr": "pullRequests"}.get(
            ref.rpartition("/")[0], "branches"
        )
        full = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
        name = ref if group == "branches" else ref.rpartition("/")[2]
        named[group].append({"name": name, "ref": full, "targetCommit": oid})
    return Reply({**named, "converts": []})


@route("GET", "/api/{kind}/{id}/commits/{rev}")
def commits(hub: Hub, request: Request) -> Reply:
    """The history of a revision."""
    kind, repo_id, revision = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user)
    return Reply(
        [
            {
                "id": commit.oid,
                "title": commit.title,
                "message": "",
                "authors": [{"user": commit.author}],
                "date": WHEN,
            }
            for commit in ancestors(repo, repo.commit_at(unquote(revision)))
        ]
    )


@route("POST", "/api/{kind}/{id}/tag/{rev}")
def create_tag(hub: Hub, request: Request) -> Reply:
    """Name a commit for good."""
    kind, repo_id, revision = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user, write=True)
    name = f"refs/tags/{request.json()['tag']}"
    if name in repo.refs:
        raise HubError(409, "Tag already exists")
    repo.refs[name] = repo.commit_at(unquote(revision)).oid
    return Reply({})


@route("POST", "/api/{kind}/{id}/branch/{rev}")
def create_branch(hub: Hub, request: Request) -> Reply:
    """A branch from a starting point."""
    kind, repo_id, name = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user, write=True)
    if unquote(name) in repo.refs:
        raise HubError(409, "Branch already exists")
    start = json.loads(request.body or b"{}").get("startingPoint", "main")
    repo.refs[unquote(name)] = repo.commit_at(start).oid
    return Reply({})


@route("DELETE", "/api/{kind}/{id}/(?:tag|branch)/{rev}")
def delete_ref(hub: Hub, request: Request) -> Reply:
    """Forget a tag or a branch."""
    kind, repo_id, name = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user, write=True)
    if not (repo.refs.pop(f"refs/tags/{name}", None) or repo.refs.pop(unquote(name), None)):
        raise HubError(404, "No such reference", code="RevisionNotFound")
    return Reply({})


@route("GET", "/api/{kind}/{id}/discussions")
def discussions(hub: Hub, request: Request) -> Reply:
    """The pull requests; there are no other discussions here."""
    kind, repo_id = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user)
    asked = request.query.get("author", [None])[0]
    found = [pull for pull in repo.pulls if asked in (None, pull["author"]["name"])]
    return Reply({"discussions": found, "count": len(found), "start": 0})


@route("GET", "/api/datasets/{id}/leaderboard")
def leaderboard(hub: Hub, request: Request) -> Reply:
    """The models whose results, or pull requests with results, name a dataset that is listed."""
    (dataset,) = request.parts
    if dataset not in hub.benchmarks:
        raise HubError(404, "This dataset has no leaderboard")
    found = []
    for (kind, repo_id), repo in hub.repos.items():
        for ref in ("main", *(name for name in repo.refs if name.startswith("refs/pr/"))):
            files = repo.commit_at(ref).files
            if kind == "model" and any(path.startswith(".eval_results/") for path in files):
                found.append(
                    {
                        "rank": len(found) + 1,
                        "modelId": repo_id,
                        "value": 0.0,
                        "filename": ".eval_results/klue.yaml",
                        "verified": False,
                        "author": {"type": "org", "name": repo_id.partition("/")[0]},
                        "pullRequest": None if ref == "main" else int(ref.rpartition("/")[2]),
                    }
                )
    return Reply(found)


# Reading


@route("GET", "/api/{kind}/{id}/tree/{rev}(?:/{path})?")
def tree(hub: Hub, request: Request) -> Reply:
    """The files and folders below a folder."""
    kind, repo_id, revision, folder = request.parts
    commit = hub.find(KINDS[kind], repo_id, request.user).commit_at(unquote(revision))
    root = f"{unquote(folder)}/" if folder else ""
    deep = request.query.get("recursive", [""])[0].lower() in ("true", "1")
    entries: dict[str, dict[str, Any]] = {}
    for path, file in sorted(commit.files.items()):
        if not path.startswith(root):
            continue
        below = path.removeprefix(root).split("/")
        for depth in range(1, len(below) if deep else min(len(below), 2)):
            name = root + "/".join(below[:depth])
            entries[name] = folder_json(name)
        if deep or len(below) == 1:
            entries[path] = file.json(path)
    if root and not entries:
        raise HubError(404, f"{folder} does not exist on {unquote(revision)}", code="EntryNotFound")
    return Reply(list(entries.values()), headers={"X-Repo-Commit": commit.oid})


def folder_json(path: str) -> dict[str, Any]:
    """A folder as `tree` and `paths-info` list it."""
    oid = hashlib.sha1(path.encode()).hexdigest()
    return {"type": "directory", "path": path, "size": 0, "oid": oid}


@route("POST", "/api/{kind}/{id}/paths-info/{rev}")
def paths_info(hub: Hub, request: Request) -> Reply:
    """What there is of some paths."""
    kind, repo_id, revision = request.parts
    repo = hub.find(KINDS[kind], repo_id, request.user)
    newest = repo.commit_at(unquote(revision))
    files, form = newest.files, parse_qs(request.body.decode())
    found = []
    for asked in form.get("paths", []):
        path = asked.strip("/")
        if path in files:
            about = files[path].json(path)
            if form.get("expand") == ["true"]:
                about["lastCommit"] = last_change(repo, newest, path)
            found.append(about)
        elif any(name.startswith(f"{path}/") for name in files):
            found.append(folder_json(path))
    return Reply(found)


def last_change(repo: Repo, newest: Commit, path: str) -> dict[str, str]:
    """The commit that a file is from, as `paths-info` describes it."""
    found = newest
    for commit in ancestors(repo, newest):
        if commit.files.get(path) != newest.files[path]:
            break
        found = commit
    return {"id": found.oid, "title": found.title, "date": WHEN}


@route("GET", "/{place}{id}/resolve/{rev}/{path}")
def resolve(hub: Hub, request: Request) -> Reply:
    """A file's content, or the part of it that is asked for."""
    place, repo_id, revision, path = request.parts
    kind = KINDS[place.rstrip("/") or "models"]
    commit = hub.find(kind, repo_id, request.user).commit_at(unquote(revision))
    file = commit.files.get(unquote(path))
    if file is None:
        headers = {"X-Repo-Commit": commit.oid}
        raise HubError(404, "Entry not found", code="EntryNotFound", headers=headers)
    headers = {
        "X-Repo-Commit": commit.oid,
        "ETag": f'"{file.sha256 if file.lfs else file.git_oid}"',
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
    }
    if file.lfs:
        headers |= {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(file.size)}
    if file.xet:
        route_ = (
            f"{hub.url}/api/{place.rstrip('/') or 'models'}/{repo_id}/xet-read-token/{commit.oid}"
        )
        headers |= {"X-Xet-Hash": file.xet, "X-Xet-Refresh-Route": route_}
    content = hub.blobs.get(file.sha256, b"")
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range") or "")
    return part(content, asked, headers) if asked else Reply(headers=headers, content=content)


def part(content: bytes, asked: re.Match[str], headers: dict[str, str]) -> Reply:
    """The bytes from - to, both included; without a start the last so many."""
    size = len(content)
    if asked[1]:
        start, end = int(asked[1]), min(int(asked[2] or size), size - 1)
    else:
        start, end = max(size - int(asked[2]), 0), size - 1
    if start >= size:
        raise HubError(416, "Range not satisfiable", headers={"Content-Range": f"bytes */{size}"})
    headers = {**headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return Reply(status=206, headers=headers, content=content[start : end + 1])


# Writing


@route("POST", "/api/validate-yaml")
def validate_yaml(hub: Hub, request: Request) -> Reply:
    """Whether a card begins with a closed block of YAML; more needs more than this library."""
    content = request.json()["content"]
    if content.startswith("---\n") and "\n---" not in content[4:]:
        raise HubError(400, "Invalid metadata")
    return Reply({"errors": [], "warnings": []})


@route("POST", "/api/{kind}/{id}/preupload/{rev}")
def preupload(hub: Hub, request: Request) -> Reply:
    """How each file is to be sent, and what there is of it."""
    kind, repo_id, revision = request.parts
    writes = "create_pr" not in request.query  # a pull request may be made by anybody
    repo = hub.find(KINDS[kind], repo_id, request.user, write=writes)
    there = repo.commit_at(unquote(revision)).files
    wish = request.json()
    kept = hub.blobs[there[".gitignore"].sha256].decode() if ".gitignore" in there else ""
    rules = wish.get("gitIgnore", kept)
    answers = []
    for file in wish["files"]:
        path = file["path"]
        large = hub.has_lfs and (path.endswith(LFS_SUFFIXES) or file["size"] >= LFS_FROM)
        old = there.get(path)
        oid = None if old is None else old.sha256 if old.lfs else old.git_oid
        mode = "lfs" if large else "regular"
        ignore = is_ignored(path, rules)
        answers.append({"path": path, "uploadMode": mode, "shouldIgnore": ignore, "oid": oid})
    return Reply({"files": answers})


def is_ignored(path: str, rules: str) -> bool:
    """Whether the rules of a .gitignore at the root leave a path out, tracked or not.

    The client acts on it, not the Hub: huggingface_hub sends no file that the answer to `preupload`
    marks so, and a commit takes whatever is sent.
    """
    parts = path.split("/")
    folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    # What lies in a folder that is left out cannot be taken back in.
    return any(left_out(folder, rules, True) for folder in folders) or left_out(path, rules, False)


def left_out(path: str, rules: str, folder: bool) -> bool:
    """What the last rule that matches a file or a folder says of it."""
    verdict = False
    for line in rules.splitlines():
        rule = re.sub(r"(?<!\\) +$", "", line)
        if not rule or rule.startswith("#"):
            continue
        again = rule.startswith("!")
        if (folder or not rule.endswith("/")) and rule_pattern(rule.removeprefix("!")).match(path):
            verdict = not again
    return verdict


RULE_PART = re.compile(r"^\*\*/|/\*\*/|/\*\*$|\*+|\?|\[[!\]]?[^\]]*\]|\\.|.")
RULE_MEANING = {
    "**/": "(?:.*/)?",
    "/**/": "/(?:.*/)?",
    "/**": "/.+",
    "**": "[^/]*",
    "*": "[^/]*",
    "?": "[^/]",
}


def rule_pattern(rule: str) -> re.Pattern[str]:
    """A rule of a .gitignore as a regular expression of a whole path."""

    def meaning(part: re.Match[str]) -> str:
        text = part[0]
        if len(text) > 1 and text.startswith("["):
            return text.replace("[!", "[^", 1)
        return RULE_MEANING.get(text) or re.escape(text[-1])

    rule = rule.removesuffix("/")
    anywhere = "" if "/" in rule else "(?:.*/)?"
    return re.compile(f"{anywhere}{RULE_PART.sub(meaning, rule.removeprefix('/'))}$")


@route("POST", r"/{place}{id}\.git/info/lfs/objects/batch")
def lfs_batch(hub: Hub, request: Request) -> Reply:
    """Where to put contents that are not here yet."""
    place, repo_id = request.parts
    hub.find(KINDS[place.rstrip("/") or "models"], repo_id, request.user, write=True)
    objects = []
    for wish in request.json()["objects"]:
        answer = {"oid": wish["oid"], "size": wish["size"]}
        if wish["oid"] not in hub.blobs:
            target = {"href": f"{hub.url}/lfs/{wish['oid']}"}
            answer["actions"] = {"upload": target, "verify": {"href": f"{hub.url}/lfs/verify"}}
        objects.append(answer)
    return Reply({"transfer": "basic", "objects": objects})


@route("GET", "/api/{kind}/{id}/xet-(read|write)-token/{rev}")
def xet_token(hub: Hub, request: Request) -> Reply:
    """Where the Xet storage is and what opens it."""
    kind, repo_id, what, _ = request.parts
    hub.find(KINDS[kind], repo_id, request.user, write=what == "write")
    place, end = f"local://{hub.xet}", int(time.time()) + 3600
    headers = {
        "X-Xet-Cas-Url": place,
        "X-Xet-Access-Token": "for-xet-alone",
        "X-Xet-Token-Expiration": str(end),
    }
    return Reply({"casUrl": place, "exp": end, "accessToken": "for-xet-alone"}, headers=headers)


def xet_name(storage: Path | None, sha256: str) -> str | None:
    """What the Xet storage calls a content, found in the list of files of its shards.

    A shard begins with 48 bytes, then has for each file its name and two numbers, in 48 bytes, and
    as many more of 48 bytes as the numbers say; the last of them holds the SHA-256.
    """
    for shard in sorted(storage.rglob("xorbs/shards/*.mdb")) if storage else ():
        content, at = shard.read_bytes(), 48
        while (name := content[at : at + 32]) != b"\xff" * 32:
            flags, segments = struct.unpack_from("<II", content, at + 32)
            blocks = segments * (2 if flags >> 31 else 1)
            at += 48 * (1 + blocks)
            if flags >> 30 & 1:
                if xet_hex(content[at : at + 32]) == sha256:
                    return xet_hex(name)
                at += 48
    return None


def xet_hex(name: bytes) -> str:
    """A hash as Xet writes it: four numbers of 64 bits."""
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", name))


@route("PUT", "/lfs/{oid}")
def lfs_put(hub: Hub, request: Request) -> Reply:
    """Keep a content, if it is the one that was announced."""
    if hashlib.sha256(request.body).hexdigest() != request.parts[0]:
        raise HubError(400, "The content is not what its id says")
    hub.blobs[request.parts[0]] = request.body
    return Reply({})


@route("POST", "/lfs/verify")
def lfs_verify(hub: Hub, request: Request) -> Reply:
    """Whether a content has arrived."""
    if request.json()["oid"] not in hub.blobs:
        raise HubError(404, "Not uploaded", code="EntryNotFound")
    return Reply({})


@route("POST", "/api/{kind}/{id}/commit/{rev}")
def commit(hub: Hub, request: Request) -> Reply:
    """All changes at once or none."""
    kind, repo_id, revision = request.parts
    writes = "create_pr" not in request.query  # a pull request may be made by anybody
    repo = hub.find(KINDS[kind], repo_id, request.user, write=writes)
    ref = unquote(revision)
    head = repo.commit_at(ref)
    header, *operations = [json.loads(line) for line in request.body.splitlines() if line]
    expected = header["value"].get("parentCommit")
    if expected is not None and not head.oid.startswith(expected):
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    files = dict(head.files)
    for operation in operations:
        apply(hub, files, operation["key"], operation["value"])
    title = header["value"]["summary"]
    pull = None
    if "create_pr" in request.query:
        number = len(repo.pulls) + 1
        place = "" if kind == "models" else f"{kind}/"
        ref, pull = f"refs/pr/{number}", f"{hub.url}/{place}{repo_id}/discussions/{number}"
        repo.refs[ref] = head.oid
        repo.pulls.append(pull_json(repo, number, title, str(request.user)))
    made = hub.advance(repo, ref, files, title, str(request.user))
    url = f"{hub.url}/{repo_id}/commit/{made.oid}"
    return Reply({"success": True, "commitOid": made.oid, "commitUrl": url, "pullRequestUrl": pull})


def pull_json(repo: Repo, number: int, title: str, author: str) -> dict[str, Any]:
    """An open pull request as the API lists it."""
    return {
        "num": number,
        "title": title,
        "author": {"name": author},
        "createdAt": WHEN,
        "status": "open",
        "isPullRequest": True,
        "repo": {"name": repo.id, "type": repo.kind},
    }


def apply(hub: Hub, files: dict[str, File], key: str, value: dict[str, Any]) -> None:
    """Carry out one operation of a commit on a tree."""
    path = value["path"]
    if path.startswith("/") or {"..", ".", ""} & set(path.rstrip("/").split("/")):
        raise HubError(400, f"Invalid path: {path}")
    if key == "file":
        content = base64.b64decode(value["content"])
        if len(content) > LFS_FROM:
            raise HubError(400, f"{path} is larger than 10 MiB and has to be sent with LFS")
        files[path] = hub.keep(content)
    elif key == "lfsFile":
        if value["oid"] not in hub.blobs and xet_name(hub.xet, value["oid"]) is None:
            raise HubError(404, f"{path} was not uploaded", code="EntryNotFound")
        files[path] = hub.large(value["oid"], value["size"])
    elif key == "deletedFile":
        if files.pop(path, None) is None:
            raise HubError(404, "A file with this name doesn't exist", code="EntryNotFound")
    else:
        for name in [name for name in files if name.startswith(f"{path.rstrip('/')}/")]:
            del files[name]


class Handler(BaseHTTPRequestHandler):
    """One connection: reads a request whole, lets faults happen, finds its route, answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def hub(self) -> Hub:
        """The state."""
        return self.server.hub  # type: ignore[attr-defined,no-any-return]

    def handle_any(self) -> None:
        """Answer whatever is asked."""
        url = urlsplit(self.path)
        line = f"{self.command} {url.path}"
        with self.hub.lock:
            self.hub.seen.append(line)
            fault = self.next_fault(line)
        if fault.then is not None:
            fault.then()
        time.sleep(fault.seconds)
        body = b"" if fault.drop == "before" else self.read_body(half=fault.drop == "middle")
        if fault.drop in ("before", "middle"):
            self.close_connection = True
            return
        try:
            if fault.status is not None:
                raise HubError(fault.status, "As the test asked for", headers=fault.headers)
            with self.hub.lock:
                reply = self.answer(url.path, url.query, body)
        except HubError as refusal:
            reply = refused(refusal)
        if fault.drop == "after":
            self.close_connection = True
            return
        self.send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - http.server's names

    def next_fault(self, line: str) -> Fault:
        """The fault of this request, used up by it."""
        for fault in self.hub.faults:
            if fault.times and re.match(fault.pattern, line):
                fault.times -= 1
                return fault
        return Fault("")

    def answer(self, path: str, query: str, body: bytes) -> Reply:
        """What the route of the request says."""
        method = "GET" if self.command == "HEAD" else self.command
        user = self.hub.user_of(self.headers)
        for of_method, pattern, handler in ROUTES:
            found = pattern.fullmatch(path) if of_method == method else None
            if found:
                parts = tuple(found.groups())
                return handler(self.hub, Request(parts, parse_qs(query), body, user, self.headers))
        self.hub.unknown.append(f"{self.command} {self.path}")
        raise HubError(404, f"This Hub knows no {self.command} {path}")

    def read_body(self, half: bool = False) -> bytes:
        """The body, of known length or in chunks; or the first half of it."""
        size = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(size // 2 if half else size)
        content = b""
        while length := int(self.rfile.readline(), 16):
            content += self.rfile.read(length)
            self.rfile.readline()
            if half:
                return content
        self.rfile.readline()
        return content

    def send(self, reply: Reply) -> None:
        """Write an answer."""
        content = reply.content
        if content is None:
            content = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers}
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing: `Hub.seen` has it all."""


def refused(refusal: HubError) -> Reply:
    """An error in the Hub's form."""
    message = quote(refusal.message, safe=" '.,:!()[]/{}")
    headers = {"X-Error-Message": message, **refusal.headers}
    if refusal.code:
        headers["X-Error-Code"] = refusal.code
    return Reply({"error": refusal.message, **refusal.more}, status=refusal.status, headers=headers)
