"""What a SPEC document says of its tasks, domains, dependencies and risk.

Lines are read as Markdown: headings, lists, labels in bold.  Code and comments do not count.  What
the document states goes before what its words suggest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Outline", "Risk", "dependencies", "domains", "outline", "risk_of", "unread"]

Risk = Literal["low", "medium", "high"]

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(```+|~~~+).*?^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.+?)\s*#*$")
_ITEM = re.compile(r"(?P<indent>\s*)(?:[-*+]|\d+[.)])\s+(?P<box>\[[ xX]\]\s+)?(?P<text>.+)")
_LABEL = re.compile(r"[-*\s]*\**(?P<name>[A-Za-z][\w /()-]{2,40}?)\**\s*:\**\s*(?P<text>.*)")
_TASK = re.compile(r"\W*(?:task|step|work item|story)\s+#?\d+(?:\.\d+)*\b", re.IGNORECASE)
_TASK_ID = re.compile(r"\W*T\d{1,4}\b")
_TASKS = re.compile(r"\b(?:tasks?|steps|work items?|to-?dos?|implementation plan)\b", re.IGNORECASE)
_REQUIREMENTS = re.compile(
    r"\b(?:requirements?|must do|user stories|deliverables?|features)\b", re.IGNORECASE
)
_STATED_TASKS = re.compile(
    r"^\W*tasks?\W*[:=|]\W*(?<![-\u2212])(\d{1,6})\b", re.IGNORECASE | re.MULTILINE
)
_NO_TASKS = re.compile(
    r"\b(?:acceptance|criteria|success|definition of done|checklist|quality|risks?|dependenc\w+"
    r"|prerequisites?|non-?goals?|out of scope|assumptions?|questions?|domains?|references)\b",
    re.IGNORECASE,
)
_INNER = re.compile(r"\b(?:task|step|phase|none|n/a|nothing)\b|^[-\u2013\u2014]+$", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[,;]\s*|\s+and\s+")
_STATED_RISK = re.compile(
    r"^\W*risk(?:\s+level|\s+class)?\W*[:=|]\W*(low|medium|moderate|high|critical)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SAID = re.compile(
    r"^[^\w\n]*(?P<name>tasks?|risk(?:[ \t]+level|[ \t]+class)?)"
    r"[^\w\n]*(?P<mark>[:=|])[^\w\n]*?(?P<value>[-\u2212]?\w[^\n|]*)",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_WORDS = 2
_RISKS: dict[str, Risk] = {
    "low": "low",
    "medium": "medium",
    "moderate": "medium",
    "high": "high",
    "critical": "high",
}
_MANY = 3
_TWICE = 2

_DOMAINS = {
    "api": r"api|apis|backend|endpoints?|graphql|grpc|microservices?|webhooks?",
    "data": r"database|databases|migrations?|mysql|postgres\w*|redis|sql|sqlite",
    "infrastructure": r"cloud|deploy\w*|docker|helm|kubernetes|terraform|ci/cd",
    "interface": r"accessibility|browser|css|frontend|html|react|screens?|ui|ux|vue",
    "machine learning": r"dataset|datasets|embeddings?|inference|llm|llms",
    "messaging": r"e-?mails?|kafka|notifications?|queues?|pub/?sub",
    "mobile": r"android|ios|mobile|swift",
    "observability": r"dashboards?|logging|metrics|telemetry|tracing",
    "payments": r"billing|checkout|invoices?|payments?|refunds?|subscriptions?",
    "security": r"auth|authenticat\w+|authori[sz]\w+|encryption|oauth\d?|permissions?|secrets?|sso",
}
_FIELDS = {
    name: re.compile(rf"(?<![\w/-])(?:{words})(?![\w/-])", re.IGNORECASE)
    for name, words in _DOMAINS.items()
}
_DANGERS = {
    "security": r"security|vulnerabilit\w+|exploits?|credentials",
    "compliance": r"complian\w+|gdpr|hipaa|pci|sox|regulat\w+",
    "personal data": r"personal data|pii|medical|health records?",
    "production": r"production (?:deploy\w*|incidents?|data)|outages?|downtime",
    "money": r"payments?|payouts?|refunds?|billing",
    "loss": r"data loss|irreversibl\w+|destructive|drop tables?",
}
_NOT = r"(?<!no )(?<!not )(?<!non-)(?<!without )"
_DANGEROUS = {
    name: re.compile(rf"{_NOT}\b(?:{words})\b", re.IGNORECASE) for name, words in _DANGERS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line, and what it stands under.

    Attributes:
        text: As it is.
        under: The heading or label above it, or empty.
        heading: Whether it is a heading itself.
    """

    text: str
    under: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A document, line by line.

    Attributes:
        lines: Every line that is neither code nor a comment.
        tasks: How many tasks it lists; 0 if none was found.
    """

    lines: tuple[_Line, ...] = field(default_factory=tuple)
    tasks: int = 0

    @property
    def text(self) -> str:
        """The whole text."""
        return _joined(self.lines)


def outline(text: str) -> Outline:
    """Read a document."""
    lines = tuple(_lines(_FENCE.sub("", _COMMENT.sub("", text))))
    return Outline(lines=lines, tasks=_tasks(lines))


def _lines(text: str) -> Iterator[_Line]:
    under = ""
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            under = heading["text"]
            yield _Line(text=line, under=under, heading=True)
        elif line.strip():
            label = None if _ITEM.match(line) else _LABEL.fullmatch(line.strip())
            if label and not label["text"]:
                under = label["name"]
            yield _Line(text=line, under=under)


def _tasks(lines: tuple[_Line, ...]) -> int:
    """Count tasks where they are plainest: stated, as headings, numbered, ticked, or listed.

    What stands in a list below a task's heading are its parts, and no tasks themselves.  Where no
    task is listed, each requirement is at least one.
    """
    counts = (
        max((int(found) for found in _STATED_TASKS.findall(_joined(lines))), default=0),
        sum(line.heading and _is_task(line.text) for line in lines),
        sum(_is_task(item["text"]) for item in _items(lines)),
        _outermost(item for item in _items(lines) if item["box"]),
        *(_outermost(_items_under(lines, kind)) for kind in (_TASKS, _REQUIREMENTS)),
    )
    return next(filter(None, counts), 0)


def _joined(lines: tuple[_Line, ...]) -> str:
    return "\n".join(line.text for line in lines)


def _items_under(lines: tuple[_Line, ...], kind: re.Pattern[str]) -> Iterator[re.Match[str]]:
    return _items(line for line in lines if kind.search(line.under))


def _is_task(text: str) -> bool:
    return bool(_TASK.match(text) or _TASK_ID.match(text))


def _items(lines: Iterable[_Line]) -> Iterator[re.Match[str]]:
    for line in lines:
        item = None if line.heading or _NO_TASKS.search(line.under) else _ITEM.fullmatch(line.text)
        if item is not None:
            yield item


def _outermost(items: Iterable[re.Match[str]]) -> int:
    indents = [len(item["indent"].expandtabs(4)) for item in items]
    return indents.count(min(indents)) if indents else 0


def domains(read: Outline) -> tuple[str, ...]:
    """Return the domains that a document states, else those that it names more than once."""
    stated = _stated(read, re.compile(r"\bdomains?\b", re.IGNORECASE))
    if stated:
        return tuple(sorted({name.casefold() for name in stated}))
    text = read.text
    return tuple(name for name, words in _FIELDS.items() if len(words.findall(text)) >= _TWICE)


def dependencies(read: Outline) -> tuple[str, ...]:
    """Return what a document says that it needs from outside; its own tasks are no such thing."""
    stated = _stated(read, re.compile(r"\bdependenc\w+|\bdepends on\b", re.IGNORECASE))
    return tuple(dict.fromkeys(name for name in stated if not _INNER.search(name)))


def risk_of(read: Outline, needs: tuple[str, ...]) -> tuple[Risk, bool]:
    """Return the risk, and whether the document states it.

    Inferred: high where two kinds of danger are named, medium where one is, or where much is needed
    from outside.
    """
    stated = [_RISKS[found.casefold()] for found in _STATED_RISK.findall(read.text)]
    if stated:
        return max(stated, key=("low", "medium", "high").index), True
    dangers = sum(bool(words.search(read.text)) for words in _DANGEROUS.values())
    if dangers >= _TWICE:
        return "high", False
    return "medium" if dangers or len(needs) >= _MANY else "low", False


def unread(read: Outline) -> tuple[str, ...]:
    """Return a sentence for each number of tasks, or risk, that is stated and makes no sense.

    What is longer than a few words is prose, and states nothing.
    """
    return tuple(dict.fromkeys(filter(None, map(_doubt, _SAID.finditer(read.text)))))


def _doubt(said: re.Match[str]) -> str | None:
    name, given = said["name"], said["value"].strip(" \t*_`.")
    if len(given.split()) > _MOST_WORDS:
        return None
    if name.casefold().startswith("task"):
        sensible = said["mark"] == "|" or given[0].isdigit()
        return None if sensible else f'"{name}: {given}" states no number; write one in digits'
    word = given.split()[0].lstrip("-")
    likely = nearest(word, _RISKS)
    if word.casefold() in _RISKS or (said["mark"] == "|" and likely is None):
        return None
    hint = f'; did you mean "{likely}"?' if likely else ""
    return f'"{name}: {given}" is none of low, medium and high{hint}'


def _stated(read: Outline, kind: re.Pattern[str]) -> list[str]:
    """Return what is listed under a heading or label of a *kind*, or beside such a label."""
    return [name for line in read.lines for name in _named(line, kind)]


def _named(line: _Line, kind: re.Pattern[str]) -> Iterator[str]:
    label = _LABEL.fullmatch(line.text.strip())
    if label and label["text"] and kind.search(label["name"]):
        names = _SEPARATOR.split(label["text"])
        yield from (name.strip("*_` .") for name in names if name.strip("*_` ."))
    elif not line.heading and kind.search(line.under) and (item := _ITEM.fullmatch(line.text)):
        yield item["text"].partition(":")[0].strip("*_` ")
