"""Where the command line was: `python -m klue_baselines.cli` goes on to `python -m klue_cli`."""

import runpy
import sys

if __name__ == "__main__":
    print("klue_baselines.cli has moved: python -m klue_cli", file=sys.stderr)
    runpy.run_module("klue_cli", run_name="__main__", alter_sys=True)
