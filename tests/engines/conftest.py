"""Engines: `ci/try_engines.py` makes a virtual environment with all of them, for these tests.

Outside of it they are no part of a run: starting Spark takes half a minute.
"""

from __future__ import annotations

import os

from engines.promised import ENGINES

collect_ignore_glob = [] if ENGINES in os.environ else ["test_*.py"]
