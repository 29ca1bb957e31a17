"""Which instance of a fixture runs, and what its recording is called.

A fixture that outlives tests is made for each class, module, package or session anew, and again
for each parameter: its own, or one of a fixture that it builds on.  Each such instance has a
recording of its own:

    tests/cassettes/test_plan/fixture-module-plan.yaml                of a module
    tests/cassettes/test_plan/fixture-module-plan-gpt-4o-HASH.yaml    with a parameter
    tests/cassettes/test_plan/fixture-class-plan.TestA-HASH.yaml      of a class
    tests/cassettes/conftest/fixture-session-corpus.yaml              of `tests/conftest.py`

It lies beside the narrower of two: what the fixture lives as long as, and where it is defined.
No name depends on where the project lies.  Two that cannot be told apart all the same (equal ids,
given by hand) share a file, which the second adds to.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pytest_specbudget.plugin.repeats import once_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Instance", "instance_of", "label_of"]

_CONFTEST = "conftest.py"
_PARAMETER_SET = type(pytest.param())
_OF_FOLDERS = ("package", "session")
"""The scopes of fixtures whose class or module is not kept with their calls (`Owner.within`)."""


class Instance(NamedTuple):
    """One instance of a fixture that outlives tests.

    Attributes:
        module: The file that its recording lies beside: a module, or the `conftest.py` of a folder
            (which need not exist).
        name: What its recording is called, before that is made portable.
    """

    module: Path
    name: str


def instance_of(
    fixturedef: pytest.FixtureDef[Any], request: Any, item: pytest.Item, rootpath: Path
) -> Instance:
    """Name the instance that *request* makes.

    Args:
        fixturedef: The fixture.
        request: As its setup sees it.
        item: The test that asks for it.
        rootpath: What node ids are relative to.
    """
    visible = _Visible(item)
    home = _home(fixturedef, request.node)
    file, _, within = home.partition("::")
    path = rootpath / file
    words = [fixturedef.argname, *visible.rank(fixturedef, request.node)]
    words += [once_named(item)] if request.node is item else within.split("::") if within else []
    ids = "-".join(visible.parameters(fixturedef))
    return Instance(
        module=path if path.is_file() else path / _CONFTEST,
        name=f"fixture-{fixturedef.scope}-{'.'.join(words)}{f'[{ids}]' if ids else ''}",
    )


def label_of(fixturedef: pytest.FixtureDef[Any], request: Any) -> str:
    """Name a fixture, and of one that outlives tests the instance that *request* makes.

    Each worker of pytest-xdist makes its own copy of an instance, and copies are judged once; two
    instances are two, although they may ask the same.

    Returns:
        `SCOPE:NAME`; with a parameter `module:corpus[small]`; of a folder or a module, where that
        is not kept beside it, `session:corpus@tests/billing`; with `-2` after the name of the
        second that is called so in one place.  `SCOPE:NAME` also where an item of another plugin
        does not tell the rest.
    """
    plain = f"{fixturedef.scope}:{fixturedef.argname}"
    try:
        return plain if fixturedef.scope == "function" else _told_apart(fixturedef, request)
    except Exception:  # noqa: BLE001 - observing must never break the user's fixture
        return plain


def _told_apart(fixturedef: pytest.FixtureDef[Any], request: Any) -> str:
    visible = _Visible(request._pyfuncitem)  # noqa: SLF001 - the item that asks; as in `deck`
    name = "-".join([fixturedef.argname, *visible.rank(fixturedef, request.node)])
    ids = "-".join(visible.parameters(fixturedef))
    home = _home(fixturedef, request.node) if fixturedef.scope in _OF_FOLDERS else ""
    place = f"@{home}" if home else ""
    return f"{fixturedef.scope}:{name}{place}{f'[{ids}]' if ids else ''}"


def _home(fixturedef: pytest.FixtureDef[Any], node: Any) -> str:
    """Return the longer of two node ids that contain the test: of the place, and of the life."""
    base, own = fixturedef.baseid, node.nodeid
    longer = base if len(base) > len(own) else own
    return "" if longer == "." else longer


class _Visible:
    """The fixtures that a test may use."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._manager = item.session._fixturemanager  # noqa: SLF001 - pytest has no public name for it

    def rank(self, fixturedef: pytest.FixtureDef[Any], node: Any) -> list[str]:
        """Return which of those with the same name it is, as a word; none for the first."""
        home = _home(fixturedef, node)
        alike = [
            one
            for one in self._of(fixturedef.argname)
            if one.scope == fixturedef.scope and _home(one, node) == home
        ]
        place = alike.index(fixturedef) if fixturedef in alike else 0
        return [str(place + 1)] if place else []

    def parameters(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[str]:
        """Yield the ids of the parameters that make this instance another one."""
        callspec: Any = getattr(self._item, "callspec", None)
        if callspec is not None:
            for name in sorted(self._below(fixturedef) & callspec.params.keys()):
                yield self._id(name, callspec.params[name], callspec.indices[name])

    def _below(self, fixturedef: pytest.FixtureDef[Any]) -> set[str]:
        """Return the names of the fixture and of all that it builds on."""
        names, pending = {fixturedef.argname}, [fixturedef]
        while pending:
            new = set(pending.pop().argnames) - names
            names |= new
            pending += [one for name in new for one in self._of(name)]
        return names

    def _of(self, name: str) -> Sequence[pytest.FixtureDef[Any]]:
        return self._manager.getfixturedefs(name, self._item) or ()

    def _id(self, name: str, value: object, index: int) -> str:
        """Write a parameter as pytest does in a node id."""
        for values, ids in self._given(name):
            told = _told(values, ids, value, index)
            if told is not None:
                return str(told)
        return _written(value) or f"{name}{index}"

    def _given(self, name: str) -> Iterator[tuple[Sequence[object], Any]]:
        """Yield the parameters among which that of *name* is one, with what names them."""
        for mark in self._item.iter_markers("parametrize"):
            names, values = (*mark.args, None, None)[:2]
            names = mark.kwargs.get("argnames", names)
            if name in (names.replace(" ", "").split(",") if isinstance(names, str) else names):
                yield mark.kwargs.get("argvalues", values) or (), mark.kwargs.get("ids")
                return
        for one in reversed(self._of(name)):
            if one.params is not None:
                yield one.params, one.ids
                return


def _told(values: Any, ids: Any, value: object, index: int) -> object:
    """Return the id that the test's author gave, or None."""
    one = values[index] if isinstance(values, list | tuple) and index < len(values) else None
    if isinstance(one, _PARAMETER_SET) and one.id is not None:
        return one.id
    if callable(ids):
        return ids(value)
    return ids[index] if isinstance(ids, list | tuple) and index < len(ids) else None


def _written(value: object) -> str | None:
    """Write what pytest writes as it is; None for an object that has no such form."""
    if value is None or isinstance(value, str | int | float | complex | Enum):
        return str(value)
    return getattr(value, "__name__", None)
