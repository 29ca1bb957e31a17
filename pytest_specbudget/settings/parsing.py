"""What each kind of setting means: one parser a kind, text or TOML value in, value out.

A parser raises `ValueError` with what is wrong, what is allowed and what to write; the reader puts
before it where the value was set.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.moments import in_utc
from pytest_specbudget.core.names import nearest
from pytest_specbudget.settings.amounts import amount_of, is_plain, percent_of, quoted
from pytest_specbudget.settings.host_rules import host_rule
from pytest_specbudget.settings.spec_paths import check_glob
from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY
from pytest_specbudget.settings.values import Limit, PriceAt, ReportTarget, baseline_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.core.json_paths import JsonPath
    from pytest_specbudget.settings.given import Given
    from pytest_specbudget.settings.table import Kind
    from pytest_specbudget.settings.values import BaselineSource, Scope

__all__ = ["parse", "parse_switch"]

_SETTINGS = {setting.key: setting for setting in (*OPTIONS, *SETTINGS_ONLY)}

_SCOPES: Mapping[str, Scope] = {
    "budget": "spec",
    "budgets": "spec",
    "unassigned_budget": "spec",
    "session_budget": "session",
    "test_budget": "test",
    "command_budget": "command",
    "command_budgets": "command",
    "stage_budget": "stage",
    "stage_budgets": "stage",
    "day_budget": "day",
    "month_budget": "month",
}

_SWITCHES = {"1": True, "true": True, "0": False, "false": False}
_INSTANTS = ("catalogue", "recorded", "now")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII
)


def parse(given: Given) -> object:
    """Understand *given*, by the kind of its setting.

    Raises:
        ValueError: If there is no such setting, or it cannot hold such a value.
    """
    setting = _SETTINGS.get(given.key)
    if setting is None:
        raise ValueError(_unknown_key(given.key))
    if isinstance(given.value, str) and not given.value.strip():
        raise ValueError("holds an empty value; write one, or leave the setting out")
    if setting.table and given.entry is None:
        raise ValueError(f"is no table; write it like {setting.example}")
    return _PARSERS[setting.kind](given)


def _unknown_key(key: str) -> str:
    if key == "tool":
        return "is no setting; in specbudget.toml the settings stand at the top of the file"
    likely = nearest(key.replace("-", "_"), _SETTINGS)
    hint = f'did you mean "{likely}"?' if likely else "docs/configuration.md lists them all"
    return f'there is no setting "{key}"; {hint}'


def _limit(given: Given) -> Limit:
    subject, amount = _subject_and_amount(given)
    return Limit(
        scope=_SCOPES[given.key], subject=subject, ceiling=amount_of(amount), origin=given.origin
    )


def _subject_and_amount(given: Given) -> tuple[str | None, object]:
    if given.key == "unassigned_budget":
        return UNASSIGNED, given.value
    if given.entry is not None:
        return _named(given.entry), given.value
    if isinstance(given.value, str) and _SETTINGS[given.key].repeatable:
        subject, equals, amount = given.value.rpartition("=")
        return (_named(subject) if equals else None), amount
    return None, given.value


def _named(subject: str) -> str:
    if not subject.strip():
        raise ValueError("names nothing before the amount; write NAME=USD, or the amount alone")
    return subject.strip()


def _choice(given: Given) -> str:
    choices = _SETTINGS[given.key].choices
    if isinstance(given.value, str) and given.value in choices:
        return given.value
    raise ValueError(f"{quoted(given.value)} is not one of {', '.join(choices)}")


def _instant(given: Given) -> PriceAt:
    match given.value:
        case "catalogue" | "recorded" | "now":
            return PriceAt(kind=given.value)
    time = _time(given.value)
    if time is None:
        raise ValueError(
            f"{quoted(given.value)} is neither {', '.join(_INSTANTS)} nor a time;"
            " write one like 2026-11-21 or 2026-11-21T09:30:00Z"
        )
    return PriceAt(kind="time", time=time)


def _moment(given: Given) -> datetime:
    time = _time(given.value)
    if time is None:
        raise ValueError(
            f"{quoted(given.value)} is no time; write 2026-11-21 or 2026-11-21T09:30:00Z"
        )
    return time


def _time(value: object) -> datetime | None:
    try:
        return _in_utc(_datetime(value))
    except ValueError:
        return None


def _datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str) and _TIME.fullmatch(value):
        return datetime.fromisoformat(value.upper())
    raise ValueError("no time")


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else in_utc(time)


def _path(given: Given) -> Path:
    return _placed(_text(given, "path"), given.folder)


def _note(given: Given) -> str:
    return _text(given, "note")


def _text(given: Given, thing: str) -> str:
    if isinstance(given.value, str):
        return given.value
    raise ValueError(f"{quoted(given.value)} is no {thing}; write it in quotes")


def _placed(text: str, folder: Path | None) -> Path:
    return Path(text) if folder is None else folder / text


def _report(given: Given) -> ReportTarget:
    formats = _SETTINGS[given.key].choices
    name, _, path = _text(given, "report").partition(":")
    if name not in formats or not path.strip():
        raise ValueError(
            f"{quoted(given.value)} is not FORMAT:PATH; write it like {formats[0]}:report.json,"
            f" with one of the formats {', '.join(formats)}"
        )
    return ReportTarget(format=name, path=_placed(path, given.folder), origin=given.origin)


def parse_switch(text: str) -> bool:
    """Read a switch as people write it in the environment.

    Raises:
        ValueError: If *text* is none of `1`, `0`, `true` and `false`, whatever their case.
    """
    if text.lower() not in _SWITCHES:
        raise ValueError(f"{quoted(text)} is no switch; write 1, 0, true or false")
    return _SWITCHES[text.lower()]


def _switch(given: Given) -> bool:
    if isinstance(given.value, bool):
        return given.value
    if given.place == "environment":
        return parse_switch(str(given.value))
    raise ValueError(f"{quoted(given.value)} is no switch; write true or false")


def _share(given: Given) -> Fraction:
    value = given.value
    if isinstance(value, int | Decimal) and is_plain(value) and 0 < value <= 1:
        return Fraction(value)
    raise ValueError(
        f"{quoted(value)} is no share; write a number above 0 and at most 1, like 0.80"
    )


def _threshold(given: Given) -> Fraction:
    value = given.value
    try:
        if isinstance(value, str | int | Decimal) and is_plain(value):
            threshold = Fraction(value)
            if 0 <= threshold <= 1:
                return threshold
    except (ValueError, ZeroDivisionError):
        pass
    raise ValueError(f"{quoted(value)} is no threshold; write a number from 0 to 1, like 0.90")


def _marker(given: Given) -> str:
    if isinstance(given.value, str) and given.value.isidentifier():
        return given.value
    raise ValueError(f"{quoted(given.value)} is no name of a marker; write one like spec")


def _path_rule(given: Given) -> tuple[str, str]:
    glob = check_glob(given.entry or "")
    return glob, _text(given, "SPEC").strip()


def _baseline(given: Given) -> BaselineSource:
    return baseline_of(_text(given, "baseline"), given.origin, given.folder)


def _percent(given: Given) -> Fraction:
    return percent_of(given.value)


def _count(given: Given) -> int:
    value = given.value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError(f"{quoted(given.value)} is no number of runs; write a whole one, 1 or more")


def _json_path(given: Given) -> JsonPath:
    # Few have such a setting, and the reader of paths is not loaded for the others.
    from pytest_specbudget.core.json_paths import JsonPath  # noqa: PLC0415  see above

    return JsonPath.parse(_text(given, "path"))


_PARSERS: Mapping[Kind, Callable[[Given], object]] = {
    "limit": _limit,
    "choice": _choice,
    "instant": _instant,
    "moment": _moment,
    "path": _path,
    "report": _report,
    "switch": _switch,
    "share": _share,
    "threshold": _threshold,
    "marker": _marker,
    "note": _note,
    "path rule": _path_rule,
    "host rule": host_rule,
    "json path": _json_path,
    "baseline": _baseline,
    "percent": _percent,
    "count": _count,
}
