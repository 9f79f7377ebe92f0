"""The entry point on the Hub; `klue space` is the one on your own machine.

On the Hub this file lies beside the package `space_app`, hence the absolute imports.
"""

from __future__ import annotations

from klue_common.progress import quiet_libraries
from space_app.page import build, launch_options
from space_app.settings import Settings
from space_app.workers import prepare

if __name__ == "__main__":
    quiet_libraries()
    prepare()
    settings = Settings.from_environment()
    build(settings).launch(**launch_options(settings))
