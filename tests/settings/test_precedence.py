from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.providers import HostRule
from pytest_specbudget.settings.asked import may_be_asked
from pytest_specbudget.settings.settings import Limit, PriceAt
from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.table import Option

    Read = Callable[..., Settings]

OPTION = {option.key: option for option in OPTIONS}


def ceiling(settings: Settings, scope: str, subject: str | None = None) -> str | None:
    found = (
        str(limit.ceiling)
        for limit in settings.limits
        if (limit.scope, limit.subject) == (scope, subject)
    )
    return next(found, None)


def instant(settings: Settings) -> str:
    return str(settings.price_at.time or settings.price_at.kind)


def prices(settings: Settings) -> list[str]:
    return [path.name for path in settings.prices]


def same(value: object) -> tuple[Any, Any]:
    return value, value


def formats(settings: Settings) -> list[str]:
    return [report.format for report in settings.reports]


class Rung(NamedTuple):
    """A setting: how to look at it, then (as written, as it holds) for each place, and default."""

    key: str
    held: Callable[[Settings], object]
    command_line: tuple[object, object]
    environment: tuple[str, object]
    file: tuple[str, object]
    default: object = None


LADDER = [
    Rung("budget", lambda s: ceiling(s, "spec"), ("3", "3"), ("2.00", "2"), ("1.50", "1.5")),
    Rung("session_budget", lambda s: ceiling(s, "session"), ("3", "3"), ("$2", "2"), ("1", "1")),
    Rung("test_budget", lambda s: ceiling(s, "test"), ("3", "3"), ("2", "2"), ("0.1", "0.1")),
    Rung("command_budget", lambda s: ceiling(s, "command"), ("3", "3"), ("2", "2"), ("1", "1")),
    Rung("stage_budget", lambda s: ceiling(s, "stage"), ("3", "3"), ("2", "2"), ("'$1'", "1")),
    Rung("day_budget", lambda s: ceiling(s, "day"), ("3", "3"), ("$2", "2"), ("1", "1")),
    Rung("month_budget", lambda s: ceiling(s, "month"), ("3", "3"), ("$2", "2"), ("1", "1")),
    Rung(
        "stop_loss",
        lambda s: s.stop_loss,
        (True, True),
        ("0", False),
        ("true", True),
        default=False,
    ),
    Rung("judge", lambda s: s.judge, same("list"), same("billed"), ("'list'", "list"), "list"),
    Rung(
        "mode",
        lambda s: s.mode,
        same("observe"),
        same("warn"),
        ("'enforce'", "enforce"),
        "observe",
    ),
    Rung("unknown", lambda s: s.unknown, same("error"), same("warn"), ("'error'", "error"), "warn"),
    Rung(
        "on_inconclusive",
        lambda s: s.on_inconclusive,
        same("pass"),
        same("warn"),
        ("'pass'", "pass"),
        "fail",
    ),
    Rung(
        "price_at",
        instant,
        same("now"),
        same("recorded"),
        ("2026-11-21", "2026-11-21 00:00:00+00:00"),
        "catalogue",
    ),
    Rung("prices", prices, ("a", ["a"]), ("b,c", ["b", "c"]), ("['d', 'e']", ["d", "e"]), []),
    Rung("record", lambda s: s.record, same("all"), same("new"), ("'off'", "off")),
    Rung(
        "stale", lambda s: s.stale, same("fail"), same("estimate"), ("'fail'", "fail"), "estimate"
    ),
    Rung(
        "volatile",
        lambda s: [path.text for path in s.volatile],
        ("$.a", ["$.a"]),
        ("$.b,$.c", ["$.b", "$.c"]),
        ("['$.d']", ["$.d"]),
        [],
    ),
    Rung(
        "known_stale",
        lambda s: s.known_stale and s.known_stale.name,
        ("a.toml", "a.toml"),
        ("b.toml", "b.toml"),
        ("'c.toml'", "c.toml"),
    ),
    Rung("forbid_live", lambda s: s.forbid_live, (True, True), ("0", False), ("true", True)),
    Rung(
        "baseline",
        lambda s: str(s.baseline),
        ("a.json", "a.json"),
        same("git:origin/main"),
        ("'git:HEAD~1'", "git:HEAD~1"),
        "None",
    ),
    Rung(
        "max_regression",
        lambda s: s.max_regression,
        ("10", 10),
        ("2.5%", Fraction(5, 2)),
        ("0", 0),
    ),
    Rung(
        "strict_baseline",
        lambda s: s.strict_baseline,
        (True, True),
        ("0", False),
        ("true", True),
        default=False,
    ),
    Rung(
        "save_baseline",
        lambda s: s.save_baseline and s.save_baseline.name,
        ("a.json", "a.json"),
        ("b.json", "b.json"),
        ("'c.json'", "c.json"),
    ),
    Rung("repeats", lambda s: s.repeats, ("3", 3), ("2", 2), ("5", 5), 1),
    Rung(
        "history",
        lambda s: s.history and s.history.name,
        ("a", "a"),
        ("b", "b"),
        ("'c'", "c"),
    ),
    Rung("max_drift", lambda s: s.max_drift, ("10", 10), ("2.5%", Fraction(5, 2)), ("0", 0)),
    Rung("min_quality", lambda s: s.min_quality, ("1", 1), ("0.5", Fraction(1, 2)), ("0", 0)),
    Rung("min_agreement", lambda s: s.min_agreement, ("1", 1), ("0.5", Fraction(1, 2)), ("0", 0)),
    Rung("min_pass_rate", lambda s: s.min_pass_rate, ("1", 1), ("0.5", Fraction(1, 2)), ("0", 0)),
    Rung("model", lambda s: s.model, same("a"), same("b"), ("'c'", "c")),
    Rung(
        "route",
        lambda s: s.route,
        same("premium"),
        same("table"),
        ("'premium'", "premium"),
        "table",
    ),
    Rung(
        "routing",
        lambda s: s.routing and s.routing.name,
        ("a.toml", "a.toml"),
        ("b.toml", "b.toml"),
        ("'c.toml'", "c.toml"),
    ),
    Rung(
        "report",
        formats,
        ("json:a", ["json"]),
        ("markdown:b,junit:c", ["markdown", "junit"]),
        ("'junit:d'", ["junit"]),
        [],
    ),
]


def test_every_option_is_on_the_ladder() -> None:
    assert [rung.key for rung in LADDER] == list(OPTION)


@pytest.mark.parametrize("rung", [pytest.param(rung, id=rung.key) for rung in LADDER])
def test_command_line_beats_environment_beats_file_beats_default(read: Read, rung: Rung) -> None:
    option = OPTION[rung.key]
    options = {option.dest: as_stored(option, rung.command_line[0])}
    environment = {option.variable: rung.environment[0]}
    file = f"{rung.key} = {rung.file[0]}"

    assert (
        rung.held(read(options=options, environment=environment, file=file))
        == (rung.command_line[1])
    )
    assert rung.held(read(environment=environment, file=file)) == rung.environment[1]
    assert rung.held(read(file=file)) == rung.file[1]
    assert rung.held(read(file="")) == rung.default


def as_stored(option: Option, value: object) -> object:
    return [value] if option.repeatable else value


def test_a_ceiling_for_one_spec_leaves_the_general_one_standing(read: Read) -> None:
    settings = read(
        options={"spec_budget": ["SPEC-A=3"]},
        environment={"SPECBUDGET_BUDGET": "SPEC-A=9,SPEC-B=4"},
        file='budget = "2.00"\nbudgets = { SPEC-B = 9, SPEC-C = 5 }',
    )

    assert {limit.subject: str(limit.ceiling) for limit in settings.limits} == {
        "SPEC-A": "3",
        "SPEC-B": "4",
        None: "2",
        "SPEC-C": "5",
    }


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("spec_by_path", "{ 'tests/a/**' = 'A' }", (("tests/a/**", "A"),)),
        ("alert_warning", "0.75", Fraction(3, 4)),
        ("alert_critical", "1", Fraction(1)),
        ("marker", "'cost'", "cost"),
        ("prices_as_of", "2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("prices_as_of", "'2026-11-21T10:00:00+01:00'", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("prices_as_of", "2026-11-21T09:00:00", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("cassettes", "'all'", "all"),
        ("count_mocked", "true", True),
    ],
)
def test_what_only_the_file_can_set_comes_from_the_file(
    read: Read, key: str, text: str, value: object
) -> None:
    assert getattr(read(file=f"{key} = {text}"), key) == value


def test_every_setting_of_the_file_works_as_its_example_in_the_reference_says(read: Read) -> None:
    settings = read(file="\n".join(setting.example for setting in SETTINGS_ONLY))

    assert set(settings.origins) == {setting.key for setting in SETTINGS_ONLY}


def test_a_host_rule_keeps_what_was_declared_and_where(read: Read) -> None:
    settings = read(file='hosts."*.Corp" = { provider = "openai", models = { "fast-1" = "?" } }')

    (rule,) = settings.hosts
    assert isinstance(rule, HostRule)
    assert (rule.pattern, rule.provider, rule.free) == ("*.corp", "openai", None)
    assert dict(rule.models) == {"fast-1": "?"}
    assert rule.origin == (
        'hosts."*.Corp" = { provider = "openai", models = { fast-1 = "?" } }'
        " in specbudget.toml, line 1"
    )


def test_paths_in_the_file_start_at_rootdir_and_others_are_as_given(
    read: Read, tmp_path: Path
) -> None:
    file = "cassette_dir = 'c'\nreport = ['json:r.json']\nprices = '/abs/p.toml'"
    in_file = read(file=file)
    elsewhere = read(
        options={"spec_prices": ["p.toml"]}, environment={"SPECBUDGET_REPORT": "json:r"}
    )

    assert in_file.cassette_dir == tmp_path / "c"
    assert in_file.reports[0].path == tmp_path / "r.json"
    assert in_file.prices == (tmp_path / "/abs/p.toml",)
    assert elsewhere.prices == (Path("p.toml"),)
    assert elsewhere.reports[0].path == Path("r")


def test_a_report_path_may_hold_a_colon(read: Read) -> None:
    settings = read(options={"spec_report": ["json:C:\\out\\r.json"]})

    assert str(settings.reports[0].path) == "C:\\out\\r.json"


@pytest.mark.parametrize(
    ("file", "mode", "unknown", "origin"),
    [
        pytest.param("", "observe", "warn", "by default", id="nothing set observes"),
        pytest.param(
            "test_budget = 1",
            "enforce",
            "error",
            "test_budget = 1 in specbudget.toml, line 1",
            id="any ceiling enforces",
        ),
        pytest.param(
            "budget = 1\nmode = 'warn'",
            "warn",
            "warn",
            'mode = "warn" in specbudget.toml, line 2',
            id="an explicit mode wins over a ceiling",
        ),
        pytest.param(
            "budget = 1\nunknown = 'warn'",
            "enforce",
            "warn",
            "budget = 1 in specbudget.toml, line 1",
            id="an explicit unknown wins over the mode",
        ),
    ],
)
def test_the_mode_follows_from_ceilings_unless_it_is_set(
    read: Read, file: str, mode: str, unknown: str, origin: str
) -> None:
    settings = read(file=file)

    assert (settings.mode, settings.unknown, settings.mode_origin) == (mode, unknown, origin)


def test_the_ceiling_of_unassigned_charges_is_a_limit_like_others(read: Read) -> None:
    settings = read(file="unassigned_budget = 0.25")

    expected = Limit(
        scope="spec",
        subject="(unassigned)",
        ceiling=Money.parse("0.25"),
        origin="unassigned_budget = 0.25 in specbudget.toml, line 1",
    )
    assert settings.limits == (expected,)
    assert settings.unassigned_budget == expected


NOTHING = [
    pytest.param({}, id="nothing"),
    pytest.param({"options": {"spec_budget": None, "spec_forbid_live": False}}, id="unset options"),
    pytest.param({"options": {"keyword": "x", "spec_other": "1"}}, id="other people's options"),
    pytest.param({"environment": {"SPECBUDGET_CONFORMANCE": "x"}}, id="our own test material"),
]

NOTHING_AT_SECOND_SIGHT = [
    pytest.param({"environment": {"SPECBUDGET_DISABLE": "1"}}, id="the kill switch alone"),
    pytest.param({"environment": {"SPECBUDGET_BUGDET": "1"}}, id="a stray variable"),
    pytest.param({"file": ""}, id="an empty file"),
]

SOMETHING = [
    pytest.param({"options": {"spec_record": "none"}}, id="an option"),
    pytest.param({"options": {"spec_forbid_live": True}}, id="a flag"),
    pytest.param({"environment": {"SPECBUDGET_MODE": "warn"}}, id="a variable"),
    pytest.param({"file": "marker = 'cost'"}, id="a key in the file"),
]


def at(rootdir: Path, places: dict[str, Any]) -> dict[str, Any]:
    return {"options": {}, "environment": {}, "rootdir": rootdir} | places


@pytest.mark.parametrize("places", NOTHING + NOTHING_AT_SECOND_SIGHT)
def test_nothing_was_asked(read: Read, places: dict[str, Any]) -> None:
    assert not read(**places).asked


@pytest.mark.parametrize("places", NOTHING)
def test_a_bare_start_need_not_read_settings(tmp_path: Path, places: dict[str, Any]) -> None:
    assert not may_be_asked(**at(tmp_path, places))


@pytest.mark.parametrize("places", SOMETHING)
def test_something_was_asked(read: Read, tmp_path: Path, places: dict[str, Any]) -> None:
    settings = read(**places)

    assert settings.asked
    places = {place: what for place, what in places.items() if place != "file"}
    assert may_be_asked(**at(tmp_path, places))


@pytest.mark.parametrize("text", ["1", "true", "TRUE"])
def test_the_kill_switch_is_thrown(read: Read, text: str) -> None:
    assert read(environment={"SPECBUDGET_DISABLE": text}).disabled


@pytest.mark.parametrize("text", ["0", "false", ""])
def test_the_kill_switch_is_not_thrown(read: Read, text: str) -> None:
    assert not read(environment={"SPECBUDGET_DISABLE": text}).disabled


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("SPECBUDGET_BUGDET", 'did you mean "SPECBUDGET_BUDGET"?'),
        ("SPECBUDGET_MARKER", '"marker" can only be set in the file, in [tool.specbudget]'),
        ("SPECBUDGET_ZZZ", "no setting has such a name"),
    ],
)
def test_a_stray_variable_is_noted_and_stops_nobody(read: Read, name: str, note: str) -> None:
    settings = read(environment={name: "1", "SPECBUDGET_CONFORMANCE": "x", "HOME": "y"})

    assert settings.notes == (f"{name} is set in the environment and has no effect; {note}",)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T09:30:00Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21t09:30:00z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21T09:30:00", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21T09:30:00+02:00", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_utc(read: Read, text: str, time: datetime) -> None:
    settings = read(options={"spec_price_at": text})

    assert settings.price_at == PriceAt(kind="time", time=time)


def test_each_glob_of_spec_by_path_remembers_where_it_was_set(read: Read) -> None:
    settings = read(file="[spec_by_path]\n'./tests/a/**' = 'A'\n'tests/b/**' = 'B'")

    assert settings.path_origins == {
        "tests/a/**": 'spec_by_path."./tests/a/**" = "A" in specbudget.toml, line 2',
        "tests/b/**": 'spec_by_path."tests/b/**" = "B" in specbudget.toml, line 3',
    }
