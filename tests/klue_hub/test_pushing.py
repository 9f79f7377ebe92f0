"""One commit on top of what is there, whatever goes wrong on the way."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, RepoCard, constants

from klue_common.errors import InputError
from klue_hub.busy_hub import PushError
from klue_hub.plan import Where, make_plan
from klue_hub.pushing import Pushed, push
from klue_hub.upload import Upload, folder_files, write_to
from tests.hub import TOKEN, Hub

CARD = b"---\nlicense: mit\ntags:\n- klue\n---\n\n# A card\n"
REPO = "org/things"


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr("klue_hub.busy_hub.LONGEST_WAIT", 0.05)


@pytest.fixture
def hub() -> Any:
    with Hub() as running:
        yield running
        assert not running.unknown


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.url, token=TOKEN)


def upload(**files: bytes) -> Upload:
    content = {name.replace("__", "."): data for name, data in files.items()}
    return Upload("dataset", REPO, {"README.md": CARD, **content}, "1.1.0", ("*.parquet",))


def go(api: HfApi, what: Upload, **where: Any) -> Pushed:
    return push(api, what, Where(**where))


def texts(hub: Hub, revision: str = "main") -> dict[str, bytes]:
    files = hub.repo("dataset", REPO).commit_at(revision).files
    return {path: hub.blobs[file.sha256] for path, file in files.items() if path[0] != "."}


def states(api: HfApi, what: Upload) -> dict[str, str]:
    return {change.path: change.state for change in make_plan(api, what, Where()).changes}


def test_a_plan_says_what_is_new_changed_unchanged_and_deleted(api: HfApi, hub: Hub) -> None:
    assert set(states(api, upload(a__txt=b"1")).values()) == {"new"}
    assert not hub.repos, "a plan makes nothing"
    go(api, upload(a__txt=b"1", b__txt=b"2", old__parquet=b"3", large__parquet=b"4"))
    assert states(api, upload(a__txt=b"1", b__txt=b"22", c__txt=b"3", large__parquet=b"4")) == {
        "README.md": "unchanged",
        "a.txt": "unchanged",
        "b.txt": "changed",
        "c.txt": "new",
        "large.parquet": "unchanged",
        "old.parquet": "deleted",
    }


def test_one_commit_and_a_tag(api: HfApi, hub: Hub) -> None:
    done = go(api, upload(a__txt=b"1", b__parquet=b"2"))
    assert [commit.title for commit in hub.history("dataset", REPO)] == [
        "KLUE 1.1.0",
        "initial commit",
    ]
    assert (done.committed, done.tag) == (True, "v1.1.0")
    assert texts(hub, "v1.1.0") == texts(hub)
    assert texts(hub)["b.parquet"] == b"2"
    assert hub.repo("dataset", REPO).commit_at("main").files["b.parquet"].lfs


def test_unchanged_content_makes_no_commit_and_no_tag(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1", b__parquet=b"2"))
    again = go(api, upload(a__txt=b"1", b__parquet=b"2"))
    assert (again.committed, again.tag) == (False, None)
    assert len(hub.history("dataset", REPO)) == 2


def test_later_pushes_of_a_version_are_numbered(api: HfApi, hub: Hub) -> None:
    tags = [go(api, upload(a__txt=text)).tag for text in (b"1", b"2", b"3")]
    assert tags == ["v1.1.0", "v1.1.0-post1", "v1.1.0-post2"]
    assert texts(hub, "v1.1.0-post1")["a.txt"] == b"2"
    assert go(api, upload(a__txt=b"3")).tag is None


def test_files_that_are_not_ours_stay(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1"))
    hub.write("dataset", REPO, {"notes.txt": b"by hand", "a.txt": b"by hand"})
    go(api, upload(a__txt=b"2"))
    assert texts(hub)["notes.txt"] == b"by hand"
    assert texts(hub)["a.txt"] == b"2"


def test_a_branch_that_moved_is_read_again(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1"))
    hub.fault("POST .*/commit/", then=lambda: hub.write("dataset", REPO, {"notes.txt": b"by hand"}))
    go(api, upload(a__txt=b"2"))
    assert (texts(hub)["notes.txt"], texts(hub)["a.txt"]) == (b"by hand", b"2")
    titles = [commit.title for commit in hub.history("dataset", REPO)]
    assert titles == ["KLUE 1.1.0", "By hand", "KLUE 1.1.0", "initial commit"]


def test_a_card_edited_by_hand_keeps_its_body_and_its_keys(api: HfApi, hub: Hub) -> None:
    go(api, upload())
    text = texts(hub)["README.md"].decode().replace("# A card", "# A card\n\nBy hand.")
    text = text.replace("tags:\n", "gated: auto\ntags:\n- by-hand\n")
    hub.write("dataset", REPO, {"README.md": text.encode()})
    new = Upload("dataset", REPO, {"README.md": CARD.replace(b"mit", b"apache-2.0")}, "1.1.0")
    assert make_plan(api, new, Where()).text_kept
    go(api, new)
    card = RepoCard(texts(hub)["README.md"].decode())
    assert "By hand." in card.text
    assert card.data.to_dict() == {
        "license": "apache-2.0",
        "tags": ["klue", "by-hand"],
        "gated": "auto",
    }
    assert not go(api, new).committed


def test_a_card_that_nobody_touched_is_replaced(api: HfApi, hub: Hub) -> None:
    go(api, upload())
    go(api, Upload("dataset", REPO, {"README.md": CARD.replace(b"A card", b"New")}, "1.1.0"))
    assert "# New" in texts(hub)["README.md"].decode()
    assert "# A card" not in texts(hub)["README.md"].decode()


def test_broken_yaml_is_found_before_anything_is_sent(api: HfApi, hub: Hub) -> None:
    broken = Upload("dataset", REPO, {"README.md": b"---\na: [1\n---\n# A card\n"}, "1.1.0")
    with pytest.raises(InputError, match=r"org/things/README.md, line 2: found broken YAML"):
        go(api, broken)
    assert not hub.seen


def test_broken_yaml_on_the_hub_is_named(api: HfApi, hub: Hub) -> None:
    go(api, upload())
    hub.write("dataset", REPO, {"README.md": b"---\na: [1\n---\n"})
    with pytest.raises(InputError, match=r"README\.md of org/things on the Hub, line 2"):
        go(api, upload())


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("request_", ["POST .*/commit/", "GET .*/refs", "GET .*/tree/"])
def test_a_busy_hub_is_waited_for(api: HfApi, hub: Hub, status: int, request_: str) -> None:
    hub.fault(request_, status=status, headers={"Retry-After": "0"})
    done = go(api, upload(a__txt=b"1"))
    assert done.tag == "v1.1.0"
    assert len(hub.history("dataset", REPO)) == 2


def test_a_hub_that_stays_broken_is_given_up(api: HfApi, hub: Hub) -> None:
    hub.fault("POST .*/commit/", status=500, times=99)
    with pytest.raises(PushError, match="org/things: HTTP 500, As the test asked for"):
        go(api, upload(a__txt=b"1"))
    assert list(texts(hub)) == []


@pytest.mark.parametrize("moment", ["before", "middle", "after"])
@pytest.mark.parametrize("request_", ["PUT /lfs/", "POST .*/commit/"])
def test_a_lost_connection_doubles_nothing(
    api: HfApi, hub: Hub, moment: str, request_: str
) -> None:
    hub.fault(request_, drop=moment)
    content = bytes(range(256)) * 4096  # more than what the sockets hold
    done = go(api, upload(a__txt=b"1", b__parquet=content))
    assert done.tag == "v1.1.0"
    assert len(hub.history("dataset", REPO)) == 2
    assert texts(hub)["b.parquet"] == content


def test_a_rerun_finishes_what_was_interrupted(
    api: HfApi, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = upload(a__txt=b"1", b__parquet=b"2", c__parquet=b"3")
    for request_ in ("PUT /lfs/", "POST .*/commit/", "POST .*/tag/"):
        with monkeypatch.context() as patched:
            patched.setattr("klue_hub.busy_hub.ATTEMPTS", 1)
            hub.fault(request_, status=501)
            with pytest.raises(PushError):
                go(api, what)
        shown = texts(hub) if ("dataset", REPO) in hub.repos else {}
        assert len(shown) in (0, 4), "nothing half visible"
    assert go(api, what).tag == "v1.1.0"
    assert len(hub.history("dataset", REPO)) == 2


def test_a_slow_hub_is_waited_for(api: HfApi, hub: Hub) -> None:
    hub.fault("POST .*/commit/", seconds=0.5)
    assert go(api, upload(a__txt=b"1")).committed


def test_a_foreign_organisation_is_refused(api: HfApi, hub: Hub) -> None:
    with pytest.raises(InputError, match="somebody-else/things: found a token without the right"):
        go(api, Upload("dataset", "somebody-else/things", {"README.md": CARD}, "1.1.0"))


def test_a_wrong_token_is_named_and_not_shown(hub: Hub) -> None:
    wrong = "hf_secret_of_nobody"
    with pytest.raises(InputError, match="does not accept the token") as caught:
        go(HfApi(endpoint=hub.url, token=wrong), upload())
    assert wrong not in str(caught.value)


def test_the_token_is_in_no_line(api: HfApi, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.fault("POST .*/commit/", status=429, headers={"X-Error-Message": f"of {TOKEN}"})
    go(api, upload(a__txt=b"1"))
    err = capsys.readouterr().err
    assert "HTTP 429, of ***" in err
    assert TOKEN not in err


def test_a_large_file_without_lfs_is_refused_whole(api: HfApi, hub: Hub) -> None:
    hub.has_lfs = False
    with pytest.raises(InputError, match=r"the Hub refuses the content: .*larger than 10 MiB"):
        go(api, upload(a__txt=b"1", b__parquet=bytes(11 << 20)))
    assert list(texts(hub)) == []


def test_a_link_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "data.txt").symlink_to(secret)
    with pytest.raises(InputError, match=r"data.txt: found a link"):
        folder_files(folder)


@pytest.mark.parametrize("path", ["../secret.txt", "a/../../b", "/etc/passwd", "a//b", "./a"])
def test_a_path_out_of_the_repository_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="expected one below it"):
        Upload("dataset", REPO, {"README.md": CARD, path: b"1"}, "1.1.0")


@pytest.mark.parametrize("repo_id", ["org/../things", "../things", "org/a b", "org/", "a/b/c"])
def test_a_name_that_is_none_is_refused(repo_id: str) -> None:
    with pytest.raises(InputError, match="no name for a repository"):
        Upload("dataset", repo_id, {"README.md": CARD}, "1.1.0")


def test_a_card_that_the_hub_refuses(api: HfApi, hub: Hub) -> None:
    hub.fault("POST /api/validate-yaml", status=400)
    with pytest.raises(InputError, match=r"org/things: Invalid metadata in README\.md"):
        go(api, upload())
    assert list(texts(hub)) == []


def names(what: Pushed) -> tuple[bool, str | None, tuple[str, ...]]:
    return what.committed, what.tag, what.ignored


def test_what_a_gitignore_leaves_out_is_named_and_sent_no_second_time(api: HfApi, hub: Hub) -> None:
    hub.create("dataset", REPO)
    hub.write("dataset", REPO, {".gitignore": b"*.jsonl\n*.parquet\n"})
    what = upload(a__txt=b"1", b__jsonl=b"2", c__parquet=b"3")
    assert states(api, what) == {
        "README.md": "new",
        "a.txt": "new",
        "b.jsonl": "ignored",
        "c.parquet": "ignored",
    }
    lost = ("b.jsonl", "c.parquet")
    assert names(go(api, what)) == (True, None, lost)
    assert [names(go(api, what)) for _ in range(2)] == [(False, None, lost)] * 2
    assert set(texts(hub)) == {"README.md", "a.txt"}
    assert [commit.title for commit in hub.history("dataset", REPO)] == [
        "KLUE 1.1.0",
        "By hand",
        "initial commit",
    ]
    assert not any(line.startswith("PUT /lfs/") for line in hub.seen)

    hub.write("dataset", REPO, {".gitignore": b"*.jsonl\n"})
    assert names(go(api, what)) == (True, None, ("b.jsonl",))
    hub.write("dataset", REPO, {".gitignore": b""})
    assert names(go(api, what)) == (True, "v1.1.0", ())
    assert {"b.jsonl", "c.parquet"} <= set(texts(hub, "v1.1.0"))


def test_a_file_that_is_there_may_be_ignored_until_it_changes(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1", b__jsonl=b"2", old__parquet=b"3"))
    hub.write("dataset", REPO, {".gitignore": b"*.jsonl\n*.parquet\n"})
    assert names(go(api, upload(a__txt=b"1", b__jsonl=b"2", old__parquet=b"3"))) == (
        False,
        None,
        (),
    )
    assert states(api, upload(a__txt=b"1", b__jsonl=b"22")) == {
        "README.md": "unchanged",
        "a.txt": "unchanged",
        "b.jsonl": "ignored",
        "old.parquet": "deleted",
    }
    assert go(api, upload(a__txt=b"1", b__jsonl=b"22")).ignored == ("b.jsonl",)
    assert texts(hub)["b.jsonl"] == b"2"
    assert "old.parquet" not in texts(hub)


def test_a_gitignore_and_a_branch_or_a_pull_request(api: HfApi, hub: Hub) -> None:
    hub.create("dataset", REPO)
    hub.write("dataset", REPO, {".gitignore": b"*.jsonl\n"})
    what = upload(a__txt=b"1", b__jsonl=b"2")
    for where in ({"revision": "next"}, {"create_pr": True}):
        first, again = go(api, what, **where), go(api, what, **where)
        assert (first.committed, again.committed) == (True, False)
        assert first.ignored == again.ignored == ("b.jsonl",)
    assert len(hub.repo("dataset", REPO).pulls) == 1


def test_many_files_are_asked_about_in_parts(
    api: HfApi, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klue_hub.hub_internals.AT_ONCE", 2)
    hub.create("dataset", REPO)
    hub.write("dataset", REPO, {".gitignore": b"*.jsonl\n"})
    what = upload(a__jsonl=b"1", b__txt=b"2", c__jsonl=b"3", d__jsonl=b"4")
    assert go(api, what).ignored == ("a.jsonl", "c.jsonl", "d.jsonl")


def test_a_branch_of_its_own(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1"))
    done = go(api, upload(a__txt=b"2"), revision="next")
    assert (done.tag, texts(hub)["a.txt"], texts(hub, "next")["a.txt"]) == (None, b"1", b"2")
    assert not go(api, upload(a__txt=b"2"), revision="next").committed


def test_a_pull_request_is_opened_once(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1"))
    first = go(api, upload(a__txt=b"2"), create_pr=True)
    again = go(api, upload(a__txt=b"2"), create_pr=True)
    assert (first.committed, again.committed, first.tag) == (True, False, None)
    assert texts(hub)["a.txt"] == b"1"
    assert texts(hub, "refs/pr/1")["a.txt"] == b"2"
    assert first.pull_request == again.pull_request == f"{hub.url}/datasets/{REPO}/discussions/1"
    hub.fault("POST .*/commit/", drop="after")
    go(api, upload(a__txt=b"3"), create_pr=True)
    assert len(hub.repo("dataset", REPO).pulls) == 2


def test_private_means_private(api: HfApi, hub: Hub) -> None:
    go(api, upload(a__txt=b"1"), private=True)
    assert hub.repo("dataset", REPO).private
    go(api, upload(a__txt=b"2"), private=True)
    hub.repo("dataset", REPO).private = False
    with pytest.raises(InputError, match="found a public repository, expected a private one"):
        go(api, upload(a__txt=b"3"), private=True)


def test_two_at_once_lose_nothing(hub: Hub) -> None:
    def go_alone(name: str) -> None:
        own = Upload("dataset", REPO, {"README.md": CARD, name: name.encode()}, name)
        push(HfApi(endpoint=hub.url, token=TOKEN), own, Where())

    threads = [threading.Thread(target=go_alone, args=(f"{at}.txt",)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"{at}.txt" for at in range(4)} <= set(texts(hub))


def test_what_is_written_is_what_is_pushed(api: HfApi, hub: Hub, tmp_path: Path) -> None:
    what = upload(a__txt=b"1", b__parquet=b"2")
    write_to(tmp_path / "out", [what])
    go(api, what)
    folder = tmp_path / "out" / "datasets" / REPO
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == texts(hub)
    with pytest.raises(InputError, match="exists, expected a new folder"):
        write_to(tmp_path / "out", [what])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
