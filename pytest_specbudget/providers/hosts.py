"""Which host belongs to which provider, as data, and what users say about hosts of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["HOSTS", "HostRule", "provider_of", "region_of", "rule_for"]

HOSTS: Mapping[str, str] = {
    "api.openai.com": "openai",
    "*.api.openai.com": "openai",  # data residency: eu., us.
    "*.openai.azure.com": "azure.ai.openai",
    "*.cognitiveservices.azure.com": "azure.ai.openai",
    "*.services.ai.azure.com": "azure.ai.inference",
    "*.models.ai.azure.com": "azure.ai.inference",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google",
    "aiplatform.googleapis.com": "google",
    "*-aiplatform.googleapis.com": "google",
    "aiplatform.*.rep.googleapis.com": "google",
    "bedrock-runtime.*.amazonaws.com": "bedrock",
    "bedrock-mantle.*.api.aws": "bedrock",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "codestral.mistral.ai": "mistral",
    "api.x.ai": "xai",
    "*.api.x.ai": "xai",
    "api.cohere.com": "cohere",
    "api.cohere.ai": "cohere",
    "api.ai21.com": "ai21",
    "api.cerebras.ai": "cerebras",
    "api.cloudflare.com": "cloudflare",
    "api.fireworks.ai": "fireworks",
    "api.inference.crusoecloud.com": "crusoe",
    "api.moonshot.ai": "moonshot_ai",
    "api.perplexity.ai": "perplexity",
    "api.together.ai": "together",
    "api.together.xyz": "together",
    "api.voyageai.com": "voyage",
    "api.writer.com": "writer",
    "api.z.ai": "zai",
    "*.azuredatabricks.net": "databricks",
    "*.cloud.databricks.com": "databricks",
    "*.gcp.databricks.com": "databricks",
    "*.inference.heroku.com": "heroku",
    "openrouter.ai": "openrouter",
    "router.huggingface.co": "huggingface",
    "*.snowflakecomputing.com": "snowflake",
    "ollama.com": "ollama",
}
"""Host, or a glob of hosts, to provider.

Names are those of the price catalogue (`openai`, `anthropic`, `google`, `deepseek`, `bedrock`,
`xai`, `mistral`, `groq`, `cohere`), otherwise OpenTelemetry's `gen_ai.provider.name` where it
knows the provider, otherwise the provider's own.

Source: each provider's API reference; `gen_ai.provider.name` of the OpenTelemetry GenAI
conventions.
"""

_RESIDENT = re.compile(r"(\w+)\.api\.openai\.com")
_CLAUDE_ON_VERTEX = re.compile(r"/locations/([^/]+)/publishers/anthropic/")
_GLOBS = {host: provider for host, provider in HOSTS.items() if "*" in host}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule:
    """What a user says about a host of their own: a gateway, a proxy, a model in the cellar.

    Attributes:
        pattern: A glob on the host, in lower case: `*.corp`.
        provider: Whose prices hold, or None to keep what the host or the path says.
        models: What a model's alias there stands for.
        free: Why calls to it cost nothing, or None.
        origin: Where it was set, as the user wrote it.
    """

    pattern: str
    provider: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    free: str | None = None
    origin: str = ""


def provider_of(host: str) -> str | None:
    """Name the provider that *host* belongs to; None if nobody knows it."""
    known = HOSTS.get(host)
    if known is not None:
        return known
    return next((name for glob, name in _GLOBS.items() if fnmatchcase(host, glob)), None)


def region_of(host: str, path: str) -> str | None:
    """Name the region that a request asks for, where its price depends on it.

    Source: OpenAI's data residency (`eu.api.openai.com`) and Claude on Vertex (a region in the
    path); both cost more than the global endpoint for recent models.
    """
    match = _RESIDENT.fullmatch(host) or _CLAUDE_ON_VERTEX.search(path)
    return None if match is None or match[1] == "global" else match[1]


def rule_for(host: str, rules: Sequence[HostRule]) -> HostRule | None:
    """Return the first of *rules* that covers *host*."""
    return next((rule for rule in rules if fnmatchcase(host, rule.pattern)), None)
