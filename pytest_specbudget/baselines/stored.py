"""A stored baseline: what a passing run consumed, in a file that is kept beside the code.

    {
    "schema": "specbudget-baseline/1",
    "packages": {
    "services/billing": {"sha256": "...", "as_of": "..."}
    },
    "tests": {
    "services/billing/tests/test_a.py::test_a": [
    {"spec": "BILLING", "host": "...", "reading": {...}, "list_cost": "0.0021", "times": 2}
    ]
    }
    }

Sorted, a line for each kind of call (`lines`), so that two branches rarely change the same line.
Tests are named from the root of the git repository: the packages of a monorepo share one file, and
none touches what is another's.  Costs are kept as they were, to show what a price change did; what
is compared is priced anew.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.baselines.lines import charges_of, lines_of
from pytest_specbudget.baselines.packages import ROOT
from pytest_specbudget.baselines.repricing import repriced
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.recordings.valuation import Quoter

__all__ = ["SCHEMA", "is_baseline", "read_baseline", "write_baseline"]

SCHEMA = "specbudget-baseline/1"

_Object = dict[str, Any]

_CONFLICT = "\n<<<<<<< "
_REMEDY = "store it anew with --spec-save-baseline"


def is_baseline(text: str) -> bool:
    """Tell whether *text* is meant to be a stored baseline, whatever its version."""
    return SCHEMA.partition("/")[0] in text[:200]


def write_baseline(
    path: Path,
    side: Side,
    *,
    package: str,
    prices: Mapping[str, str],
    ran: Container[str] | None = None,
) -> None:
    """Store what a run consumed; who calls this knows that the run passed.

    Args:
        path: The file.  What it holds of other packages is kept.
        side: The run.
        package: As `packages.package_of` names it.
        prices: What they were priced by: `sha256` and `as_of` of the catalogue.
        ran: The tests that the run was of, whose entries are replaced; or None, which replaces
            all of the package.

    Raises:
        BaselineError: If the file is damaged, or cannot be read or written.
    """
    stored = _read(path) if path.exists() else {"packages": {}, "tests": {}}
    tests = _by_test(package, side.charges)
    owners = {*stored["packages"], package}
    for key, lines in stored["tests"].items():
        mine = _owner(key, owners) == package
        if not mine or (ran is not None and _name(package, key) not in ran):
            tests.setdefault(key, [json.dumps(line) for line in lines])
    facts: _Object = {name: prices[name] for name in ("sha256", "as_of")}
    if side.repeats > 1:
        facts["repeats"] = side.repeats
    packages = stored["packages"] | {package: facts}
    _replace(path, "".join(_text(packages, tests)))


def read_baseline(path: Path, quote: Quoter, package: str | None = None) -> Side:
    """Read the base of a comparison, priced by *quote*.

    Args:
        path: The file.
        quote: Prices every call, by the catalogue and at the instant of the comparison.
        package: Whose tests are meant, which are then named as in its runs; or None for all, named
            from the root of the repository.

    Raises:
        BaselineError: If the file cannot be read, is damaged or of a later version, with the place.
    """
    stored = _read(path)
    if package is not None and package not in stored["packages"]:
        known = ", ".join(sorted(stored["packages"])) or "nothing"
        note = f'{path} holds nothing of the package "{package}" (it holds: {known})'
        return Side(name=str(path), charges=(), notes=(note,))
    ids = (f"{path}#{number}" for number in count(1))
    as_stored = [*_charges(stored, path, package, ids)]
    charges = tuple(repriced(charge, quote) for charge in as_stored)
    own_costs = {
        then.id: then.list_cost
        for then, now in zip(as_stored, charges, strict=True)
        if then.list_cost is not None and then.list_cost != now.list_cost
    }
    notes = tuple(_price_notes(stored, path, package)) if own_costs else ()
    return Side(
        name=str(path),
        charges=charges,
        own_costs=own_costs,
        notes=notes,
        repeats=_repeats(stored, path, package),
    )


def _repeats(stored: _Object, path: Path, package: str | None) -> int:
    """Return how often tests ran; packages that were repeated differently have no common answer."""
    packages = stored["packages"]
    told = packages.values() if package is None else [packages[package]]
    found = {facts.get("repeats", 1) for facts in told}
    if len(found) == 1 and isinstance(repeats := found.pop(), int) and repeats >= 1:
        return repeats
    if not told:
        return 1
    raise _damaged(path, f'"repeats" is not the same whole number everywhere: {found or "?"}')


def _price_notes(stored: _Object, path: Path, package: str | None) -> Iterator[str]:
    packages = stored["packages"]
    told = packages.values() if package is None else [packages[package]]
    dates = sorted({str(prices.get("as_of", "?"))[:10] for prices in told})
    yield (
        f"{path} was stored at other prices (as of {', '.join(dates)}); both sides are compared at "
        "the same prices"
    )


def _charges(
    stored: _Object, path: Path, package: str | None, ids: Iterator[str]
) -> Iterator[Charge]:
    owners = {*stored["packages"]}
    for key, lines in sorted(stored["tests"].items()):
        if package is not None and _owner(key, owners) != package:
            continue
        test = key if package in (None, ROOT) else key.removeprefix(f"{package}/")
        for line in lines:
            try:
                yield from charges_of(test, line, ids)
            except (ValidationError, ValueError) as error:
                raise _damaged(path, f"{key}: {_first_problem(error)}") from None


def _first_problem(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _key(package: str, test: str) -> str:
    return test if package == ROOT else f"{package}/{test}"


def _name(package: str, key: str) -> str:
    return key if package == ROOT else key.removeprefix(f"{package}/")


def _owner(key: str, packages: Iterable[str]) -> str:
    """Return the innermost package that a test lies in."""
    holding = [one for one in packages if key.startswith(f"{one}/")]
    return max(holding, key=len, default=ROOT)


def _by_test(package: str, charges: Iterable[Charge]) -> dict[str, list[str]]:
    made: dict[str, list[Charge]] = {}
    for charge in charges:
        if not charge.mocked:
            made.setdefault(_key(package, charge.attribution.test), []).append(charge)
    return {test: lines_of(calls) for test, calls in made.items()}


def _text(packages: _Object, tests: Mapping[str, list[str]]) -> Iterator[str]:
    yield f'{{\n"schema": "{SCHEMA}",\n"packages": {{\n'
    yield _joined(f"{json.dumps(name)}: {json.dumps(packages[name])}" for name in sorted(packages))
    yield '\n},\n"tests": {\n'
    yield _joined(f"{json.dumps(key)}: [\n{_joined(tests[key])}\n]" for key in sorted(tests))
    yield "\n}\n}\n"


_joined: Callable[[Iterable[str]], str] = ",\n".join


def _replace(path: Path, text: str) -> None:
    """Write the file at once: a reader sees the old one or the whole new one."""
    _check_is_file(path)  # a device would be gone
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, "utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise BaselineError(f"{path}: cannot be written: {reason_of(error)}") from error


def _check_is_file(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise BaselineError(f"{path}: cannot be used as a baseline: it is no file")


def _read(path: Path) -> _Object:
    _check_is_file(path)  # to open a named pipe is to wait for a writer
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BaselineError(f"{path}: cannot be read as a baseline: {reason_of(error)}") from error
    if _CONFLICT in text:
        raise BaselineError(f"{path}: holds an unresolved merge conflict; resolve it, or {_REMEDY}")
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise BaselineError(f"{place}: not JSON ({error.msg}); {_REMEDY}") from None
    except (ValueError, RecursionError) as error:
        raise _damaged(path, reason_of(error)) from None
    return _checked(document, path)


def _once(pairs: list[tuple[str, Any]]) -> _Object:
    """Make an object of *pairs*; what a bad merge told twice has no meaning."""
    told = dict(pairs)
    if len(told) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" stands there twice')
    return told


def _checked(document: Any, path: Path) -> _Object:
    found = document.get("schema") if isinstance(document, dict) else None
    if found != SCHEMA:
        raise BaselineError(
            f"{path}: no baseline that this version reads: its schema is {found!r}, not "
            f"{SCHEMA!r}; {_REMEDY}"
        )
    for name, kind in (("packages", dict), ("tests", list)):
        held = document.get(name)
        if not isinstance(held, dict) or not all(isinstance(one, kind) for one in held.values()):
            raise _damaged(path, f'"{name}" is missing or no object of {kind.__name__}s')
    checked: _Object = document
    return checked


def _damaged(path: Path, problem: str) -> BaselineError:
    return BaselineError(f"{path}: damaged baseline: {problem}; {_REMEDY}")
