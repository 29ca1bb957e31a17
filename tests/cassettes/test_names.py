from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.cassettes.names import cassette_path

FOLDER = Path("cassettes")
REFUSED_SOMEWHERE = set('[]:<>"|?*\\/\0')

names = st.one_of(
    st.text(min_size=1, max_size=120).filter(lambda text: text.isprintable()),
    st.text(alphabet="aAbB_-.1[", min_size=1, max_size=6),
)


@pytest.mark.parametrize(
    ("test", "file"),
    [
        pytest.param("test_plan", "test_plan.yaml", id="a plain name is kept"),
        pytest.param("test_plan[gpt-4o]", "test_plan-gpt-4o-9c0a13d153.yaml", id="brackets go"),
        pytest.param("TestPlan::test_a", "TestPlan-test_a-463e98d8be.yaml", id="colons go"),
        pytest.param("con", "con-1143da2bc5.yaml", id="a device of Windows is no file"),
    ],
)
def test_a_name_is_readable_and_portable(test: str, file: str) -> None:
    assert cassette_path(FOLDER, "test_refunds", test) == FOLDER / "test_refunds" / file


@given(names)
def test_no_file_system_refuses_a_name(name: str) -> None:
    file = cassette_path(FOLDER, "test_refunds", name).name

    assert not REFUSED_SOMEWHERE & set(file)
    assert file.isascii()
    assert len(file) <= 80 + len("-0123456789.yaml")


@given(st.lists(names, min_size=2, max_size=20, unique=True))
def test_names_differ_by_more_than_case(tests: list[str]) -> None:
    files = {str(cassette_path(FOLDER, "test_refunds", test)).lower() for test in tests}

    assert len(files) == len(tests)
