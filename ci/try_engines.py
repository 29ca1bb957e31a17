#!/usr/bin/env python3
"""Prove that every engine re-prices usage to the attodollar: `python ci/try_engines.py`.

DuckDB, DuckDB through Ibis, Spark in local mode and ClickHouse in the process (chDB) run for real,
in a virtual environment of their own, which is kept in SPECBUDGET_CACHE or the system's folder for
caches.  The statements for the engines that need a server are held against tests/analysis/gold.
Needs a Java of 17 or newer, for Spark.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conformance.pinned import cache
from engines.promised import ENGINES, REQUIREMENTS

ROOT = Path(__file__).resolve().parent.parent
TESTS = "tests/engines"


def main() -> int:
    """Run the tests of the engines; the status is theirs."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        sys.stderr.write("ci/try_engines.py: Spark needs Java 17 or newer: no java here\n")
        return 1
    settings = str(ROOT / "tests" / "engines" / "pytest.ini")
    command = [_made(), "-m", "pytest", "-c", settings, "--rootdir", str(ROOT), "-q", "-rs"]
    environment = {**os.environ, ENGINES: "1"}
    words = (*command, "--durations=0", TESTS, *sys.argv[1:])
    return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode


def _made() -> str:
    """Make the environment, or bring it up to date; return its interpreter."""
    folder = cache() / "engines" / f"{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    install = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
    subprocess.run([python, *install, "-r", str(REQUIREMENTS), "-e", str(ROOT)], check=True)
    return str(python)


if __name__ == "__main__":
    sys.exit(main())
