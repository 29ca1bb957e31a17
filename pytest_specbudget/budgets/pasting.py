"""Lines of settings that remedies propose: each on a line of its own, to be pasted as it stands."""

from __future__ import annotations

__all__ = ["AT_MOST", "ESTIMATED", "FREE", "host_line"]

AT_MOST = 'bound_usd = "0.05"'
"""What declares the most that one call costs at a host; the amount is an example."""

ESTIMATED = 'estimate = "chars/4"'
"""What has tokens that nobody told estimated from the length of their texts."""

FREE = 'free = "why it costs nothing"'
"""What declares that nothing costs anything at a host, for a reason."""


def host_line(host: str, values: str) -> str:
    """Write what settings say of *host*, on an indented line of its own."""
    return f'\n    hosts."{host}" = {{ {values} }}'
