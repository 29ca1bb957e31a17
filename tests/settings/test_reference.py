from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytest_specbudget.settings.reference import render_configuration
from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY

ROOT = Path(__file__).parents[2]

# What pytest itself has imported before any plugin.
IMPORT_THE_TABLE = """
from __future__ import annotations
import sys, typing
class Anything(typing.NamedTuple):  # `typing` itself imports more, once it is used
    field: int
before = set(sys.modules)
import pytest_specbudget.settings.table
print(*sorted(set(sys.modules) - before))
"""


def test_the_page_of_all_settings_is_what_the_generator_writes() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert page == render_configuration(), "run: python ci/generate_docs.py"


def test_the_page_names_every_setting_in_every_spelling() -> None:
    page = render_configuration()

    names = [name for option in OPTIONS for name in (option.flag_name, option.variable, option.key)]
    assert [name for name in names if f"`{name}" not in page] == []
    assert [setting.key for setting in SETTINGS_ONLY if f"`{setting.key}`" not in page] == []


def test_help_can_be_printed_by_argparse() -> None:
    assert [option.key for option in OPTIONS if "%" in option.help or "\n" in option.help] == []


def test_the_table_imports_nothing_but_itself() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_THE_TABLE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == [
        "pytest_specbudget",
        "pytest_specbudget.settings",
        "pytest_specbudget.settings.table",
    ]


def test_no_two_settings_share_a_key() -> None:
    keys = [setting.key for setting in (*OPTIONS, *SETTINGS_ONLY)]

    assert len(keys) == len(set(keys))
