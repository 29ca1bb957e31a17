"""Asks several small tasks in one request, and takes the answer apart exactly.

Each task has a number, and the answer is a list that says every number once.  An answer that does
not is no answer to any of them: the tasks are then asked one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.prompts import Prompt
from pytest_specbudget.agents.structured import parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LIST_SCHEMA", "joined", "split"]

LIST_SCHEMA = {
    "type": "object",
    "properties": {
        "answers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"number": {"type": "integer"}, "answer": {"type": "string"}},
                "required": ["number", "answer"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["answers"],
    "additionalProperties": False,
}
"""What several tasks at once are answered as."""

_HEAD = (
    "Do each of the tasks that follow by itself, as if it were the only one.  "
    'Say only a JSON object: {"answers": [{"number": the number of the task, "answer": its '
    "answer as text}, ...]}, with every number once."
)


def joined(tasks: Sequence[str]) -> Prompt:
    """Return one prompt that asks all *tasks*."""
    told = [f'<task number="{number}">\n{task}\n</task>' for number, task in enumerate(tasks, 1)]
    return Prompt.said("\n\n".join([_HEAD, *told]), LIST_SCHEMA)


def split(text: str, tasks: int) -> tuple[str, ...] | None:
    """Take an answer to *tasks* tasks apart, in their order; None if it does not say them all."""
    told = parsed(text)
    listed = told.get("answers") if isinstance(told, dict) else None
    if not isinstance(listed, list) or len(listed) != tasks or not all(map(_is_answer, listed)):
        return None
    answers = {one["number"]: one["answer"] for one in listed}
    if set(answers) != set(range(1, tasks + 1)):
        return None
    return tuple(answers[number] for number in range(1, tasks + 1))


def _is_answer(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and type(one.get("number")) is int
        and isinstance(one.get("answer"), str)
    )
