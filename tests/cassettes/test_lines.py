"""The file format, read by us and by the loaders that others use."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_recording._vcr import load_cassette
from vcr.persisters.filesystem import FilesystemPersister  # type: ignore[import-untyped]  # vcrpy ships no types
from vcr.serializers import yamlserializer  # type: ignore[import-untyped]  # vcrpy ships no types

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.lines import header, line, parse
from pytest_specbudget.errors import RecordingError

hostile = st.one_of(
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=60),
    st.sampled_from(
        ["\x85", "\u2028", "\ufeff", "\ufffe", "\x7f", "\U0001f4a5", "- {", ": #", "\r\n"]
    ).flatmap(
        lambda piece: st.text(max_size=5).map(
            lambda rest: (piece + rest).encode("utf-8", "replace")
        )
    ),
)


def interaction(sent: bytes | None = b"{}", received: bytes = b"{}") -> Interaction:
    return Interaction(
        Asked(method="POST", uri="https://h/v1?a=b", body=sent, headers={"X-Case": ["1"]}),
        Answer(status=200, reason="OK", body=received, headers={"Set": ["a", "b"]}),
    )


def written(*interactions: Interaction, note: str | None = None) -> bytes:
    return (header(note) + "".join(map(line, interactions))).encode()


def body_from_yaml(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


@given(hostile, hostile)
@example(b"", b"\xef\xbb\xbf")
@example(b'{"a": "\\ud800"}', b"\x1f\x8b\x00")
def test_any_body_comes_back_from_our_reader_and_from_yaml(sent: bytes, received: bytes) -> None:
    one = interaction(sent, received)
    raw = written(one, one)

    content = parse(raw, "a.yaml")
    [first, _] = yaml.safe_load(raw)["interactions"]

    assert content.ours
    assert content.interactions == [one, one]
    assert body_from_yaml(first["request"]["body"]) == sent
    assert body_from_yaml(first["response"]["body"]["string"]) == received


def test_each_interaction_is_one_line() -> None:
    text = written(interaction(b"a\nb\r\nc\x85d\xe2\x80\xa8e"), interaction()).decode()

    assert len(text.splitlines()) == 2 + 2


def test_a_note_stands_above_everything_else() -> None:
    raw = written(interaction(), note="recorded from an emulator\nnot from a provider")

    assert raw.startswith(b"# recorded from an emulator\n# not from a provider\nversion: 1\n")
    assert parse(raw, "a.yaml").interactions == [interaction()]


def test_vcrpy_and_pytest_recording_load_our_files(tmp_path: Any) -> None:
    path = tmp_path / "a.yaml"
    one = interaction("é\u2028".encode(), b"\xff\x00")
    path.write_bytes(written(one, note="by hand"))

    for requests, responses in (
        FilesystemPersister.load_cassette(path, yamlserializer),
        load_cassette(str(path), yamlserializer),
    ):
        assert requests[0].body == one.asked.body
        assert requests[0].headers == {"X-Case": "1"}
        assert responses[0]["body"]["string"] == one.answer.body


def test_a_file_that_vcrpy_wrote_is_read(tmp_path: Any) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(written(interaction(), interaction(None, b"\xff")))
    requests, responses = FilesystemPersister.load_cassette(path, yamlserializer)
    FilesystemPersister.save_cassette(
        path, {"requests": requests, "responses": responses}, yamlserializer
    )

    content = parse(path.read_bytes(), str(path))

    assert not content.ours
    assert content.interactions == [interaction(), interaction(None, b"\xff")]


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_a_torn_last_line_is_dropped_and_told(cut: int) -> None:
    whole = written(interaction())
    torn = whole + line(interaction(b"\xff")).encode()[:-cut][: cut + 20]

    content = parse(torn, "a.yaml")

    assert content.interactions == [interaction()]
    assert content.whole == len(whole)
    assert "cut off" in (content.note or "")


def test_a_missing_last_line_break_loses_nothing() -> None:
    content = parse(written(interaction())[:-1], "a.yaml")

    assert content.interactions == [interaction()]
    assert (content.note, content.ends_open) == (None, True)


def test_windows_line_breaks_are_read() -> None:
    raw = written(interaction(), note="checked out by git").replace(b"\n", b"\r\n")

    assert parse(raw, "a.yaml").interactions == [interaction()]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(
            b"interactions:\n- b\n- {a: 1]\n", "a.yaml, line 3: cannot be read", id="no YAML"
        ),
        pytest.param(
            b"hello", 'a.yaml is no cassette: it has no list "interactions"', id="another text"
        ),
        pytest.param(b"- request: {}\n", "a.yaml is no cassette", id="a list"),
        pytest.param(
            b"a: b\nc: \xff", r"a.yaml, line 2: cannot be read \(no UTF-8\)", id="no text"
        ),
        pytest.param(
            b"interactions:\n- request: {}\n",
            "a.yaml, interaction 0: cannot be read",
            id="no response",
        ),
        pytest.param(
            b"interactions: [!!python/object/apply:os.getcwd []]",
            "a.yaml, line 1: cannot",
            id="code",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(raw: bytes, message: str) -> None:
    with pytest.raises(RecordingError, match=f"^{message}"):
        parse(raw, "a.yaml")
