"""The `klue` command: the one place above all rooms. Commands print, rooms return.

In: the words of a command line. Out: results on stdout as a table or as JSON, everything else on
stderr, and an exit code: 0 done, 1 a run failed, 2 the input is wrong. A command is one module of
its own name; options that several have are in `options`, checks of paths and ports in `doors`,
tables in `terminal` and the modules named `..._tables`.
"""

from .app import main

__all__ = ["main"]
