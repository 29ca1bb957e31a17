"""When models stop to answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.prices.lifecycles import Lifecycles, Retirement, load_lifecycles

if TYPE_CHECKING:
    from pathlib import Path

END = Retirement(
    provider="openai",
    models=("gpt-4", "gpt-4-0613"),
    on=date(2026, 10, 23),
    source="https://o.example",
    replacement="gpt-6",
)
KNOWN = Lifecycles(checked=date(2026, 11, 22), entries=(END,))


@pytest.mark.parametrize(
    ("provider", "model", "at", "ends"),
    [
        pytest.param("openai", "gpt-4", "2026-10-23T00:00Z", True, id="on the day it is past"),
        pytest.param("openai", "gpt-4", "2026-10-22T23:59Z", False, id="the day before it answers"),
        pytest.param("openai", "gpt-4-0613", "2027-01-01T00:00Z", True, id="and stays past"),
        pytest.param("openai", "gpt-4-0314", "2027-01-01T00:00Z", False, id="another is unknown"),
        pytest.param("openai", "gpt-4o", "2027-01-01T00:00Z", False, id="no guess from a prefix"),
        pytest.param("azure", "gpt-4", "2027-01-01T00:00Z", False, id="elsewhere is elsewhere"),
    ],
)
def test_a_model_is_retired_from_its_day_on(
    provider: str, model: str, at: str, *, ends: bool
) -> None:
    end = KNOWN.retired(provider, model, datetime.fromisoformat(at))

    assert end == (END if ends else None)


@pytest.mark.parametrize("name", ["google", "gcp.gemini", "gemini"])
def test_a_provider_has_many_names(name: str) -> None:
    end = load_lifecycles().retired(name, "gemini-2.0-flash", datetime(2026, 11, 22, tzinfo=UTC))

    assert end is not None
    assert end.on == date(2026, 6, 1)


def test_each_shipped_entry_is_of_one_provider_with_a_source_and_no_model_twice() -> None:
    shipped = load_lifecycles()

    models = [(one.provider, model) for one in shipped.entries for model in one.models]

    assert len(models) == len(set(models)) > 100
    assert all(one.source and one.models and isinstance(one.on, date) for one in shipped.entries)


def test_a_replacement_does_not_end_before_what_it_replaces() -> None:
    shipped = load_lifecycles()
    ends = {(one.provider, model): one.on for one in shipped.entries for model in one.models}

    for one in shipped.entries:
        assert ends.get((one.provider, one.replacement), date.max) >= one.on


def test_a_file_of_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ends.toml"
    path.write_text(
        'checked = 2026-11-22\n[[retired]]\nprovider = "openai"\nmodels = ["gpt-4", "gpt-4-0613"]\n'
        'on = 2026-10-23\nreplacement = "gpt-6"\nsource = "https://o.example"\n',
        "utf-8",
    )

    assert load_lifecycles(path) == KNOWN
