"""The folder that is the Space's repository on the Hub: its entry point and the packages."""

from __future__ import annotations

import shutil
from pathlib import Path

from klue_baselines.errors import InputError

HERE = Path(__file__).parent
PACKAGES = ("klue_datasets", "klue_metrics", "klue_baselines", "model_cards", "space_app")
TOP = ("app.py", "README.md", "requirements.txt")
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


def write_space(folder: Path) -> None:
    """Write the repository's files into a folder that is empty or does not exist.

    Raises:
        InputError: the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: found something there, expected an empty folder or none")
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        shutil.copytree(HERE.parent / package, folder / package, ignore=IGNORED)
    for name in TOP:
        shutil.copy2(HERE / name, folder / name)
