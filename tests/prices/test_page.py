"""The page about prices lists every provider, its names, its hosts and what an overlay may say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.prices.catalogue import METERS
from pytest_specbudget.prices.names import known_providers, short_name
from pytest_specbudget.prices.overlay import Overlay
from pytest_specbudget.prices.overlay_files import OVERLAYS
from pytest_specbudget.prices.units import EACH
from pytest_specbudget.providers.hosts import HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.prices.catalogue import Catalogue

PAGE = Path(__file__).parents[2] / "docs" / "prices.md"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return PAGE.read_text(encoding="utf-8").splitlines()


def in_code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def test_every_provider_stands_there_with_its_names(lines: list[str], shipped: Catalogue) -> None:
    expected = [
        f"| `{provider}` | {in_code(others)} |"
        for provider, others in known_providers(shipped.providers).items()
    ]

    assert [line.rpartition(" |")[0].rpartition("|")[0] + "|" for line in rows(lines)] == expected


def test_every_host_that_stands_there_is_its_providers(lines: list[str]) -> None:
    wrong = [
        host
        for line in rows(lines)
        for host in line.rpartition(" |")[0].rpartition("|")[2].split("`")[1::2]
        if short_name(HOSTS[host]) != line.split("`")[1]
    ]

    assert wrong == []


def rows(lines: list[str]) -> list[str]:
    return lines[lines.index("| provider | also called | hosts |") + 2 :]


def test_every_table_of_an_overlay_is_explained(lines: list[str]) -> None:
    explained = {line.split("`")[1] for line in lines if line.startswith("| `[[")}

    assert explained == {f"[[{table}]]" for table in Overlay.model_fields}


def test_every_meter_is_named_where_its_rates_stand(lines: list[str]) -> None:
    named = {
        table: next(line for line in lines if line.startswith(f"* in `{table}`: ")).split("`")[3::2]
        for table in ("rates", "each")
    }

    assert named["rates"] == [meter for meter in METERS if meter not in EACH]
    assert named["each"] == [meter for meter in METERS if meter in EACH]


def test_every_shipped_overlay_is_explained(lines: list[str]) -> None:
    missing = [
        path.stem
        for path in OVERLAYS.glob("*.toml")
        if not any(line.startswith(f"| `{path.stem}` |") for line in lines)
    ]

    assert missing == []
