"""Runs on a real Ray cluster of two nodes, one of which is killed; and what has to be refused."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from klue_baselines.bench import Outcome, bench
from klue_baselines.launching import ray_cluster
from klue_baselines.launching.on_ray import on_ray
from klue_baselines.run_folder import LOCK, checkpoints, step_of
from klue_baselines.training.settings import Run
from klue_common.errors import InputError
from tests.klue_baselines.launching.test_side_by_side import table, two_tasks, what_counts

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'klue-hub[cluster]'")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that takes no run, and two nodes with room for one each."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        made.add_node(num_cpus=1)
        made.add_node(num_cpus=1)
        yield made
        ray.shutdown()
        made.shutdown()


def opened_on(node: Any) -> set[str]:
    """The files that the processes of a node have open."""
    raylet = psutil.Process(node.all_processes["raylet"][0].process.pid)
    found: set[str] = set()
    for child in raylet.children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            found |= {one.path for one in child.open_files()}
    return found


def kept_on_a_node(cluster: Any, runs: list[Run]) -> tuple[Any, int, int] | None:
    """A node with a run that has something to go on with: the run's number, its last step."""
    for node in cluster.worker_nodes:
        opened = opened_on(node)
        for at, run in enumerate(runs, start=1):
            if str(run.output / LOCK) in opened and (kept := checkpoints(run.output)):
                return node, at, step_of(kept[-1])
    return None


@pytest.mark.slow
def test_a_node_that_dies_changes_no_digit(
    cluster: Any,
    tiny_encoder: Path,
    tmp_path: Path,
    in_turn: list[Outcome],
    capfd: pytest.CaptureFixture[str],
) -> None:
    runs = [replace(run, results=tmp_path / "results") for run in two_tasks(tiny_encoder, tmp_path)]
    struck: list[tuple[int, int]] = []

    over = threading.Event()

    def kill_a_node() -> None:
        # By no clock: on a busy machine minutes pass until a run begins.
        while not over.wait(0.02):
            if found := kept_on_a_node(cluster, runs):
                node, at, kept = found
                struck.append((at, kept))
                cluster.remove_node(node, allow_graceful=False)
                return

    killer = threading.Thread(target=kill_a_node)
    killer.start()
    capfd.readouterr()
    outcomes = bench(runs, partial(on_ray, address=cluster.address))
    over.set()
    killer.join()
    said = capfd.readouterr().err
    assert len(struck) == 1
    at, kept = struck[0]
    title = f"[{at}/2] {runs[at - 1].task} seed 1"
    assert f"{title}: running, again on " in said
    steps = held_out_steps(said, title)
    assert steps and all(steps.count(step) == 1 for step in steps if step <= kept)
    assert [one.failure for one in outcomes] == ["", ""]
    assert [what_counts(one) for one in outcomes] == [what_counts(one) for one in in_turn]
    assert table(outcomes, tmp_path / "a") == table(in_turn, tmp_path / "b")
    assert not [*tmp_path.rglob(".shared-*")]


def held_out_steps(said: str, title: str) -> list[int]:
    """The steps whose held-out score was told; its checkpoint is written after that."""
    return [
        int(step)
        for step in re.findall(rf"^{re.escape(title)}: step (\d+)/\d+, held-out", said, re.M)
    ]


@pytest.mark.slow
def test_a_cluster_that_lacks_something_is_refused_in_a_line(
    cluster: Any, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = {"a": two_tasks(tiny_encoder, tmp_path)[0]}
    with pytest.raises(InputError, match=r"^--gpus-per-run: found 0\.25, expected 0: no node has"):
        on_ray(runs, cluster.address, gpus=0.25)
    with pytest.raises(InputError, match=r"^--cpus-per-run: found 5, expected at most 1, which"):
        on_ray(runs, cluster.address, cpus=5)
    monkeypatch.setattr(ray, "__version__", "2.1.0")
    with pytest.raises(InputError, match=r"^--ray: cannot join .*Version mismatch.*2\.1\.0"):
        on_ray(runs, cluster.address)
    assert on_ray({}, "nowhere") == {}  # nothing is left to do


def test_an_address_without_ray_is_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = "{}:{}".format(*server.getsockname())
        monkeypatch.setattr(ray_cluster, "JOINING", 3.0)
        with pytest.raises(InputError, match="who did not answer as Ray within 3 s"):
            ray_cluster.try_joining(address)
    with pytest.raises(InputError, match=r"found nobody at .* \(Connection refused\)"):
        ray_cluster.knock(address)
    for odd in ("somewhere", "ray://host:10001", ":6379", "host:port", "http://host:1"):
        with pytest.raises(InputError, match=r"--ray: found .*, expected local, auto, or HOST"):
            ray_cluster.knock(odd)
    with pytest.raises(InputError, match=r"--ray: found nobody at 127\.0\.0\.1:99999"):
        ray_cluster.knock("127.0.0.1:99999")


def test_a_cluster_with_gpus_gives_each_run_one() -> None:
    nodes = [ray_cluster.Node("", "a", 8, 0), ray_cluster.Node("", "b", 4, 2)]
    assert ray_cluster.needs_of(nodes, None, None) == ray_cluster.Needs(1, 1.0)
    assert ray_cluster.needs_of(nodes, 8, 0) == ray_cluster.Needs(8, 0)
    assert ray_cluster.needs_of(nodes[:1], None, None) == ray_cluster.Needs(1, 0.0)
