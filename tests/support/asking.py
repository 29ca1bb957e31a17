"""Models and questions, spelled out only as far as a test is about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.values import Message, Question
from pytest_specbudget.routing.values import ModelProfile

if TYPE_CHECKING:
    from support.emulator import Emulator

    from pytest_specbudget.routing.values import Wire

__all__ = ["MODELS", "SCHEMA", "emulated", "profile", "question"]

MODELS: dict[Wire, tuple[str, str]] = {
    "openai": ("openai", "gpt-4o-mini"),
    "openai-responses": ("openai", "gpt-5-mini"),
    "anthropic": ("anthropic", "claude-sonnet-4-20250514"),
    "gemini": ("google", "gemini-1.5-flash"),
}
"""A provider and a model of each wire."""

SCHEMA = {
    "type": "object",
    "properties": {"steps": {"type": "array", "items": {"type": "string"}}},
    "required": ["steps"],
    "additionalProperties": False,
}


def profile(wire: Wire = "openai", **more: Any) -> ModelProfile:
    """Describe the model of *wire*, or the one that *more* names."""
    provider, model = MODELS[wire]
    named = {"name": model, "provider": provider, "model": model, "wire": wire}
    return ModelProfile(**named | more)


def question(*texts: str, **more: Any) -> Question:
    """Ask *texts*, spoken by the user and the assistant in turn; the first by the system."""
    system, *turns = texts or ("Be brief.", "What next?")
    speakers = ("user", "assistant") * len(turns)
    said = [Message(role=role, text=text) for role, text in zip(speakers, turns, strict=False)]  # type: ignore[arg-type] # two of the three
    return Question(messages=(Message(role="system", text=system), *said), **more)


def emulated(emulator: Emulator, wire: Wire = "openai", **more: Any) -> ModelProfile:
    """Describe a model that *emulator* plays."""
    urls: dict[Wire, str] = {
        "openai": emulator.openai_url,
        "openai-responses": emulator.openai_url,
        "anthropic": emulator.anthropic_url,
        "gemini": emulator.google_url,
    }
    return profile(wire, base_url=urls[wire], **more)
