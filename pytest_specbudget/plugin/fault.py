"""`spec_fault`: what goes wrong in a test, on purpose and offline, and the proof that it did.

A fault that a test asked for and that never happened proves nothing, so the test fails for it.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, get_args

import pytest

from pytest_specbudget.cassettes.current import put_first
from pytest_specbudget.cassettes.faults import KINDS, Fault, Kind
from pytest_specbudget.cassettes.faulty import Faulty, Injection
from pytest_specbudget.core.routed import Role
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.plugin.workshop import model_id

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from pytest_specbudget.plugin.observer import Observer

__all__ = ["SpecFault", "injecting"]

_JUDGE = "specbudget-faults"
_ROLES: tuple[Role, ...] = get_args(Role)


class SpecFault:
    """Injects faults into the model calls of the test that asked for it."""

    def __init__(self, faulty: Faulty, id_of: Callable[[str], str] = str) -> None:
        """Let *faulty* inject them; *id_of* gives the id of a model by its name in the table."""
        self._faulty = faulty
        self._id_of = id_of

    def __call__(  # noqa: PLR0913 - each is named where it is used
        self,
        kind: Kind,
        *,
        model: str = "*",
        host: str = "*",
        path: str = "*",
        role: Role | None = None,
        times: int = 1,
        after: int = 0,
        retry_after: float | None = 0.001,
        words: str | None = None,
    ) -> Injection:
        """Let *kind* happen to model calls of this test, from now on.

        Of several faults that fit a call the first one asked for happens; the others count the
        call all the same.

        Args:
            kind: `429`, `500`, `timeout` or `refusal`, which need no recording, or `bad_output`,
                `truncated` or `no_usage`, which alter the recorded answer.
            model: A glob for the model asked for, `gpt-4o*`, or a name in the routing table.
            host: A glob for the host, such as `*.openai.com`.
            path: A glob for the path, such as `*/messages`.
            role: What routing asks the model as: `primary`, `validator`, `aggregator` or `judge`.
            times: How many calls it happens to, 1 or more.
            after: How many calls that fit go well before it happens, 0 or more.
            retry_after: The seconds after which a `429` or `500` says to ask again, or None to say
                nothing; a millisecond unless given, so that an SDK that retries does so at once.
            words: What a `429`, a `500`, a `refusal`, a `timeout` or a `bad_output` says.

        Returns:
            The fault, whose `hits` tells how often it has happened so far.

        Raises:
            ValueError: If that makes no sense.
        """
        texts = {"model": model, "host": host, "path": path, "words": words}
        if problem := _no_texts(texts) or _problem(kind, role, times, after, retry_after):
            raise ValueError(f"spec_fault({kind!r}): {problem}")
        return self._faulty.add(
            Fault(
                kind=kind,
                model=self._id_of(model),
                host=host,
                path=path,
                role=role,
                times=times,
                after=after,
                retry_after_s=retry_after,
                words=words,
            )
        )


@contextmanager
def injecting(observer: Observer, item: pytest.Item) -> Iterator[SpecFault]:
    """Put the faults of *item* before every recording, until its fixtures end."""
    judge = item.config.pluginmanager
    if not judge.has_plugin(_JUDGE):
        judge.register(_Judge(), _JUDGE)

    def tell(**values: object) -> None:
        owner, _ = attribute()
        observer.books.event("fault", test=owner.test, **values)

    refuse = observer.refusals.make
    faulty = Faulty(recognise=observer.books.recognise, refuse=refuse, tell=tell)
    item.stash[_FAULTS] = faulty
    try:
        with put_first(faulty):
            yield SpecFault(faulty, partial(model_id, observer.books.settings.routing))
    finally:
        faulty.is_open = False


class _Judge:
    """Fails a test that passed although one of its faults never happened."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        faulty = item.stash.get(_FAULTS, None)
        if call.when == "call" and report.outcome == "passed" and faulty is not None:
            idle = [_told(one) for one in faulty.injections if not one.hits]
            if idle:
                report.outcome = "failed"
                report.longrepr = "\n".join(idle)
        return report


_FAULTS = pytest.StashKey[Faulty]()


def _told(idle: Injection) -> str:
    """Say why a fault did not happen."""
    if idle.recorded:
        return (
            f"{idle.fault} did not happen: {calls_of(idle.recorded)} {_was(idle.recorded)} "
            "recorded, unaltered; run the test again, without recording, to alter what was recorded"
        )
    if idle.seen:
        return f"{idle.fault} never happened: only {calls_of(idle.seen)} fit it"
    return f"{idle.fault} never happened: no model call of the test fits it"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _no_texts(given: Mapping[str, object]) -> str | None:
    """Say which of what was *given* is no text although it must be, or None."""
    wrong = (
        f"{name}={value!r} is no text; write it in quotes"
        for name, value in given.items()
        if not isinstance(value, str) and not (name == "words" and value is None)
    )
    return next(wrong, None)


def _problem(
    kind: str, role: str | None, times: int, after: int, retry_after: float | None
) -> str | None:
    """Say what makes no sense, or None."""
    if kind not in KINDS:
        return f"there is no such kind; there are {', '.join(KINDS)}"
    if role is not None and role not in _ROLES:
        return f"there is no role {role!r}; there are {', '.join(_ROLES)}"
    if not _is_number(times, int) or not _is_number(after, int) or times < 1 or after < 0:
        return (
            f"times={times!r} must be a whole number of 1 or more, and after={after!r} of 0 or more"
        )
    if retry_after is None:
        return None
    if not _is_number(retry_after, int, float) or not 0 <= retry_after < float("inf"):
        return f"retry_after={retry_after!r} must be 0 seconds or more, or None"
    return None


def _is_number(value: object, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)
