"""Programs of the first release that have moved: `python -m` with their old names goes on.

A module of each old name hands over to `go_on`; nothing is imported from the rooms above.
"""

import runpy
import sys

PROGRAMS = {
    "klue_baselines.cli": "klue_cli",
    "klue_baselines.demo": "klue_cli.demo",
    "klue_baselines.pretrained_card": "klue_pretraining.pretrained_card",
    "klue_baselines.pretraining.klue_tiny": "klue_pretraining.klue_tiny",
}


def go_on(name: str) -> None:
    """Say where a program is now, and run it there.

    Args:
        name: its module in the first release.
    """
    print(f"{name} has moved: python -m {PROGRAMS[name]}", file=sys.stderr)
    runpy.run_module(PROGRAMS[name], run_name="__main__", alter_sys=True)
