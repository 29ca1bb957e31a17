"""Where models are asked, as data.

Source: the providers' API references; api.openai.com/v1, api.anthropic.com and
generativelanguage.googleapis.com are the defaults of openai 3.54.0, anthropic 2.12.0 and
google-genai 3.4.0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.routing.values import ModelProfile, Wire

__all__ = ["address"]

_OPENAI = "https://api.openai.com/v1"
_GOOGLE = "https://generativelanguage.googleapis.com"

_BASES: Mapping[tuple[Wire, str], str] = {
    ("openai", "openai"): _OPENAI,
    ("openai", "anthropic"): "https://api.anthropic.com/v1",
    ("openai", "google"): f"{_GOOGLE}/v1beta/openai",
    ("openai", "cerebras"): "https://api.cerebras.ai/v1",
    ("openai", "cohere"): "https://api.cohere.ai/compatibility/v1",
    ("openai", "deepinfra"): "https://api.deepinfra.com/v1/openai",
    ("openai", "deepseek"): "https://api.deepseek.com",
    ("openai", "fireworks"): "https://api.fireworks.ai/inference/v1",
    ("openai", "groq"): "https://api.groq.com/openai/v1",
    ("openai", "huggingface"): "https://router.huggingface.co/v1",
    ("openai", "mistral"): "https://api.mistral.ai/v1",
    ("openai", "moonshot_ai"): "https://api.moonshot.ai/v1",
    ("openai", "ollama"): "http://localhost:11434/v1",
    ("openai", "openrouter"): "https://openrouter.ai/api/v1",
    ("openai", "perplexity"): "https://api.perplexity.ai",
    ("openai", "together"): "https://api.together.xyz/v1",
    ("openai", "xai"): "https://api.x.ai/v1",
    ("openai-responses", "openai"): _OPENAI,
    ("openai-responses", "xai"): "https://api.x.ai/v1",
    ("anthropic", "anthropic"): "https://api.anthropic.com",
    ("gemini", "google"): _GOOGLE,
}
_VERSION = re.compile(r"/v\d+\w*(?:/|$)")


def address(profile: ModelProfile, operation: str, version: str = "") -> str:
    """Return the URL of *operation* for *profile*.

    Args:
        profile: With the base URL of the user's own, or None for the provider's.
        operation: Its path: `/chat/completions`.
        version: What stands before it: `/v1`; not repeated where the base holds a version.

    Raises:
        SettingError: If the profile has no base URL and its provider none for its wire, or it is
            no URL.
    """
    base = profile.base_url or _BASES.get((profile.wire, profile.provider))
    if base is None:
        problem = (
            f'model "{profile.name}": nobody knows where {profile.provider} is asked in the '
            f"{profile.wire} format; set its base_url"
        )
        raise SettingError([problem])
    url = _split(profile.name, base)
    path = url.path.rstrip("/")
    versioned = path if _VERSION.search(path) else path + version
    return urlunsplit(url._replace(path=versioned + operation))


def _split(name: str, base: str) -> SplitResult:
    try:
        url = urlsplit(base)
        makes_sense = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        makes_sense = False
    if not makes_sense:
        problem = f'model "{name}": its base_url is no URL of a server; write https://host/path'
        raise SettingError([problem])
    return url
