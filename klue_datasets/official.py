"""The official v1.1 files: their addresses, and fetching them.

What each file must be stands in the record of its task.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from huggingface_hub import constants

from .errors import data_error
from .identity import Expected, check_identity

ADDRESS = "https://raw.githubusercontent.com/KLUE-benchmark/KLUE/main/klue_benchmark"
MIRROR = "KLUE_MIRROR"
"""Environment variable: another address that has the same files."""

AT_A_TIME = 4


def folder() -> Path:
    """Return the folder that official files are kept in, under HF_HOME."""
    return Path(constants.HF_HOME) / "klue" / "v1.1"


def place(name: str) -> Path:
    """Return the path of an official file once it has been fetched."""
    return folder() / name


def address(name: str) -> str:
    """Return the address of an official file, or of its copy on KLUE_MIRROR."""
    return f"{os.environ.get(MIRROR, ADDRESS).rstrip('/')}/{name}"


def fetch(files: Mapping[str, Expected]) -> None:
    """Download the files that are not there, at most four at a time, and check those that are.

    A progress bar over all bytes is shown on a terminal, a line per file elsewhere.

    Args:
        files: what each must be, by its name in the official layout.

    Raises:
        DataError: a file cannot be had or is not the official one; or it is not there and the
            Hugging Face libraries are set to work offline.
    """
    for name, expected in files.items():
        if place(name).exists():
            check_identity(place(name), expected, " (delete it to download it again)")
    wanted = {name: expected for name, expected in files.items() if not place(name).exists()}
    if not wanted:
        return
    if constants.HF_HUB_OFFLINE:
        remedy = "the file there, or HF_HUB_OFFLINE unset, or KLUE_DATA_DIR set"
        problem = "no file, and no network by HF_HUB_OFFLINE"
        raise data_error(place(next(iter(wanted))), "", problem, remedy)
    _download(wanted)


def _download(files: Mapping[str, Expected]) -> None:
    # Imported here, since hardly ever needed: what is there is not downloaded.
    from concurrent.futures import ThreadPoolExecutor

    from huggingface_hub.utils import tqdm

    from .download import download

    on_terminal = sys.stderr.isatty()
    sizes = [expected.size for expected in files.values()]
    total = sum(size for size in sizes if size) if all(sizes) else None
    with (
        tqdm(total=total, unit="B", unit_scale=True, desc="KLUE", disable=not on_terminal) as bar,
        ThreadPoolExecutor(AT_A_TIME) as pool,
    ):

        def fetched(name: str) -> str:
            download(address(name), place(name), files[name], bar.update)
            return name

        for name in pool.map(fetched, files):
            if not on_terminal:
                print(f"downloaded {name}", file=sys.stderr)
