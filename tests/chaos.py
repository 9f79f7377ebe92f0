"""SIGKILL at random moments, then the same command again: is all there, once, and nothing else?

    make chaos                      # 100 kills
    python -m tests.chaos --kills 6 --doors build,corpus --seed 7

Each command is run undisturbed first. Then, over and over, it is killed at a moment drawn from that
whole time, run again to its end, and everything that it left is compared. Of the board's store
several writers are at work, of which one is killed. What is printed: what was lost (a file, an
entry), what is there twice (an entry, a commit), what was left behind (a temporary file, a process)
and what differs in its content; any of it makes the exit code 1.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.hub import ORG, TOKEN, Hub

SHARES = {"build": 21, "train": 13, "bench": 8, "push": 18, "store": 14, "corpus": 14}  # of 100
SHARES |= {"csv": 4, "jsonl": 4, "parquet": 4}  # files of `klue label`
PRELOADED = ["klue_cli.app", "klue_baselines.training.run", "klue_hub.pushing", "klue_hub.contents"]
PRELOADED += ["klue_baselines.labelling.running", "pyarrow.parquet"]
PRELOADED += ["klue_pretraining.corpus", "space_app.board.local_store", "datasets"]
ENTRIES, WRITERS = 15, 3
HEADLINES = 3000  # several parts of a file
# Seconds that a killed command's processes may take to end: one that begins imports torch first.
GONE_WITHIN = 60.0
# Of a result what depends on the moment or the machine.
PASSING = {"seconds", "speed", "created", "peak_memory", "commit", "hardware", "versions"}
TRAIN = ["--sample", "--epochs", "3", "--batch-size", "8", "--evaluations", "2"]
BENCH = "[ynat]\nepochs = 1\nbatch_size = 8\n[sts]\nepochs = 1\nbatch_size = 8\n"
Found = Mapping[str, bytes]


@dataclass
class Harm:
    """What was found wrong at a door, by kind; each in words."""

    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether anything was."""
        return bool(self.lost or self.doubled or self.left or self.differing)

    def compare(self, expected: Found, found: Found, when: str) -> None:
        """Add what differs between an undisturbed run and another."""
        self.lost += [f"{name} {when}" for name in expected.keys() - found.keys()]
        self.left += [f"{name} {when}" for name in found.keys() - expected.keys()]
        both = expected.keys() & found.keys()
        self.differing += [f"{name} {when}" for name in both if expected[name] != found[name]]


@dataclass(frozen=True)
class Door:
    """A command and how to look at what it did.

    begin: makes what a folder holds before it. arguments: of `klue`. found: what it made, by name.
    broken: what may not be seen after a kill and before the next run, in words.
    """

    begin: Callable[[Path], None]
    arguments: Callable[[Path], list[str]]
    found: Callable[[Path], Found]
    broken: Callable[[Path], list[str]] = lambda folder: []


def in_own_session(folder: Path, task: Callable[..., None], *given: Any) -> None:
    """Do something in a process that is forked with everything imported."""
    os.setsid()  # whatever it starts is known by it
    log = os.open(folder.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    temporary = folder / "tmp"
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    temporary.mkdir(exist_ok=True)
    task(*given)


def klue(arguments: list[str]) -> None:
    """Run the `klue` command."""
    from klue_cli.app import main

    sys.argv = ["klue", *arguments]
    main()


def started(folder: Path, task: Callable[..., None], *given: Any) -> Any:
    """Start a process that does something in a folder."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=in_own_session, args=(folder, task, *given))
    process.start()
    return process


def killed(process: Any, after: float) -> bool:
    """Kill a process after so many seconds; whether it was still at work."""
    process.join(after)
    if process.exitcode is None:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return bool(process.exitcode == -signal.SIGKILL)


def orphans(session: int) -> list[str]:
    """Wait for the processes of a session to end; those that do not."""
    end = time.monotonic() + GONE_WITHIN
    while alive := [*of_session(session)]:
        if time.monotonic() > end:
            return alive
        time.sleep(0.05)
    return []


def of_session(session: int) -> Iterator[str]:
    """Yield the processes of a session that are no zombies."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        state, _, _, its_session = rest.split()[:4]
        if int(its_session) == session and state != "Z":
            yield f"process {name})"


def finished(folder: Path, task: Callable[..., None], *given: Any) -> float:
    """Let a process come to its end; returns its seconds.

    Raises:
        RuntimeError: it failed; what it printed.
    """
    began = time.monotonic()
    process = started(folder, task, *given)
    process.join()
    if process.exitcode:
        log = folder.with_suffix(".log").read_text(errors="replace")
        raise RuntimeError(f"exit code {process.exitcode}: {log[-3000:]}")
    return time.monotonic() - began


def files(folder: Path) -> dict[str, bytes]:
    """Return all files and folders below a folder; of JSON what does not pass."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        found[name] = settled(path) if path.is_file() else b""
    return found


def settled(path: Path) -> bytes:
    """Return a file's content, without what depends on the moment or on where it lies."""
    content = path.read_bytes()
    if path.name in ("result.json", "out.report.json") or path.name.startswith("seed-"):
        kept = {key: value for key, value in json.loads(content).items() if key not in PASSING}
        return json.dumps(kept, sort_keys=True).encode()
    of_a_run = path.name == "README.md" and path.with_name("result.json").exists()
    if of_a_run or path.name in ("table.md", "picture.svg", "run.json", "training_args.bin"):
        return b"there"
    return content


def nothing(folder: Path) -> None:
    """A folder that is empty before."""


def build_door(work: Path) -> Door:
    """`klue data build`, over an earlier build of other columns and a note."""
    before = work / "before"
    own = ["data", "build", "--sample", "--out"]
    work.joinpath("first").mkdir()
    finished(work / "first", klue, [*own, str(before), "--full"])

    def begin(folder: Path) -> None:
        if random.random() < 0.7:
            shutil.copytree(before, folder / "klue")
        (folder / "klue").mkdir(exist_ok=True)
        (folder / "klue" / ".gitattributes").write_text("mine")

    def broken(folder: Path) -> list[str]:
        """What `load_dataset` meets: the old, the new, or a word on how to go on."""
        import datasets

        card = folder / "klue" / "README.md"
        if not card.exists():
            return []
        try:
            for task in ("sts", "dp"):
                both = datasets.load_dataset(
                    str(card.parent), task, cache_dir=str(folder / "cache")
                )
                full = [set(rows.column_names) for rows in both.values()]
                if full[0] != full[1]:
                    return [f"{task}: splits of two builds"]
        except Exception as error:
            if "run-klue-data-build-again" not in str(error):
                return [f"load_dataset: {error}"]
        finally:
            shutil.rmtree(folder / "cache", ignore_errors=True)
        return []

    return Door(
        begin,
        lambda folder: ["data", "build", "--sample", "--out", str(folder / "klue")],
        files,
        broken,
    )


def train_door(work: Path) -> Door:
    """`klue train`: goes on at its checkpoint."""
    own = ["train", "ynat", "--model", str(work / "tiny"), *TRAIN]

    def arguments(folder: Path) -> list[str]:
        return [*own, "--output", str(folder / "run"), "--results", str(folder / "results")]

    return Door(nothing, arguments, files)


def bench_door(work: Path) -> Door:
    """`klue bench`: a process a run, done runs are kept."""
    settings = work / "settings.toml"
    settings.write_text(BENCH)
    own = ["bench", "--model", str(work / "tiny"), "--sample", "--seeds", "1", "--settings"]
    own += [str(settings), "--tasks", ",".join(tomllib.loads(BENCH))]

    def arguments(folder: Path) -> list[str]:
        return [*own, "--output", str(folder / "runs"), "--results", str(folder / "results")]

    return Door(nothing, arguments, files)


def corpus_door(work: Path) -> Door:
    """`klue pretrain corpus` with two processes."""
    from klue_pretraining.benchmark_texts import benchmark_texts

    raw, texts = work / "raw.jsonl", [*benchmark_texts(["train"], sample=True)]
    with raw.open("w", encoding="utf-8") as file:
        for number in range(8):
            for text in texts:
                line = json.dumps({"text": f"{text} 그래서 {number}번째로 말했다고 한다."})
                file.write(line + "\n")
    own = [
        "pretrain",
        "corpus",
        str(raw),
        "--sample",
        "--workers",
        "2",
        "--benchmark",
        "validation",
    ]
    return Door(nothing, lambda folder: [*own, "--out", str(folder / "out.jsonl")], files)


def label_door(work: Path, kind: str) -> Door:
    """`klue label` of a file, in one of its formats: goes on behind its last whole part."""
    from tests.klue_cli.conftest import untrained

    given, model = work / f"headlines.{kind}", work / "labeller"
    if not model.exists():
        untrained("ynat", work / "tiny", model)
    rows = [{"id": at, "title": f"{'서울 아파트값 ' * (at % 7)}{at}"} for at in range(HEADLINES)]
    if kind == "csv":
        lines = [f'{row["id"]:05},"{row["title"]},\n끝"\n' for row in rows]
        given.write_text("id,title\n" + "".join(lines), encoding="utf-8")
    elif kind == "jsonl":
        given.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(rows), given)
    own = ["label", "ynat", str(given), "--model", str(model), "--out"]
    return Door(nothing, lambda folder: [*own, str(folder / f"out.{kind}")], files)


def push_door(work: Path, hub: Hub) -> Door:
    """`klue push data` to the Hub on this machine."""

    def begin(folder: Path) -> None:
        with hub.lock:
            hub.repos.clear()
            hub.blobs.clear()

    def found(folder: Path) -> Found:
        there: dict[str, bytes] = files(folder)
        for place, repo in hub.repos.items():
            head = repo.commit_at("main")
            there |= {f"{place}/{name}": file.sha256.encode() for name, file in head.files.items()}
            there[f"{place}: commits"] = str(len(repo.commits)).encode()
            there[f"{place}: refs"] = " ".join(sorted(repo.refs)).encode()
        return there

    return Door(begin, lambda folder: ["push", "data", "--org", ORG, "--sample"], found)


def rounds(door: Door, name: str, kills: int, work: Path, rng: random.Random) -> Harm:
    """Kill a command so many times, each time in a folder of its own."""
    harm = Harm()
    for run in ("first", "whole"):  # the first one fills caches
        whole = fresh(door, work / f"{name}-{run}")
        seconds = finished(whole, klue, door.arguments(whole))
    expected = door.found(whole)
    tried = 0
    while harm.kills < kills and tried < 10 * kills:
        tried += 1
        folder, after = fresh(door, work / f"{name}-{tried}"), rng.uniform(0, seconds)
        process = started(folder, klue, door.arguments(folder))
        when = f"(killed after {after:.2f} of {seconds:.2f} s)"
        if not killed(process, after):
            continue
        harm.kills += 1
        harm.left += [f"{left} {when}" for left in orphans(process.pid)]
        harm.differing += [f"{words} {when}" for words in door.broken(folder)]
        try:
            finished(folder, klue, door.arguments(folder))
        except RuntimeError as error:
            harm.lost.append(f"the second run {when}: {error}")
            continue
        found = dict(door.found(folder))
        for place in [key for key in found if key.endswith(": commits")]:
            if int(found[place]) > int(expected.get(place, b"0")):
                harm.doubled.append(f"{place} {when}")
                del found[place]
        harm.compare(expected, found, when)
        shutil.rmtree(folder)
    return harm


def fresh(door: Door, folder: Path) -> Path:
    """Make the folder of a round."""
    folder.mkdir()
    (folder / "tmp").mkdir()
    door.begin(folder)
    return folder


def submit(folder: Path, writer: int) -> None:
    """Submit a writer's entries that are not there yet; each accepted one is a line of its log."""
    from klue_common.errors import InputError
    from space_app.board.entries import Entry
    from space_app.board.local_store import LocalStore

    store = LocalStore(folder / "board")
    log = os.open(folder / f"accepted-{writer}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in range(ENTRIES):
        name = f"{writer}-{number}"
        try:
            store.append(Entry(id=name, task="ynat", model=name), name.encode() * 1000)
        except InputError:  # there already
            continue
        os.write(log, f"{name}\n".encode())


def store_rounds(kills: int, work: Path, rng: random.Random) -> Harm:
    """Kill one of several writers of the board's store while the others go on."""
    harm, whole = Harm(), work / "store-whole"
    (whole / "tmp").mkdir(parents=True)
    began = time.monotonic()
    for process in [started(whole, submit, whole, writer) for writer in range(WRITERS)]:
        process.join()
    seconds = time.monotonic() - began
    expected = {name for name in files(whole) if name.startswith("board")}
    tried = 0
    while harm.kills < kills and tried < 10 * kills:
        tried += 1
        folder, after = work / f"store-{tried}", rng.uniform(0, seconds)
        (folder / "tmp").mkdir(parents=True)
        first, *others = [started(folder, submit, folder, writer) for writer in range(WRITERS)]
        hit = killed(first, after)
        for process in others:
            process.join()
        if not hit:
            continue
        harm.kills += 1
        finished(folder, submit, folder, 0)
        look_at_board(harm, folder, expected, f"(killed after {after:.2f} of {seconds:.2f} s)")
        shutil.rmtree(folder)
    return harm


def look_at_board(harm: Harm, folder: Path, expected: set[str], when: str) -> None:
    """Compare a board with the entries that were accepted and those that were to be."""
    from space_app.board.local_store import LocalStore

    store = LocalStore(folder / "board")
    ids = [entry.id for entry in store.read()]
    accepted = [line for path in folder.glob("accepted-*") for line in path.read_text().split()]
    wanted = {f"{writer}-{number}" for writer in range(WRITERS) for number in range(ENTRIES)}
    harm.lost += [f"{name} {when}" for name in (wanted | {*accepted}) - {*ids}]
    twice = {name for name in ids if ids.count(name) > 1}
    twice = {name for name in ids if ids.count(name) > 1 or accepted.count(name) > 1}
    harm.doubled += [f"{name} {when}" for name in twice]
    right = {name for name in ids if store.predictions(name) == name.encode() * 1000}
    harm.differing += [f"{name} {when}" for name in {*ids} - right]
    lines = store.path.read_bytes()
    harm.differing += [f"lines of the board {when}"] * (lines.count(b"\n") != len(ids))
    there = {name for name in files(folder) if name.startswith("board")}
    harm.left += [f"{name} {when}" for name in there - expected]


def chaos(doors: list[str], kills: int, seed: int, work: Path, hub: Hub) -> dict[str, Harm]:
    """Go through the doors; `kills` are shared out among them."""
    import datasets

    from klue_baselines.tiny import make_encoder

    datasets.disable_progress_bars()
    make_encoder(work / "tiny")
    total, found = sum(SHARES[name] for name in doors), {}
    makers: dict[str, Callable[[Path], Door]] = {
        "build": build_door,
        "train": train_door,
        "bench": bench_door,
        "corpus": corpus_door,
        **{kind: partial(label_door, kind=kind) for kind in ("csv", "jsonl", "parquet")},
    }
    for name in doors:
        own, rng = max(1, round(kills * SHARES[name] / total)), random.Random(f"{seed} {name}")
        random.seed(f"{seed} {name}")
        began = time.monotonic()
        if name == "store":
            found[name] = store_rounds(own, work, rng)
        else:
            door = push_door(work, hub) if name == "push" else makers[name](work)
            found[name] = rounds(door, name, own, work, rng)
        words = "something is wrong" if found[name].any else "nothing is wrong"
        seconds = time.monotonic() - began
        print(f"{name}: {found[name].kills} kills, {seconds:.0f} s, {words}", flush=True)
    return found


def table(found: Mapping[str, Harm]) -> str:
    """Lay out what was found."""
    lines = [f"{'door':8}{'kills':>7}{'lost':>7}{'doubled':>9}{'left behind':>13}{'differing':>11}"]
    for name, harm in found.items():
        counts = (len(harm.lost), len(harm.doubled), len(harm.left), len(harm.differing))
        lost, doubled, left, differing = counts
        lines.append(f"{name:8}{harm.kills:7}{lost:7}{doubled:9}{left:13}{differing:11}")
    lines.append(f"{'all':8}{sum(harm.kills for harm in found.values()):7}")
    return "\n".join(lines)


def main() -> int:
    """Kill, compare, print; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--doors", default=",".join(SHARES))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="klue-chaos-") as folder, Hub() as hub:
        # Read when the libraries are imported: by the process that all others are forked from.
        own = {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1"}
        own |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "0", "OMP_NUM_THREADS": "1"}
        os.environ.update({**own, "HF_HOME": f"{folder}/home", "TOKENIZERS_PARALLELISM": "false"})
        found = chaos(given.doors.split(","), given.kills, given.seed, Path(folder), hub)
    print(table(found))
    for name, harm in found.items():
        for kind in ("lost", "doubled", "left", "differing"):
            for line in getattr(harm, kind)[:20]:
                print(f"{name}: {kind}: {line}")
    return int(any(harm.any for harm in found.values()))


if __name__ == "__main__":
    sys.exit(main())
