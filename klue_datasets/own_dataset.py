"""A dataset in KLUE's layout that is not KLUE: its record says its name, its card the rest.

`klue annotate split` writes both into the folder of raw files: `dataset.json` and `README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import DataError, data_error
from .raw.json_rows import read_json
from .sources import RawFile, Source

RECORD, CARD = "dataset.json", "README.md"
NAME = re.compile(
    r"(?!.*(?:--|\.\.))(?!.*\.git$)[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?", re.ASCII
)
LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]*")
KLUES_OWN = ("klue", "klue-sample")
_EXPECTED = "the record that `klue annotate split` wrote"
_HEAD = re.compile(r"---\n.*?^---\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class OwnDataset:
    """What a dataset of somebody's own says of itself.

    Attributes:
        folder: of its raw files.
        name: its name, also that of its repository.
        licence: the Hub's name of its licence; "" where none was named.
        text: of its card, without YAML.
    """

    folder: Path
    name: str
    licence: str
    text: str


def may_be_name(name: object) -> bool:
    """Return whether a dataset can have a name: the Hub's rules, and not KLUE's own.

    Example:
        >>> may_be_name("klue-law"), may_be_name("klue"), may_be_name("law, 2"), may_be_name(None)
        (True, False, False, False)
    """
    return isinstance(name, str) and name not in KLUES_OWN and NAME.fullmatch(name) is not None


def may_be_licence(licence: object) -> bool:
    """Return whether a licence can have a name on the Hub.

    Example:
        >>> may_be_licence("cc-by-sa-4.0"), may_be_licence("CC BY")
        (True, False)
    """
    return isinstance(licence, str) and LICENCE.fullmatch(licence) is not None


def own_dataset(sources: Iterable[Source]) -> OwnDataset | None:
    """Return what the folder of some raw files says of itself; None where it says nothing.

    Raises:
        DataError: its record or card is damaged, or other files are mixed with its own.
    """
    folders = dict.fromkeys(
        _root(file) for source in sources for file in (*source.of_splits.values(), *source.further)
    )
    own = [folder for folder in folders if (folder / RECORD).is_file()]
    if not own:
        return None
    if len(folders) > 1:
        other = next(folder for folder in folders if folder != own[0])
        expected = "one dataset alone (--data-dir, --task)"
        raise data_error(own[0] / RECORD, "", f"files of {other} beside its own", expected)
    return read_own(own[0])


def _root(file: RawFile) -> Path:
    """Return the folder that a file's official name begins in."""
    return file.path.parents[file.name.count("/")]


def read_own(folder: Path) -> OwnDataset:
    """Read the record and the card of a folder.

    Raises:
        DataError: one of them is damaged.
    """
    path = folder / RECORD
    record = read_json(path)
    if not isinstance(record, dict):
        raise data_error(path, "", "no JSON object", _EXPECTED)
    name, licence = record.get("name"), record.get("license")
    if not may_be_name(name):
        expected = "a name of the dataset's own: letters, digits, -, _ and ."
        raise data_error(path, "name", repr(name), expected)
    if licence is not None and not may_be_licence(licence):
        raise data_error(path, "license", repr(licence), "the Hub's name of one, like cc-by-4.0")
    try:
        text = (folder / CARD).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{folder / CARD}: cannot be read: {error}, expected the card") from None
    return OwnDataset(folder, str(name), licence or "", _HEAD.sub("", text, count=1).strip())
