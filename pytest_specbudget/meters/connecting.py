"""Tells whether an error was raised while a connection was still being made.

Nothing of a request has left then, whoever raised and whatever it is: an operating system, a
handshake, a cancelled task, or a guard against the network, whose errors no library names
(pytest-socket, pytest-recording's `block_network`, a `connect` of the user's own).

An error tells where it was raised by its traceback.  No client is imported here.
"""

from __future__ import annotations

from traceback import walk_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["raised_while_connecting"]

_MAKES_A_CONNECTION = {
    "aiohttp": {"connect"},
    "http": {"connect"},
    "httpcore": {"_connect", "connect_tcp", "connect_unix_socket", "start_tls"},
    "httpcore2": {"_connect", "connect_tcp", "connect_unix_socket", "start_tls"},
    "urllib3": {"_new_conn", "connect"},
    "urllib3_future": {"_new_conn", "connect"},
}
"""By package, the functions that end before the first byte of a request is written.

Source: httpcore 1.0.9 and httpcore2 2.16.2 (`connection.py`, `_backends`), aiohttp 3.14.5
(`connector.py`), urllib3 1.26.20 and 2.8.0 (`connection.py`), `http/client.py` of Python 3.11."""


def raised_while_connecting(error: BaseException) -> bool:
    """Tell whether *error*, as a client raised it, comes from making the connection."""
    return any(
        _connects(frame) for one in _causes(error) for frame, _ in walk_tb(one.__traceback__)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield *error*, and what it was raised from: a client translates what it meets."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__


def _connects(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return frame.f_code.co_name in _MAKES_A_CONNECTION.get(package, ())
