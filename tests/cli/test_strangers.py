"""Hosts that nobody knows, and whose calls got the prices of a provider all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli._strangers import find_strangers, strangers_in
from pytest_specbudget.providers.hosts import HostRule

if TYPE_CHECKING:
    from pathlib import Path

GATEWAY = "llm-gw.corp"


def strangers(host: str, *rules: HostRule, source: str = "live") -> list[str]:
    made = call("0.10", host=host, price_id="openai/gpt-4o", source=source)
    return [one.host for one in strangers_in([made], rules)]


@pytest.mark.parametrize(
    ("host", "is_strange"),
    [
        pytest.param(GATEWAY, True, id="a gateway"),
        pytest.param("10.0.0.7", True, id="a machine in the cellar"),
        pytest.param("api.openai.com", False, id="a provider"),
        pytest.param(
            "gateway.ai.cloudflare.com", False, id="a gateway whose path says who answers"
        ),
        pytest.param("127.0.0.2", False, id="a fake on the loopback interface"),
        pytest.param("::1", False, id="likewise"),
        pytest.param("localhost", False, id="by its name"),
        pytest.param("llm.example", False, id="a name that is reserved for tests"),
        pytest.param("(told by the test)", False, id="a call that was booked by hand"),
    ],
)
def test_a_host_is_strange_unless_somebody_knows_it(host: str, *, is_strange: bool) -> None:
    assert bool(strangers(host)) is is_strange


@pytest.mark.parametrize(
    ("rule", "is_strange"),
    [
        pytest.param(HostRule(pattern="*.corp", provider="openai"), False, id="whose prices hold"),
        pytest.param(HostRule(pattern=GATEWAY, free="ours"), False, id="why it is free"),
        pytest.param(HostRule(pattern=GATEWAY, models={"a": "b"}), True, id="only an alias"),
        pytest.param(HostRule(pattern="else.corp", provider="openai"), True, id="another host"),
    ],
)
def test_settings_make_a_host_known(rule: HostRule, *, is_strange: bool) -> None:
    assert bool(strangers(GATEWAY, rule)) is is_strange


def test_what_a_fake_answered_is_not_judged() -> None:
    assert not strangers(GATEWAY, source="mock")


def test_the_line_to_paste_is_told_once_for_a_host(tmp_path: Path) -> None:
    calls = [call("0.10", host=GATEWAY, price_id="openai/gpt-4o") for _ in range(2)]
    keep(tmp_path, *calls)

    (found,) = find_strangers(tmp_path / ".specbudget/journal", ())

    assert str(found).startswith("2 calls to llm-gw.corp got the prices of openai")
    assert 'hosts."llm-gw.corp" = { provider = "openai" }' in str(found)


def test_without_a_run_nobody_is_strange(tmp_path: Path) -> None:
    assert find_strangers(tmp_path / "none", ()) == ()
