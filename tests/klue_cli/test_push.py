"""`klue push` and `klue leaderboard` as a person uses them."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from huggingface_hub import DatasetCard, ModelCard, SpaceCard, constants
from typer.testing import CliRunner

from klue_baselines.tiny import KLUE_TINY
from klue_cli.leaderboard import leaderboard
from klue_cli.push import app
from klue_common.errors import InputError
from klue_datasets import TASKS
from klue_datasets.sources import SAMPLE
from klue_hub import contents as push_contents
from klue_hub.contents import space_upload
from klue_hub.finished import chosen_models
from klue_metrics import METRICS
from klue_results.hub_entries import EVAL_RESULTS
from klue_results.results import result_path
from model_cards.encoders import ENCODERS
from tests.clean_process import CleanProcess
from tests.hub import TOKEN, Hub
from tests.klue_results.test_card import result
from tests.klue_results.test_lm_card import asked


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub of its own for each test, which this process takes for the real one."""
    with Hub() as running:
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.removeprefix(constants.ENDPOINT)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", running.url + template)
        monkeypatch.setattr(constants, "ENDPOINT", running.url)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield running
        assert not running.unknown


def klue_push(*arguments: object) -> Any:
    done = CliRunner().invoke(app, [*map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def pushed(*arguments: object) -> Any:
    return json.loads(klue_push(*arguments, "--json").stdout)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two model folders as `klue train` leaves them, but for the content of the weights."""
    for task in ("sts", "nli"):
        folder = tmp_path / "runs" / task
        folder.mkdir(parents=True)
        for name in ("model.safetensors", "tokenizer.json", "training_args.bin"):
            (folder / name).write_text(task)
        (folder / "config.json").write_text(json.dumps({"model_type": task}))
        result(task).write(folder / "result.json")
        result(task, seed=1).write(tmp_path / "results" / "x" / task / "seed-1.json")
    (tmp_path / "runs" / "unfinished").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small Space."""
    folder = tmp_path / "space_app"
    (folder / "parts").mkdir(parents=True)
    (folder / "README.md").write_text("---\nsdk: gradio\n---\n\n# Demo\n")
    (folder / "requirements.txt").write_text("gradio\n")
    (folder / "app.py").write_text("import klue_metrics\n")
    (folder / "parts" / "texts.py").write_text("")
    monkeypatch.setattr(push_contents, "SPACE_FOLDER", folder)
    return folder


def test_a_dry_run_shows_everything_and_makes_nothing(hub: Hub) -> None:
    (plan,) = pushed("metrics", "--org", "org", "--dry-run")
    files = {file["path"]: file for file in plan["files"]}
    assert (plan["kind"], plan["repo_id"], plan["parent"]) == ("space", "org/klue_metrics", None)
    assert files["klue_metrics.py"]["size"] > 1000
    assert {file["state"] for file in plan["files"]} == {"new"}
    assert not hub.repos
    table = klue_push("metrics", "--org", "org", "--dry-run").stdout
    assert "space org/klue_metrics (new)" in table


def test_the_plan_is_shown_before_anything_is_sent(hub: Hub) -> None:
    seen: list[list[str]] = []
    hub.fault("POST /api/repos/create", then=lambda: seen.append(list(hub.seen)))
    done = klue_push("metrics", "--org", "org")
    card = SpaceCard(hub.read("space", "org/klue_metrics", "README.md").decode())
    assert (card.data.sdk, card.data.app_file) == ("gradio", "app.py")
    assert "klue_metrics.py" in done.stderr
    assert "klue_metrics.py" not in done.stdout
    assert not any(line.startswith("POST") for line in seen[0][:-1])


def test_data_with_its_benchmark_file(hub: Hub) -> None:
    (done,) = pushed("data", "--org", "org", "--sample", "--eval-yaml")
    files = set(hub.repo("dataset", "org/klue-sample").commit_at("v1.1.0").files)
    assert {f"{task}/train-00000-of-00001.parquet" for task in TASKS} <= files
    content = yaml.safe_load(hub.read("dataset", "org/klue-sample", "eval.yaml"))
    assert {"name", "description", "evaluation_framework", "tasks"} == set(content)
    assert len(content["tasks"]) == 16
    assert content["tasks"][0].items() >= {
        "id": "ynat_macro_f1", "config": "ynat_prompts", "split": "validation",
    }.items()  # fmt: skip
    card = hub.read("dataset", "org/klue-sample", "README.md").decode()
    assert len(DatasetCard(card).data.configs) == 16, "each task, and its prompts"
    assert 'load_dataset("org/klue-sample", "ynat")' in card
    again = pushed("data", "--org", "org", "--sample", "--eval-yaml")
    assert again[0] == {**done, "committed": False, "tag": None}


def test_errata_are_a_version_of_their_own(hub: Hub) -> None:
    tags = [
        pushed("data", "--org", "org", "--sample", *more)[0]["tag"]
        for more in ((), ("--errata",), ("--errata", "--full"))
    ]
    assert tags == ["v1.1.0", "v1.1.1", "v1.1.1-post1"]


def test_models_with_the_results_of_other_seeds(hub: Hub, runs: Path) -> None:
    done = pushed(
        "model", runs / "sts", runs / "nli", "--org", "org", "--results", runs.parent / "results",
        "--dataset", "org/klue",
    )  # fmt: skip
    repo = "org/klue-bert-base-klue-sts"
    assert [one["repo_id"] for one in done] == [repo, repo.replace("sts", "nli")]
    files = set(hub.repo("model", repo).commit_at("main").files)
    assert files == {
        ".gitattributes", "README.md", "config.json", "model.safetensors", "tokenizer.json",
        EVAL_RESULTS, "results/seed-0.json", "results/seed-1.json",
    }  # fmt: skip
    assert "| `pearsonr` | 70.50 |" in hub.read("model", repo, "README.md").decode()
    entries = yaml.safe_load(hub.read("model", repo, EVAL_RESULTS))
    assert entries[0]["dataset"] == {"id": "org/klue", "task_id": "sts_pearsonr"}


def test_files_that_a_gitignore_leaves_out_are_named(hub: Hub, runs: Path) -> None:
    repo = "org/klue-bert-base-klue-nli"
    hub.create("model", repo)
    hub.write("model", repo, {".gitignore": b"results/\n"})
    for _ in range(2):
        done = klue_push("model", runs / "nli", "--org", "org", "--json")
        assert done.exit_code == 1
        assert (
            f"klue: {repo}: 1 files did not arrive, left out by the .gitignore there: "
            "results/seed-0.json;"
        ) in done.stderr
        (one,) = json.loads(done.stdout)
        assert (one["ignored"], one["tag"]) == (["results/seed-0.json"], None)
    assert not one["committed"]
    assert "sending" not in done.stderr
    assert len(hub.history("model", repo)) == 3
    dry = klue_push("model", runs / "nli", "--org", "org", "--dry-run")
    assert "ignored, by the .gitignore there" in dry.stdout


@pytest.mark.parametrize("name", list(ENCODERS))
def test_a_pretrained_encoder_gets_its_card(hub: Hub, runs: Path, name: str) -> None:
    (done,) = pushed("model", runs / "sts", "--org", "org", "--card", name)
    assert done["repo_id"] == f"org/{name}"
    assert ENCODERS[name].published in hub.read("model", f"org/{name}", "README.md").decode()


@pytest.mark.parametrize(
    ("made", "tag"),
    [
        ('["BertForMaskedLM"]', "fill-mask"),
        ('["BertForPreTraining"]', "fill-mask"),
        ('["BertModel"]', None),  # transformers would put a new head on it
        ("null", None),
    ],
)
def test_an_encoder_fills_masks_where_its_weights_hold_the_head(
    made: str, tag: str | None, hub: Hub, runs: Path
) -> None:
    (runs / "sts" / "config.json").write_text(f'{{"architectures": {made}}}')
    pushed("model", runs / "sts", "--org", "org", "--card", "bert-base")
    card = ModelCard(hub.read("model", "org/bert-base", "README.md").decode())
    assert card.data.pipeline_tag == tag


def test_a_cut_configuration_is_no_encoder(hub: Hub, runs: Path) -> None:
    (runs / "sts" / "config.json").write_text('{"architectures": ["Bert')
    with pytest.raises(InputError, match=r"sts/config\.json: found .*expected a model's config"):
        klue_push("model", runs / "sts", "--org", "org", "--card", "bert-base")
    assert not hub.repos


def test_an_encoder_of_our_own_goes_up_with_its_own_card(hub: Hub, tmp_path: Path) -> None:
    (done,) = pushed("model", KLUE_TINY, "--org", "org")
    assert done["repo_id"] == "org/klue-tiny"
    card = hub.read("model", "org/klue-tiny", "README.md").decode()
    assert ModelCard.load(Path(KLUE_TINY, "README.md")).text.strip() in ModelCard(card).text
    files = hub.repo("model", "org/klue-tiny").commit_at("main").files
    assert {"config.json", "model.safetensors", "tokenizer.json", "pretraining.json"} <= set(files)
    bare = shutil.copytree(KLUE_TINY, tmp_path / "bare")
    (bare / "README.md").unlink()
    with pytest.raises(InputError, match=r"bare: found no README.md"):
        klue_push("model", bare, "--org", "org")


def test_a_space_has_its_own_files_and_the_packages(hub: Hub, space: Path) -> None:
    (done,) = pushed("space", "--org", "org")
    files = set(hub.repo("space", done["repo_id"]).commit_at("main").files)
    assert {"app.py", "requirements.txt", "README.md", "space_app/parts/texts.py"} <= files
    assert not files & {"space_app/app.py", "parts/texts.py"}
    for package in push_contents.PACKAGES:
        assert f"{package}/__init__.py" in files
    assert "klue_datasets/sample/wos-v1.1/ontology.json" in files
    assert not [path for path in files if "__pycache__" in path]


@pytest.mark.parametrize("lost", ["app.py", "requirements.txt", "README.md"])
def test_half_a_space_is_refused(space: Path, lost: str) -> None:
    (space / lost).unlink()
    with pytest.raises(InputError, match=f"found no {lost}"):
        space_upload("org", space)
    with pytest.raises(InputError, match="no such folder"):
        space_upload("org", space / "nowhere")


def test_everything(hub: Hub, runs: Path, space: Path) -> None:
    done = pushed("all", "--org", "org", "--sample", "--runs", runs)
    assert [(one["kind"], one["repo_id"]) for one in done] == [
        ("dataset", "org/klue-sample"),
        ("space", "org/klue_metrics"),
        ("model", "org/klue-bert-base-klue-nli"),
        ("model", "org/klue-bert-base-klue-sts"),
        ("space", "org/klue"),
    ]
    assert all(len(hub.history(one["kind"], one["repo_id"])) == 2 for one in done)


def bench_folder(runs: Path, task: str, *held_out: float, **changes: Any) -> None:
    """Models of several seeds as `klue bench` leaves them, beside those of `klue train`."""
    own = {**result(task).settings, "select_by": "accuracy"}
    for seed, score in enumerate(held_out, start=1):
        folder = runs / "bench" / "x" / task / f"seed-{seed}"
        shutil.copytree(runs / "nli", folder)
        made = result(task, seed, settings=own, model="x", held_out={"accuracy": score}, **changes)
        made.write(folder / "result.json")


def test_everything_with_the_best_seed_of_a_bench(hub: Hub, runs: Path, space: Path) -> None:
    bench_folder(runs, "nli", 50.0, 70.0, 60.0)
    done = klue_push("all", "--org", "org", "--sample", "--runs", runs, "--json")
    repos = [one["repo_id"] for one in json.loads(done.stdout) if one["kind"] == "model"]
    assert repos == ["org/x-klue-nli", "org/klue-bert-base-klue-nli", "org/klue-bert-base-klue-sts"]
    assert "seed 2, the best of the seeds 1, 2, 3 by held-out accuracy (70.00)" in done.stderr
    files = hub.repo("model", "org/x-klue-nli").commit_at("main").files
    assert {f"results/seed-{seed}.json" for seed in (1, 2, 3)} <= set(files)
    card = hub.read("model", "org/x-klue-nli", "README.md").decode()
    assert "| `accuracy` | 72.00 | [70.50, 73.25] | 1.00 | 2, 1, 3 |" in card
    again = pushed("all", "--org", "org", "--sample", "--runs", runs)
    assert not any(one["committed"] for one in again)


def test_everything_says_which_models_there_are(hub: Hub, runs: Path, space: Path) -> None:
    bench_folder(runs, "nli", 50.0, sample=True)
    done = klue_push("all", "--org", "org", "--sample", "--runs", runs / "bench", "--dry-run")
    assert "model org/x-klue-nli (new)" in done.stdout
    for folder in (runs / "nothing", runs / "unfinished"):
        done = klue_push("all", "--org", "org", "--sample", "--runs", folder, "--dry-run")
        assert f"{folder}: found no finished model, none is pushed" in done.stderr
    assert chosen_models(runs / "bench", None, sample=False) == []
    assert [one.model.folder.name for one in chosen_models(runs, None, sample=False)] == [
        "nli",
        "sts",
    ]


def test_two_models_for_one_repository_are_refused(hub: Hub, runs: Path, space: Path) -> None:
    shutil.copytree(runs / "nli", runs / "again")
    result("nli", seed=1, settings={"epochs": 9}).write(runs / "again" / "result.json")
    with pytest.raises(InputError, match=r"found 2 folders for it, expected one"):
        klue_push("model", runs / "nli", runs / "again", "--org", "org")
    with pytest.raises(InputError, match=r"again and .*nli for it, with another"):
        klue_push("all", "--org", "org", "--sample", "--runs", runs)
    assert not hub.repos


def test_a_repository_keeps_its_encoder(hub: Hub, runs: Path) -> None:
    def of(digest: str, **changes: Any) -> Path:
        encoder = {"path": "a/enc", "revision": None, "digest": digest}
        made = result("nli", **{"model": "a__enc", "encoder": encoder, **changes})
        made.write(runs / "nli" / "result.json")
        return runs / "nli"

    repo = "org/a__enc-klue-nli"
    (done,) = pushed("model", of("aa" * 32), "--org", "org")
    assert done["repo_id"] == repo
    card = hub.read("model", repo, "README.md").decode()
    assert f"`a__enc` (SHA-256 of its weights `{'aa' * 8}`)" in card
    assert "base_model" not in card and "a/enc" not in card
    with pytest.raises(InputError, match=r"seed-0.json of .* found .* a__enc \(weights aaaaaaaa\)"):
        klue_push("model", of("bb" * 32, seed=5), "--org", "org")
    (other,) = pushed("model", of("bb" * 32, seed=5), "--org", "org", "--name", "other")
    assert other["repo_id"] == "org/other"
    assert not pushed("model", of("aa" * 32), "--org", "org")[0]["committed"]
    moved = of("aa" * 32, model="moved__enc")
    assert pushed("model", moved, "--org", "org", "--name", "a__enc-klue-nli")[0]["committed"]
    # The first release knew no digests: its encoders are told apart by their names.
    with pytest.raises(InputError, match=r"expected b__enc;"):
        unknown = of("", encoder={}, model="b__enc")
        klue_push("model", unknown, "--org", "org", "--name", "a__enc-klue-nli")
    hub.write("model", repo, {"results/seed-0.json": b"{}"})
    assert pushed("model", of("bb" * 32), "--org", "org")[0]["committed"]


def test_results_of_other_settings_are_not_on_the_card(hub: Hub, runs: Path) -> None:
    results = runs.parent / "results"
    result("nli", seed=2, settings={"epochs": 9}).write(results / "x" / "nli" / "y" / "seed-2.json")
    done = klue_push("model", runs / "nli", "--org", "org", "--results", results, "--json")
    assert "klue--bert-base on nli: 1 results of other settings are not on the card" in done.stderr
    files = hub.repo("model", "org/klue-bert-base-klue-nli").commit_at("main").files
    assert [path for path in files if path.startswith("results/")] == [
        "results/seed-0.json",
        "results/seed-1.json",
    ]


def test_files_to_a_folder_need_no_hub(tmp_path: Path, hub: Hub) -> None:
    klue_push("metrics", "--org", "org", "--to", tmp_path / "out")
    assert not hub.seen
    klue_push("metrics", "--org", "org")
    folder = tmp_path / "out" / "spaces" / "org" / "klue_metrics"
    for path in folder.iterdir():
        assert path.read_bytes() == hub.read("space", "org/klue_metrics", path.name)
    assert 'evaluate.load("org/klue_metrics", "nli")' in (folder / "README.md").read_text()


def test_wrong_input_is_named(hub: Hub, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nli = runs / "nli"
    for found, arguments in {
        "--org: found 'strangers', expected one of someone, org": ("metrics", "--org", "strangers"),
        "'../org/klue': no name for a repository": ("metrics", "--org", "../org"),
        "found --revision next": ("metrics", "--org", "org", "--create-pr", "--revision", "next"),
        "found 2 folders, expected one with --name": (
            "model",
            nli,
            nli,
            "--org",
            "org",
            "--name",
            "x",
        ),
        "found no config.json": ("model", runs / "unfinished", "--org", "org"),
        "no such folder": ("model", runs / "nothing", "--org", "org"),
        "found 'bert', expected one of": ("model", nli, "--org", "org", "--card", "bert"),
        "'org/a b': no name": ("model", nli, "--org", "org", "--name", "a b"),
    }.items():
        with pytest.raises(InputError, match=found):
            klue_push(*arguments)
    (nli / "result.json").unlink()
    with pytest.raises(InputError, match=r"found no result\.json"):
        klue_push("model", nli, "--org", "org")
    (nli / "model.safetensors").unlink()
    with pytest.raises(InputError, match="found no weights"):
        klue_push("model", nli, "--org", "org")
    assert not hub.repos


def test_without_a_token_or_a_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_nobody")
    with pytest.raises(InputError, match="the Hub does not accept the token") as caught:
        klue_push("metrics", "--org", "org")
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", "/nowhere")
    with pytest.raises(InputError, match="token: found none, expected one in HF_TOKEN"):
        klue_push("metrics", "--org", "org")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match="HF_HUB_OFFLINE"):
        klue_push("metrics", "--org", "org")


def test_a_hub_that_is_down(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klue_hub.busy_hub.ATTEMPTS", 1)
    hub.fault("GET /api/whoami-v2", status=503)
    done = klue_push("metrics", "--org", "org")
    assert done.exit_code == 1
    assert "klue: the Hub: HTTP 503" in done.stderr


def board_text(*arguments: str) -> str:
    command = typer.Typer()
    command.command()(leaderboard)
    done = CliRunner().invoke(command, [*arguments])
    assert done.exit_code == 0, done.exception
    return done.stdout


def board(*arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(board_text(*arguments, "--json"))
    return rows


def test_the_board_is_what_the_models_say(hub: Hub, runs: Path) -> None:
    pushed("model", runs / "sts", runs / "nli", "--org", "org")
    better = replace(result("nli"), model="other", scores={"accuracy": 90.5})
    better.write(runs / "nli" / "result.json")
    pushed("model", runs / "nli", "--org", "someone")
    for broken in ("- 1", "- dataset: {id: x}", "a: ["):
        pushed("model", runs / "sts", "--org", "org", "--name", f"broken-{len(broken)}")
        hub.write("model", f"org/broken-{len(broken)}", {EVAL_RESULTS: broken.encode()})
    pushed("model", runs / "sts", "--org", "org", "--card", "bert-base")  # tagged, no results
    hub.fault("GET .*/resolve/", status=503)
    rows = [(row["task"], row["score"], row["value"], row["model"]) for row in board()]
    assert rows == [
        ("sts", "pearsonr", 70.0, "org/klue-bert-base-klue-sts"),
        ("sts", "f1", 71.0, "org/klue-bert-base-klue-sts"),
        ("nli", "accuracy", 90.5, "someone/other-klue-nli"),
        ("nli", "accuracy", 70.0, "org/klue-bert-base-klue-nli"),
    ]
    assert [row["model"] for row in board("--org", "someone")] == ["someone/other-klue-nli"]


def test_a_language_model_gets_its_scores_and_keeps_what_it_has(
    hub: Hub, runs: Path, tmp_path: Path
) -> None:
    for one in (asked(), asked(seed=1), asked("sts"), asked(settings={"mode": "generate"})):
        one.write(result_path(tmp_path / "asked", one))
    theirs = "---\nlicense: gemma\nlanguage: [en, ko]\ntags: [text-generation]\n---\n\n# Ours\n"
    hub.create("model", "someone/model")
    hub.write("model", "someone/model", {"README.md": theirs.encode(), "model.gguf": b"weights"})
    (done,) = pushed("results", tmp_path / "asked", "--repo", "someone/model")
    assert done["committed"] and done["tag"] is None
    there = hub.repo("model", "someone/model").commit_at("main").files
    assert "model.gguf" in there and sum(name.startswith("results/") for name in there) == 4
    card = ModelCard(hub.read("model", "someone/model", "README.md").decode())
    assert card.data.license == "gemma" and card.data.language == ["en", "ko"]
    assert "# Ours" in card.text
    assert set(card.data.tags) == {"klue", "text-generation"}
    (again,) = pushed("results", tmp_path / "asked", "--repo", "someone/model")
    assert not again["committed"]

    pushed("model", runs / "nli", "--org", "org")
    rows = [(row["task"], row["value"], row["language_model"]) for row in board()]
    found = [("nli", 70.0, False), ("sts", 70.0, True), ("sts", 71.0, True), ("nli", 70.5, True)]
    assert rows == found
    shown = board_text()
    assert shown.index("org/klue-bert-base-klue-nli") < shown.index("language models")
    assert shown.index("language models") < shown.index("someone/model")


def test_one_way_of_asking_is_the_score(hub: Hub, tmp_path: Path) -> None:
    for shots in (0, 3):
        one = asked(shots=shots)
        one.write(result_path(tmp_path / "asked", one))
    with pytest.raises(InputError, match="nli: found two ways of asking"):
        klue_push("results", tmp_path / "asked", "--repo", "org/model")
    (done,) = pushed("results", tmp_path / "asked", "--repo", "org/model", "--shots", 3)
    assert done["committed"]
    assert "3 shots" in hub.read("model", "org/model", EVAL_RESULTS).decode()
    assert "# model on KLUE" in hub.read("model", "org/model", "README.md").decode()


def test_the_program_ends_in_one_line_and_exit_code_2(hub: Hub, tmp_path: Path) -> None:
    clean = CleanProcess(hub, tmp_path)
    done = clean.klue("push", "metrics", "--org", "strangers", HF_TOKEN="hf_secret_of_nobody")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "secret" not in done.stderr
    assert done.stderr.startswith("klue: error: the Hub: the Hub does not accept the token")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_an_interrupted_push_is_finished_by_another(hub: Hub, tmp_path: Path) -> None:
    clean = CleanProcess(hub, tmp_path)
    reached = threading.Event()
    hub.fault("PUT /lfs/", then=reached.set, seconds=1.5)
    command = [sys.executable, "-m", "klue_cli", "push", "data", "--sample"]
    process = subprocess.Popen(
        [*command, "--org", "org"], env=clean.with_us(), cwd=clean.work, stderr=subprocess.PIPE
    )
    assert reached.wait(60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode not in (0, 2)
    assert b"Traceback" not in err
    assert len(hub.history("dataset", "org/klue-sample")) == 1, "the repository is still empty"
    done = clean.klue("push", "data", "--sample", "--org", "org", "--json")
    assert json.loads(done.stdout)[0]["tag"] == "v1.1.0"
    assert len(hub.history("dataset", "org/klue-sample")) == 2


def test_scores_have_ids_of_their_own() -> None:
    ids = [task["id"] for task in yaml.safe_load(push_contents.benchmark_yaml())["tasks"]]
    assert len(set(ids)) == sum(len(metric.scores) for metric in METRICS.values())


READ_THROUGH_XET = """
import hashlib, sys
from pathlib import Path
from huggingface_hub import hf_hub_download
path = hf_hub_download(sys.argv[1], "model.safetensors", revision="v1.1.0")
print(hashlib.sha256(Path(path).read_bytes()).hexdigest())
"""


@pytest.mark.slow
def test_weights_go_through_xet_and_back(runs: Path, tmp_path: Path) -> None:
    content = random.Random(0).randbytes(1_500_000)
    (runs / "nli" / "model.safetensors").write_bytes(content)
    with Hub(xet=tmp_path / "xet") as hub:
        clean = CleanProcess(hub, tmp_path)
        hub.fault("GET .*/xet-write-token/", status=403)
        done = clean.klue(
            "push", "model", runs / "nli", "--org", "org", "--json", HF_HUB_DISABLE_XET="0"
        )
        assert done.returncode == 0, done.stderr
        (one,) = json.loads(done.stdout)
        assert "again in 1 s" in done.stderr
        assert any("/xet-write-token/" in line for line in hub.seen)
        assert not any(line.startswith("PUT") for line in hub.seen)
        file = hub.repo("model", one["repo_id"]).commit_at("v1.1.0").files["model.safetensors"]
        assert file.xet
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        read = clean.python(READ_THROUGH_XET, one["repo_id"], HF_HUB_DISABLE_XET="0")
        assert read.strip() == file.sha256
        assert any("/xet-read-token/" in line for line in hub.seen)
        assert not any(line.startswith("GET /org/") for line in hub.seen if "safetensors" in line)
        again = clean.klue(
            "push", "model", runs / "nli", "--org", "org", "--json", HF_HUB_DISABLE_XET="0"
        )
        assert json.loads(again.stdout)[0]["committed"] is False
        assert not hub.unknown


def test_an_entry_names_the_commit_of_its_predictions(hub: Hub, runs: Path) -> None:
    hub.create("dataset", "org/klue")
    (runs / "sts" / "predictions.jsonl").write_text('{"guid": "a", "score": 1.0}\n')
    push = ("model", runs / "sts", "--org", "org", "--dataset", "org/klue")
    (done,) = pushed(*push)
    repo = done["repo_id"]
    first = hub.history("model", repo)[1]  # the newest is that of the entries
    (entry, *_) = yaml.safe_load(hub.read("model", repo, EVAL_RESULTS))
    address = f"{hub.url}/{repo}/blob/{first.oid}/predictions.jsonl"
    assert entry["source"] == {"url": address, "name": "KLUE predictions", "user": "someone"}
    assert entry["dataset"]["revision"] == hub.history("dataset", "org/klue")[0].oid
    assert hub.read("model", repo, "predictions.jsonl", first.oid)
    assert not pushed(*push)[0]["committed"]
    (runs / "sts" / "predictions.jsonl").write_text('{"guid": "a", "score": 2.0}\n')
    assert pushed(*push)[0]["committed"]
    (entry, *_) = yaml.safe_load(hub.read("model", repo, EVAL_RESULTS))
    second = hub.history("model", repo)[1]
    assert second.oid != first.oid and second.oid in entry["source"]["url"]


def test_a_pull_request_is_one_commit(hub: Hub, runs: Path) -> None:
    (runs / "sts" / "predictions.jsonl").write_text('{"guid": "a", "score": 1.0}\n')
    repo = "org/klue-bert-base-klue-sts"
    hub.create("model", repo)
    push = ("model", runs / "sts", "--org", "org", "--create-pr")
    (done,) = pushed(*push)
    assert done["pull_request"]
    files = hub.repo("model", repo).commit_at("refs/pr/1").files
    assert {EVAL_RESULTS, "predictions.jsonl"} <= set(files)
    assert not pushed(*push)[0]["committed"]


def test_an_entry_names_no_other_predictions(hub: Hub, runs: Path) -> None:
    """Those of a pull request have no commit yet, and those of a branch are not main's."""
    answers, repo = runs / "sts" / "predictions.jsonl", "org/klue-bert-base-klue-sts"
    push = ("model", runs / "sts", "--org", "org")
    answers.write_text('{"guid": "a", "score": 1.0}\n')
    pushed(*push)
    answers.write_text('{"guid": "a", "score": 2.0}\n')
    pushed(*push, "--create-pr")
    (entry, *_) = yaml.safe_load(hub.read("model", repo, EVAL_RESULTS, "refs/pr/1"))
    assert "source" not in entry
    pushed(*push, "--revision", "next")
    (entry, *_) = yaml.safe_load(hub.read("model", repo, EVAL_RESULTS, "next"))
    assert hub.history("model", repo, "next")[1].oid in entry["source"]["url"]


def test_an_encoders_scores_go_to_its_own_repository_as_a_pull_request(
    hub: Hub, runs: Path, tmp_path: Path
) -> None:
    (runs / "sts" / "predictions.jsonl").write_text('{"guid": "a", "score": 1.0}\n')
    pushed("model", runs / "sts", "--org", "org")
    for one in (result("nli"), result(), result(seed=1), result("re", sample=True)):
        one.write(result_path(tmp_path / "bench", one))
    theirs = "---\nlicense: mit\n---\n\n# Theirs\n"
    hub.create("model", "rival/encoder")
    hub.write("model", "rival/encoder", {"README.md": theirs.encode(), "config.json": b"{}"})
    to_theirs = ("results", tmp_path / "bench", "--repo", "rival/encoder", "--org", "org")
    with pytest.raises(InputError, match="--org: found 'rival', expected one of"):
        klue_push(*to_theirs)
    (done,) = pushed(*to_theirs, "--create-pr")
    assert done["pull_request"] and done["tag"] is None
    there = hub.repo("model", "rival/encoder")
    assert EVAL_RESULTS not in there.commit_at("main").files
    assert {*there.commit_at("refs/pr/1").files} == {
        *there.commit_at("main").files, EVAL_RESULTS,
    }  # fmt: skip
    entries = yaml.safe_load(hub.read("model", "rival/encoder", EVAL_RESULTS, "refs/pr/1"))
    assert [one["dataset"]["task_id"] for one in entries] == [
        "sts_pearsonr", "sts_f1", "nli_accuracy",
    ]  # fmt: skip
    assert entries[0]["value"] == 70.5 and "seeds 0, 1" in entries[0]["notes"]
    assert entries[0]["source"]["url"].startswith(f"{hub.url}/org/klue-bert-base-klue-sts/blob/")
    assert "source" not in entries[2], "nobody pushed that model"
    card = ModelCard(hub.read("model", "rival/encoder", "README.md", "refs/pr/1").decode())
    assert card.data.license == "mit" and card.data.tags == ["klue"] and "# Theirs" in card.text
    assert not pushed(*to_theirs, "--create-pr")[0]["committed"]


def test_results_that_no_board_could_take(hub: Hub, tmp_path: Path) -> None:
    def refused(folder: str, *results: Any, match: str) -> None:
        for one in results:
            one.write(result_path(tmp_path / folder, one))
        with pytest.raises(InputError, match=match):
            klue_push("results", tmp_path / folder, "--repo", "org/encoder")

    two = result(), result("nli", model="other")
    refused("two", *two, match="found results of klue--bert-base, other, expected those of one")
    refused("sample", result(sample=True), match="found no encoder's result on all of dev")
    settings = result(), result(settings={"epochs": 9})
    refused("settings", *settings, match="sts: found two runs with another .*epochs")
    assert not hub.repos


def test_the_community_says_more(hub: Hub, runs: Path, tmp_path: Path) -> None:
    pushed("model", runs / "sts", "--org", "org")
    result("nli").write(result_path(tmp_path / "bench", result("nli")))
    hub.create("model", "rival/encoder")
    hub.write("model", "rival/encoder", {"README.md": b"# Theirs\n"})
    to_theirs = ("results", tmp_path / "bench", "--repo", "rival/encoder", "--create-pr")
    pushed(*to_theirs)
    other = yaml.safe_dump([{"dataset": {"id": "cais/hle", "task_id": "default"}, "value": 2.0}])
    hub.write("model", "org/klue-bert-base-klue-sts", {".eval_results/hle.yaml": other.encode()})
    assert [row["model"] for row in board()] == ["org/klue-bert-base-klue-sts"] * 2
    assert len(board("--community")) == 2, "the Hub has listed no such benchmark"
    hub.benchmarks.add("klue/klue")
    *ours, theirs = board("--community")
    assert [row["pull_request"] for row in ours] == [None, None]
    assert (theirs["model"], theirs["value"], theirs["pull_request"]) == ("rival/encoder", 70.0, 1)
    assert "pull request 1; seeds 0" in board_text("--community")
    assert len(board("--community", "--org", "org")) == 2


def test_a_dataset_of_its_own_goes_under_its_own_name(tmp_path: Path) -> None:
    own, out = tmp_path / "law", tmp_path / "out"
    shutil.copytree(SAMPLE / "ynat-v1.1", own / "ynat-v1.1")
    (own / "README.md").write_text("# klue-law")
    (own / "dataset.json").write_text('{"name": "klue-law", "license": null}')
    with pytest.raises(InputError, match="found no license, expected the Hub's name of one"):
        klue_push("data", "--org", "lab", "--data-dir", own, "--to", out)
    assert not out.exists()
    (own / "dataset.json").write_text('{"name": "klue-law", "license": "mit"}')
    klue_push("data", "--org", "lab", "--data-dir", own, "--to", out)
    assert [path.name for path in (out / "datasets" / "lab").iterdir()] == ["klue-law"]
    card = DatasetCard.load(out / "datasets" / "lab" / "klue-law" / "README.md")
    assert (card.data.license, card.data.pretty_name) == ("mit", "klue-law")
    assert 'load_dataset("lab/klue-law", "ynat")' in card.text
