"""The catalogue that is shipped, loaded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return load_catalogue()
