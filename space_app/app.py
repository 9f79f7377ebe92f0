"""The entry point on the Hub; `klue space` is the one on your own machine."""

from __future__ import annotations

from klue_common.progress import quiet_libraries

from .page import build, launch_options
from .settings import Settings

if __name__ == "__main__":
    quiet_libraries()
    settings = Settings.from_environment()
    build(settings).launch(**launch_options(settings))
