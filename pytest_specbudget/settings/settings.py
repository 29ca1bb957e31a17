"""All that a user can set, read once.

Command line before environment before file before default, for each key; for ceilings, for each
thing that has one, so that `--spec-budget=SPEC-A=3` leaves the file's general `budget` standing.
Every value is checked, also one that another place overrides, and all problems are told at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.asked import DISABLE
from pytest_specbudget.settings.given import in_environment, on_command_line, strangers
from pytest_specbudget.settings.host_notes import host_notes
from pytest_specbudget.settings.parsing import parse, parse_switch
from pytest_specbudget.settings.table import FLAGS, OPTIONS, SETTINGS_ONLY
from pytest_specbudget.settings.toml_file import in_file
from pytest_specbudget.settings.values import BaselineSource, Limit, PriceAt, ReportTarget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.core.finding import Mode
    from pytest_specbudget.core.json_paths import JsonPath
    from pytest_specbudget.providers import HostRule
    from pytest_specbudget.settings.given import Given, Place
    from pytest_specbudget.settings.values import Scope

    _Understood = tuple[Given, object]

__all__ = [
    "BaselineSource",
    "Limit",
    "PriceAt",
    "ReportTarget",
    "Settings",
    "is_switched_off",
    "read_settings",
]

_BY_DEFAULT = "by default"
_BY_PATH = "spec_by_path"
_ALERTS_CROSSED = (
    "alert_warning (default 0.80) is above alert_critical (default 0.90); set it lower"
)
_RECORDED_TWICE = "a test that is repeated has one recording; record first, without repeats"
_CATALOGUE = PriceAt()
_FIELD_NAMES = {
    "mode": "explicit_mode",
    "unknown": "explicit_unknown",
    "report": "reports",
    "stale": "explicit_stale",
}
_SEVERAL = {option.key for option in OPTIONS if option.takes_array} | {
    setting.key for setting in SETTINGS_ONLY if setting.table
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked of us, and by whom.

    Attributes:
        limits: Every ceiling, at most one for each scope and subject.
        stop_loss: Whether a live call that could break a ceiling is refused.
        explicit_mode: The mode that somebody set, or None; `mode` is the one that holds.
        judge: Whether ceilings judge list or billed cost.
        price_at: The instant whose prices count.
        prices: Price files laid over the catalogue; a later one lies on top.
        prices_as_of: The instant whose prices replayed calls have, aware UTC; None is the
            catalogue's own.
        explicit_unknown: As `explicit_mode`, for `unknown`.
        on_inconclusive: What a gate that cannot be computed does.
        record: How cassettes record; None replays what exists and leaves other calls live.
        explicit_stale: What a recording of a changed request does, if somebody said so, or None;
            `stale` is what holds.
        volatile: Places in request bodies that do not count when a recording is looked for.
        known_stale: The file of known staleness, or None for the usual one.
        forbid_live: Whether model calls may leave the process; None depends on `CI`.
        baseline: What the run is compared with, or None.
        max_regression: By how many percent a subject may be dearer than there, or None.
        strict_baseline: Whether a test that the baseline lacks fails.
        save_baseline: Where what a passing run consumed is stored, or None.
        repeats: How often each test is run.
        acks: The file of accepted regressions, or None for the usual one.
        history: Recorded usage that is priced again, or None.
        max_drift: By how many percent prices may have moved what it cost, or None.
        min_quality: The least mean quality score, 0 to 1, or None.
        min_agreement: The least mean agreement, 0 to 1, or None.
        min_pass_rate: The least share of tests that pass, 0 to 1, or None.
        model: The model that does everything, by its name in the routing table, or None.
        route: Whether the routing table is followed, or premium models do everything.
        routing: The file of the routing table, or None for the one that is shipped.
        reports: Reports to write.
        spec_by_path: Globs relative to rootdir and the SPECs that they stand for, in file order.
        hosts: What answers at which host.
        alert_warning: The share of a ceiling at which a warning is shown, above 0, at most 1.
        alert_critical: The share at which it is critical, not below `alert_warning`.
        marker: The name of the marker.
        cassette_dir: Where cassettes are kept; None is beside each test module.
        cassette_note: The comment at the top of each new cassette, or None.
        cassettes: Which tests use cassettes of ours.
        max_premium_share: The largest share of calls to premium models, 0 to 1, or None.
        count_mocked: Whether mocked calls are judged.
        disabled: Whether `SPECBUDGET_DISABLE` switches the gate off.
        asked: Whether anything was set, in any place, or in a table that is almost ours.
        notes: What a user should hear, without being stopped.
        origins: Where each key that somebody set was set, as the user wrote it.
        path_origins: Where each glob of `spec_by_path` was set, likewise.
    """

    limits: tuple[Limit, ...] = ()
    stop_loss: bool = False
    explicit_mode: Mode | None = None
    judge: Literal["list", "billed"] = "list"
    price_at: PriceAt = _CATALOGUE
    prices: tuple[Path, ...] = ()
    prices_as_of: datetime | None = None
    explicit_unknown: Literal["error", "warn"] | None = None
    on_inconclusive: Literal["fail", "warn", "pass"] = "fail"
    record: Literal["off", "none", "once", "new", "all"] | None = None
    explicit_stale: Literal["estimate", "fail"] | None = None
    volatile: tuple[JsonPath, ...] = ()
    known_stale: Path | None = None
    forbid_live: bool | None = None
    baseline: BaselineSource | None = None
    max_regression: Fraction | None = None
    strict_baseline: bool = False
    save_baseline: Path | None = None
    repeats: int = 1
    acks: Path | None = None
    history: Path | None = None
    max_drift: Fraction | None = None
    min_quality: Fraction | None = None
    min_agreement: Fraction | None = None
    min_pass_rate: Fraction | None = None
    model: str | None = None
    route: Literal["table", "premium"] = "table"
    routing: Path | None = None
    reports: tuple[ReportTarget, ...] = ()
    spec_by_path: tuple[tuple[str, str], ...] = ()
    hosts: tuple[HostRule, ...] = ()
    alert_warning: Fraction = Fraction(80, 100)
    alert_critical: Fraction = Fraction(90, 100)
    marker: str = "spec"
    cassette_dir: Path | None = None
    cassette_note: str | None = None
    cassettes: Literal["marked", "all"] = "marked"
    max_premium_share: Fraction | None = None
    count_mocked: bool = False
    disabled: bool = False
    asked: bool = False
    notes: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    path_origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def mode(self) -> Mode:
        """The mode that holds: as set, else `enforce` where anything is held to a limit."""
        return self.explicit_mode or ("enforce" if self._implying else "observe")

    @property
    def mode_origin(self) -> str:
        """Where the mode was set, or the ceiling that implies it."""
        return self.origins.get("mode", self._implying or _BY_DEFAULT)

    @property
    def _implying(self) -> str:
        """Where the first limit was set that the run is held to, or empty if there is none."""
        if self.limits:
            return self.limits[0].origin
        held = (key for key, value in self._thresholds().items() if value is not None)
        return next((self.origins.get(key, key) for key in held), "")

    def _thresholds(self) -> dict[str, object]:
        return {
            "stale": self.explicit_stale,
            "baseline": self.baseline,
            "max_regression": self.max_regression,
            "history": self.history,
            "max_drift": self.max_drift,
            "min_quality": self.min_quality,
            "min_agreement": self.min_agreement,
            "min_pass_rate": self.min_pass_rate,
            "max_premium_share": self.max_premium_share,
        }

    @property
    def unknown(self) -> Literal["error", "warn"]:
        """What an unpriced or unreported call is: as set, else an error under `enforce` alone."""
        return self.explicit_unknown or ("error" if self.mode == "enforce" else "warn")

    @property
    def stale(self) -> Literal["estimate", "fail"]:
        """What a recording of a changed request does."""
        return self.explicit_stale or "estimate"

    @property
    def unassigned_budget(self) -> Limit | None:
        """The ceiling set for charges that belong to no SPEC; it is one of `limits`."""
        ours = (limit for limit in self.limits if limit.subject == UNASSIGNED)
        return next(ours, None)

    def ceiling_of(self, spec: str) -> Limit | None:
        """Return the ceiling that *spec* is held to: its own, else that of every SPEC, or None."""
        ours = {limit.subject: limit for limit in self.limits if limit.scope == "spec"}
        return ours.get(spec, ours.get(None))

    def origin_of(self, key: str) -> str:
        """Return where *key* was set, as the user wrote it, or `by default`."""
        return self.origins.get(key, _BY_DEFAULT)


def is_switched_off(environment: Mapping[str, str]) -> bool:
    """Tell whether the gate is switched off, whatever else the settings say."""
    return _disabled(environment, [])


def _path_origins(understood: Iterable[_Understood]) -> dict[str, str]:
    """Return where each glob of `spec_by_path` was set."""
    rules = ((given, value) for given, value in understood if given.key == _BY_PATH)
    return {value[0]: given.origin for given, value in rules if isinstance(value, tuple)}


def read_settings(
    *,
    options: Mapping[str, object],
    environment: Mapping[str, str],
    rootdir: Path,
    flags: str = FLAGS,
) -> Settings:
    """Read everything that was set.

    Args:
        options: What argparse stored, by `dest`: None where not given, text, a list of texts for
            a repeatable option, True for a flag.  Names that are not ours are left alone.
        environment: The variables of the process.
        rootdir: The folder that holds the file of settings, if there is one.
        flags: How options begin where they were typed: `--spec-` for pytest, `--` for a command.

    Raises:
        SettingError: With every problem there is, each quoting where it was set.
    """
    problems: list[str] = []
    misnamed: list[str] = []
    written = in_file(rootdir, problems, misnamed)
    given = [*on_command_line(options, flags), *in_environment(environment), *written]
    understood = [*_understood(given, problems)]
    settings = Settings(
        limits=_limits(understood, problems),
        disabled=_disabled(environment, problems),
        asked=bool(given or misnamed),
        notes=(*strangers(environment), *misnamed),
        origins=_origins(given),
        path_origins=_path_origins(understood),
        **_fields(understood),
    )
    problems += _contradictions(settings)
    if problems:
        raise SettingError(problems)
    unpriced = host_notes(settings.hosts, has_overlays=bool(settings.prices))
    return replace(settings, notes=(*settings.notes, *unpriced))


def _understood(given: Iterable[Given], problems: list[str]) -> Iterator[_Understood]:
    for each in given:
        try:
            yield each, parse(each)
        except ValueError as error:
            problems.append(f"{each.origin}: {error}")


def _limits(understood: Iterable[_Understood], problems: list[str]) -> tuple[Limit, ...]:
    """Choose the first place of each scope and subject.

    Two of them in one file or variable are a problem.  On the command line the last one holds, as
    with pytest's own options, so that what is typed overrides `addopts`.
    """
    seen: dict[tuple[Place, Scope, str | None], Limit] = {}
    for given, limit in understood:
        if isinstance(limit, Limit):
            key = (given.place, limit.scope, limit.subject)
            if given.place != "command line" and key in seen:
                problems.append(f"{given.origin}: {_twice(limit, seen[key])}")
            seen[key] = limit
    chosen: dict[tuple[Scope, str | None], Limit] = {}
    for limit in seen.values():
        chosen.setdefault((limit.scope, limit.subject), limit)
    return tuple(chosen.values())


def _twice(limit: Limit, first: Limit) -> str:
    scope = "SPEC" if limit.scope == "spec" else limit.scope
    subject = f"each {scope}" if limit.subject is None else f'{scope} "{limit.subject}"'
    return f"{subject} has a ceiling already, from {first.origin}; keep one of them"


def _fields(understood: Iterable[_Understood]) -> dict[str, Any]:
    """Return the fields of `Settings` that are no ceilings, each from the first place with it."""
    places: dict[str, Place] = {}
    values: dict[str, list[object]] = {}
    for given, value in understood:
        first = places.setdefault(given.key, given.place)
        if first == given.place and not isinstance(value, Limit):
            values.setdefault(given.key, []).append(value)
    return {
        _FIELD_NAMES.get(key, key): tuple(several) if key in _SEVERAL else several[0]
        for key, several in values.items()
    }


def _origins(given: Iterable[Given]) -> dict[str, str]:
    origins: dict[str, str] = {}
    for each in given:
        origins.setdefault(each.key, each.origin)
    return origins


def _disabled(environment: Mapping[str, str], problems: list[str]) -> bool:
    text = environment.get(DISABLE, "")
    try:
        return bool(text) and parse_switch(text)
    except ValueError as error:
        problems.append(f"{DISABLE}={text}: {error}")
        return False


def _contradictions(settings: Settings) -> Iterator[str]:
    if settings.repeats > 1 and settings.record in ("once", "new", "all"):
        places = f"{settings.origin_of('repeats')} and {settings.origin_of('record')}"
        yield f"{places}: {_RECORDED_TWICE}"
    if settings.alert_warning > settings.alert_critical:
        origins = (settings.origins.get(key) for key in ("alert_warning", "alert_critical"))
        yield f"{' and '.join(filter(None, origins))}: {_ALERTS_CROSSED}"
    taken: dict[Path, ReportTarget] = {}
    for report in settings.reports:
        first = taken.setdefault(report.path, report)
        if first is not report:
            yield f"{report.origin}: {report.path} is written by {first.origin}; choose another"
