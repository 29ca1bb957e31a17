"""A client as these tests know it, and how it is made to call."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec

__all__ = ["COMMON", "Caller", "Spender"]

COMMON = """
import asyncio
import os

import pytest

URL = os.environ["EMULATOR"]
pytestmark = pytest.mark.spec("SPEC-1")

def words(count):
    return "word " * count

def user(count):
    return [{"role": "user", "content": words(count)}]

async def every(stream):
    return [one async for one in stream]
"""
"""What every suite begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Client:
    name: str
    distribution: str
    module: str
    hosts: str = ""

    @property
    def installed(self) -> bool:
        """Whether it can be imported here."""
        try:
            return find_spec(self.module) is not None
        except ModuleNotFoundError:  # of the package that would hold it
            return False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller(_Client):
    """A suite that calls through one client in every way that it has.

    Attributes:
        name: What the test is called by.
        distribution: What brings the client.
        module: What a world that has the client can import.
        hosts: What the settings of the suite say of the loopback host, as TOML.
        code: The tests; each makes one call unless *calls* says otherwise.
        calls: How many calls a test makes, attempts that fail among them, where it is not one.
        busy: A model that asks to come back once; empty where the client does not retry.
        recorded: Whether a recording can answer it.
    """

    code: str
    calls: dict[str, int] = field(default_factory=dict)
    busy: str = ""
    recorded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender(_Client):
    """A suite of like tests that spend, a call each, until they are stopped.

    Attributes:
        code: The tests.
    """

    code: str
