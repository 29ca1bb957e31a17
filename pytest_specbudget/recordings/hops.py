"""Redirects that a client followed: the first half of a call whose answer lies elsewhere.

A run meters a call once, however often it is sent on, and with the answer that it came to.  A
recording holds each hop.  One that nobody followed stays a call by itself, which failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.recordings.library import Recording

__all__ = ["followed"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def followed(recording: Recording) -> frozenset[int]:
    """Return the places, from 0, of the redirects that led to a model call further down."""
    return frozenset(_followed(recording))


def _followed(recording: Recording) -> Iterator[int]:
    """Look from the end, so that each place is looked at once, however long the file is."""
    ahead: set[str] = set()
    for place in reversed(range(len(recording.interactions))):
        interaction = recording.interactions[place]
        if _leads_to(interaction) in ahead:
            yield place
        if recording.readings[place] is not None:
            ahead.add(_place_of(interaction.url))


def _leads_to(interaction: Interaction) -> str | None:
    """Return where the answer points, if it is a redirect that says so."""
    location = interaction.headers.get("location")
    if interaction.status not in _REDIRECTS or not location:
        return None
    try:
        return _place_of(urljoin(interaction.url, location))
    except ValueError:  # what is scrubbed need be no URL any more
        return None


def _place_of(url: str) -> str:
    """Leave out what may be scrubbed in one of the two, or never sent."""
    return url.partition("#")[0].partition("?")[0]
