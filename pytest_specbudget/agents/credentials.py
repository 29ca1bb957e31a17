"""Which environment variables hold the keys of a provider, and which header holds a key.

A variable's text that is `Bearer ...` goes out as an authorization, whatever the provider: tokens
of a cloud are written so.  No key is ever shown.

A model that is asked on this machine needs no key, and neither does one whose profile says so:
`credentials = ["none"]`.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.routing.values import ModelProfile, Wire

__all__ = [
    "AUTHORIZATION",
    "KEYLESS",
    "authorized",
    "base_url_in",
    "keys_in",
    "looked_for",
    "needs_key",
    "variables_of",
]

AUTHORIZATION = "authorization"

KEYLESS = "none"
"""What a profile names in the place of a variable to say that it is asked without a key."""

_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "azure": ("AZURE_OPENAI_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "huggingface": ("HF_TOKEN", "HUGGINGFACE_API_KEY"),
}
"""By the provider's short name; that of any other is `<PROVIDER>_API_KEY`, as for most.

Source: the clients of anthropic 2.12.0, openai 3.54.0 and google-genai 3.4.0, which takes
`GOOGLE_API_KEY` first; `HF_TOKEN` is huggingface_hub's."""

_HEADERS: Mapping[Wire, str] = {"anthropic": "x-api-key", "gemini": "x-goog-api-key"}
_AZURE = "azure.ai.openai"

_BASE_URLS: Mapping[tuple[str, Wire], str] = {
    ("openai", "openai"): "OPENAI_BASE_URL",
    ("openai", "openai-responses"): "OPENAI_BASE_URL",
    ("anthropic", "anthropic"): "ANTHROPIC_BASE_URL",
    ("google", "gemini"): "GOOGLE_GEMINI_BASE_URL",
}
"""Where the same clients look for the address of a gateway."""


def variables_of(provider: str) -> tuple[str, ...]:
    """Return the variables that may hold a key of *provider*, whichever its name, in order."""
    usual = f"{provider.replace('.', '_').replace('-', '_').upper()}_API_KEY"
    return _VARIABLES.get(short_name(provider), (usual,))


def looked_for(profile: ModelProfile) -> tuple[str, ...]:
    """Return the variables that may hold a key for *profile*, in the order of trying."""
    named = tuple(name for name in profile.credentials if name != KEYLESS)
    return named if profile.credentials else variables_of(profile.provider)


def needs_key(profile: ModelProfile, url: str) -> bool:
    """Tell whether *profile*, asked at *url*, must have a key: neither here nor declared free."""
    return KEYLESS not in profile.credentials and not _is_here(urlsplit(url).hostname or "")


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def keys_in(environment: Mapping[str, str], profile: ModelProfile) -> tuple[str, ...]:
    """Return the keys that *profile* may be asked with, in the order of trying; perhaps none.

    Those that the profile names are all tried; of a provider's usual ones the first that is set.
    """
    names = looked_for(profile)
    keys = dict.fromkeys(environment.get(name, "").strip() for name in names)
    held = tuple(key for key in keys if key)
    return held if profile.credentials else held[:1]


def authorized(profile: ModelProfile, key: str) -> dict[str, str]:
    """Return the headers that open the host of *profile* with *key*."""
    if key.lower().startswith("bearer "):
        return {AUTHORIZATION: key}
    if profile.provider == _AZURE and profile.wire not in _HEADERS:
        return {"api-key": key}
    header = _HEADERS.get(profile.wire)
    return {header: key} if header else {AUTHORIZATION: f"Bearer {key}"}


def base_url_in(environment: Mapping[str, str], profile: ModelProfile) -> str | None:
    """Return where *profile* is asked, if it or the environment says so; else None."""
    variable = _BASE_URLS.get((profile.provider, profile.wire), "")
    return profile.base_url or environment.get(variable, "").strip() or None
