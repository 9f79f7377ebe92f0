"""Run the benchmarks of all rooms, one after another, each in a process of its own.

    python -m speed [datasets] [metrics] [score] [baselines] [pipelines] [onnx] [pretraining]
        [space] [lm]

One process after another, so that none is timed while another works, and the peak memory of one is
not that of the one before.
"""

import subprocess
import sys

ROOMS = (
    "datasets",
    "metrics",
    "score",
    "baselines",
    "pipelines",
    "onnx",
    "pretraining",
    "space",
    "lm",
)


def main() -> int:
    """Run the rooms asked for; the exit code is that of the first that fails."""
    for room in sys.argv[1:] or ROOMS:
        if room not in ROOMS:
            print(f"speed: found {room!r}, expected one of {', '.join(ROOMS)}", file=sys.stderr)
            return 2
        print(f"== {room}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"speed.{room}"], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
