"""Does Ray answer at an address? Ray itself would ask for minutes where it does not."""

from __future__ import annotations

import os
import socket

PATIENCE = 5.0  # seconds that somebody may take to answer
# What begins a connection of HTTP/2, by which Ray speaks, and the kind of the frame that answers.
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
SETTINGS = 4


def greet(host: str, port: int) -> None:
    """Return if somebody answers as Ray's head does; under TLS, if somebody listens.

    Raises:
        OSError: nobody does; `strerror`, or else the text, says why.
    """
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as there:
            if os.environ.get("RAY_USE_TLS") != "1":
                there.sendall(GREETING)
                if there.recv(9)[3:4] != bytes((SETTINGS,)):
                    raise OSError("somebody else answers")
    except OverflowError as error:  # a port that none can be
        raise OSError(str(error)) from None
