"""The official v1.1 files: their addresses, their identity, and fetching them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from huggingface_hub import constants

from .errors import data_error
from .identity import Expected, check_identity

ADDRESS = "https://raw.githubusercontent.com/KLUE-benchmark/KLUE/main/klue_benchmark"
MIRROR = "KLUE_MIRROR"
"""Environment variable: another address that has the same files."""

AT_A_TIME = 4

FILES: dict[str, Expected] = {
    "klue-dp-v1.1/klue-dp-v1.1_dev.tsv": Expected(
        "ecd421f75cb1343c30e7482ce7cdc730f5d4cd12", 1_225_266
    ),
    "klue-dp-v1.1/klue-dp-v1.1_train.tsv": Expected("279c0b4de1e1341036b0147701d7e11ee79860e7"),
    "klue-mrc-v1.1/klue-mrc-v1.1_dev.json": Expected("b89a46fcc5f3b15be59703abd626b52e4c4dd236"),
    "klue-mrc-v1.1/klue-mrc-v1.1_train.json": Expected("46fd63137949a85f054aacb81ca4065c7b3a5882"),
    "klue-ner-v1.1/klue-ner-v1.1_dev.tsv": Expected(
        "3ed843a2e62d536fc2e2dbcc0f304ee346dda62e", 2_635_045
    ),
    "klue-ner-v1.1/klue-ner-v1.1_train.tsv": Expected("b4f5d7dba85bb04d9dd72c7491bd62568af55cf1"),
    "klue-nli-v1.1/klue-nli-v1.1_dev.json": Expected(
        "db052b2459c68d1ec57dd1573bfe90a9bb3f8157", 1_498_298
    ),
    "klue-nli-v1.1/klue-nli-v1.1_train.json": Expected(
        "a7903d15f09a3663d8f1d78e68d8d6c10dbd8618", 12_576_683
    ),
    "klue-re-v1.1/klue-re-v1.1_dev.json": Expected(
        "f3e013f47e0a5a5d234410f8cdaa1eb8d89ccce3", 5_212_646
    ),
    "klue-re-v1.1/klue-re-v1.1_train.json": Expected(
        "83b1fd41b1ea65dc29cd5bcfe1721bcdb25bd4d6", 22_316_866
    ),
    "klue-re-v1.1/relation_list.json": Expected("e1bd93f1a5915ec57f55152029a258e4a9239940", 870),
    "klue-sts-v1.1/klue-sts-v1.1_dev.json": Expected(
        "2645707503e7b25cc3d9f94103cbfb2f5a086f56", 454_638
    ),
    "klue-sts-v1.1/klue-sts-v1.1_train.json": Expected("4e92fce70fe9f2dbed2ffcb9c2aec7417c6d32ff"),
    "wos-v1.1/ontology.json": Expected("a5c85005318277228c8cd842bf4a3e2d52b7fa61", 43_539),
    "wos-v1.1/wos-v1.1_dev.json": Expected("f0564e4c981ce85a4bd4b5cf1e211800211d8541"),
    "wos-v1.1/wos-v1.1_train.json": Expected("0a017e06c2daaf6e3855a9ccfda25dac1d666f71"),
    "ynat-v1.1/ynat-v1.1_dev.json": Expected("f4fb92cc5d967b586ea5172c3da8c379ba31caf9"),
    "ynat-v1.1/ynat-v1.1_train.json": Expected("e74e912a66720294bd6fe70e69b0cd131a0a10d7"),
}


def folder() -> Path:
    """Give the folder that official files are kept in, under HF_HOME."""
    return Path(constants.HF_HOME) / "klue" / "v1.1"


def place(name: str) -> Path:
    """Give the path of an official file once it has been fetched."""
    return folder() / name


def address(name: str) -> str:
    """Give the address of an official file, or of its copy on KLUE_MIRROR."""
    return f"{os.environ.get(MIRROR, ADDRESS).rstrip('/')}/{name}"


def fetch(names: Iterable[str]) -> None:
    """Download the files that are not there, at most four at a time, and check those that are.

    A progress bar over all bytes is shown on a terminal, a line per file elsewhere.

    Raises:
        DataError: a file cannot be had or is not the official one; or it is not there and the
            Hugging Face libraries are set to work offline.
    """
    names = list(names)
    for name in names:
        if place(name).exists():
            check_identity(place(name), FILES[name], " (delete it to download it again)")
    wanted = [name for name in names if not place(name).exists()]
    if not wanted:
        return
    if constants.HF_HUB_OFFLINE:
        expected = "the file there, or HF_HUB_OFFLINE unset, or KLUE_DATA_DIR set"
        raise data_error(
            place(wanted[0]), "", "no file, and no network by HF_HUB_OFFLINE", expected
        )
    _download(wanted)


def _download(names: list[str]) -> None:
    # Imported here, since hardly ever needed: what is there is not downloaded.
    from concurrent.futures import ThreadPoolExecutor

    from huggingface_hub.utils import tqdm

    from .download import download

    on_terminal = sys.stderr.isatty()
    sizes = [FILES[name].size for name in names]
    total = sum(size for size in sizes if size) if all(sizes) else None
    with (
        tqdm(total=total, unit="B", unit_scale=True, desc="KLUE", disable=not on_terminal) as bar,
        ThreadPoolExecutor(AT_A_TIME) as pool,
    ):

        def fetched(name: str) -> str:
            download(address(name), place(name), FILES[name], bar.update)
            return name

        for name in pool.map(fetched, names):
            if not on_terminal:
                print(f"downloaded {name}", file=sys.stderr)
