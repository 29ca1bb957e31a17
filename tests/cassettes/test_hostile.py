"""Recordings from anywhere: read or refused, never executed, never without end."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_specbudget.cassettes.encoding import decoded
from pytest_specbudget.cassettes.interaction import Answer
from pytest_specbudget.cassettes.lines import header, parse
from pytest_specbudget.cassettes.scrub import scrubbed_body
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.cassettes.lines import Content
    from pytest_specbudget.cassettes.shapes import Interaction

patient = settings(deadline=None)


def recording(status: str = "{code: 200}", headers: str = "{}", string: str = "b") -> str:
    """Write a recording of one interaction, as vcrpy does."""
    return (
        "interactions:\n"
        "- request: {method: POST, uri: u, body: a}\n"
        f"  response: {{status: {status}, headers: {headers}, body: {{string: {string}}}}}\n"
    )


def doubled(levels: int, first: str, more: str) -> str:
    """Write *levels* lists of which each holds the former ten times."""
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{i}: &a{i} {more % ', '.join([f'*a{i - 1}'] * 10)}" for i in range(1, levels)]
    return "\n".join(lines) + "\n"


HASHES_ALIKE = 2**61 - 1  # numbers that differ by it have one hash
BIG = json.dumps("x" * 1_000_000)
HOSTILE = [
    pytest.param(
        recording("1" + ":0" * 500_000),
        "line 3: cannot be read (a number",
        id="a number in base 60",
    ),
    pytest.param(
        recording("1" + ":0" * 50_000 + ".5"),
        "line 3: cannot be read (a number",
        id="a fraction in base 60",
    ),
    pytest.param(
        recording("0x" + "f" * 9000), "line 3: cannot be read (a number", id="a number in base 16"
    ),
    pytest.param(
        recording(f"!!int '{'1' * 9000}'"), "line 3: cannot be read (a number", id="a tagged number"
    ),
    pytest.param(recording("!!int ''"), "not the shape", id="a number without digits"),
    pytest.param(
        recording("!!bool perhaps"), '"perhaps" makes no sense', id="a truth that is none"
    ),
    pytest.param(recording("!!timestamp now"), "not the shape", id="a time that is none"),
    pytest.param(recording("2024-99-99"), "interaction 0", id="a month that is none"),
    pytest.param(recording("{code: .inf}"), "interaction 0", id="a status without end"),
    pytest.param(recording("{code: .nan}"), "interaction 0", id="a status that is no number"),
    pytest.param(recording("{code: [200]}"), "interaction 0", id="a status in a list"),
    pytest.param(recording(headers="[1, 2]"), "interaction 0", id="headers that are numbers"),
    pytest.param(recording(headers="text"), "interaction 0", id="headers that are text"),
    pytest.param(recording(string="!!binary é"), "base64", id="binary that is none"),
    pytest.param(recording(string="!!binary [a]"), "scalar", id="binary that is a list"),
    pytest.param(recording(string="!<tag:x,2000:y> a"), "constructor", id="a tag of nobody"),
    pytest.param(
        doubled(9, "{k: v}", "{<<: [%s]}") + recording(), "aliases", id="laughs by merging"
    ),
    pytest.param(
        doubled(4, BIG, "[%s]") + recording(string="*a3"),
        "aliases",
        id="few laughs about a long text",
    ),
    pytest.param(
        '{"interactions":' + "[" * 99_999 + "]" * 99_999 + "}",
        "line 1: cannot be read (nested",
        id="JSON nested without end",
    ),
    pytest.param(
        "".join(f"%TAG !a{i}! tag:x,2000:\n" for i in range(50_000)) + "---\n" + recording(),
        "shorthands",
        id="shorthands without end",
    ),
    pytest.param(
        recording() + "more:\n" + "".join(f"  {i * HASHES_ALIKE}: 1\n" for i in range(1, 2000)),
        "keys that are long numbers",
        id="numbers that hash alike",
    ),
    pytest.param(
        recording()
        + "".join(f"a{i}: &a{i} {i * HASHES_ALIKE}\n" for i in range(1, 2000))
        + "more:\n"
        + "".join(f"  ? *a{i}\n  : 1\n" for i in range(1, 2000)),
        "keys that are long numbers",
        id="numbers that hash alike, by their aliases",
    ),
    # The text alone would fit, so that a few of the lists are too many.
    pytest.param(
        f"long: &long {BIG}\nuses: [{'*long, ' * 480}]\nmore: [{'[], ' * 300_000}]\n" + recording(),
        "MiB",
        id="empty lists without end",
    ),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE)
def test_what_is_hostile_is_refused_with_file_place_and_reason(
    text: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RecordingError) as caught:
        read_recording(path)

    assert str(caught.value).startswith(str(path))
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", [pytest.param(one.values[0], id=one.id) for one in HOSTILE])
def test_it_is_not_replayed_either(text: str) -> None:
    with pytest.raises(RecordingError, match=r"^hostile\.yaml"):
        parse(text.encode(), "hostile.yaml")


OURS = header() + (
    '- {"request": {"method": "P", "uri": "u", "headers": {}, "body": "x"},'
    ' "response": {"status": {"code": 200}, "headers": {}, "body": {"string": %s}}}\n'
)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("[" * 99_999, id="brackets without end"),
        pytest.param("[" * 99_999 + "]" * 99_999, id="as many that close"),
        pytest.param('!!binary "eA==", "a": ' + "[" * 99_999, id="brackets beside binary"),
        pytest.param(
            '!!binary "eA==", "a": [&a0 [x], '
            + ", ".join(f"&a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12))
            + "]",
            id="laughs beside binary",
        ),
        pytest.param("!!python/object/apply:os.getcwd []", id="code"),
        pytest.param("!!int ''", id="a number without digits"),
    ],
)
def test_a_hostile_line_of_ours_is_refused(value: str) -> None:
    with pytest.raises(RecordingError, match=r"^a\.yaml"):
        parse((OURS % value).encode(), "a.yaml")


values = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
        *(st.binary(max_size=6), st.dates(), st.datetimes()),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=4) | st.integers() | st.none(), inner, max_size=3),
        st.sets(st.text(max_size=3), max_size=2),
    ),
    max_leaves=6,
)


def objects(*names: str) -> st.SearchStrategy[Any]:
    """Draw objects that have some of *names*, with any values, or no objects at all."""
    return st.dictionaries(st.sampled_from(names), values) | values


bodies = objects("string", "base64_string", "encoding")
messages = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("method", "uri", "url", "content", "parsed_body", "status_code"), values),
        "body": bodies,
        "headers": objects("Content-Type", "content-encoding"),
        "status": objects("code", "message"),
    },
)
pairs = st.fixed_dictionaries({"request": messages | values, "response": messages | values})
recordings = st.one_of(
    st.fixed_dictionaries({"interactions": st.lists(pairs | values, max_size=2) | values}),
    st.fixed_dictionaries({"http_interactions": st.lists(pairs, max_size=2)}),
    st.fixed_dictionaries({"requests": st.lists(messages), "responses": st.lists(messages)}),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings") / "any.yaml"


def read_both(place: Path, data: bytes) -> tuple[list[Interaction] | None, Content | None]:
    """Read *data* with both readers; None where one refuses it as it should."""
    place.write_bytes(data)
    return (
        _or_refused(lambda: read_recording(place), str(place)),
        _or_refused(lambda: parse(data, "any.yaml"), "any.yaml"),
    )


def _or_refused(read: Callable[[], Any], name: str) -> Any:
    try:
        return read()
    except RecordingError as problem:
        if not str(problem).startswith(name):
            raise
        return None


@patient
@given(recordings, st.booleans())
def test_wrong_types_anywhere_are_read_or_refused(
    place: Path,
    recording: object,
    packed: bool,  # noqa: FBT001 - hypothesis passes by position
) -> None:
    text = yaml.safe_dump(recording, allow_unicode=True).encode("utf-8", "surrogatepass")

    found, _ = read_both(place, gzip.compress(text) if packed else text)

    assert all(isinstance(one.body, bytes) and isinstance(one.status, int) for one in found or ())


@patient
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4), st.booleans())
def test_damaged_files_are_read_or_refused(
    place: Path,
    where: int,
    damage: bytes,
    packed: bool,  # noqa: FBT001 - hypothesis passes by position
) -> None:
    whole = recording().encode()
    data = gzip.compress(whole) if packed else whole
    where %= len(data)

    found, _ = read_both(place, data[:where] + damage + data[where + len(damage) :])

    assert found is None or len(found) <= 1


@patient
@given(st.text(max_size=80) | st.text("[]{}:-?!&*<|>%@`'\"#, \n", max_size=80))
def test_any_text_is_read_or_refused(place: Path, text: str) -> None:
    found, content = read_both(place, text.encode("utf-8", "surrogatepass"))

    assert not found
    assert not (content and content.interactions)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param(
            gzip.compress(b"one ") + gzip.compress(b"two"), b"one two", id="several gzip members"
        ),
        pytest.param(gzip.compress(b"one") + b"\0\0", b"one", id="gzip with padding after it"),
        pytest.param(gzip.compress(b"one")[:-3], None, id="gzip that breaks off"),
        pytest.param(gzip.compress(b"one") + b"more", None, id="gzip with something after it"),
        pytest.param(gzip.compress(bytes(65 << 20)), None, id="a bomb"),
        pytest.param(gzip.compress(b"") * 200_000, None, id="members without end"),
    ],
)
def test_an_answer_is_kept_whole_or_as_it_came(body: bytes, kept: bytes | None) -> None:
    answer = Answer(status=200, body=body, headers={"content-encoding": ["gzip"]})

    assert decoded(answer).body == (body if kept is None else kept)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b'"api_keys": ["', id="lists that do not end"),
        pytest.param(b'\\"api_key\\":\\"', id="fields that do not end"),
        pytest.param(b"\\", id="backslashes"),
        pytest.param(b"eyJaaaaaaaa.", id="web tokens that do not end"),
        pytest.param(b"glpat-a.", id="tokens one after the other"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----", id="keys that do not end"),
        pytest.param(b"://a:", id="addresses that do not end"),
        pytest.param(b"arn:aws:", id="names that do not end"),
        pytest.param(b"; password", id="connection strings that do not end"),
        pytest.param(b"AKIAABCDEFGHIJKLMNOP ", id="keys of AWS without number"),
    ],
)
def test_scrubbing_takes_a_time_that_grows_with_the_text_alone(piece: bytes) -> None:
    text = b'"' + piece * (1_000_000 // len(piece))  # hours, if each piece looked at all others

    kept = scrubbed_body(text) or b""

    assert len(kept) <= len(text) + len("REDACTED")
