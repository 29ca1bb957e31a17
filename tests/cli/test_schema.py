"""The schemas hold for what is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import jsonschema
import pytest
from support.charges import charge
from support.reports import failing, passing

from pytest_specbudget.cli import main
from pytest_specbudget.journal.lines import charge_line
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.reports import json_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def schema_of(capsys: pytest.CaptureFixture[str]) -> Any:
    def read(file: str) -> Any:
        assert main(["schema", file]) == 0
        return json.loads(capsys.readouterr().out)

    return read


@pytest.mark.parametrize("report", [passing(), failing()], ids=["passing", "failing"])
def test_a_report_fits_its_schema(schema_of: Any, report: Any) -> None:
    jsonschema.validate(json.loads(json_report.render(report)), schema_of("report"))


def test_every_line_of_a_journal_fits_its_schema(schema_of: Any, tmp_path: Path) -> None:
    header = {"kind": "header", "schema": 1, "run": "r", "worker": "main"}
    writer = JournalWriter(tmp_path / "journal.jsonl", header)
    writer.append(charge_line(charge("0.10")))
    writer.write({"kind": "event", "event": "attempt", "values": {"test": "t", "attempt": 2}})
    writer.close({"kind": "footer", "count": 1, "list_cost": "0.1"})

    lines = [json.loads(line) for line in writer.path.read_text("utf-8").splitlines()]

    schema = schema_of("journal")
    assert [line["kind"] for line in lines] == ["header", "charge", "event", "footer"]
    for line in lines:
        jsonschema.validate(line, schema)


class TestHistory:
    LINE: ClassVar[dict[str, Any]] = {
        "id": "a",
        "at": "2026-11-02T10:00:00Z",
        "provider": "openai",
        "model": "gpt-5",
        "list_cost": "250000000000000000",
    }

    @pytest.mark.parametrize(
        "told",
        [
            pytest.param({}, id="the least that it takes"),
            pytest.param({"input_tokens": 10**10, "free": True, "part": 0}, id="with counts"),
            pytest.param({"outcome": None, "spec": None, "billed_cost": 10**24}, id="with nulls"),
        ],
    )
    def test_what_fits_is_taken(self, schema_of: Any, tmp_path: Path, told: dict[str, Any]) -> None:
        jsonschema.validate(self.LINE | told, schema_of("history"))

        assert add(tmp_path, self.LINE | told) == 0

    @pytest.mark.parametrize(
        "told",
        [
            pytest.param({"id": None}, id="no id"),
            pytest.param({"model": ""}, id="an empty model"),
            pytest.param({"input_tokens": 10**10 + 1}, id="too many tokens"),
            pytest.param({"list_cost": "0.25"}, id="dollars"),
            pytest.param({"source": "mock"}, id="a fake"),
        ],
    )
    def test_what_does_not_fit_is_set_aside(
        self, schema_of: Any, tmp_path: Path, told: dict[str, Any]
    ) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(self.LINE | told, schema_of("history"))

        assert add(tmp_path, self.LINE | told) == 1


def add(folder: Path, line: dict[str, Any]) -> int:
    path = folder / "a.jsonl"
    path.write_text(json.dumps(line), "utf-8")
    return main(["history", "add", str(path), "--history", str(folder / "h")])


def test_what_is_no_amount_does_not_fit(schema_of: Any) -> None:
    damaged = json.loads(json_report.render(passing()))
    damaged["totals"]["list_cost_usd"] = 1.83

    with pytest.raises(jsonschema.ValidationError, match=r"1\.83"):
        jsonschema.validate(damaged, schema_of("report"))
