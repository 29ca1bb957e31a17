"""A question in the words that most clients take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.agents.values import Question

__all__ = ["as_dicts", "as_prompt"]


def as_prompt(question: Question) -> str:
    """Return all that is said, as one text."""
    return "\n\n".join(each.text for each in question.messages)


def as_dicts(question: Question) -> list[dict[str, str]]:
    """Return the messages as OpenAI's clients take them."""
    return [{"role": each.role, "content": each.text} for each in question.messages]
