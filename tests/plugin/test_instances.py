"""What a fixture's instance is called; how instances are told apart is in `test_workers`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_specbudget.plugin.instances import label_of


@pytest.mark.parametrize("scope", ["function", "session"])
def test_where_an_item_does_not_tell_the_instance_the_fixture_has_its_plain_name(
    scope: str,
) -> None:
    fixture: Any = SimpleNamespace(scope=scope, argname="corpus")

    assert label_of(fixture, object()) == f"{scope}:corpus"
