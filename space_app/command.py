"""`klue space`: the page on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klue_baselines.cli import DataDir, Sample


def space(
    runs: Annotated[Path, typer.Option(help="The folder of fine-tuned models.")] = Path("runs"),
    model: Annotated[
        list[str] | None,
        typer.Option(help="TASK=HUB_ID, for a task without a model under runs; repeatable."),
    ] = None,
    trust_remote_code: Annotated[
        list[str] | None,
        typer.Option(help="A Hub id whose own code may run on this machine; repeatable."),
    ] = None,
    leaderboard: Annotated[
        str, typer.Option(help="A folder, or hub:ID for a private dataset repository.")
    ] = "build/leaderboard",
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.")] = 7860,
    data_dir: DataDir = None,
    sample: Sample = False,
) -> None:
    """Serve the page: try eight tasks, score predictions, compare models, browse the data."""
    from klue_baselines.errors import InputError
    from klue_baselines.progress import note

    try:
        import gradio  # noqa: F401
    except ImportError:
        raise InputError(
            "klue space: found no gradio, expected the extra: klue-hub[space]"
        ) from None
    from klue_baselines.cli import quiet_libraries

    from .page import build, launch_options
    from .settings import Settings, task_models

    quiet_libraries()
    settings = Settings(
        runs=runs,
        models=task_models(model or []),
        trusted=frozenset(trust_remote_code or []),
        data_dir=data_dir,
        sample=sample,
        leaderboard=leaderboard,
    )
    blocks = build(settings)
    note(f"http://{host}:{port}/ (Korean), http://{host}:{port}/en (English)")
    try:
        blocks.launch(server_name=host, server_port=port, quiet=True, **launch_options(settings))
    except OSError:
        raise InputError(
            f"{host}:{port}: cannot listen there, expected a free port (--port) and an address "
            "of this machine (--host)"
        ) from None
