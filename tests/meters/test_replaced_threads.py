"""Somebody's own class in the place of `Thread`, as gevent has it, is no obstacle."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pytest_specbudget.meters.scope import carry_into_threads

if TYPE_CHECKING:
    import pytest


class Green(threading.Thread):
    """Inherits everything."""


def test_a_class_of_somebody_in_the_place_of_thread_is_carried_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threading, "Thread", Green)
    before = Green.start

    undo = carry_into_threads()

    assert Green.start is not before
    undo()
    assert Green.start is before
