"""The providers that the catalogue knows, and what else they are called.

The short names are the catalogue's own; the others are OpenTelemetry's `gen_ai.provider.name` and
what price sources and SDKs use.  Any of them may stand in a reading, an overlay or a price request.

Source: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/, checked 2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["OTHER_NAMES", "known_providers", "short_name"]

OTHER_NAMES = {
    "aws": "bedrock",
    "aws.bedrock": "bedrock",
    "aws_bedrock": "bedrock",
    "amazon-bedrock": "bedrock",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "az.ai.inference": "azure",
    "az.ai.openai": "azure",
    "fireworks_ai": "fireworks",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    "gemini": "google",
    "vertex_ai": "google",
    "meta-llama": "meta",
    "mistral_ai": "mistral",
    "mistralai": "mistral",
    "moonshot": "moonshotai",
    "moonshot_ai": "moonshotai",
    "together_ai": "together",
    "voyage": "voyageai",
    "x-ai": "xai",
    "x_ai": "xai",
    "z-ai": "zai",
}
"""Short name by other name; a name that does not stand here is its own short name."""


def short_name(provider: str) -> str:
    """Return the catalogue's name for a provider, whatever it is called."""
    return OTHER_NAMES.get(provider, provider)


def known_providers(providers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """List the other names of each of *providers*, both sorted: the table for the documentation."""
    others = sorted(OTHER_NAMES.items())
    return {
        provider: tuple(name for name, short in others if short == provider)
        for provider in sorted(providers)
    }
