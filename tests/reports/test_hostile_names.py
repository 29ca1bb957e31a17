"""Names that try to break out, in every format: what they hold acts nowhere."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from support.comparisons import HOSTILE, hostile_compared
from support.markup import bare
from support.sarif import SCHEMA

from pytest_specbudget.reports import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = [
    pytest.param(HOSTILE, id="everything at once"),
    pytest.param("@org/team #12 me@evil.example www.evil.example", id="mentions and addresses"),
    pytest.param("[x](https://evil.example) ![i](//evil.example)", id="links and images"),
    pytest.param("<script>evil()</script><img src=//evil.example>", id="elements"),
    pytest.param("</details><details open><summary>PASS evil", id="the end of a fold"),
    pytest.param("a | evil | c\n| --- | --- |", id="cells"),
    pytest.param("```\n# evil\n``` `x`` ~~~", id="fences and spans"),
    pytest.param("`", id="a lone backtick"),
    pytest.param("a\\", id="a backslash at the end"),
    pytest.param("<!-- specbudget --> --> evil", id="comments"),
    pytest.param("\n\n# evil\n- evil\n> evil\n---", id="blocks"),
    pytest.param("\r\x85\u2028\u2029::error::evil", id="line ends of all kinds"),
    pytest.param("::set-output name=a::b\n::error::evil\n##[error]evil", id="workflow commands"),
    pytest.param("%0A::error::evil%0D%25", id="workflow escapes"),
    pytest.param("\x1b[31m\x1b]8;;https://evil.example\x07\x9b2J\x00\x7f", id="control characters"),
    pytest.param("\udc80\ud83d \ufffe", id="lone surrogates"),
    pytest.param("\u202eevil\u2066\u200b\ufeff", id="bidirectional and invisible characters"),
    pytest.param("=cmd|'/C calc'!A0", id="a formula"),
    pytest.param("]]>&evil;<failure/>\"'", id="XML"),
    pytest.param('a"} 1\nevil{b="c" # EOF', id="labels"),
    pytest.param('{0} "},{"evil":1', id="JSON"),
    pytest.param("   ", id="blanks"),
]
_TAGS = re.compile(r"</?(?:details|summary)(?: open)?>|<!-- specbudget -->")


def markdown(text: str, name: str) -> None:
    shown = bare(text)
    allowed = _TAGS.sub("", shown)
    assert not re.search(r"[<>@\[\]`~\\!&]|www\.|//|evil", allowed)
    assert shown.count("<details") == shown.count("</details>")
    for table in re.findall(r"(?:^\|.*\n)+", shown, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert name.strip() == "" or "CODE" in shown


def xml(text: str, name: str) -> None:
    suites = ET.fromstring(text.encode())  # noqa: S314 -- our own text
    tags = {element.tag for element in suites.iter()}
    assert tags <= {
        "testsuites", "testsuite", "testcase", "failure", "system-out", "properties", "property"
    }  # fmt: skip
    assert name


def sarif(text: str, name: str) -> None:
    log = json.loads(text)
    jsonschema.validate(log, SCHEMA)
    assert all("](" not in one for one in strings(log["runs"][0]["results"]))
    assert name


def code_quality(text: str, name: str) -> None:
    keys = {"description", "check_name", "fingerprint", "severity", "location"}
    assert all(entry.keys() == keys for entry in json.loads(text))
    assert name


def json_report(text: str, name: str) -> None:
    assert name in strings(json.loads(text))


def commands(text: str, name: str) -> None:
    for line in text.split("\n")[:-1]:
        assert re.match(r"::(?:error|warning|notice) (?:file=[^,:]+,(?:line=\d+,)?)?title=", line)
        assert not re.search(r"%(?!25|0A|3A|2C)", line)
    assert name


def metrics(text: str, name: str) -> None:
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""]
    for line in lines[:-2]:
        assert line.startswith("# ") or len(shlex.split(line.partition("#")[0])) == 2
    assert name


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for part in value.values() for text in strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings(part))
    elif isinstance(value, str):
        yield value


CHECKS: dict[str, Callable[[str, str], None]] = {
    "json": json_report,
    "markdown": markdown,
    "comment": markdown,
    "junit": xml,
    "sarif": sarif,
    "github": commands,
    "gitlab": code_quality,
    "gitlab-metrics": metrics,
}


def test_every_format_is_tried() -> None:
    assert CHECKS.keys() == FORMATS.keys()


@pytest.mark.parametrize("format_", CHECKS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_acts_nowhere(format_: str, name: str) -> None:
    text = FORMATS[format_](hostile_compared(name))

    assert all(char.isprintable() or char == "\n" for char in text)
    assert text.encode("utf-8")
    CHECKS[format_](text, name)
