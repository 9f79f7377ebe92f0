from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import datasets
import pytest
import typer
from typer.testing import CliRunner

from klue_cli.score import score
from klue_datasets import TASKS, DataError, load, official, read_rows, register
from klue_datasets.identity import Expected, git_sha1
from klue_datasets.sources import SAMPLE, VARIABLE
from klue_metrics import METRICS


class Mirror(http.server.ThreadingHTTPServer):
    """Serves the bundled sample as if it were the official files."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.busy = self.busiest = 0
        self.pause = 0.0
        self.lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.busy += 1
            self.server.busiest = max(self.server.busy, self.server.busiest)
            self.server.asked.append(self.path)
        time.sleep(self.server.pause)
        body = (SAMPLE / self.path.removeprefix("/klue/")).read_bytes()
        with self.server.lock:
            self.server.busy -= 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror whose files are the official ones for the time of a test."""
    for task in list(TASKS.values()):
        files = {
            name: Expected(git_sha1(SAMPLE / name), (SAMPLE / name).stat().st_size)
            for name in task.official
        }
        monkeypatch.setitem(TASKS, task.name, replace(task, official=files))
    monkeypatch.setattr(official.constants, "HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(official.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    server = Mirror()
    monkeypatch.setenv(official.MIRROR, f"http://127.0.0.1:{server.server_port}/klue/")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def official_files() -> dict[str, Expected]:
    return {name: file for task in TASKS.values() for name, file in task.official.items()}


def test_every_file_of_every_task_has_its_identity() -> None:
    for task in TASKS.values():
        assert set(task.official) == {*task.files.values(), *task.other_files}
    assert all(len(file.sha1) == 40 for file in official_files().values())


def test_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(official.MIRROR, raising=False)
    assert official.address("wos-v1.1/ontology.json") == (
        "https://raw.githubusercontent.com/KLUE-benchmark/KLUE/main/klue_benchmark/"
        "wos-v1.1/ontology.json"
    )


def test_loading_downloads_once_and_says_so(
    mirror: Mirror, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = load("ynat", "train")
    assert len(rows) == len(load("ynat", "train", sample=True))
    assert capsys.readouterr().err.splitlines() == [f"downloaded {TASKS['ynat'].files['train']}"]
    assert (official.folder() / TASKS["ynat"].files["train"]).is_relative_to(tmp_path / "home")
    assert len(mirror.asked) == 1
    official.fetch(TASKS["ynat"].official)
    official.fetch(TASKS["ynat"].official)
    assert len(mirror.asked) == 2


def fetched(mirror: Mirror) -> list[str]:
    """The files that were asked for since the last time, by their official names."""
    names = [path.removeprefix("/klue/") for path in mirror.asked]
    mirror.asked.clear()
    return sorted(names)


@pytest.mark.parametrize("name", TASKS)
def test_a_split_is_fetched_by_itself_and_the_cache_serves_both(mirror: Mirror, name: str) -> None:
    task = TASKS[name]
    rows = {split: load(name, split, sample=True, full=True).to_list() for split in task.files}
    assert read_rows(name, "validation", full=True) == rows["validation"]
    assert fetched(mirror) == [task.files["validation"]]
    assert load(name, "validation", full=True).to_list() == rows["validation"]
    assert (
        load(name, "validation[:50%]", full=True).to_list()
        == rows["validation"][: round(len(rows["validation"]) / 2)]
    )
    assert fetched(mirror) == []
    assert load(name, "train", full=True).to_list() == rows["train"]
    assert fetched(mirror) == [task.files["train"]]
    assert load(name, "validation", full=True).to_list() == rows["validation"]
    register()
    both = datasets.load_dataset("klue", name, full=True)
    assert {split: both[split].to_list() for split in both} == rows
    assert fetched(mirror) == sorted(task.other_files)
    assert load(name, "train", full=True).to_list() == rows["train"]
    assert fetched(mirror) == []


def test_scoring_on_dev_fetches_dev_alone(mirror: Mirror, tmp_path: Path) -> None:
    rows = read_rows("nli", "validation", sample=True)
    file = tmp_path / "predictions.jsonl"
    METRICS["nli"].write_predictions(
        file, [{"guid": row["guid"], "label": "neutral"} for row in rows]
    )
    app = typer.Typer()
    app.command()(score)
    scored = CliRunner().invoke(app, ["nli", str(file)])
    assert scored.exit_code == 0, scored.output
    assert fetched(mirror) == [TASKS["nli"].files["validation"]]


def test_at_most_four_at_a_time(mirror: Mirror) -> None:
    mirror.pause = 0.05
    official.fetch(official_files())
    assert len(mirror.asked) == len(official_files())
    assert 1 < mirror.busiest <= 4


def test_a_changed_file_is_noticed(mirror: Mirror) -> None:
    name = "wos-v1.1/ontology.json"
    file = {name: official_files()[name]}
    official.fetch(file)
    with official.place(name).open("a") as opened:
        opened.write(" ")
    with pytest.raises(DataError, match="delete it to download it again"):
        official.fetch(file)


def test_another_file_at_the_address_is_an_error_with_both_hashes(mirror: Mirror) -> None:
    name = "wos-v1.1/ontology.json"
    with pytest.raises(DataError, match=rf"{git_sha1(SAMPLE / name)}, expected {'0' * 40}"):
        official.fetch({name: Expected("0" * 40)})
    assert not official.place(name).exists()


def test_offline_is_said_before_trying(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match="no network by HF_HUB_OFFLINE"):
        load("dp", "train")
    assert mirror.asked == []


def test_real_files_have_the_official_hashes(data_dir: list[Path]) -> None:
    [folder] = [folder for folder in data_dir if folder.name == "klue_benchmark"]
    checked = 0
    for name, file in official_files().items():
        path = folder / name
        if path.exists():
            assert git_sha1(path) == file.sha1
            assert path.stat().st_size == file.size
            checked += 1
    assert checked == 9
