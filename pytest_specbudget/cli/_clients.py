"""Which clients that could call a model are installed here, and which of them are metered."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pytest_specbudget.cli._trials import TRIALS, trial_server, tried
from pytest_specbudget.meters.clients import IN_SOME_VERSIONS, PATCHES
from pytest_specbudget.meters.fitting import misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Client", "Sdk", "installed_version", "list_clients", "list_sdks", "requirements_of"]

_STANDARD_LIBRARY = "urllib.request"
_METERED: Mapping[str, tuple[str, ...]] = {
    "aiobotocore": ("aiohttp",),
    "aiohttp": ("aiohttp",),
    "botocore": ("urllib3",),
    "claude-agent-sdk": ("claude_agent_sdk",),
    "dspy": ("dspy",),
    "grpcio": ("grpc",),
    "httpx": ("httpx", "httpcore"),
    "httpx2": ("httpx2", "httpcore2"),
    "lm15": ("lm15",),
    "requests": ("requests", "urllib3"),
    _STANDARD_LIBRARY: ("urllib", "http"),
    "urllib3": ("urllib3", "http"),
    "urllib3-future": ("urllib3_future", "urllib3"),
    "websocket-client": ("websocket",),
    "websockets": ("websockets",),
}
"""By distribution: the packages whose modules its meter patches."""

_BETWEEN = ("azure-core", "google-ai-generativelanguage", "google-api-core")
"""Distributions that are no SDKs, through which some call."""

_SESSIONS = "that a session with a model is opened, not what it consumes, which is a finding"
_IN_PART = {
    "dspy": "what it sends by itself; the rest by whoever it calls through",
    "grpcio": "the model calls of xAI and Google alone",
    "websocket-client": _SESSIONS,
    "websockets": _SESSIONS,
}
"""By distribution: what of it is metered, where that is not all."""

_OF_ITS_OWN = "has an HTTP client of its own"
_UNMETERED: Mapping[str, str] = {
    "curl-cffi": _OF_ITS_OWN,
    "grpclib": "gRPC of its own, without grpcio",
    "primp": _OF_ITS_OWN,
    "pycurl": _OF_ITS_OWN,
    "pyreqwest": _OF_ITS_OWN,
    "rnet": _OF_ITS_OWN,
    "tornado": _OF_ITS_OWN,
    "twisted": _OF_ITS_OWN,
    "trio-websocket": "WebSocket: frames, not a request and its answer",
}
"""By distribution: why nobody sees its calls."""

_SDKS = (
    "agno",
    "ai21",
    "aioboto3",
    "anthropic",
    "autogen-ext",
    "azure-ai-inference",
    "boto3",
    "cerebras-cloud-sdk",
    "claude-agent-sdk",
    "cohere",
    "crewai",
    "dashscope",
    "databricks-sdk",
    "fireworks-ai",
    "google-adk",
    "google-cloud-aiplatform",
    "google-genai",
    "google-generativeai",
    "groq",
    "haystack-ai",
    "huggingface-hub",
    "ibm-watsonx-ai",
    "instructor",
    "langchain-anthropic",
    "langchain-aws",
    "langchain-google-genai",
    "langchain-openai",
    "litellm",
    "llama-index-core",
    "llama-index-llms-openai",
    "mistralai",
    "niquests",
    "ollama",
    "openai",
    "openai-agents",
    "openrouter",
    "perplexityai",
    "pydantic-ai",
    "pydantic-ai-slim",
    "replicate",
    "sambanova",
    "semantic-kernel",
    "smolagents",
    "strands-agents",
    "together",
    "voyageai",
    "writer-sdk",
    "xai-sdk",
    "zai-sdk",
    "zhipuai",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A library that carries calls.

    Attributes:
        name: Its distribution, or its module where Python brings it.
        version: As installed.
        state: Whether its calls are metered; `broken` where they would be in other versions.
        why: Why not, or what of it, or empty.
        called: What was called through it, `POST` and a URL of our own; empty if nothing was.
    """

    name: str
    version: str
    state: Literal["metered", "broken", "unmetered"]
    why: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """A library that calls models through clients.

    Attributes:
        name: Its distribution.
        version: As installed.
        through: The installed clients among what it requires or can make use of, sorted.
    """

    name: str
    version: str
    through: tuple[str, ...]


def list_clients(*, call: bool = False) -> list[Client]:
    """Look at every client that is installed; imports those that are metered, to try the patches.

    Args:
        call: Whether to call a server of our own through each as well.

    Returns:
        All that are installed, by name.
    """
    found = [client for name in _METERED if (client := _metered(name)) is not None]
    if call:
        found = [*_called(found)]
    for name, why in _UNMETERED.items():
        told = installed_version(name)
        if told is not None:
            found.append(Client(name=name, version=told, state="unmetered", why=why))
    return sorted(found, key=lambda client: client.name)


def list_sdks(clients: Iterable[Client]) -> list[Sdk]:
    """Look at the SDKs that are installed, and which of *clients* they can call through."""
    names = {client.name for client in clients}
    return [
        Sdk(name=name, version=told, through=tuple(sorted(_carriers(name, names))))
        for name in _SDKS
        if (told := installed_version(name)) is not None
    ]


def installed_version(name: str) -> str | None:
    """Return the version of a distribution, or None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def requirements_of(name: str) -> Iterator[Requirement]:
    """Yield what a distribution requires, or can make use of, on this Python and system."""
    for line in requires(name) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or "extra" in str(marker) or marker.evaluate():
            yield requirement


def _metered(name: str) -> Client | None:
    told = platform.python_version() if name == _STANDARD_LIBRARY else installed_version(name)
    if told is None:
        return None
    problems = [*_misfits(_METERED[name])]
    if problems:
        return Client(name=name, version=told, state="broken", why="; ".join(problems))
    return Client(name=name, version=told, state="metered", why=_IN_PART.get(name, ""))


def _called(clients: Iterable[Client]) -> Iterator[Client]:
    """Yield *clients* as a call through each shows them."""
    with trial_server() as url:
        for client in clients:
            fit = client.state == "metered" and client.name in TRIALS
            yield _after_call(client, url) if fit else client


def _after_call(client: Client, url: str) -> Client:
    problem, called = tried(client.name, url), f"POST {url}"
    if problem is None:
        return replace(client, called=called)
    return replace(client, called=called, state="broken", why=problem)


def _misfits(packages: tuple[str, ...]) -> Iterator[str]:
    for module, patch in PATCHES:
        if module.partition(".")[0] in packages and _has(module):
            problem = misfit(module, patch)
            if problem is not None:
                yield problem


def _has(module: str) -> bool:
    """Tell whether *module* should be here: not every version of its library has it."""
    if module not in IN_SOME_VERSIONS:
        return True
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a package that would hold it
        return False
    except Exception:  # noqa: BLE001 # whatever a library does while it is imported
        return True


def _carriers(name: str, clients: set[str], seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the *clients* that a distribution reaches: optional ones only if it names them."""
    if name in clients:
        return {name}
    found: set[str] = set()
    for requirement in requirements_of(name):
        needed = canonicalize_name(requirement.name)
        optional = requirement.marker is not None and "extra" in str(requirement.marker)
        if needed in clients:
            found.add(needed)
        elif needed in (*_SDKS, *_BETWEEN) and not optional and needed not in seen:
            found |= _carriers(needed, clients, seen | {name})
    return found
