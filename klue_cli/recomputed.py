"""The tables of docs/recomputed.md, from a folder with the files that others published.

python -m klue_cli.recomputed FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from klue_common.errors import InputError
from klue_formats.recomputed import markdown

from .ending import ended


def main() -> None:
    """Print the tables.

    Raises:
        InputError: no folder was named, or a file is missing in it.
    """
    if len(sys.argv) != 2:
        raise InputError("recomputed: found no folder, expected the one with the published files")
    print(markdown(Path(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(ended(main))
