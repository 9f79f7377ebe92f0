"""Texts for a model, settings, run folders, and the folders of models that others have made."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from klue_baselines.bench import plan, read_settings
from klue_baselines.encoding.encoder import check_encoder, open_tokenizer, text_encoder
from klue_baselines.labelling.running import write_file
from klue_baselines.pipeline import KluePipeline
from klue_baselines.run_folder import RunFolder
from klue_baselines.tasks import BASELINES
from klue_baselines.training.completing import folder_of, is_complete
from klue_baselines.training.settings import Run
from klue_cli.label import job_of
from klue_datasets import TASKS
from klue_results.naming import weights_digest
from tests.fuzz.damage import (
    cut,
    json_files,
    json_line_files,
    odd_texts,
    odd_values,
    text_files,
)
from tests.fuzz.harness import ask, in_memory, often
from tests.fuzz.test_results import SEEDS

SENTENCE = "세종대왕은 1397년에 한양에서 태어났다."
SPANS = ((0, 4), (6, 11))
# What a person gives each task, right.
RIGHT: dict[str, tuple[Any, ...]] = {
    "ynat": (SENTENCE,),
    "sts": (SENTENCE, SENTENCE),
    "nli": (SENTENCE, SENTENCE),
    "ner": (SENTENCE,),
    "re": (SENTENCE, *SPANS),
    "dp": (SENTENCE, ["NNP", "SN", "NNP", "VV"]),
    "mrc": ("어디에서?", SENTENCE),
    "wos": ([SENTENCE, "네.", SENTENCE],),
}
one_text = st.one_of(odd_texts, odd_texts, odd_values(), st.text(max_size=30), st.just(SENTENCE))
one_span = st.one_of(
    st.tuples(st.integers(-3, 30), st.integers(-3, 30)),
    st.lists(one_text, max_size=3),
    one_text,
)


@st.composite
def texts_of(draw: Any, task: str) -> tuple[Any, ...]:
    """Draw what a person gives a task, of which one or two parts are odd."""
    found = list(RIGHT[task])
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(found) - 1))
        if isinstance(RIGHT[task][place], str):
            found[place] = draw(one_text)
        elif task == "re":
            found[place] = draw(one_span)
        else:
            found[place] = draw(st.lists(one_text, max_size=4) | one_text)
    return tuple(found)


@pytest.mark.parametrize("task", list(BASELINES))
@often(12, 250)
@given(data=st.data())
def test_pipelines(pipelines: dict[str, KluePipeline], task: str, data: st.DataObject) -> None:
    texts = data.draw(texts_of(task))
    ask(f"pipeline {task}", lambda: pipelines[task](*texts))
    ask(f"pipeline {task}", lambda: pipelines[task]([texts, RIGHT[task]], scores=True))
    ask(f"pipeline {task}", lambda: pipelines[task](texts[0], scores=True))


@pytest.fixture(scope="module")
def pipelines(tiny_encoder: Path) -> dict[str, KluePipeline]:
    """Heads that have learned nothing, around the tiny encoder."""
    torch.manual_seed(0)
    return {task: pipeline_of(task, tiny_encoder) for task in BASELINES}


def pipeline_of(name: str, encoder: Path) -> KluePipeline:
    task, tokenizer = BASELINES[name], open_tokenizer(str(encoder))
    model = task.build(
        str(encoder),
        head=task.heads[0],
        labels=task.labels,
        tokenizer=tokenizer,
        **task.context(sample=True),
    )
    return KluePipeline(task, model, text_encoder(model, tokenizer, 128))


SETTINGS = (
    "[ynat]\nepochs = 1\nbatch_size = 32\nlearning_rate = 5e-5\nmax_train_examples = 8000\n"
    'precision = "bf16"\nselect_by = "macro_f1"\n',
    '[dp]\nsample = true\nconstrain = false\ntrain_split = "train[:10%]"\nseed = 5\nwarmup = 0.1\n'
    'head = "original"\n',
)
ODD_TOML = (
    "1" * 400, "-1", "0", "nan", "inf", "1e400", '"no"', "true", "[]", "[[1]]", "{}", "{a=" * 90 + "1" + "}" * 90,
    "[" * 3000, "{a=" * 3000, "1979-05-27T07:32:00Z", '"""\na"""', "'x'", '"\\ud800"', '"\\u0000"', "0x1F", "1_000",
    "2026-13-01", "4294967296", "0.5", '"train[:"', '"x" y', '""',
)  # fmt: skip
toml_texts = st.one_of(
    text_files(SETTINGS),
    st.builds(
        "[{}]\n{} = {}\n".format,
        st.sampled_from((*TASKS, "x", "a.b", "dp.x", '"\\n"')),
        st.sampled_from(
            (
                "epochs",
                "batch_size",
                "seed",
                "warmup",
                "precision",
                "sample",
                "head",
                "train_split",
                "eval_split",
                "data_dir",
                "constrain",
                "decoding",
                "x.y",
                "output",
                "patience",
                "max_length",
                "attention_dropout",
                "compile",
            )
        ),
        st.sampled_from(ODD_TOML),
    ).map(str.encode),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a file lies."""
    return tmp_path_factory.mktemp("files") / "file"


@often(30, 2000)
@given(content=toml_texts)
@example(b"[ynat]\nx=" + b"{a=" * 3000)
@example(b"[dp]\nepochs = " + b"9" * 400)
def test_settings(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    base = Run("ynat", "klue/bert-base", Path("runs"))
    ask("settings", lambda: plan(base, list(TASKS), [1, 2], read_settings(path, TASKS)))


RUN = {
    "task": "ynat", "model": "m", "seed": 0, "data_dir": None, "sample": False, "train_split": "train",
    "eval_split": "validation", "max_train_examples": None, "learning_rate": 5e-5, "epochs": 4, "weights": None,
}  # fmt: skip


@often(30, 2000)
@given(marker=json_files([RUN]), result=st.none() | json_files(SEEDS))
@example(b"", None)
@example(b"\xff", None)
@example(b"5", None)
@example(b"[" * 100_000, None)
@example(b'{"seed": ' + b"1" * 5000 + b"}", None)
def test_run_folders(marker: bytes, result: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as made:
        output = Path(made) / "run"
        output.mkdir()
        (output / "run.json").write_bytes(marker)
        if result is not None:
            (output / "result.json").write_bytes(result)
            ask("finished run", lambda: is_complete(output, Path(made) / "results"))
        ask("run folder", lambda: claim(folder_of(output)))


def claim(folder: RunFolder) -> Any:
    return folder.claim(RUN, lambda state, names: f"holds {state} of another: {', '.join(names)}")


# The files of a model's folder that others write, by how far they may be changed.
MODEL_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json")


@pytest.fixture(scope="module")
def models(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fine-tuned model of two tasks, and an encoder, to be damaged."""
    made = tmp_path_factory.mktemp("models")
    shutil.copytree(tiny_encoder, made / "encoder")
    for name in ("ynat", "dp"):
        pipeline = pipeline_of(name, tiny_encoder)
        pipeline.model.config.klue_task = name
        pipeline.model.config.klue_max_length = 128
        pipeline.model.save_pretrained(made / name)
        pipeline.encoder.tokenizer.save_pretrained(made / name)
    return made


def short(content: Any) -> Any:
    """Return a tokenizer's JSON with a vocabulary that is quickly written."""
    vocabulary = content.get("model", {}).get("vocab") if isinstance(content, dict) else None
    if vocabulary is not None:
        content["model"]["vocab"] = dict(list(vocabulary.items())[:60])
    return content


@pytest.mark.parametrize("name", MODEL_FILES)
@often(6, 60)
@given(data=st.data())
def test_model_folders(models: Path, name: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(("encoder", "ynat", "dp")))
    content = short(json.loads((models / kind / name).read_text(encoding="utf-8")))
    changed = data.draw(json_files([content]))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(shutil.copytree(models / kind, Path(made) / "model"))
        (folder / name).write_bytes(changed)

        def opened() -> Any:
            if kind == "encoder":
                return check_encoder(str(folder))
            pipeline = KluePipeline.from_pretrained(kind, str(folder), trust_remote_code=False)
            return pipeline(*RIGHT[kind])

        with in_memory(4):
            # To name the kinds that it knows, transformers imports all of them: once, for long.
            ask(f"model {name}", opened, seconds=120)


@often(20, 1500)
@given(content=json_files([{"metadata": {"total_size": 5}, "weight_map": {"a": "x", "b": "y"}}]))
def test_indexes_of_weights(path: Path, content: bytes) -> None:
    folder = path.parent
    (folder / "model.safetensors.index.json").write_bytes(content)
    ask("index of weights", lambda: weights_digest(folder))


LABELLED = ("ynat", "nli", "re", "dp", "wos")
KINDS = (".txt", ".csv", ".tsv", ".jsonl", ".parquet", ".csv.gz", "")


@st.composite
def tables(draw: Any, task: str) -> tuple[str, bytes]:
    """Draw the ending and the bytes of a file that is to be labelled."""
    kind = draw(st.sampled_from(KINDS))
    names = next(names for names in BASELINES[task].fields if len(names) == len(RIGHT[task]))
    row = dict(zip(names, RIGHT[task], strict=True)) | {"id": 7}
    cells = [one if isinstance(one, str) else json.dumps(one) for one in row.values()]
    delimiter = "\t" if kind == ".tsv" else ","
    quoted = delimiter.join('"' + one.replace('"', '""') + '"' for one in cells)
    table = f"{delimiter.join(row)}\n" + f"{quoted}\n" * 3
    if kind == ".jsonl":
        return kind, draw(json_line_files([row] * 3))
    if kind == ".parquet":
        return kind, cut(draw, parquet_of(draw, row))
    if kind == ".csv.gz":
        return kind, cut(draw, gzip.compress(table.encode()))
    return kind, draw(text_files([table, f"{SENTENCE}\n\n{SENTENCE}\n"]))


def parquet_of(draw: Any, row: dict[str, Any]) -> bytes:
    """Draw a Parquet file of a row, one of whose columns may be another one's."""
    columns = {name: [value, value] for name, value in row.items()}
    if draw(st.booleans()):
        odd = st.sampled_from(([None, None], [b"\xff", b""], [1, 2], [[], [None]], [{}, {"a": 1}]))
        columns[draw(st.sampled_from([*columns]))] = draw(odd)
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize("task", LABELLED)
@often(15, 500)
@given(data=st.data())
def test_labelled_files(
    pipelines: dict[str, KluePipeline], task: str, data: st.DataObject, tmp_path_factory: Any
) -> None:
    kind, content = data.draw(tables(task))
    out_kind = data.draw(st.sampled_from((".jsonl", ".csv", ".tsv", ".parquet", ".conllu", ".svg")))
    skip_bad = data.draw(st.booleans())
    folder = tmp_path_factory.mktemp("label")
    given, out = folder / f"in{kind}", folder / f"out{out_kind}"
    given.write_bytes(content)

    def labelled() -> None:
        job = job_of(task, str(given), out, None, None, "predicted_", skip_bad)
        write_file(job, lambda examples: pipelines[task]([*examples], scores=True), out, {})

    ask(f"label {task}", labelled, seconds=120)  # the analyser of dp is loaded once, for long
    assert {path.name for path in folder.iterdir()} <= {given.name, out.name}
    shutil.rmtree(folder)
