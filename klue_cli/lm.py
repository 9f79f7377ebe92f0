"""The `klue lm` commands: language models on all eight tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from . import lm_logs
from .doors import a_file, a_folder
from .options import DataDir, Json, Results, Sample, Split, Task, known_task
from .terminal import print_json, show

app = typer.Typer(no_args_is_help=True, help="Ask language models the eight tasks.")
app.command("path")(lm_logs.path)
app.command("from-lm-eval")(lm_logs.from_lm_eval)
app.command("from-inspect")(lm_logs.from_inspect)

Model = Annotated[
    str, typer.Option(help="As the server calls it, or hf:FOLDER for one in this process.")
]
BaseUrl = Annotated[
    str | None, typer.Option(help="Of an OpenAI-compatible server, like http://127.0.0.1:8000/v1.")
]
Api = Annotated[
    str, typer.Option(help="completions for base models, chat for those with a template.")
]
Rank = Annotated[bool, typer.Option("--rank", help="Rank the labels; ynat, sts, nli, re.")]
Generate = Annotated[bool, typer.Option("--generate", help="Let the model write.")]
Constrained = Annotated[
    bool, typer.Option("--constrained", help="Let it write in the answer's form alone.")
]
Shots = Annotated[int, typer.Option(min=0, help="Worked examples in each prompt.")]
Language = Annotated[str, typer.Option(help="Of the prompt: ko or en.")]
Paraphrase = Annotated[int, typer.Option(help="Which of the three instructions: 0, 1 or 2.")]
Thinking = Annotated[
    int, typer.Option(min=0, help="Tokens beyond the answer, for models that reason first.")
]
Concurrency = Annotated[int, typer.Option(min=1, help="Questions that are asked at once.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print a prompt and what it would take, and stop.")
]
Name = Annotated[str | None, typer.Option(help="What results call the model.")]


@app.command("run")
def run_command(
    task: Task,
    model: Model,
    base_url: BaseUrl = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The prediction file. Default: lm/MODEL/TASK.jsonl.", callback=a_file),
    ] = None,
    api: Api = "completions",
    rank: Rank = False,
    generate: Generate = False,
    constrained: Constrained = False,
    shots: Shots = 0,
    seed: Annotated[int, typer.Option(help="Which shots.")] = 0,
    language: Language = "ko",
    paraphrase: Paraphrase = 0,
    split: Split = "validation",
    thinking: Thinking = 0,
    concurrency: Concurrency = 4,
    name: Name = None,
    results: Results = Path("results"),
    dry_run: DryRun = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Ask one task; a killed run goes on, and asks nothing twice."""
    from klue_lm.run import LMRun, plan

    made = LMRun(
        task=known_task(task),
        output=output or default_output(model, name, task),
        split=split,
        mode=one_mode(rank, generate, constrained),
        language=language,
        paraphrase=paraphrase,
        shots=shots,
        shot_seed=seed,
        thinking=thinking,
        concurrency=concurrency,
        data_dir=data_dir,
        sample=sample,
        name=name,
    )
    if dry_run:
        shown_estimates([plan(made)], as_json)
        return
    carried_out([made], engine_at(model, base_url, api), results, as_json)


@app.command("bench")
def bench_command(
    model: Model,
    base_url: BaseUrl = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The folder of the predictions. Default: lm/MODEL.", callback=a_folder),
    ] = None,
    tasks: Annotated[str, typer.Option(help="Like dp,ner. Default: all eight.")] = "",
    api: Api = "completions",
    generate: Generate = False,
    constrained: Constrained = False,
    shots: Shots = 0,
    seeds: Annotated[str, typer.Option(help="Of the shots, like 0,1,2.")] = "0",
    paraphrases: Annotated[
        str, typer.Option(help="Which instructions, like 0,1,2, for the spread that they make.")
    ] = "0",
    language: Language = "ko",
    split: Split = "validation",
    thinking: Thinking = 0,
    concurrency: Concurrency = 4,
    name: Name = None,
    results: Results = Path("results"),
    dry_run: DryRun = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Ask all tasks, each in its main way or as told, for several seeds of shots; one table."""
    from klue_lm.run import LMRun, plan
    from klue_lm.tasks import LMS

    from .bench import known_seeds

    chosen = [known_task(one.strip()) for one in tasks.split(",")] if tasks else [*LMS]
    folder = output or default_output(model, name, "x").parent
    mode = one_mode(False, generate, constrained)
    # Without shots all seeds are the same run.
    seed_list = known_seeds(seeds) if shots else known_seeds(seeds)[:1]
    runs = [
        LMRun(
            task=task,
            output=folder / f"{task}-{paraphrase}-{seed}.jsonl",
            split=split,
            mode=mode if mode in LMS[task].modes else None,
            language=language,
            paraphrase=paraphrase,
            shots=shots,
            shot_seed=seed,
            thinking=thinking,
            concurrency=concurrency,
            data_dir=data_dir,
            sample=sample,
            name=name,
        )
        for task in chosen
        for paraphrase in known_seeds(paraphrases)
        for seed in seed_list
    ]
    if dry_run:
        shown_estimates([plan(run) for run in runs], as_json)
        return
    carried_out(runs, engine_at(model, base_url, api), results, as_json)


@app.command("probe")
def probe_command(
    task: Task,
    model: Model,
    base_url: BaseUrl = None,
    api: Api = "completions",
    count: Annotated[int, typer.Option(min=1, help="How many of dev's texts.")] = 200,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """See how many of dev's texts a model knows by heart, beside texts that it cannot have read."""
    from klue_common.progress import meter
    from klue_lm.probe import probe

    from .lm_tables import probe_table

    known_task(task)
    engine = engine_at(model, base_url, api)
    with meter(f"{task}: probe", 0, "texts") as advance:
        found = probe(engine, task, count, data_dir, advance)
    show(probe_table(found), {name: one.as_dict() for name, one in found.items()}, as_json)


def one_mode(rank: bool, generate: bool, constrained: bool) -> str | None:
    """Return the one way of asking that is wished for, None for a task's main one.

    Raises:
        InputError: several are.
    """
    from klue_common.errors import InputError
    from klue_lm.task import CONSTRAINED, GENERATE, RANK

    wished = {RANK: rank, GENERATE: generate, CONSTRAINED: constrained}
    chosen = [mode for mode, wish in wished.items() if wish]
    if len(chosen) > 1:
        names = " and ".join(f"--{mode}" for mode in chosen)
        raise InputError(f"{names}: found together, expected one of them")
    return chosen[0] if chosen else None


def default_output(model: str, name: str | None, task: str) -> Path:
    """Return where a model's predictions go where no place is given."""
    from klue_lm.local import SCHEME
    from klue_results.naming import model_name

    return Path("lm") / model_name(model.removeprefix(SCHEME), name) / f"{task}.jsonl"


def engine_at(model: str, base_url: str | None, api: str) -> Any:
    """Return who is asked.

    Raises:
        InputError: neither a server nor a folder is given, or both are.
    """
    from klue_common.errors import InputError
    from klue_lm.local import SCHEME, open_local

    if model.startswith(SCHEME):
        if base_url is not None:
            raise InputError(f"--base-url: found {base_url!r} beside --model {model}, expected one")
        return open_local(model)
    if base_url is None:
        raise InputError(
            f"--base-url: found none, expected a server's address, or --model {SCHEME}FOLDER"
        )
    from klue_lm.server import Server

    return Server.at(base_url, model, api)


def carried_out(runs: Any, engine: Any, results: Path, as_json: bool) -> None:
    """Carry out runs one after the other, and show their table."""
    from klue_common.progress import meter, note
    from klue_lm.run import carry_out, plan
    from klue_results.lm_tables import lm_rows
    from klue_results.results import result_path

    from .result_tables import shown_results

    done = []
    for run in runs:
        result = carry_out(plan(run), engine, meter)
        result.write(result_path(results, result))
        note(f"{run.output}: {result.task}, {', '.join(shown_scores(result.scores))}")
        done.append(result)
    content = [result.as_dict() for result in done] if len(done) == 1 else lm_rows(done)
    show(shown_results(done), content[0] if len(done) == 1 else content, as_json)


def shown_scores(scores: Any) -> list[str]:
    """Return scores as texts, in their order."""
    return [f"{name} {value:.2f}" for name, value in scores.items()]


def shown_estimates(plans: Any, as_json: bool) -> None:
    """Print a whole prompt of each plan, and what asking all its questions would take."""
    from klue_lm.estimates import estimate

    from .lm_tables import estimate_table

    made = [estimate(one) for one in plans]
    if as_json:
        print_json([one.as_dict() for one in made])
        return
    for one in made:
        print(f"===== {one.task}, {one.mode}\n{one.prompt}\n")
    show(estimate_table(made), None, False)
