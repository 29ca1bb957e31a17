"""Who does which command without a model."""

from __future__ import annotations

from pytest_specbudget.agents.native import NativeHandlers


def shout(prompt: str) -> str:
    return prompt.upper()


def pass_on(_prompt: str) -> None:
    return None


def test_a_handler_is_found_by_its_command() -> None:
    handlers = NativeHandlers(by_command={"new": shout})

    assert handlers.of("new") is shout
    assert handlers.of("plan") is None


def test_those_that_are_added_come_first() -> None:
    handlers = NativeHandlers(by_command={"new": shout, "status": shout}).with_({"new": pass_on})

    assert handlers.of("new") is pass_on
    assert handlers.of("status") is shout
