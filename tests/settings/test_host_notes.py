"""A host whose provider is in no catalogue is told at the start, and stops nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_specbudget.settings.settings import Settings

Read = Callable[..., Settings]


@pytest.mark.parametrize(
    ("declared", "hint"),
    [
        pytest.param('provider = "opnai"', 'did you mean "openai"?', id="a slip"),
        pytest.param('provider = "OpenAI"', 'did you mean "openai"?', id="in another case"),
        pytest.param('provider = "acme"', "add them in a price file", id="like no other"),
    ],
)
def test_a_provider_that_nobody_prices_is_noted(read: Read, declared: str, hint: str) -> None:
    settings = read(file=f'hosts."127.0.0.1" = {{ {declared} }}')

    name = declared.partition('"')[2].rstrip('"')
    (note,) = settings.notes
    assert note == (
        f'hosts."127.0.0.1" = {{ {declared} }} in specbudget.toml, line 1:'
        f' there are no prices of "{name}"; {hint}'
    )


@pytest.mark.parametrize(
    "file",
    [
        pytest.param('hosts.a = { provider = "openai" }', id="in the catalogue"),
        pytest.param('hosts.a = { provider = "azure.ai.openai" }', id="another name of one"),
        pytest.param('hosts.a = { provider = "deepgram" }', id="known by its host"),
        pytest.param('hosts.a = { provider = "acme", free = "ours" }', id="free"),
        pytest.param(
            'prices = "ours.toml"\nhosts.a = { provider = "acme" }', id="perhaps priced by the user"
        ),
    ],
)
def test_a_provider_that_may_have_prices_is_not_noted(read: Read, file: str) -> None:
    assert read(file=file).notes == ()
