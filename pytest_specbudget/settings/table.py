"""The settings table: every name that a user can set, with one line of help each.

`pytest --help`, the reader of settings and docs/configuration.md are all made from it.  It says
what there is and nothing of what it means, and it imports nothing that `pytest` has not imported
already, because every bare `pytest` start reads it.

Why an option is a named tuple and no dataclass: making that class takes 0.05 ms instead of 0.65.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["FLAGS", "OPTIONS", "SETTINGS_ONLY", "Kind", "Option"]

FLAGS = "--spec-"
"""How the options of pytest that are ours begin."""

Kind = Literal[
    "limit",
    "choice",
    "instant",
    "moment",
    "path",
    "report",
    "switch",
    "share",
    "threshold",
    "marker",
    "note",
    "path rule",
    "host rule",
    "json path",
    "baseline",
    "percent",
    "count",
]
"""How a value is written; `parsing` has a parser for each."""


class Option(NamedTuple):
    """Something that a user can set.

    Attributes:
        key: Its name in the file: `session_budget`.
        kind: How its value, or each entry of its table, is written.
        help: One line, without `%`, which argparse would expand.
        section: The heading that it stands under in the reference; empty for `SETTINGS_ONLY`.
        metavar: What its value on the command line looks like; empty for a flag.
        default: What holds if nobody sets it, in words.
        choices: The words that it accepts, if only these.
        repeatable: Whether it may be given more than once; in the environment with commas.
        flag: Whether it takes no value on the command line.
        table: Whether it is a table of entries in the file, each with a name.
        example: As it would stand in the file; for `SETTINGS_ONLY`.
    """

    key: str
    kind: Kind
    help: str
    section: str = ""
    metavar: str = ""
    default: str = "none"
    choices: tuple[str, ...] = ()
    repeatable: bool = False
    flag: bool = False
    table: bool = False
    example: str = ""

    @property
    def flag_name(self) -> str:
        """Its name on the command line: `--spec-session-budget`."""
        return FLAGS + self.key.replace("_", "-")

    @property
    def dest(self) -> str:
        """Where argparse stores it: `spec_session_budget`."""
        return "spec_" + self.key

    @property
    def variable(self) -> str:
        """Its environment variable: `SPECBUDGET_SESSION_BUDGET`."""
        return "SPECBUDGET_" + self.key.upper()

    @property
    def takes_array(self) -> bool:
        """Whether the file may hold an array of it; several ceilings stand in a table instead."""
        return self.repeatable and self.kind != "limit"


_CEILINGS = "Ceilings"
_JUDGING = "Judging"
_PRICES = "Prices"
_RECORDING = "Recording"
_COMPARING = "Comparing"
_HISTORY = "History"
_QUALITY = "Quality"
_ROUTING = "Routing"
_REPORTS = "Reports"


_FORMATS = ("json", "markdown", "comment", "junit", "sarif", "github", "gitlab", "gitlab-metrics")


def _choice(key: str, section: str, text: str, choices: tuple[str, ...], default: str) -> Option:
    return Option(
        key=key,
        kind="choice",
        section=section,
        help=text,
        metavar="|".join(choices),
        default=default,
        choices=choices,
    )


OPTIONS: tuple[Option, ...] = (
    Option(
        key="budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD|SPEC-ID=USD",
        repeatable=True,
        help="Ceiling for each SPEC in US dollars, or for the one that is named.",
    ),
    Option(
        key="session_budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD",
        help="Ceiling for the whole run.",
    ),
    Option(
        key="test_budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD",
        help="Ceiling for each test.",
    ),
    Option(
        key="command_budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD|COMMAND=USD",
        repeatable=True,
        help="Ceiling for each command, or for the one that is named.",
    ),
    Option(
        key="stage_budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD|STAGE=USD",
        repeatable=True,
        help="Ceiling for each stage, or for the one that is named.",
    ),
    Option(
        key="day_budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD",
        help="Ceiling for what is billed on a calendar day (UTC), this run and the history "
        "together.",
    ),
    Option(
        key="month_budget",
        kind="limit",
        section=_CEILINGS,
        metavar="USD",
        help="Ceiling for what is billed in a calendar month (UTC), likewise.",
    ),
    Option(
        key="stop_loss",
        kind="switch",
        section=_CEILINGS,
        flag=True,
        default="`false`",
        help="Make ceilings hard: refuse a live model call that could break one, before it is "
        "sent.",
    ),
    _choice(
        "judge",
        _JUDGING,
        "What ceilings judge: published prices, or what the provider bills (0 for a replay).",
        ("list", "billed"),
        "`list`",
    ),
    _choice(
        "mode",
        _JUDGING,
        "Whether a breach is only shown, warned about, or fails the run.",
        ("observe", "warn", "enforce"),
        "`enforce` if any ceiling is set, else `observe`",
    ),
    _choice(
        "unknown",
        _JUDGING,
        "What a model call without a price or without reported usage is.",
        ("error", "warn"),
        "`error` under `enforce`, else `warn`",
    ),
    _choice(
        "on_inconclusive",
        _JUDGING,
        "What a gate that cannot be computed does.",
        ("fail", "warn", "pass"),
        "`fail`",
    ),
    Option(
        key="price_at",
        kind="instant",
        section=_PRICES,
        metavar="catalogue|recorded|now|TIME",
        default="`catalogue` for replayed calls; a live one is priced when it is made",
        help="The instant whose prices count; TIME is RFC 3339, and UTC where it has no offset.",
    ),
    Option(
        key="prices",
        kind="path",
        section=_PRICES,
        metavar="PATH",
        repeatable=True,
        help="A price file (TOML) laid over the catalogue; a later one lies on top.",
    ),
    _choice(
        "record",
        _RECORDING,
        "How cassettes of ours record.",
        ("off", "none", "once", "new", "all"),
        "a test with a recording replays it; other calls are live",
    ),
    _choice(
        "stale",
        _RECORDING,
        "What a recording that answers a changed request does: the call is priced as it would be "
        "now and the run fails once, or the call fails.",
        ("estimate", "fail"),
        "`estimate`; recordings of another plugin only warn",
    ),
    Option(
        key="volatile",
        kind="json path",
        section=_RECORDING,
        metavar="JSONPATH",
        repeatable=True,
        help="A place in request bodies that does not count when a recording is looked for.",
    ),
    Option(
        key="known_stale",
        kind="path",
        section=_RECORDING,
        metavar="PATH",
        default="`specbudget-stale.toml` in pytest's rootdir",
        help="The file of recordings that are known to be stale and are not judged.",
    ),
    Option(
        key="forbid_live",
        kind="switch",
        section=_RECORDING,
        flag=True,
        default="where `CI` is set, on for tests that ask for `spec_cassette`",
        help="Refuse every metered model call that would leave the process.",
    ),
    Option(
        key="baseline",
        kind="baseline",
        section=_COMPARING,
        metavar="PATH|git:REV",
        help="What the run may not be dearer than: a stored baseline, or the recordings of the "
        "merge base with a git revision.",
    ),
    Option(
        key="max_regression",
        kind="percent",
        section=_COMPARING,
        metavar="PCT",
        default="strict on calls, models and input tokens; answers 10 % or $0.01 longer",
        help="By how many percent the run, a SPEC, stage, model or test may be dearer than its "
        "baseline.",
    ),
    Option(
        key="strict_baseline",
        kind="switch",
        section=_COMPARING,
        flag=True,
        default="`false`",
        help="Fail tests that the baseline lacks, and a run without a baseline.",
    ),
    Option(
        key="save_baseline",
        kind="path",
        section=_COMPARING,
        metavar="PATH",
        help="Store what the run consumed as a baseline, if it passes.",
    ),
    Option(
        key="repeats",
        kind="count",
        section=_COMPARING,
        metavar="N",
        default="`1`",
        help="Run every test so many times, so that live runs can be compared by statistics.",
    ),
    Option(
        key="history",
        kind="path",
        section=_HISTORY,
        metavar="PATH",
        help="Recorded usage: a history, a journal or a folder of them; it is priced again, and "
        "what was billed counts for day and month, beside the journals in `.specbudget/journal`.",
    ),
    Option(
        key="max_drift",
        kind="percent",
        section=_HISTORY,
        metavar="PCT",
        default="`10` where `history` is given",
        help="By how many percent prices may have moved what the history cost, in total or for a "
        "model, before the run fails; without `history`, what the project keeps.",
    ),
    Option(
        key="min_quality",
        kind="threshold",
        section=_QUALITY,
        metavar="SHARE",
        help="The least mean quality score of the run and each SPEC, command and tier, 0 to 1.",
    ),
    Option(
        key="min_agreement",
        kind="threshold",
        section=_QUALITY,
        metavar="SHARE",
        help="The least mean agreement of the run and each SPEC, command and tier, 0 to 1.",
    ),
    Option(
        key="min_pass_rate",
        kind="threshold",
        section=_QUALITY,
        metavar="SHARE",
        help="The least share of tests that pass, of the run and each SPEC, command and tier, "
        "0 to 1.",
    ),
    Option(
        key="model",
        kind="note",
        section=_ROUTING,
        metavar="NAME",
        help="Ask this model of the routing table for everything that `spec_agent` does.",
    ),
    _choice(
        "route",
        _ROUTING,
        "Whether `spec_agent` follows the routing table, or asks premium models for everything.",
        ("table", "premium"),
        "`table`",
    ),
    Option(
        key="routing",
        kind="path",
        section=_ROUTING,
        metavar="PATH",
        default="the table that is shipped",
        help="The routing table: tiers, commands and models, as TOML.",
    ),
    Option(
        key="report",
        kind="report",
        section=_REPORTS,
        metavar="FORMAT:PATH",
        repeatable=True,
        choices=_FORMATS,
        help=f"Write a report to a file; FORMAT is {', '.join(_FORMATS[:-1])} or {_FORMATS[-1]}.",
    ),
)
"""What can be set in all three places."""

SETTINGS_ONLY: tuple[Option, ...] = (
    Option(
        key="budgets",
        kind="limit",
        table=True,
        help="Ceilings for single SPECs.",
        example='budgets = { "SPEC-KIT-070" = 2.00, "SPEC-KIT-071" = "$0.50" }',
    ),
    Option(
        key="command_budgets",
        kind="limit",
        table=True,
        help="Ceilings for single commands.",
        example="command_budgets = { plan = 0.50 }",
    ),
    Option(
        key="stage_budgets",
        kind="limit",
        table=True,
        help="Ceilings for single stages.",
        example="stage_budgets = { implement = 0.80 }",
    ),
    Option(
        key="unassigned_budget",
        kind="limit",
        help="Ceiling for all charges that belong to no SPEC, together.",
        example="unassigned_budget = 0.25",
        default="that of `budget`",
    ),
    Option(
        key="alert_warning",
        kind="share",
        help="The share of a ceiling at which a warning is shown, above 0 and at most 1.",
        example="alert_warning = 0.75",
        default="`0.80`",
    ),
    Option(
        key="alert_critical",
        kind="share",
        help="The share of a ceiling at which that warning is critical.",
        example="alert_critical = 0.95",
        default="`0.90`",
    ),
    Option(
        key="spec_by_path",
        kind="path rule",
        table=True,
        help="Which SPEC the tests below a path belong to; a marker wins.",
        example='spec_by_path = { "tests/billing/**" = "BILLING" }',
    ),
    Option(
        key="marker",
        kind="marker",
        help="The name of the marker, where `spec` belongs to another plugin.",
        example='marker = "cost_spec"',
        default="`spec`",
    ),
    Option(
        key="hosts",
        kind="host rule",
        table=True,
        help="What answers at a gateway or a self-hosted model, what its aliases stand for, the "
        "most that one call costs (`bound_usd`), and how tokens are estimated (`estimate`).",
        example='hosts."*.corp" = { provider = "openai", models = { "fast-1" = "gpt-5-mini" } }',
    ),
    Option(
        key="prices_as_of",
        kind="moment",
        help="The instant whose prices replayed calls have; a date means its first moment, UTC.",
        example='prices_as_of = "2026-11-21"',
        default="the catalogue's own `as_of`",
    ),
    Option(
        key="cassette_dir",
        kind="path",
        help="Where cassettes of ours are kept, relative to pytest's rootdir.",
        example='cassette_dir = "tests/cassettes"',
        default="`cassettes/` beside each test module",
    ),
    Option(
        key="cassette_note",
        kind="note",
        help="How the cassettes are made; a comment at the top of each new one.",
        example='cassette_note = "recorded from the staging gateway"',
        default="no comment",
    ),
    Option(
        key="cassettes",
        kind="choice",
        help="Which tests use cassettes of ours: those with our marker or `spec_cassette`, or all.",
        example='cassettes = "all"',
        default="`marked`",
        choices=("marked", "all"),
    ),
    Option(
        key="acks",
        kind="path",
        help="The file of regressions that were accepted on purpose (`specbudget ack`).",
        example='acks = "ci/specbudget-ack.toml"',
        default="`specbudget-ack.toml` in pytest's rootdir",
    ),
    Option(
        key="max_premium_share",
        kind="threshold",
        help="The largest share of all calls that may go to premium models of the routing table.",
        example="max_premium_share = 0.05",
    ),
    Option(
        key="count_mocked",
        kind="switch",
        help="Whether calls that a mock answered are judged like others.",
        example="count_mocked = true",
        default="`false`",
    ),
)
"""What stands in the file alone; without option and variable."""
