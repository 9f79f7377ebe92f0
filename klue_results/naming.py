"""What encoders are called in results and models on the Hub, and what tells namesakes apart."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from huggingface_hub import try_to_load_from_cache
from huggingface_hub.errors import HFValidationError

from klue_common.errors import InputError
from klue_common.own_files import is_file, is_folder, read_json
from klue_datasets.errors import show

WEIGHT_FILES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)
OF_A_HUB_ID = "--"  # between owner and name, as in the Hub's own cache
OF_A_FOLDER = "__"  # between the two parts of its path
LONGEST = 80  # characters, so that "-klue-ynat" has room behind it in a repository's name
CHUNK = 1 << 20  # bytes read at once


@dataclass(frozen=True)
class Encoder:
    """Where an encoder lies, and what it is.

    Attributes:
        path: as it was given, a home folder written as "~".
        revision: the commit on the Hub, None for a folder.
        digest: SHA-256 of its weights' bytes, None where they are not on this machine.
    """

    path: str
    revision: str | None = None
    digest: str | None = None


def model_name(model: str, name: str | None = None) -> str:
    """Return what results call an encoder: the name that it is given, else one of its place.

    A Hub id has "--" in place of its slash, a folder is called by the last two parts of its path
    with "__" between them: neither can be taken for the other.

    Args:
        model: a folder or a Hub id.
        name: the name that it is given, None for none.

    Raises:
        InputError: a given name that cannot be a part of a repository's.

    Example:
        >>> model_name("klue/bert-base")
        'klue--bert-base'
    """
    if name is not None:
        return check_name(name)
    return folder_name(Path(model)) if is_folder(model) else model.replace("/", OF_A_HUB_ID)


def repository_name(model: str, task: str) -> str:
    """Return what a fine-tuned model's repository is called; the Hub takes no two dashes in a row.

    Args:
        model: what results call the encoder.
        task: the task's id.

    Example:
        >>> repository_name("klue--bert-base", "dp")
        'klue-bert-base-klue-dp'
    """
    return f"{model.replace(OF_A_HUB_ID, '-')}-klue-{task}"


def check_name(name: str) -> str:
    """Return a name, if a folder and a repository on the Hub can have it and no Hub id has.

    Raises:
        InputError: they cannot.

    Example:
        >>> check_name("my-encoder_v1.2")
        'my-encoder_v1.2'
    """
    letters = re.fullmatch(r"\w(?:[\w.-]*\w)?", name, flags=re.ASCII)
    if not letters or len(name) > LONGEST or OF_A_HUB_ID in name or ".." in name:
        raise InputError(
            f"name: found {show(name)}, expected at most {LONGEST} of A-Z, a-z, 0-9, _, - and ., "
            "with a letter or digit at both ends and no -- or .. between them"
        )
    return name


def folder_name(folder: Path) -> str:
    """Return the last two parts of a folder's path as one name.

    Where they have characters that a repository's name cannot have, or are too long, a digest of
    them follows: two folders whose parts differ have two names.

    Example:
        >>> folder_name(Path("/models/bert/checkpoint-5000"))
        'bert__checkpoint-5000'
        >>> folder_name(Path("/models/my bert/checkpoint-5000"))
        'my-bert__checkpoint-5000-e2d44beb'
    """
    parts = [unicodedata.normalize("NFC", part) for part in folder.resolve().parts[1:]][-2:]
    name = OF_A_FOLDER.join(filter(None, map(plain, parts)))
    if name and name == OF_A_FOLDER.join(parts) and len(name) <= LONGEST:
        return name
    digest = hashlib.sha256("/".join(parts).encode()).hexdigest()[:8]
    return "-".join(filter(None, (name[: LONGEST - 9].rstrip("._-"), digest)))


def plain(part: str) -> str:
    """Return a part of a path with only the characters that a repository's name can have.

    Example:
        >>> plain("my  encoder (한국어)")
        'my-encoder'
    """
    allowed = re.sub(r"[^A-Za-z0-9._-]", "-", part)
    return re.sub(r"([._-])\1+", r"\1", allowed).strip("._-")


def identify(model: str) -> Encoder:
    """Return where an encoder lies and what its weights are, as far as it is on this machine."""
    folder = Path(model)
    if is_folder(folder):
        return Encoder(shown(folder, model), None, weights_digest(folder))
    try:
        config = try_to_load_from_cache(model, "config.json")
    except HFValidationError:
        return Encoder(model)
    if not isinstance(config, str):
        return Encoder(model)
    snapshot = Path(config).parent
    return Encoder(model, snapshot.name, weights_digest(snapshot))


def shown(folder: Path, given: str) -> str:
    """Return a folder as it was given, a home folder as "~".

    Results are published, and the name of a home folder is that of a person.
    """
    home = Path.home()
    if folder.is_absolute() and folder.is_relative_to(home) and home != Path(home.anchor):
        return (Path("~") / folder.relative_to(home)).as_posix()
    return given


def weights_digest(folder: Path) -> str | None:
    """Return the SHA-256 of the files that an encoder's weights are loaded from.

    Returns:
        Hexadecimal digits, None if there are no weights. Of a single file it is the digest that
        the Hub shows for it.

    Raises:
        InputError: a broken index of the weights' files.
    """
    files = tuple((path, path.stat()) for path in weight_files(folder) if is_file(path))
    if not files:
        return None
    return digest_of(tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in files))


@lru_cache
def digest_of(files: tuple[tuple[str, int, int], ...]) -> str:
    """Return the SHA-256 of some files' bytes, one after the other.

    Args:
        files: path, size in bytes and time of change (ns) of each; with another size or time a
            file is read again.
    """
    digest = hashlib.sha256()
    for path, _, _ in files:
        with Path(path).open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def is_file_name(value: object) -> bool:
    """Return whether a value is the name of a file that lies beside its index, and nowhere else.

    Example:
        >>> is_file_name("model-1.safetensors"), is_file_name("../secret"), is_file_name(5)
        (True, False, False)
    """
    return isinstance(value, str) and value == Path(value).name


def weight_files(folder: Path) -> Iterator[Path]:
    """Yield the weight files that transformers loads: of several formats the first, all its parts.

    Raises:
        InputError: a broken index of the parts.
    """
    name = next((name for name in WEIGHT_FILES if (folder / name).is_file()), None)
    if name is None:
        return
    if not name.endswith(".index.json"):
        yield folder / name
        return
    expected = "an index of the weights' files"
    parts = read_json(folder / name, expected).get("weight_map")
    if not isinstance(parts, dict) or not all(map(is_file_name, parts.values())):
        raise InputError(f"{folder / name}: found no weight_map of names, expected {expected}")
    yield from sorted({folder / part for part in parts.values()})
