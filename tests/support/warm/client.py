"""What stands on a command line for a warm Python: hands everything to its server, and waits.

Called with the address of the server, then with what Python is called with.  Its own start is
all that is left of a start, so it imports little.
"""

from __future__ import annotations

import json
import os
import socket
import sys


def main() -> int:
    """Return the exit status of the run, or as shells do 128 + N where signal N ended it."""
    asked = {
        "python": [sys.executable, "-I", "-S", *sys.argv[:2]],
        "words": sys.argv[2:],
        "folder": os.getcwd(),  # noqa: PTH109 - pathlib takes as long to import as all else
        "environment": dict(os.environ),
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(sys.argv[1])
        socket.send_fds(server, [json.dumps(asked).encode()], [0, 1, 2])
        for stream in (0, 1):  # the run's alone, whose end must be seen by who reads and writes
            os.close(stream)
        status = int(server.recv(16))
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
