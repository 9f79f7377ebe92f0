"""A process that has the libraries loaded and becomes one more process for each typed model.

Loading the libraries takes seconds and some hundred megabytes; a fork of a process that has them
takes milliseconds, and shares them. The process that forks runs nothing but this module: no thread,
no token of the operator, no way to the Hub.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")
SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HOME": "/nonexistent",
    "HOME": "/nonexistent",
}
PROGRAM = "import sys; from space_app.typed.nursery import work; work(int(sys.argv[1]))"


def possible() -> bool:
    """Return whether this system can keep a process within limits and hand it a connection."""
    return hasattr(os, "fork") and hasattr(socket, "recv_fds") and sys.platform != "win32"


class Nursery:
    """Starts processes for models, itself as one that is started when it is first needed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def new(self) -> Connection:
        """Return a connection to a new process, which runs `child.serve` and ends with it."""
        ours, theirs = socket.socketpair()
        with self.lock, theirs:
            if self.process is None or self.process.poll() is not None:
                self.start()
            assert self.control is not None
            try:
                socket.send_fds(self.control, [b"n"], [theirs.fileno()])
            except OSError:  # it has ended just now
                self.start()
                socket.send_fds(self.control, [b"n"], [theirs.fileno()])
        return Connection(ours.detach())

    def start(self) -> None:
        """Start the process; it ends when this one does, since its socket closes."""
        if self.control is not None:
            self.control.close()
        self.control, theirs = socket.socketpair()
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(theirs.fileno())],
                env={**kept, **SETTINGS, "PYTHONPATH": path},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def close(self) -> None:
        """Let the process end, and wait for it; those of models end with their connections."""
        with self.lock:
            if self.control is not None:
                self.control.close()
            if self.process is not None:
                self.process.wait()
            self.process = self.control = None


def work(control: int) -> None:
    """Load the libraries, then fork for each connection that arrives, until none can arrive.

    Args:
        control: the number of the socket through which connections arrive.
    """
    from . import child

    child.prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets children that have ended
    with socket.socket(fileno=control) as arriving:
        while True:
            said, connections, _, _ = socket.recv_fds(arriving, 1, 1)
            if not said:
                return
            for number in connections:
                if os.fork() == 0:
                    arriving.close()
                    child.live(Connection(number))
                os.close(number)
