"""What one repository on the Hub is to hold: its files, and where they come from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import HfApi

from klue_common.errors import InputError
from klue_datasets.files import written_folder

from .busy_hub import check_repo_id
from .card_merge import front_matter, sealed

CARD = "README.md"
Content = Path | bytes  # a file on this machine, or what it is to hold
Late = Callable[[HfApi | None, str | None], bytes]
"""(the Hub, the branch that the upload's other files are on) -> what a file is to hold.

None stands for no Hub, and for a branch where they are not yet: that of a pull request.
"""


@dataclass(frozen=True)
class Guard:
    """What keeps an upload from a repository.

    Attributes:
        pattern: of the paths in the repository that are looked at.
        check: (place, text) of such a file -> an InputError where the upload may not go there.
    """

    pattern: str
    check: Callable[[str, str], None]


@dataclass(frozen=True)
class Upload:
    """What one repository is to hold.

    Attributes:
        kind: "dataset", "model" or "space".
        repo_id: of the repository.
        files: path in the repository -> a file or its content.
        late: path -> what makes the content of a file that names commits. Such files go up in a
            commit of their own, after the others.
        version: what the tag is named after.
        owned: patterns of paths that are ours alone: what matches and is not among the files is
            deleted, everything else stays.
        guard: what keeps the upload from the repository, None for nothing.
        tagged: whether a push sets a tag; not where the repository is about something else.
    """

    kind: str
    repo_id: str
    files: Mapping[str, Content]
    version: str
    owned: tuple[str, ...] = ()
    guard: Guard | None = None
    tagged: bool = True
    late: Mapping[str, Late] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a path that leads out of the repository.

        Raises:
            InputError: there is one, or the id is none.
        """
        check_repo_id(self.repo_id)
        for path in (*self.files, *self.late):
            if {"", ".", ".."} & set(path.split("/")):
                raise InputError(f"{self.repo_id}: found the path {path!r}, expected one below it")

    def with_late(self, api: HfApi | None, revision: str | None) -> dict[str, Content]:
        """Return all files, those too that name commits; the arguments are those of `Late`."""
        return {**self.files, **{path: made(api, revision) for path, made in self.late.items()}}

    @property
    def message(self) -> str:
        """The commit's title."""
        return f"KLUE {self.version}"

    def owns(self, path: str) -> bool:
        """Return whether a path on the Hub is ours to delete."""
        return any(fnmatch(path, pattern) for pattern in self.owned)


def folder_files(folder: Path, *patterns: str) -> dict[str, Content]:
    """Return the files below a folder by their path in it; none of Python's, none that are hidden.

    Args:
        folder: where they lie.
        patterns: of the paths, all if there are none.

    Raises:
        InputError: no such folder, or a link, which could lead out of it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    found: dict[str, Content] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "__pycache__")) for part in name.split("/")):
            continue
        if patterns and not any(fnmatch(name, pattern) for pattern in patterns):
            continue
        if path.is_symlink():
            raise InputError(f"{path}: found a link, expected a file or a folder")
        if path.is_file():
            found[name] = path
    return found


def write_to(folder: Path, uploads: list[Upload]) -> list[Path]:
    """Write uploads below a folder that is not there yet, as `<kind>s/<repo id>/<path>`.

    The files are those of a push to an empty repository; an existing card is merged only when
    pushed. Complete or not there at all.

    Returns:
        The paths of the files.

    Raises:
        InputError: the folder exists, or a card has broken YAML.
    """
    if folder.exists():
        raise InputError(f"{folder}: exists, expected a new folder")
    files = []
    with written_folder(folder) as beside:
        for upload in uploads:
            for path, content in upload.with_late(None, None).items():
                target = beside / f"{upload.kind}s" / upload.repo_id / path
                target.parent.mkdir(parents=True, exist_ok=True)
                if path == CARD:
                    content = sealed(text_of(content)).encode()
                    front_matter(content.decode(), f"{upload.repo_id}/{CARD}")
                if isinstance(content, bytes):
                    target.write_bytes(content)
                else:
                    shutil.copyfile(content, target)
                files.append(folder / target.relative_to(beside))
    return files


def check_places(uploads: list[Upload]) -> None:
    """Refuse two uploads to one repository: one would replace the other.

    Raises:
        InputError: it names the repository.
    """
    places = [(one.kind, one.repo_id) for one in uploads]
    for place in places:
        if places.count(place) > 1:
            raise InputError(
                f"{place[1]}: found {places.count(place)} folders for it, expected one; push one "
                "with --name, or of several seeds the best"
            )


def size_of(content: Content) -> int:
    """Return a file's size in bytes."""
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def text_of(content: Content) -> str:
    """Return a file's text."""
    data = content if isinstance(content, bytes) else content.read_bytes()
    return data.decode("utf-8")
