"""What engines are tried with, and how a run is told that it has them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ENGINES", "REQUIREMENTS"]

ENGINES = "PYTEST_ENGINES"
"""The environment variable that says that everything in `REQUIREMENTS` is installed."""

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
