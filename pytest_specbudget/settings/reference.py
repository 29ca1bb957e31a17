"""docs/configuration.md, made from the table of settings."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.settings.table import Option

__all__ = ["render_configuration"]

_HEAD = """\
# Configuration

<!-- Made by ci/generate_docs.py from pytest_specbudget/settings; change it there. -->

Each setting is looked for on the command line, then in the environment, then in the file.
The first place that has it wins.
Ceilings are looked for one by one: `--spec-budget=SPEC-A=3` leaves a general `budget` in the file
standing for all other SPECs.
Of several ceilings for the same thing on the command line the last one holds, so that what you
type overrides pytest's `addopts`.
In one file or one variable, two ceilings for the same thing are an error.

The file is the table `[tool.specbudget]` in the `pyproject.toml` of pytest's rootdir.
A `specbudget.toml` beside it, where the same keys stand at the top, does as well; settings in both
are a usage error.
As with pytest's own settings one folder is read, and nothing is merged.
Where pytest chooses another rootdir, because a package has a `pytest.ini` of its own or lacks one,
settings that lie above it in the repository, or between it and what pytest was started for, do not
hold, and the run says so with both files.
A table or file of its own in the rootdir, even an empty one, says that this is meant.

A setting that makes no sense ends the run with status 4 before the first test, even if another
place overrides it.
All such problems are told at once, but for two kinds that come later, each by itself: price
files that cannot be read, once the settings are sound, and markers, once the tests are collected.

* An amount is US dollars of 0 or more, with at most 18 decimal places: `2`, `2.00`, `$2.00`.
  A number in the file is read as the exact decimal that it shows.
* A repeatable option is given several times on the command line and with commas between in the
  environment.
  In the file, paths and reports stand in an array, and single ceilings in a table of their own.
* A relative path in the file starts at the rootdir, elsewhere at the current directory.
* A time is `2026-11-21` (its first moment) or `2026-11-21T09:30:00Z`; without an offset it is UTC.
* A flag is `1`, `0`, `true` or `false` in the environment, and `true` or `false` in the file.
* `SPECBUDGET_DISABLE=1` switches the gate off, and the run says so: nothing is metered or judged,
  no report is written, and `--spec-forbid-live` is lifted too.
  Settings that make no sense are told, and neither they nor markers end the run.
  What a test spends is then unknown and not 0: one that looks at a figure of `spec_spend` is
  skipped, and `spec_spend.under()` holds its block to nothing.
  Cassettes still answer, and a request that one of them lacks still fails its test.
  Any other variable that starts with `SPECBUDGET_` and is not listed here is mentioned and has no
  effect.
"""

_OPTION_HEAD = """\
| option | environment | key in the file | meaning | default |
|---|---|---|---|---|
"""

_FILE_HEAD = """\
## In the file alone

| key | meaning | default | example |
|---|---|---|---|
"""

_TAIL = """\
## Which price counts

| `--spec-price-at` | a replayed call is priced at | a live call is priced at |
|---|---|---|
| `catalogue`, or not given | `prices_as_of`, or the catalogue's date | the time when it is sent |
| `recorded` | the date of its recorded answer, or as `catalogue` | the time when it is sent |
| `now` | the time when it is replayed | the time when it is sent |
| a TIME | that time | that time |

Where a price depends on the hour or the weekday, those of the recorded answer count, or of the
time in this table where it tells no date.

## Recording modes

| `--spec-record` | a request that the cassette holds | a request that it does not hold |
|---|---|---|
| not given, with a cassette | is replayed | is refused: `cassette-miss` |
| not given, without a cassette | | is live, or refused under `--spec-forbid-live` |
| `off` | is live: no cassette of ours is opened | is live |
| `none` | is replayed | is refused |
| `once` | is replayed | is refused; without a cassette, it is sent and recorded |
| `new` | is replayed | is sent and recorded |
| `all` | is sent and recorded anew | is sent and recorded |

The new recording of `all` takes the place of the old one only if the test passes.
Where there was no old one, the new one is kept.
What `once` would record is refused where a recording without a test answers it: that test was
renamed, and need not be paid for again.

## Paths and SPECs

A test without a marker belongs to the SPEC that `spec_by_path` gives its module.
Globs are relative to the rootdir, with `/` between folders on every system, and with case.
`*` stands for any characters within one name and `?` for one of them, `**` for any number of
folders, and a `/` at the end for all that the folder holds.
Where several match, the one with the most characters that are not wildcards wins, and of equals
the later one.
A glob that matches no test of the whole suite is told (`path-unused`).

## Hosts

An entry of `hosts` says what answers at a host; `*` stands for any part of its name, which has no
scheme, port or path.
The first entry that covers a host holds.
A host that is no provider's and has neither `provider` nor `free` gets the prices of the provider
whose format it speaks, and the run says so in a note, but for loopback.

| key | meaning | example |
|---|---|---|
| `provider` | whose prices count | `provider = "openai"` |
| `models` | what its aliases stand for | `models = { "fast-1" = "gpt-5-mini" }` |
| `free` | why it costs nothing | `free = "our own machine"` |
| `bound_usd` | the most that one call costs: one amount, or one for each model or glob of \
models, of which the first that fits the model asked for holds | \
`bound_usd = { "gpt-5*" = "0.05", "*" = "0.20" }` |
| `estimate` | how tokens are estimated where an answer tells none; the one method is `chars/4` | \
`estimate = "chars/4"` |

A call whose cost nobody knows (no price, no token counts, counts cut off, no answer) and that has
a bound counts as an interval: from what is known of its cost to the bound.
Every ceiling that covers it judges the upper end, reports show both, and the run is warned
(`usage-bounded`).
A bound is also the worst case of a call under `--spec-stop-loss`, unless its request allows for
less.
Once a call came to cost more than that, no call of that model at that host is reckoned to cost
less.

With `estimate = "chars/4"`, an answer that came whole and told no counts is taken to have consumed
one token for every four characters of the texts in the request, rounded up, and likewise of the
texts in the answer or in the deltas of its stream.
Images, sound, files and the descriptions of tools are no texts and not in it.
An estimate counts as the cost of the call, wins over a bound, and is marked `estimated` wherever
it shows; there is one warning for each model (`usage-estimated`).
Where the texts of an answer are not found, nothing is estimated.
"""


def render_configuration() -> str:
    """Return the whole page, as Markdown that ends in a line break."""
    return "\n".join([_HEAD, *_sections(), _FILE_HEAD + _file_rows(SETTINGS_ONLY), _TAIL])


def _sections() -> Iterator[str]:
    for section, options in groupby(OPTIONS, key=lambda option: option.section):
        rows = "".join(map(_option_row, options))
        yield f"## {section}\n\n{_OPTION_HEAD}{rows}"


def _option_row(option: Option) -> str:
    form = option.flag_name if option.flag else f"{option.flag_name}={option.metavar}"
    meaning = f"{option.help} Repeatable." if option.repeatable else option.help
    return _row(f"`{form}`", f"`{option.variable}`", f"`{option.key}`", meaning, option.default)


def _file_rows(settings: Iterable[Option]) -> str:
    return "".join(
        _row(f"`{setting.key}`", setting.help, setting.default, f"`{setting.example}`")
        for setting in settings
    )


def _row(*cells: str) -> str:
    """Write a row; within a cell, `|` would end it."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
