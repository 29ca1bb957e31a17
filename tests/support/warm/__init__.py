"""A Python that is started once and used many times, for runs that are mostly start-up.

Most of a short run of pytest is imports.  A `WarmPython` does them once, in a process of its own,
which is then forked for every run: each is a new process with its own folder, environment and
output, and begins where the imports end.  The workers of xdist are such forks, too.  A test of
what happens while Python or a library starts needs a cold one: `sys.executable`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["WORKERS", "warm_python"]

WORKERS = "warm_workers"
"""The plugin that a warm pytest loads, so that its workers are warm; always imported."""

_HERE = Path(__file__).parent


@contextmanager
def warm_python(*, plugins: Sequence[str], modules: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Start a Python, and say what to write on a command line where else its path stands.

    `-m` or `-c` must follow, as behind any Python.  Where processes cannot be relied upon to
    survive a fork behind any import, which is everywhere but on Linux, it is a cold one.

    Args:
        plugins: What is imported as pytest imports plugins, whose asserts it rewrites.
        modules: What is imported after them; one that is missing is left to who needs it.
    """
    if sys.platform != "linux":
        yield (sys.executable,)
        return
    with TemporaryDirectory(prefix="warm-") as folder:
        address = str(Path(folder, "socket"))
        asked = {"address": address, "plugins": [WORKERS, *plugins], "modules": list(modules)}
        server = _started(json.dumps(asked))
        try:
            yield (sys.executable, "-I", "-S", str(_HERE / "client.py"), address)
        finally:
            server.communicate()


def _started(asked: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(_HERE / "server.py"), asked]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout
    assert server.stdout.readline() == b"ready\n", "it says why on its standard error"
    return server
