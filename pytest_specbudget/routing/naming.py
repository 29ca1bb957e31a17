"""One command has many spellings: `/speckit.plan`, `speckit.plan`, `spec-plan`, `plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.routing.values import CommandRule

__all__ = ["plain_name", "rule_of"]

_PREFIXES = ("speckit.", "spec-")


def plain_name(command: str) -> str:
    """Return *command* in lower case, without its slash and prefix."""
    return [*_spellings(command)][-1]


def rule_of(commands: Mapping[str, CommandRule], command: str) -> CommandRule | None:
    """Return the rule of *command*, by its name or an alias; None if there is none."""
    rule = commands.get(command)
    return rule if rule is not None else _searched(commands, command)


def _searched(commands: Mapping[str, CommandRule], command: str) -> CommandRule | None:
    names = {name.casefold(): rule for name, rule in commands.items()}
    aliases = {
        spelling: rule
        for rule in commands.values()
        for alias in rule.aliases
        for spelling in _spellings(alias)
    }
    found = (names.get(name) or aliases.get(name) for name in _spellings(command))
    return next((rule for rule in found if rule is not None), None)


def _spellings(command: str) -> Iterator[str]:
    """Yield *command* as it is, then without its slash, then without each prefix that it has."""
    name = command.strip().casefold()
    yield name
    if name.startswith("/"):
        name = name.removeprefix("/")
        yield name
    for prefix in _PREFIXES:
        if name.startswith(prefix) and name != prefix:
            name = name.removeprefix(prefix)
            yield name
