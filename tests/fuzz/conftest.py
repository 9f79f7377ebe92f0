"""The table at the end of `make fuzz`, over all processes that asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fuzz import harness


def pytest_sessionfinish(session: Any) -> None:
    """Hand on what this process has counted, where it is one of several."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tallies"] = harness.plain_tallies()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """Take what another process has counted."""
    harness.add_tallies(getattr(node, "workeroutput", {}).get("tallies", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    if harness.MANY and harness.TALLIES:
        terminalreporter.section("doors")
        for line in harness.table():
            terminalreporter.write_line(line)
