"""Hosts that nobody knows, and whose calls got the prices of a provider all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.journals import call
from support.kept import keep

from pytest_specbudget.cli._strangers import document_of, find_strangers, worded
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

GATEWAY = "llm-gw.corp"


def test_the_line_to_paste_is_told_once_for_a_host(tmp_path: Path) -> None:
    calls = [call("0.10", host=GATEWAY, price_id="openai/gpt-4o") for _ in range(2)]
    keep(tmp_path, *calls)

    (found,) = find_strangers(tmp_path / ".specbudget/journal", Settings())

    assert worded(found).startswith("llm-gw.corp (2 calls, $0.2000 by the prices of openai); say")
    assert 'hosts."llm-gw.corp" = { provider = "openai" }' in worded(found)
    assert document_of(found) == {
        "host": GATEWAY,
        "providers": ["openai"],
        "calls": 2,
        "list_cost_usd": "0.2",
    }


def test_without_a_run_nobody_is_strange(tmp_path: Path) -> None:
    assert find_strangers(tmp_path / "none", Settings()) == ()
