"""What the end of an attempt means for the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.connecting import raised_while_connecting

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Outcome
    from pytest_specbudget.meters.origin import Mark

__all__ = ["outcome_of"]

_FIRST_WITHOUT_ANSWER = 300
"""A redirect that nobody followed is no model's answer: it has no counts, and costs nothing."""

_NOT_DELIVERED = frozenset(
    {
        "CannotOverwriteExistingCassetteException",
        "ClientConnectorError",
        "ClientHttpProxyError",
        "ConnectError",
        "ConnectTimeout",
        "ConnectTimeoutError",
        "ConnectionRefusedError",
        "ConnectionTimeoutError",
        "InvalidURL",
        "LocalProtocolError",
        "NewConnectionError",
        "PoolTimeout",
        "ProxyError",
        "SSLCertVerificationError",
        "UnsupportedProtocol",
        "gaierror",
    }
)
"""Errors after which no provider can have seen a whole request.  By name, because httpx and httpx2
have their own of each and none may be imported here.  `CannotOverwrite...` is vcrpy's, those of a
`Client...` and `ConnectionTimeoutError` are aiohttp's, `ConnectTimeoutError` and
`NewConnectionError` urllib3's; `gaierror` and `SSLCertVerificationError` come from below.

Source: https://www.python-httpx.org/exceptions/ (checked 2026-11-21), `client_exceptions.py` of
aiohttp 3.14.5, `exceptions.py` of urllib3 1.26.20 and 2.8.0."""


def outcome_of(status: int | None, error: BaseException | None, mark: Mark) -> Outcome:
    """Tell whether an attempt was answered, failed for free, or may have cost something unseen.

    Args:
        status: The HTTP status, or None if no answer was seen.
        error: What the send raised, or None; its last request may have come to another.
        mark: Who was reached, as far as anybody said so.
    """
    if status is not None:
        return "failed" if status >= _FIRST_WITHOUT_ANSWER else "answered"
    if mark.unasked or _not_delivered(mark.broke or error) or mark.source == "mock":
        return "failed"
    return "unknown"


def _not_delivered(error: BaseException | None) -> bool:
    if isinstance(error, CallRefused) or (error and raised_while_connecting(error)):
        return True
    return any(kind.__name__ in _NOT_DELIVERED for kind in type(error).__mro__)
