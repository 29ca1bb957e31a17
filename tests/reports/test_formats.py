from __future__ import annotations

import subprocess
import sys

import pytest
from support.reports import passing

from pytest_specbudget.reports import FORMATS


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


def test_the_list_of_formats_loads_none_of_them() -> None:
    program = (
        "import sys, pytest_specbudget.reports, pytest_specbudget.reports.json_report\n"
        "print(*{'pydantic', 'tabulate'} & {*sys.modules})"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert not done.stdout.strip()
