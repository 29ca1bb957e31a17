from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pytest_specbudget.agents.waits import wait_in

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
IN_A_MINUTE = "Sun, 22 Nov 2026 12:01:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry-after": "7"}, 7, id="seconds"),
        pytest.param({"retry-after": "0.5"}, 0.5, id="a part of a second, as some providers say"),
        pytest.param({"retry-after": "0"}, 0, id="at once"),
        pytest.param({"retry-after": "-3"}, 0, id="the past is now"),
        pytest.param({"retry-after-ms": "1500"}, 1.5, id="milliseconds"),
        pytest.param({"retry-after-ms": "1", "retry-after": "9"}, 9, id="the longer of the two"),
        pytest.param({"retry-after": IN_A_MINUTE}, 60, id="a date"),
        pytest.param(
            {"retry-after": IN_A_MINUTE, "date": "Sun, 22 Nov 2026 12:00:20 GMT"},
            40,
            id="a date, by the server's own clock",
        ),
        pytest.param({"retry-after": "Sun, 22 Nov 2026 12:01:00"}, 60, id="a date of no zone"),
        pytest.param({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0, id="a date that is over"),
        pytest.param({"retry-after": "soon"}, None, id="a word"),
        pytest.param({"retry-after": "nan"}, None, id="no number"),
        pytest.param({"retry-after": "1e999"}, 366 * 86_400, id="for ever is a year"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_wait_is_read_from_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_in(headers, b"", NOW) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("Try again in 1 day 1 hour 9 minutes.", 90_540, id="over a day"),
        pytest.param("Try again in 1 day, 1 hour and 9 minutes", 90_540, id="with commas and and"),
        pytest.param("Please try again in 20s. Visit", 20, id="OpenAI, seconds"),
        pytest.param("Please try again in 6m0s.", 360, id="OpenAI, minutes"),
        pytest.param("Please try again in 343ms.", 0.343, id="OpenAI, milliseconds"),
        pytest.param("Please try again in 1h12m3.5s", 4323.5, id="OpenAI, hours"),
        pytest.param("Limit 500, Used 490. Please try again in 2m59.56s", 179.56, id="Groq"),
        pytest.param('"retryDelay": "34s"', 34, id="Google's details"),
        pytest.param("limit: 1000000\\nPlease retry in 48.9s.", 48.9, id="Google's words"),
        pytest.param("Please retry after 6 seconds.", 6, id="Azure"),
        pytest.param("please wait 2 weeks", 1_209_600, id="weeks"),
        pytest.param("Please retry shortly", None, id="no number"),
        pytest.param("try again in 5 sheep", None, id="no unit"),
        pytest.param("5 minutes is our limit; try again", None, id="a number before the plea"),
    ],
)
def test_a_wait_is_read_from_words(text: str, seconds: float | None) -> None:
    found = wait_in({}, text.encode(), NOW)

    assert found == (None if seconds is None else pytest.approx(seconds))


def test_the_longest_of_all_waits_counts() -> None:
    body = b'{"error": {"message": "Try again in 1 day 1 hour 9 minutes"}}'

    assert wait_in({"retry-after": "1"}, body, NOW) == 90_540


def test_a_date_says_nothing_where_nobody_knows_the_time() -> None:
    assert wait_in({"retry-after": IN_A_MINUTE}, b"", None) is None
