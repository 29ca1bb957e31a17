"""The catalogue that is shipped, loaded once."""

from __future__ import annotations

import pytest

from pytest_specbudget.prices.catalogue import Catalogue
from pytest_specbudget.prices.loading import load_catalogue


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return load_catalogue()
