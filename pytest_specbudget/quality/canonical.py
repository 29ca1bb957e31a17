"""One spelling for what people write in many: the text by which two answers are the same.

Case, spaces, quotes and punctuation around words do not count; numbers, amounts of money and dates
have one spelling.  Whatever changes what is said is kept: signs, operators, versions, negations.

What is ambiguous is left alone: `03/04/2026` names one of two days, `3.10` may be a version, and
`1,5` may be a list.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["canonical", "number", "words"]

_OPENING = ".,;:\"'`([{*_"
_CLOSING = ".,;:?!\"'`)]}*_~"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})\b"
_SIGNS = {"$": "usd", "us$": "usd", "€": "eur", "£": "gbp", "¥": "yen"}
_CODES = {"dollar": "usd", "dollars": "usd", "euro": "eur", "euros": "eur", "pounds": "gbp"}
_CODE = r"usd|eur|gbp|chf|jpy|dollars?|euros?|pounds"
_AMOUNT = r"\d++(?:\.\d++)?"  # possessive: long runs of digits take no longer

_ALIKE = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a"), "'"),
    ord("\u2044"): "/",
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
}
"""Dashes and the minus sign, quotes, the slash of a fraction."""
_RAISED = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
_WHOLE_NUMBER = re.compile(rf"[+-]?{_AMOUNT}(?:e[+-]?\d{{1,2}})?")
_SEPARATED = re.compile(r"(?<=[^\W\d])[,;](?=\S)|(?<=\S)[,;](?=[^\W\d])|(?<=\d);(?=\d)")


def canonical(text: str) -> str:
    """Return *text* in its one spelling; two answers with the same spelling are the same."""
    spelt = text
    for spell in _STEPS:
        spelt = spell(spelt)
    return number(spelt) or spelt or " ".join(text.split())


def words(text: str) -> list[str]:
    """Return the words of *text*, each in its one spelling."""
    return canonical(text).split()


def number(text: str) -> str | None:
    """Return the one spelling of a plain number, or None if *text* is none: `+2.50e1` is `25`."""
    if len(text) > _LONGEST or not _WHOLE_NUMBER.fullmatch(text):
        return None
    plain = f"{Decimal(text):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain


_LONGEST = 60
"""No number that people write is longer, in characters."""


def _composed(text: str) -> str:
    raised = _RAISED.sub(lambda found: f"^{found[0]}", text)  # 10² is not 102
    folded = unicodedata.normalize("NFKC", raised).casefold()
    return unicodedata.normalize("NFKC", folded).translate(_ALIKE)


def _dated(text: str) -> str:
    for pattern in _DATES:
        text = pattern.sub(_date, text)
    return text


def _date(found: re.Match[str]) -> str:
    month = found["month"]
    place = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    return f"{found['year']}-{place:02}-{int(found['day']):02}"


def _money(found: re.Match[str]) -> str:
    name = found["sign"] or found["before"] or found["after"]
    unit = _SIGNS.get(name) or _CODES.get(name, name)
    amount = found["of_sign"] or found["of_before"] or found["of_after"]
    return f"{unit} {number(amount) or amount}"


def _percent(found: re.Match[str]) -> str:
    return f"{number(found['amount']) or found['amount']}%"


def _unpunctuated(text: str) -> str:
    stripped = (_stripped(word) for word in _SEPARATED.sub(" ", text).split())
    return " ".join(filter(None, stripped))


def _stripped(word: str) -> str:
    if word == "*":  # a product; what is a bullet is gone already
        return word
    bare = word.lstrip(_OPENING).rstrip(_CLOSING)
    return f"{bare}!" if word.endswith("!") and bare.isdigit() else bare  # 5! is not 5


def _replacing(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.MULTILINE)

    def spell(text: str) -> str:
        return compiled.sub(by, text)

    return spell


_DATES = (
    re.compile(rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}"),
    re.compile(rf"\b{_MONTH} {_DAY},? {_YEAR}"),
    re.compile(r"\b(?P<year>\d{4})[/.](?P<month>0?[1-9]|1[0-2])[/.](?P<day>\d{1,2})\b"),
)
_STEPS: tuple[Callable[[str], str], ...] = (
    _composed,
    _replacing(r"^[^\S\n]*(?:[-*+•]|#{1,6})[^\S\n]+", ""),
    _dated,
    _replacing(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])", lambda found: found[0].replace(",", "")),
    _replacing(r"(?<![\w.])(?=\.\d)", "0"),
    _replacing(
        rf"(?<![\w$])(?P<sign>us\$|[$€£¥]) ?(?P<of_sign>{_AMOUNT})(?![\w.]*\d)"
        rf"|\b(?P<before>{_CODE}) (?P<of_before>{_AMOUNT})(?![\w.]*\d)"
        rf"|(?<![\w.])(?P<of_after>{_AMOUNT}) ?(?P<after>{_CODE}|[€£])(?!\w)",
        _money,
    ),
    _replacing(rf"(?<![\w.])(?P<amount>{_AMOUNT}) ?(?:%|percent\b|per cent\b)", _percent),
    _replacing(r"(?<![\w.])(\d+)\.0+(?![\w.]*\d)", r"\1"),
    _unpunctuated,
)
