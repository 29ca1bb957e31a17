"""Libraries that matter to whoever counts model calls, by the names that code imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["CLIENTS", "PLUGINS", "SDKS", "UNMETERED", "libraries_of"]

SDKS: Mapping[str, str] = {
    "anthropic": "anthropic",
    "autogen_ext": "autogen",
    "claude_agent_sdk": "claude-agent-sdk",
    "cohere": "cohere",
    "crewai": "crewai",
    "dspy": "dspy",
    "google.genai": "google-genai",
    "google.generativeai": "google-generativeai",
    "groq": "groq",
    "huggingface_hub": "huggingface-hub",
    "instructor": "instructor",
    "langchain": "langchain",
    "langchain_anthropic": "langchain-anthropic",
    "langchain_aws": "langchain-aws",
    "langchain_cohere": "langchain-cohere",
    "langchain_google_genai": "langchain-google-genai",
    "langchain_google_vertexai": "langchain-google-vertexai",
    "langchain_mistralai": "langchain-mistralai",
    "langchain_openai": "langchain-openai",
    "langgraph": "langgraph",
    "litellm": "litellm",
    "lm15": "lm15",
    "llama_index": "llama-index",
    "mistralai": "mistralai",
    "ollama": "ollama",
    "openai": "openai",
    "openrouter": "openrouter",
    "pydantic_ai": "pydantic-ai",
    "replicate": "replicate",
    "semantic_kernel": "semantic-kernel",
    "smolagents": "smolagents",
    "together": "together",
    "vertexai": "google-cloud-aiplatform",
    "voyageai": "voyageai",
    "xai_sdk": "xai-sdk",
}
"""What calls models, by module."""

CLIENTS: Mapping[str, str] = {
    "aioboto3": "aioboto3",
    "aiohttp": "aiohttp",
    "boto3": "boto3",
    "botocore": "botocore",
    "httpx": "httpx",
    "httpx2": "httpx2",
    "niquests": "niquests",
    "requests": "requests",
    "urllib.request": "urllib.request",
    "urllib3": "urllib3",
}
"""What may call a model as well as anything else, by module."""

UNMETERED: Mapping[str, str] = {
    "curl_cffi": "curl-cffi",
    "pycurl": "pycurl",
    "pyreqwest": "pyreqwest",
    "tornado.httpclient": "tornado",
}
"""What nobody meters, by module."""

PLUGINS: tuple[str, ...] = (
    "cassetter",
    "pytest-asyncio",
    "pytest-httpx",
    "pytest-recording",
    "pytest-rerunfailures",
    "pytest-vcr",
    "pytest-xdist",
    "requests-mock",
    "responses",
    "respx",
    "vcrpy",
)
"""Distributions that record, replay, fake, rerun or spread model calls."""


def libraries_of(imports: Iterable[str], known: Mapping[str, str]) -> Iterator[str]:
    """Yield the names in *known* of the modules that *imports* are or lie in, repeated or not."""
    for name in imports:
        parts = name.split(".")
        for depth in range(1, min(len(parts), 2) + 1):
            found = known.get(".".join(parts[:depth]))
            if found is not None:
                yield found
