"""What holds for every test."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import certifi
from hypothesis import settings

if TYPE_CHECKING:
    import pytest

# A busy machine is slow, which proves nothing about what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Let every client trust one authority: reading all of them takes longer than most tests do.

    No test leaves the machine, so none needs any.  Programs that tests start inherit it.
    """
    folder = TemporaryDirectory(prefix="authority-")
    config.add_cleanup(folder.cleanup)
    file = Path(folder.name, "one.pem")
    file.write_text("".join(certifi.contents().partition("-----END CERTIFICATE-----")[:2]), "utf-8")
    os.environ["SSL_CERT_FILE"] = str(file)
