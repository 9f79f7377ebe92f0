"""`klue space`: the page on this machine."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from .doors import a_folder, a_port
from .options import DataDir, Sample


def a_store(param: typer.CallbackParam, value: str) -> str:
    """Let a folder or a repository pass; see `klue_cli.doors`."""
    from space_app.board.stores import HUB

    if not value.startswith(HUB):
        a_folder(param, Path(value))
    return value


def space(
    runs: Annotated[
        Path, typer.Option(help="The folder of fine-tuned models.", callback=a_folder)
    ] = Path("runs"),
    model: Annotated[
        list[str] | None,
        typer.Option(help="TASK=HUB_ID, for a task without a model under runs; repeatable."),
    ] = None,
    trust_remote_code: Annotated[
        list[str] | None,
        typer.Option(help="A Hub id whose own code may run on this machine; repeatable."),
    ] = None,
    typed_models: Annotated[
        bool,
        typer.Option(
            help="Whether visitors may name models of the Hub; each is opened in a process of its "
            "own, within limits. On a Space it is off unless KLUE_SPACE_TYPED_MODELS is 1."
        ),
    ] = True,
    leaderboard: Annotated[
        str,
        typer.Option(
            help="A folder, or hub:ID for a private dataset repository.", callback=a_store
        ),
    ] = "build/leaderboard",
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="A network of proxies in front, as 10.0.0.0/8, whose X-Forwarded-For tells who "
            "asks; repeatable."
        ),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(help="A name that the page may be called by (default: any); repeatable."),
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.", callback=a_port)] = 7860,
    data_dir: DataDir = None,
    sample: Sample = False,
) -> None:
    """Serve the page: try eight tasks, score predictions, compare models, browse the data."""
    from klue_common.errors import InputError
    from klue_common.extras import package
    from klue_common.progress import note

    package("gradio", "space", "klue space")
    from klue_common.progress import quiet_libraries
    from klue_datasets.sources import folders_of
    from space_app.callers import networks_of
    from space_app.page import build, launch_options
    from space_app.settings import Settings, task_models
    from space_app.workers import prepare

    if not sample:
        folders_of(data_dir)  # else a visitor would be the first to hear of a missing one
    check_port(host, port)  # the page takes its time to be built
    quiet_libraries()
    settings = Settings(
        runs=runs,
        models=task_models(model or []),
        trusted=frozenset(trust_remote_code or []),
        typed_models=typed_models,
        data_dir=data_dir,
        sample=sample,
        leaderboard=leaderboard,
        proxies=networks_of(trusted_proxy or []),
        hosts=frozenset(allowed_host or []),
    )
    prepare()
    blocks = build(settings)
    note(f"http://{host}:{port}/ (Korean), http://{host}:{port}/en (English)")
    try:
        blocks.launch(server_name=host, server_port=port, quiet=True, **launch_options(settings))
    except OSError:
        raise InputError(TAKEN.format(host=host, port=port)) from None


TAKEN = (
    "{host}:{port}: cannot listen there, expected a free port (--port) and an address of this "
    "machine (--host)"
)


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened at.

    Raises:
        InputError: it is no address of this machine, or somebody listens there.
    """
    from klue_common.errors import InputError

    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address, family=family).close()
    except (OSError, UnicodeError):  # names are encoded for the network
        raise InputError(TAKEN.format(host=host, port=port)) from None
