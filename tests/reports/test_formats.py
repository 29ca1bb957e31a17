from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from support.reports import gate, passing, row

from pytest_specbudget.core.money import Money
from pytest_specbudget.reports import FORMATS, terminal
from pytest_specbudget.reports.figures import interval


@pytest.mark.parametrize(
    ("name", "start"),
    [
        pytest.param("json", '{\n "schemaVersion": "1.0"', id="json"),
        pytest.param("markdown", "<!-- specbudget -->", id="markdown"),
        pytest.param("comment", "<!-- specbudget -->", id="comment"),
        pytest.param("junit", '<?xml version="1.0"', id="junit"),
        pytest.param("sarif", '{\n "$schema": "https://json.schemastore.org/sarif', id="sarif"),
        pytest.param("github", "::notice title=spec budget::PASS", id="github"),
        pytest.param("gitlab", "[]\n", id="gitlab"),
        pytest.param("gitlab-metrics", "# TYPE specbudget_list_cost_usd", id="gitlab-metrics"),
    ],
)
def test_a_format_is_found_by_name(name: str, start: str) -> None:
    assert FORMATS[name](passing()).startswith(start)


@pytest.mark.parametrize("spent", ["0.000000732", "0.00012345", "0.52", "2.00000001", "12.3456789"])
def test_every_format_for_people_shows_an_amount_alike(spent: str) -> None:
    held = gate("A", spent)
    report = replace(
        passing(), specs=(row("A", spent, ceiling="2.00"),), gates=(replace(held, passed=True),)
    )

    shown = interval(held.spent, Money(), held.ceiling)
    lines = terminal.render(report, width=100, unicode=True)

    assert f" {shown} " in "\n".join(line.text for line in lines)
    assert f"| {shown} |" in FORMATS["markdown"](report)
    assert f">${shown} of $2.00" in FORMATS["junit"](report)


def test_the_list_of_formats_loads_none_of_them() -> None:
    program = (
        "import sys, pytest_specbudget.reports, pytest_specbudget.reports.json_report\n"
        "print(*{'pydantic', 'tabulate'} & {*sys.modules})"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert not done.stdout.strip()
