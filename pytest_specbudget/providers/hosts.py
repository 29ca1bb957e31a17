"""Which host belongs to which provider, as data, and what users say about hosts of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_specbudget.core.bound import Bound
from pytest_specbudget.providers.sellers import SELLERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.core.money import Money

__all__ = ["HOSTS", "HostRule", "declared_bound", "provider_of", "region_of", "rule_for"]

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
    "aws-external-anthropic.*.api.aws": "anthropic",
    "bedrock.*.amazonaws.com": "bedrock",  # where batches and trainings begin
    "bedrock-mantle.*.api.aws": "bedrock",
    "bedrock-runtime*.amazonaws.com": "bedrock",  # perhaps with -fips
    "bedrock-runtime*.amazonaws.com.cn": "bedrock",
    "bedrock-runtime*.api.aws": "bedrock",
    "bedrock-agent-runtime*.amazonaws.com": "bedrock",  # without -runtime, agents are administered
    "bedrock-agent-runtime*.api.aws": "bedrock",
    "*.bedrock-runtime*.vpce.amazonaws.com": "bedrock",
    "*.bedrock-agent-runtime*.vpce.amazonaws.com": "bedrock",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "api.*.mistral.ai": "mistral",  # data residency: eu., us.
    "codestral.mistral.ai": "mistral",
    "api.x.ai": "xai",
    "*.api.x.ai": "xai",
    "api.cohere.com": "cohere",
    "api.cohere.ai": "cohere",
    "ai-gateway.vercel.sh": "vercel",
    "api.ai21.com": "ai21",
    "api.aleph-alpha.com": "aleph_alpha",
    "api.arcee.ai": "arcee",
    "api.assemblyai.com": "assemblyai",
    "api.eu.assemblyai.com": "assemblyai",
    "api.avian.io": "avian",
    "inference.baseten.co": "baseten",
    "api.cerebras.ai": "cerebras",
    "api.cloudflare.com": "cloudflare",
    "dashscope*.aliyuncs.com": "dashscope",  # -intl, -us
    "*.dashscope.aliyuncs.com": "dashscope",
    "*.maas.aliyuncs.com": "dashscope",
    "api.deepgram.com": "deepgram",
    "api.deepinfra.com": "deepinfra",
    "api.elevenlabs.io": "elevenlabs",
    "api.*.elevenlabs.io": "elevenlabs",  # data residency: us., eu.residency.
    "api.fireworks.ai": "fireworks",
    "us.api.fireworks.ai": "fireworks",
    "audio-*.fireworks.ai": "fireworks",
    "api.hyperbolic.xyz": "hyperbolic",
    "api.inference.crusoecloud.com": "crusoe",
    "api.jina.ai": "jina",
    "deepsearch.jina.ai": "jina",
    "api.minimax.io": "minimax",
    "api.minimax.chat": "minimax",
    "api.minimaxi.com": "minimax",
    "api.moonshot.ai": "moonshot_ai",
    "api.moonshot.cn": "moonshot_ai",
    "api.novita.ai": "novita",
    "api.studio.nebius.ai": "nebius",
    "api.studio.nebius.com": "nebius",
    "api.tokenfactory.nebius.com": "nebius",
    "api-atlas.nomic.ai": "nomic",
    "ai.api.nvidia.com": "nvidia",
    "integrate.api.nvidia.com": "nvidia",
    "oai.endpoints.kepler.ai.cloud.ovh.net": "ovhcloud",
    "api.perplexity.ai": "perplexity",
    "api.reka.ai": "reka",
    "api.replicate.com": "replicate",
    "runtime.sagemaker.*.amazonaws.com": "sagemaker",
    "api.sambanova.ai": "sambanova",
    "api.siliconflow.com": "siliconflow",
    "api.siliconflow.cn": "siliconflow",
    "api.together.ai": "together",
    "api.together.xyz": "together",
    "api.voyageai.com": "voyage",
    "ai.mongodb.com": "voyage",
    "api.writer.com": "writer",
    "api.z.ai": "zai",
    "open.bigmodel.cn": "zhipuai",
    "*.azuredatabricks.net": "databricks",
    "*.cloud.databricks.com": "databricks",
    "*.gcp.databricks.com": "databricks",
    "*.inference.heroku.com": "heroku",
    "*.aws.wxai.ibm.com": "ibm.watsonx.ai",
    "*.ml.cloud.ibm.com": "ibm.watsonx.ai",
    "*wxai.ibmforusgov.com": "ibm.watsonx.ai",
    "openrouter.ai": "openrouter",
    "api-inference.huggingface.co": "huggingface",
    "router.huggingface.co": "huggingface",
    "*.endpoints.huggingface.cloud": "huggingface",
    "*.snowflakecomputing.com": "snowflake",
    "ollama.com": "ollama",
    # Helicone's gateway has a host for each provider
    "oai.helicone.ai": "openai",
    "anthropic.helicone.ai": "anthropic",
    "groq.helicone.ai": "groq",
    "deepseek.helicone.ai": "deepseek",
    "together.helicone.ai": "together",
    "openrouter.helicone.ai": "openrouter",
    "perplexity.helicone.ai": "perplexity",
    "fireworks.helicone.ai": "fireworks",
    **SELLERS,
}
"""Host, or a glob of hosts, to provider.

Names are those of the price catalogue (`openai`, `anthropic`, `google`, `deepseek`, `bedrock`,
`xai`, `mistral`, `groq`, `cohere`), otherwise OpenTelemetry's `gen_ai.provider.name` where it
knows the provider, otherwise the provider's own.

Source: each provider's API reference; `gen_ai.provider.name` of the OpenTelemetry GenAI
conventions; Helicone's pages on its gateway, as public repositories have them (2026-11-22; not
confirmed for each of its hosts).
"""

_CLOUDFLARE = "gateway.ai.cloudflare.com"
_BEHIND_CLOUDFLARE: Mapping[str, str] = {
    "anthropic": "anthropic",
    "aws-bedrock": "bedrock",
    "azure-openai": "azure.ai.openai",
    "cerebras": "cerebras",
    "cohere": "cohere",
    "deepgram": "deepgram",
    "deepseek": "deepseek",
    "elevenlabs": "elevenlabs",
    "fireworks": "fireworks",
    "google-ai-studio": "google",
    "google-vertex-ai": "google",
    "grok": "xai",
    "groq": "groq",
    "huggingface": "huggingface",
    "mistral": "mistral",
    "openai": "openai",
    "openrouter": "openrouter",
    "perplexity-ai": "perplexity",
    "replicate": "replicate",
    "workers-ai": "cloudflare",
}
"""Whom Cloudflare's gateway asks, by the third part of the path.

Source: https://developers.cloudflare.com/ai-gateway (providers), not read for this.
"""

_RESIDENT = re.compile(r"(\w+)\.api\.(?:openai\.com|fireworks\.ai)|api\.(\w+)\.mistral\.ai")
_BEDROCK = re.compile(r"(?:^|\.)bedrock-[a-z-]+\.([a-z]{2,4}(?:-[a-z]+)+-\d+)\.")
_ON_VERTEX = re.compile(
    r"/locations/(?:(?!global/)([^/]+)/publishers/anthropic/"
    r"|([^/]+)/(?:publishers/google/|endpoints/openapi/|batchPredictionJobs|cachedContents))"
)
_EXPRESS = re.compile(r"/v\w+/publishers/google/")
_GLOBS = {host: provider for host, provider in HOSTS.items() if "*" in host}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule:
    """What a user says about a host of their own: a gateway, a proxy, a model in the cellar.

    Attributes:
        pattern: A glob on the host, in lower case: `*.corp`.
        provider: Whose prices hold, or None to keep what the host or the path says.
        models: What a model's alias there stands for.
        free: Why calls to it cost nothing, or None.
        bounds: What one call costs at most, by model or glob of models; the first that fits holds.
        estimate: How tokens are estimated where an answer tells none, or None; one of `METHODS`.
        origin: Where it was set, as the user wrote it.
    """

    pattern: str
    provider: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    free: str | None = None
    bounds: Mapping[str, Money] = field(default_factory=dict)
    estimate: str | None = None
    origin: str = ""

    def bound_of(self, model: str) -> Money | None:
        """Return what a call of *model* costs at most, or None if nothing was declared."""
        fits = (bound for glob, bound in self.bounds.items() if fnmatchcase(model, glob))
        return next(fits, None)


def provider_of(host: str, path: str = "") -> str | None:
    """Name the provider that *host* belongs to; None if nobody knows it.

    Args:
        host: In lower case.
        path: Tells whom a gateway asks that many providers stand behind.
    """
    known = HOSTS.get(host)
    if known is not None:
        return known
    if host == _CLOUDFLARE:
        parts = path.split("/", 5)  # /v1/ACCOUNT/GATEWAY/PROVIDER/...
        return _BEHIND_CLOUDFLARE.get(parts[4]) if len(parts) > 5 else None  # noqa: PLR2004
    return next((name for glob, name in _GLOBS.items() if fnmatchcase(host, glob)), None)


def region_of(host: str, path: str) -> str | None:
    """Name the region that a request asks for, where its price depends on it.

    Source: OpenAI's data residency (`eu.api.openai.com`), that of Fireworks (its
    prices, as openai-cost-calculator 1.3.0 tells them), Mistral's regional inference
    (https://docs.mistral.ai/studio/regional-inference), and models on Vertex (a region in the path,
    or `global`): recent ones cost more in a region, and Gemini 2.0 Flash costs more on Vertex, in
    all regions too, than on the Gemini API; so do its batches and caches, whose paths have the
    region, too.  Bedrock has a price list for each region, which stands
    in its hosts (https://docs.aws.amazon.com/general/latest/gr/bedrock.html).  All checked
    2026-11-22.
    """
    match = _RESIDENT.fullmatch(host) or _BEDROCK.search(host) or _ON_VERTEX.search(path)
    if match is None:
        return "global" if _EXPRESS.match(path) else None
    return match[match.lastindex or 0]


def rule_for(host: str, rules: Sequence[HostRule]) -> HostRule | None:
    """Return the first of *rules* that covers *host*."""
    return next((rule for rule in rules if fnmatchcase(host, rule.pattern)), None)


def declared_bound(host: str, model: str | None, rules: Sequence[HostRule]) -> Bound | None:
    """Return what *rules* say that a call of *model* at *host* costs at most, or None."""
    rule = rule_for(host, rules)
    usd = None if rule is None else rule.bound_of(model or "")
    return None if rule is None or usd is None else Bound(usd=usd, by=rule.origin)
