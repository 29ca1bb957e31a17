"""Which of several answers about the same work counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.reading import Part, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE, Work, settled, tells

COUNTS = Usage(input_tokens=36, output_tokens=224)
MORE = Usage(input_tokens=36, output_tokens=225)
PARTS = (Part(model="gpt-5", usage=COUNTS),)


def reading(operation: str, name: str | None = "w1", usage: Usage | None = None) -> Reading:
    """Make a reading with these counts; without any, it left them to another answer."""
    return Reading(
        provider="openai",
        operation=operation,
        response_id=name,
        usage=usage or Usage(),
        usage_state="complete" if usage else "none",
        counted=usage is not None,
    )


def altered(one: Reading, **others: Any) -> Reading:
    """Return *one* with other values."""
    values = {name: getattr(one, name) for name in Reading.__dataclass_fields__}
    return Reading(**values | others)


def called(usage: Usage | None = None, name: str | None = "w1") -> Reading:
    """Make the reading of a call."""
    return reading("chat", name, usage)


def asked(usage: Usage | None = COUNTS, name: str | None = "w1") -> Reading:
    """Make the reading of a question about work."""
    return reading(RETRIEVE, name, usage)


CUT = altered(asked(COUNTS), usage_state="partial")
UNREPORTED = altered(called(), counted=True)


@pytest.mark.parametrize(
    ("readings", "teller", "begun", "repeats"),
    [
        pytest.param([called(), asked()], 1, (0,), (), id="a later answer tells for the call"),
        pytest.param([called(), asked(), asked()], 1, (0,), (2,), id="and a second repeats it"),
        pytest.param([called(COUNTS), asked()], 0, (), (1,), id="a call that told all counts"),
        pytest.param([asked(), called(COUNTS)], 1, (), (0,), id="whatever came first"),
        pytest.param([asked(), asked()], 0, (), (1,), id="without the call, the first counts"),
        pytest.param([asked(), asked(MORE)], 1, (), (0,), id="the higher count is the later one"),
        pytest.param([CUT, asked()], 1, (), (0,), id="a whole answer before a cut one"),
        pytest.param([UNREPORTED, asked()], 1, (0,), (), id="a call whose stream was cut"),
        pytest.param(
            [asked(), altered(asked(), parts=PARTS)], 1, (), (0,), id="results before their sum"
        ),
        pytest.param(
            [reading(BEGIN, "b1"), asked(name="b1 f1"), altered(asked(name="f1"), parts=PARTS)],
            2,
            (0,),
            (1,),
            id="results in a file that only the batch names",
        ),
        pytest.param(
            [reading(BEGIN, "b1"), asked(None, "b1 f1"), asked(name="f1")],
            2,
            (0,),
            (1,),
            id="a batch that names the file and has no sum",
        ),
        pytest.param(
            [called(), called(COUNTS)], 1, (0,), (), id="a run that goes on with its tools' outputs"
        ),
    ],
)
def test_work_counts_once(
    readings: list[Reading], teller: int, begun: tuple[int, ...], repeats: tuple[int, ...]
) -> None:
    assert settled(readings) == [Work(teller=teller, begun=begun, repeats=repeats)]


@pytest.mark.parametrize(
    "readings",
    [
        pytest.param([], id="nothing"),
        pytest.param([called()], id="begun, and never told"),
        pytest.param([asked()], id="told once, and begun elsewhere"),
        pytest.param([called(COUNTS), called(COUNTS)], id="calls with a scrubbed id, told"),
        pytest.param([called(COUNTS), UNREPORTED], id="calls with a scrubbed id, one untold"),
        pytest.param([called(name=None), asked(name=None)], id="no id"),
        pytest.param([called(), asked(name="w2")], id="other work"),
        pytest.param([called(), altered(asked(), provider="xai")], id="another provider's"),
        pytest.param([None, called(COUNTS)], id="no reading at a place"),
    ],
)
def test_nothing_is_settled_where_no_work_is_told_of_twice(readings: list[Reading]) -> None:
    assert settled(readings) == []


def test_an_answer_without_counts_repeats_nothing_and_counts_nothing() -> None:
    assert settled([called(), asked(None)]) == [Work(teller=None, begun=(), repeats=(1,))]


@given(st.permutations([called(), asked(None), CUT, asked(), asked(MORE)]))
def test_the_same_answer_counts_whatever_the_order(readings: list[Reading]) -> None:
    (work,) = settled(readings)

    assert work.teller is not None
    assert readings[work.teller].usage == MORE


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        pytest.param(asked(), True, id="counts"),
        pytest.param(asked(Usage(input_tokens=0, output_tokens=0)), True, id="counts of nothing"),
        pytest.param(asked(None, "b1 f1"), True, id="the file of the results"),
        pytest.param(asked(None), False, id="not yet"),
    ],
)
def test_an_answer_that_says_not_yet_is_not_kept(answer: Reading, worth: bool) -> None:  # noqa: FBT001 - a column of a table
    assert tells(answer) is worth
