"""Whose call is it: each caller asks a model that is named after it, so that a table can tell."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.booked import charges

if TYPE_CHECKING:
    from support.suites import Suite

    from pytest_specbudget.core.ledger import Charge

PLUGINS = ("pytest_asyncio.plugin", "anyio.pytest_plugin")
SETTINGS = """
[tool.pytest]
pythonpath = ["."]
asyncio_default_fixture_loop_scope = "function"
"""

CALLERS = '''
import asyncio
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
import pytest_asyncio
from calls import ask, ask_async

pytestmark = pytest.mark.spec("SPEC-M", command="/speckit.tasks")
POOL = ThreadPoolExecutor(1)
LOOP = asyncio.new_event_loop()
threading.Thread(target=LOOP.run_forever, daemon=True).start()

ask("import of a module")


def fixture(scope):
    def asking():
        ask(f"{scope} fixture, setup")
        yield
        ask(f"{scope} fixture, teardown")
    return pytest.fixture(scope=scope)(asking)

of_function, of_class = fixture("function"), fixture("class")
of_module, of_session = fixture("module"), fixture("session")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def of_loop():
    await ask_async("async session fixture, setup")
    yield
    await ask_async("async session fixture, teardown")


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.mark.spec("SPEC-C", stage="plan", phase="THINK")
class TestFixtures:
    def test_asks(self, of_function, of_class, of_module, of_session, of_loop):
        ask("a class-marked test")

    @pytest.mark.spec("SPEC-F", stage="audit")
    def test_is_marked_itself(self):
        ask("a test with a marker of its own")


def test_body():
    ask("test body")

def test_thread():
    thread = threading.Thread(target=ask, args=("a thread",))
    thread.start()
    thread.join()

def test_pool():
    POOL.submit(ask, "a pool").result()

def test_pool_again():
    POOL.submit(ask, "the same pool, used again").result()

def test_own_loop():
    asyncio.run(ask_async("asyncio.run"))

def test_background_loop():
    asyncio.run_coroutine_threadsafe(ask_async("a loop in the background"), LOOP).result()

def test_to_thread():
    async def main():
        await asyncio.to_thread(ask, "asyncio.to_thread")
    asyncio.run(main())

def test_forked():
    child = multiprocessing.get_context("fork").Process(target=ask, args=("a forked child",))
    child.start()
    child.join()

def test_stages(spec_spend):
    async def asking(stage):
        with spec_spend.stage(stage):
            await asyncio.sleep(0)
            await ask_async(f"gathered, {stage}")
            with spec_spend.stage(f"{stage}'s check"):
                await asyncio.to_thread(ask, f"gathered, {stage}'s check")
    async def main():
        await asyncio.gather(asking("plan"), asking("tasks"))
    asyncio.run(main())
    ask("after the stages")

@pytest.mark.spec("SPEC-F", stage="validate")
def test_stage_over_marker(spec_spend):
    ask("the marker's stage")
    with spec_spend.stage("unlock"):
        ask("a stage opened by hand")
        POOL.submit(ask, "a pool within a stage").result()

@pytest.mark.asyncio
async def test_function_loop():
    await ask_async("a loop of the test")

@pytest.mark.asyncio(loop_scope="session")
async def test_session_loop():
    await ask_async("a loop of the session")
    await asyncio.to_thread(ask, "a thread of the session's loop")

@pytest.mark.asyncio(loop_scope="session")
async def test_session_loop_again():
    await asyncio.gather(ask_async("the session's loop again"))

@pytest.mark.anyio
async def test_anyio():
    await ask_async("anyio")
    async with anyio.create_task_group() as group:
        group.start_soon(ask_async, "a task group of anyio")

@pytest.mark.anyio
async def test_anyio_again():
    await anyio.to_thread.run_sync(ask, "a thread of anyio")


class TestLeaks:
    """The first test leaks, the second waits until what leaked has called."""

    now = threading.Event()

    def test_leaks_a_thread(self):
        def later():
            self.now.wait()
            ask("a thread that another test leaked")
        TestLeaks.thread = threading.Thread(target=later)
        self.thread.start()

    def test_meets_the_thread(self):
        self.now.set()
        self.thread.join()

    @pytest.mark.asyncio(loop_scope="session")
    async def test_leaks_a_task(self):
        TestLeaks.jobs = asyncio.Queue()
        async def serve():
            await ask_async(await self.jobs.get())
        TestLeaks.task = asyncio.create_task(serve())

    @pytest.mark.asyncio(loop_scope="session")
    async def test_uses_the_task(self):
        self.jobs.put_nowait("a task that another test started")
        await self.task


def test_zz_stop():
    POOL.shutdown()
    LOOP.call_soon_threadsafe(LOOP.stop)
'''

CONFTEST = """
from calls import ask

def pytest_sessionfinish():
    ask("a hook after the last test")
"""


TABLE = """
import of a module                | <collection> | | (unassigned) | | collect | context
function fixture, setup           | test_asks | function:of_function | SPEC-C | plan | setup | context
function fixture, teardown        | test_asks | function:of_function | SPEC-C | plan | teardown | context
class fixture, setup              | <fixture class:of_class> | class:of_class | SPEC-C | plan | setup | context
class fixture, teardown           | <fixture class:of_class> | class:of_class | SPEC-C | plan | teardown | context
module fixture, setup             | <fixture module:of_module> | module:of_module | SPEC-M | | setup | context
module fixture, teardown          | <fixture module:of_module> | module:of_module | SPEC-M | | teardown | context
session fixture, setup            | <fixture session:of_session> | session:of_session@test_callers.py | (unassigned) | | setup | context
session fixture, teardown         | <fixture session:of_session> | session:of_session@test_callers.py | (unassigned) | | teardown | context
async session fixture, setup      | <fixture session:of_loop> | session:of_loop@test_callers.py | (unassigned) | | setup | context
async session fixture, teardown   | <fixture session:of_loop> | session:of_loop@test_callers.py | (unassigned) | | teardown | process-stale-context
a class-marked test               | test_asks | | SPEC-C | plan | call | context
a test with a marker of its own   | test_is_marked_itself | | SPEC-F | audit | call | context
test body                         | test_body | | SPEC-M | | call | context
a thread                          | test_thread | | SPEC-M | | call | context
a pool                            | test_pool | | SPEC-M | | call | context
the same pool, used again         | test_pool_again | | SPEC-M | | call | context
asyncio.run                       | test_own_loop | | SPEC-M | | call | context
a loop in the background          | test_background_loop | | SPEC-M | | call | context
asyncio.to_thread                 | test_to_thread | | SPEC-M | | call | context
a forked child                    | test_forked | | SPEC-M | | call | context
gathered, plan                    | test_stages | | SPEC-M | plan | call | context
gathered, plan's check            | test_stages | | SPEC-M | plan's check | call | context
gathered, tasks                   | test_stages | | SPEC-M | tasks | call | context
gathered, tasks's check           | test_stages | | SPEC-M | tasks's check | call | context
after the stages                  | test_stages | | SPEC-M | | call | context
the marker's stage                | test_stage_over_marker | | SPEC-F | validate | call | context
a stage opened by hand            | test_stage_over_marker | | SPEC-F | unlock | call | context
a pool within a stage             | test_stage_over_marker | | SPEC-F | unlock | call | context
a loop of the test                | test_function_loop | | SPEC-M | | call | context
a loop of the session             | test_session_loop | | SPEC-M | | call | context
a thread of the session's loop    | test_session_loop | | SPEC-M | | call | context
the session's loop again          | test_session_loop_again | | SPEC-M | | call | context
anyio                             | test_anyio | | SPEC-M | | call | context
a task group of anyio             | test_anyio | | SPEC-M | | call | context
a thread of anyio                 | test_anyio_again | | SPEC-M | | call | context
a thread that another test leaked | test_meets_the_thread | | SPEC-M | | call | process-stale-context
a task that another test started  | test_uses_the_task | | SPEC-M | | call | process-stale-context
a hook after the last test        | <late> | | (unassigned) | | late | none
"""  # noqa: E501 - a table has lines as long as they are


def expected() -> dict[str, tuple[str, ...]]:
    rows = (map(str.strip, line.split("|")) for line in TABLE.strip().splitlines())
    return {caller: tuple(columns) for caller, *columns in rows}


def told(charge: Charge) -> tuple[str, ...]:
    """Return what the table says of a charge."""
    owner = charge.attribution
    test = owner.test.rpartition("::")[2]
    columns = (test, owner.fixture, owner.spec, owner.stage, owner.when, owner.via)
    return tuple(column or "" for column in columns)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one of the callers is a forked child")
@pytest.mark.parametrize("words", [("-n0",), ("-n2", "--dist=loadscope")], ids=" ".join)
def test_each_caller_is_charged_to_whom_it_works_for(suite: Suite, words: tuple[str, ...]) -> None:
    suite.write("test_callers.py", CALLERS)
    suite.write("conftest.py", CONFTEST)
    suite.write("pyproject.toml", SETTINGS)

    outcome = suite.run("--spec-mode=observe", *words, plugins=PLUGINS)

    assert outcome.status == 0, outcome.text + outcome.errors
    assert {one.reading.request_model: told(one) for one in charges(suite)} == expected()
    stale = {one.reading.request_model: one.attribution.stale for one in charges(suite)}
    leaks = "test_callers.py::TestLeaks::test_leaks_a_"
    assert stale["a thread that another test leaked"] == f"{leaks}thread"
    assert stale["a task that another test started"] == f"{leaks}task"


MARKED = """
import pytest
from calls import ask

pytestmark = pytest.mark.spec("SPEC-M", command="/speckit.plan", phase="THINK", tier="S")

@pytest.fixture(scope="module")
def of_module():
    ask("module fixture")

def test_module(of_module):
    ask("module")

@pytest.mark.spec("SPEC-C", command="/speckit.audit")
class TestMarked:
    def test_class(self):
        ask("class")

    @pytest.mark.spec("SPEC-F", phase="VERIFY", tier="C")
    def test_function(self):
        ask("function")
"""
UNMARKED = """
import pytest
from calls import ask

def test_path():
    ask("path")

@pytest.mark.spec("SPEC-F")
def test_marker_wins():
    ask("marker over path")
"""


def test_the_closest_marker_wins_and_the_path_stands_in_where_there_is_none(suite: Suite) -> None:
    suite.write("tests/billing/test_marked.py", MARKED)
    suite.write("tests/billing/test_unmarked.py", UNMARKED)
    suite.write("tests/test_else.py", UNMARKED.replace("path", "elsewhere"))
    suite.write("specbudget.toml", 'spec_by_path = { "tests/billing/**" = "BILLING" }\n')

    suite.run("--spec-mode=observe")

    owners = {one.reading.request_model: one for one in charges(suite)}
    found = {
        name: (one.attribution.spec, one.attribution.command, one.attribution.phase, one.tier)
        for name, one in owners.items()
    }
    assert found == {
        "module fixture": ("SPEC-M", "/speckit.plan", "THINK", "S"),
        "module": ("SPEC-M", "/speckit.plan", "THINK", "S"),
        "class": ("SPEC-C", "/speckit.audit", "THINK", "S"),
        "function": ("SPEC-F", "/speckit.audit", "VERIFY", "C"),
        "path": ("BILLING", None, None, None),
        "marker over path": ("SPEC-F", None, None, None),
        "elsewhere": ("(unassigned)", None, None, None),
        "marker over elsewhere": ("SPEC-F", None, None, None),
    }


LIMITED = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1", budget="{group}")
class TestTogether:
    def test_one(self):
        ask(text="word " * 400)

    @pytest.mark.spec("SPEC-2")
    def test_two(self):
        ask(text="word " * 400)

@pytest.mark.spec("SPEC-1", budget="{single}", max_calls={calls})
def test_alone():
    ask(text="word " * 400)
    ask(text="word " * 400)
"""


@pytest.mark.parametrize(
    ("group", "single", "calls", "findings"),
    [
        pytest.param("1", "1", 2, [], id="within all of them"),
        pytest.param(
            "0.0002",
            "1",
            2,
            ["budget-exceeded test_limited.py::TestTogether"],
            id="class, together",
        ),
        pytest.param(
            "1", "0.0002", 2, ["budget-exceeded test_limited.py::test_alone"], id="one test"
        ),
        pytest.param(
            "1", "1", 1, ["max-calls-exceeded test_limited.py::test_alone"], id="too many calls"
        ),
    ],
)
def test_a_marker_limits_what_it_covers(
    suite: Suite, group: str, single: str, calls: int, findings: list[str]
) -> None:
    suite.write("test_limited.py", LIMITED.format(group=group, single=single, calls=calls))

    outcome = suite.run("--spec-report=markdown:report.md")

    found = outcome.facts["findings"]
    assert [f"{one['rule']} {one['subject']}" for one in found] == findings
    assert outcome.status == bool(findings)
    assert outcome.row("tests", "test_limited.py::test_alone")["ceiling_usd"] == single


SHARING = """
import pytest
from calls import ask

pytestmark = pytest.mark.spec("SPEC-M", budget="1")

def asks(what):
    ask(text=f"{what:.<100}")  # as long as any other, and so as dear

def fixture(scope, *params):
    def asking(request):
        case = getattr(request, "param", "")
        asks(f"{scope} fixture {case}, setup")
        yield
        asks(f"{scope} fixture {case}, teardown")
    return pytest.fixture(scope=scope, params=params or None)(asking)

of_function, of_class, of_module = fixture("function"), fixture("class"), fixture("module")
of_session, of_each = fixture("session"), fixture("class", "a", "b")

@pytest.mark.spec("SPEC-C", budget="1")
class TestShares:
    def test_one(self, of_function, of_class, of_module, of_session):
        asks("a test")

    def test_two(self, of_class, of_module):
        pass

class TestInherits(TestShares):
    pass

@pytest.mark.spec("SPEC-C", budget="1")
class TestCases:
    def test_one(self, of_each, of_module):
        pass

    def test_two(self, of_each):
        pass

@pytest.mark.spec("SPEC-C", budget="1")
class TestOlder:
    @classmethod
    def setup_class(cls):
        asks("setup_class")

    def test_one(self):
        pass

def test_alone(of_module):
    pass
"""
CALLS_TOGETHER = {
    "test_sharing.py": 17,
    "TestShares": 5,
    "TestInherits": 5,
    "TestCases": 4,
    "TestOlder": 1,
}


@pytest.mark.parametrize("words", [("-n0",), ("-n2",), ("-n2", "--dist=loadscope")], ids=" ".join)
def test_what_a_shared_fixture_calls_counts_for_the_class_or_module_that_shares_it(
    suite: Suite, words: tuple[str, ...]
) -> None:
    suite.write("test_sharing.py", SHARING)

    outcome = suite.run("--spec-unknown=error", *words)

    totals, gates = outcome.facts["totals"], outcome.facts["gates"]
    each = Fraction(totals["list_cost_usd"]) / totals["calls"]
    assert {
        gate["subject"].rpartition("::")[2]: Fraction(gate["spent_usd"]) / each for gate in gates
    } == CALLS_TOGETHER
    assert totals["calls"] == CALLS_TOGETHER["test_sharing.py"] + 2  # of the session's fixture


def test_a_fixture_that_ends_in_the_setup_of_the_next_test_is_torn_down_there(suite: Suite) -> None:
    suite.write("test_sharing.py", SHARING)

    suite.run("-n0")

    steps: dict[str, list[str]] = {"class:of_each[a]": [], "class:of_each[b]": []}
    for one in charges(suite):
        steps.get(one.attribution.fixture or "", []).append(one.attribution.when)
    assert [*steps.values()] == [["setup", "teardown"]] * 2
