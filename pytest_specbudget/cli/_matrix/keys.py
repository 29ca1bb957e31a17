"""Which key opens which host; keys come from the environment and are never shown.

A recording may come from anywhere, so a provider's key is sent to the provider's own hosts, and
elsewhere only where the user said so with `--base-url`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.agents.credentials import AUTHORIZATION, variables_of
from pytest_specbudget.errors import SettingError
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.providers.hosts import provider_of, rule_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.providers.hosts import HostRule

__all__ = ["KeyRing"]


@dataclass(frozen=True, slots=True)
class _Key:
    """A header and the variables that may hold what stands in it; the first that is set counts."""

    header: str
    variables: tuple[str, ...]


_HEADERS: Mapping[str, str] = {
    "anthropic": "x-api-key",
    "azure": "api-key",
    "google": "x-goog-api-key",
}
"""By the provider's short name; any other takes a bearer token, as most do.

Source: the clients of anthropic 2.12.0, openai 3.54.0 and google-genai 3.4.0."""

_GOOGLE_CLOUD = "aiplatform"
"""Google's cloud takes access tokens that expire, and no keys."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that a user has.

    Attributes:
        environment: Where they stand.
        given: The variable for each header that the user named with `--header`, in lower case.
        elsewhere: Whether calls are sent to where the user said, and not to where they were
            recorded.
        rules: What the user says about hosts, such as whose a gateway is.
    """

    environment: Mapping[str, str]
    given: Mapping[str, str]
    elsewhere: bool = False
    rules: Sequence[HostRule] = ()

    def headers(self, uri: str, recorded_at: str) -> dict[str, str]:
        """Return the headers that open the host of *uri*.

        Args:
            uri: Where the call is sent.
            recorded_at: The host that the case was recorded from.

        Raises:
            SettingError: If a variable that is needed is not set, or a key would go out in clear.
        """
        url = urlsplit(uri)
        host = (url.hostname or "").lower()
        headers = {name: self._given(name, variable) for name, variable in self.given.items()}
        key = _key_of(host) or (self._key_elsewhere(host, recorded_at) if self.elsewhere else None)
        if key is None or key.header in headers or (headers and _key_of(host) is None):
            return headers
        if url.scheme != "https" and not self.elsewhere:
            raise SettingError([f"{host} is asked without TLS; send it elsewhere with --base-url"])
        value = next((self.environment[one] for one in key.variables if self._has(one)), None)
        if value is not None:
            return headers | {key.header: _in(key.header, value)}
        if self.elsewhere:  # a server of one's own may need none
            return headers
        problem = (
            f"{host} needs a key: set {' or '.join(key.variables)}, or name the header and the "
            f"variable with --header {key.header}=VARIABLE"
        )
        raise SettingError([problem])

    def _key_elsewhere(self, host: str, recorded_at: str) -> _Key | None:
        """Return the key of the provider that *host*, or the host of the recording, stands for."""
        rules = (rule_for(one, self.rules) for one in (host, recorded_at))
        declared = next((rule.provider for rule in rules if rule and rule.provider), None)
        return _key_for(declared) if declared else _key_of(recorded_at)

    def _given(self, name: str, variable: str) -> str:
        if not self._has(variable):
            raise SettingError([f"--header {name}={variable}: {variable} is not set"])
        return _in(name, self.environment[variable])

    def _has(self, variable: str) -> bool:
        return bool(self.environment.get(variable, "").strip())


def _key_of(host: str) -> _Key | None:
    provider = provider_of(host)
    if provider is None or _GOOGLE_CLOUD in host:
        return None
    return _key_for(provider)


def _key_for(provider: str) -> _Key:
    """Return the key of *provider*, by whichever of its names."""
    return _Key(_HEADERS.get(short_name(provider), AUTHORIZATION), variables_of(provider))


def _in(header: str, value: str) -> str:
    """Write *value* as *header* holds it: an authorization begins with its scheme."""
    value = value.strip()
    return f"Bearer {value}" if header == AUTHORIZATION and " " not in value else value
