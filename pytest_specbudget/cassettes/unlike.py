"""Whether a cassette of vcrpy's own answers the request that it was recorded for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.differences import differences, places_of
from pytest_specbudget.cassettes.interaction import Asked, body_bytes
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cassettes.requests import request_of
from pytest_specbudget.core.exchange import Mismatch

if TYPE_CHECKING:
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["mismatch_of"]


def mismatch_of(
    cassette: Any, request: Any, place: int, volatile: tuple[JsonPath, ...]
) -> Mismatch | None:
    """Tell how *request* differs from the recorded one whose answer it is given, if it does.

    Args:
        cassette: vcrpy's.
        request: What is asked now, as vcrpy has it.
        place: Where in the cassette the recorded one stands.
        volatile: Places in a JSON body that do not count.
    """
    here, there = _asked(_as_recorded(cassette, request)), _asked(cassette.data[place][0])
    if here == there or fingerprint(here) == fingerprint(there):
        return None
    excused = bool(volatile) and fingerprint(here, volatile) == fingerprint(there, volatile)
    places = places_of(differences(here, there, () if excused else volatile))
    asked = request_of(there)
    return Mismatch(asked=asked, places=places, foreign=True, excused=excused) if places else None


def _as_recorded(cassette: Any, request: Any) -> Any:
    """Return *request* as the cassette would store it: the user's filters change both."""
    with suppress(AttributeError):  # a private name
        return cassette._before_record_request(request) or request  # noqa: SLF001 - no public way
    return request


def _asked(request: Any) -> Asked:
    return Asked(method=request.method, uri=request.uri, body=body_bytes(request.body))
