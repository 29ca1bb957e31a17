"""What a text consists of: its outline, its items, its terms, its numbers, its verdict.

Works on Markdown, on prose and on JSON.  It looks at the form of words alone, so it misses a
synonym and cannot know what is meant.

Source: the notes of this project on quality, 2.4 (checked 2026-11-22); the lexicon is our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.value import value
from pytest_specbudget.quality.canonical import canonical
from pytest_specbudget.quality.documents import parsed, unfenced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Item", "Parts", "parts_of"]

_HEADING = re.compile(r"^\s*(?:#{1,6}\s+(?P<marked>.+)|\*\*(?P<bold>[^*]+?):?\*\*\s*$)")
_ITEM = re.compile(r"^\s*(?P<mark>[-*+•]|\d+[.)])\s+(?:\[[ xX]\]\s*)?(?P<text>.+)")
_ORDINAL = re.compile(r"(?:step|phase|part)?\s*\d+[.:)]?\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_QUANTITY = re.compile(
    r"(?<![\w.])-?\d++(?:\.\d++)?%?(?![\w.]*\d)"
    r"(?: (?:ms|(?:milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|[kmg]b)\b)?"
)
_TERM = re.compile(
    r"`(?P<code>[^`\n]{2,60})`"
    r"|\b(?P<camel>[A-Z]*[a-z0-9]+[A-Z]\w*)\b"
    r"|\b(?P<snake>[A-Za-z]\w*_\w+)\b"
    r"|\b(?P<dotted>[A-Za-z_]{3,}(?:\.[A-Za-z_]{2,})+)\b"
)
_VERDICT = re.compile(
    r"\b(?:verdict|result|status|decision|outcome|recommendation|conclusion|answer|approved"
    r"|accepted|passed|valid|success|ready|safe|ok)\b[\"*\s]*+[:=][\"*\s]*+"
    r"(?P<said>(?:not )?[\w-]+)"
)
_WORD = re.compile(r"\W*(?P<said>(?:not )?[\w-]+)(?=[\s.,:;!*]|$)")
_REPLY = re.compile(r"\?\s+(?P<said>yes|no)\b")
_GOOD = re.compile(
    r"pass(?:ed)?|yes|approved?|accept(?:ed)?|go|ship|ok|true|valid|succe(?:ss|eded)|ready|green"
    r"|safe"
)
_BAD = re.compile(
    r"fail(?:ed|ure)?|no|no-?go|reject(?:ed)?|deny|denied|block(?:ed)?|false|invalid|red|unsafe"
)
_LEXICON = re.compile(
    r"\b(?:postgres(?:ql)?|mysql|sqlite|mongodb|redis|memcached|dynamodb|duckdb|elasticsearch|s3"
    r"|kafka|rabbitmq|celery|sqs|nats|mqtt|rest|graphql|grpc|websockets?|webhooks?|polling"
    r"|json|yaml|toml|xml|csv|protobuf|avro|parquet|html|markdown"
    r"|python|rust|go|java|typescript|javascript|react|vue|django|flask|fastapi"
    r"|docker|kubernetes|terraform|ansible|lambda|serverless|monolith|microservices"
    r"|threads?|process(?:es)?|async|asyncio|(?:a)?synchronous|streaming|batch|cron|queue"
    r"|cache|memory|regex|recursion|jwt|oauth2?|saml|cookies|sessions|sql|nosql|orm"
    r"|pydantic|dataclass(?:es)?|httpx|requests|aiohttp|vcrpy|pytest|unittest|hypothesis)\b"
)
_IDLE = {"a", "an", "the", "of", "to", "and", "or", "for", "in", "on", "at", "with", "by", "is"}
_SHORT = 3
"""A text of at most as many words may be a bare verdict."""


@value
class Item:
    """One task, sentence or value.

    Attributes:
        words: Its words, without numbers, technology and words that say nothing.
        numbers: Its numbers, in one spelling, each with its unit of time or size.
    """

    words: frozenset[str]
    numbers: frozenset[str]


@value
class Parts:
    """What a text consists of.

    Attributes:
        text: All of it, in its one spelling.
        outline: Its headings, or the keys of JSON, in order; of a text without either, whether it
            is a list or prose.
        items: Its list items, or the values of JSON; of a text without either, its sentences.
        terms: The identifiers and the technology that it names.
        verdict: Whether it approves, or None if it does not say.
        words: All its words.
    """

    text: str
    outline: tuple[str, ...]
    items: tuple[Item, ...]
    terms: frozenset[str]
    verdict: bool | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """A text in lines, whatever it was written in."""

    outline: tuple[str, ...]
    items: tuple[str, ...]
    plain: str


def parts_of(text: str) -> Parts:
    """Take *text* apart."""
    try:
        read = _of_json(parsed(unfenced(text)))
    except ValueError:
        read = _of_markdown(text)
    spelt = canonical(read.plain)
    return Parts(
        text=spelt,
        outline=read.outline,
        items=tuple(_item(item) for item in read.items),
        terms=frozenset(_terms(read.plain)),
        verdict=_verdict(read.plain),
        words=frozenset(spelt.split()),
    )


def _of_markdown(text: str) -> _Read:
    lines = [line for line in text.splitlines() if line.strip()]
    headings = [
        found["marked"] or found["bold"] for line in lines if (found := _HEADING.match(line))
    ]
    items = [found["text"] for line in lines if (found := _ITEM.match(line))]
    outline = tuple(_title(each) for each in headings) or ("list" if items else "prose",)
    plain = "\n".join(_ITEM.sub(r"\g<text>", line) for line in lines)
    return _Read(outline, tuple(items or _sentences(lines)), plain)


def _of_json(document: Any) -> _Read:
    keys = dict.fromkeys(_keys(document, ""))
    leaves = [*_leaves(document, "")]
    lines = [f"{key}: {leaf}" if key else leaf for key, leaf in leaves]
    return _Read(
        tuple(sorted(keys)) or ("value",), tuple(leaf for _, leaf in leaves), "\n".join(lines)
    )


def _keys(document: Any, way: str) -> Iterator[str]:
    if isinstance(document, dict):
        for key, inner in document.items():
            yield f"{way}.{key}"
            yield from _keys(inner, f"{way}.{key}")
    elif isinstance(document, list):
        for inner in document:
            yield from _keys(inner, f"{way}[]")


def _leaves(document: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(document, dict):
        for name in sorted(document):
            yield from _leaves(document[name], name)
    elif isinstance(document, list):
        for inner in document:
            yield from _leaves(inner, "")
    else:
        told = str(document)
        yield key, told.casefold() if isinstance(document, bool) else told


def _sentences(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if not _HEADING.match(line):
            yield from _SENTENCE_END.split(line.strip())


def _title(heading: str) -> str:
    return canonical(_ORDINAL.sub("", heading))


def _item(text: str) -> Item:
    spelt = canonical(text)
    rest = frozenset(_QUANTITY.sub(" ", spelt).split())
    said = rest - frozenset(_terms(text)) - _IDLE
    return Item(words=said or frozenset(spelt.split()), numbers=_quantities(spelt))


def _quantities(spelt: str) -> frozenset[str]:
    return frozenset(_QUANTITY.findall(spelt))


def _terms(text: str) -> Iterator[str]:
    for found in _TERM.finditer(text):
        yield canonical(found[0])
    yield from _LEXICON.findall(canonical(text))


def _verdict(text: str) -> bool | None:
    """Return what *text* decides; the last decision counts."""
    lowered = text.casefold()
    said = [found["said"] for found in _VERDICT.finditer(lowered)]
    said += [found["said"] for found in _REPLY.finditer(lowered)]
    first = _WORD.match(lowered)
    if not said and first and len(lowered.split()) <= _SHORT:
        said = [first["said"]]
    known = [told for each in said if (told := _polarity(each)) is not None]
    return known[-1] if known else None


def _polarity(said: str) -> bool | None:
    negated = said.startswith("not ")
    word = said.removeprefix("not ")
    if _GOOD.fullmatch(word):
        return not negated
    return negated if _BAD.fullmatch(word) else None
