"""What a bare `pytest` start costs with the plugin loaded and nothing asked of it.

The plugins of others stay out, so that their imports hide nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROUNDS = 15
_US = ("-p", "pytest_specbudget.plugin")
_ALONE = ("-p", "no:cacheprovider", "-q")


def main() -> None:
    """Start pytest in turns with and without us, in a project of one empty test."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_empty(): pass\n", encoding="utf-8")
        _start_us(folder, _US)
        pairs = [(_start_us(folder, ()), _start_us(folder, _US)) for _ in range(_ROUNDS)]
    figures = {
        "bare_us": round(statistics.median(bare for bare, _ in pairs)),
        "added_us": round(statistics.median(ours - bare for bare, ours in pairs)),
        "ratio": round(statistics.median(ours / bare for bare, ours in pairs), 3),
    }
    sys.stdout.write(json.dumps({"pytest": {"bare start": figures}}) + "\n")


def _start_us(folder: str, arguments: tuple[str, ...]) -> float:
    command = [sys.executable, "-m", "pytest", *_ALONE, *arguments]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SPECBUDGET_", "PYTEST_"))}
    environment = kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1e6


if __name__ == "__main__":
    main()
