"""Requests as cassettes hold them, brought to what readers of usage take."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import candidate

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.interaction import Asked

__all__ = ["is_candidate", "is_lookup", "request_of"]

_READING = {"GET", "HEAD", "OPTIONS"}
"""Methods that change nothing.  Source: RFC 9110, section 9.2.1 (safe methods)."""


def request_of(asked: Asked) -> Request:
    """Return *asked* as readers take it."""
    url = urlsplit(asked.uri)
    host = (url.hostname or "").lower()
    return Request(asked.method.upper(), host, url.path or "/", asked.body, url.query)


def is_candidate(asked: Asked) -> bool:
    """Whether *asked* could be a model call at all."""
    return candidate(asked.method.upper(), urlsplit(asked.uri).path or "/")


def is_lookup(asked: Asked) -> bool:
    """Whether *asked* merely reads something, and is no question about a model's work."""
    return asked.method.upper() in _READING and not is_candidate(asked)
