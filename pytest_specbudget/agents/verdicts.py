"""Reads what a model says that was asked to judge.

A judge is asked for `{"score": 0.9, "reason": "..."}`.  Models wrap JSON in fences and words, and
some only say PASS or FAIL; that much is understood.  What names no score from 0 to 1 and no clear
yes or no is no verdict: nothing is guessed from the tone of a sentence, nor which of two different
scores was meant (`{"score": 1} would be perfect, mine is {"score": 0.2}`).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["VERDICT_SCHEMA", "Opinion", "opinion"]

VERDICT_SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "number"}, "reason": {"type": "string"}},
    "required": ["score", "reason"],
    "additionalProperties": False,
}
"""What a judge is asked to answer, where the wire format has a place for it."""

_SCORED = re.compile(
    r"""\bscore[\s:="'*]{1,6}(0(?:\.\d+)?|1(?:\.0+)?)(?!\w|\.\d|\s*[/%])""", re.IGNORECASE
)
_CLEAR = re.compile(r"\W*(pass(?:ed)?|accept(?:ed)?|fail(?:ed)?|reject(?:ed)?)\b", re.IGNORECASE)
_YES = ("pass", "accept")
_LONGEST = 300


@value
class Opinion:
    """What a judge thinks.

    Attributes:
        score: From 0 to 1, exactly as it was written.
        reason: Why, in the judge's words, shortened; or empty.
    """

    score: Fraction
    reason: str = ""


def opinion(text: str) -> Opinion | None:
    """Return what *text* says, or None if it is no verdict, or says different ones."""
    written = [(score, told) for told in _objects(text) if (score := _score(told)) is not None]
    if not written:
        return _spoken(text)
    score, told = written[-1]
    if any(other != score for other, _ in written):
        return None
    return Opinion(score=score, reason=str(told.get("reason") or "")[:_LONGEST])


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that *text* holds, outermost ones alone, numbers exact."""
    decoder = json.JSONDecoder(parse_float=Decimal)
    at = text.find("{")
    while at >= 0:
        try:
            told, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield told
        at = text.find("{", end)


def _score(told: dict[str, Any]) -> Fraction | None:
    score = told.get("score")
    if isinstance(score, int | Decimal) and not isinstance(score, bool) and 0 <= score <= 1:
        return Fraction(score)
    passed = told.get("passed")
    return Fraction(passed) if isinstance(passed, bool) and score is None else None


def _spoken(text: str) -> Opinion | None:
    scores = {Fraction(score) for score in _SCORED.findall(text)}
    clear = _CLEAR.match(text)
    if not scores and clear is not None:
        scores = {Fraction(clear[1].lower().startswith(_YES))}
    if len(scores) != 1:
        return None
    return Opinion(score=scores.pop(), reason=text.strip()[:_LONGEST])
