"""A plugin of a pytest that runs in a warm Python: the workers of xdist run in one, too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from execnet.xspec import XSpec


def pytest_xdist_setupnodes(specs: Sequence[XSpec]) -> None:
    """Start every worker with what started this process."""
    for spec in specs:
        spec.python = os.environ["WARM_PYTHON"]
