"""Whether a run was asked for all tests that share a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.plugin.partial_files import leaves_files_out

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["takes_all_beside"]

_OF_FOLDER = "conftest.py"


def takes_all_beside(config: pytest.Config, module: Path) -> bool:
    """Tell whether a run was asked for all tests that may share what lies beside *module*.

    Those are the tests of the module, or of the folder of a `conftest.py`.  What `-k`, `-m` and
    `--lf` leave out is not looked at: they often stand in `addopts`, and then define the suite.

    Args:
        config: pytest's.
        module: The file; it need not exist.
    """
    if config.getoption("pyargs", default=False):
        return True
    here = config.invocation_params.dir
    asked = [(here / one).resolve() for one in config.args if "::" not in one]
    left = [one for one in _places(config, module) if not any(map(one.is_relative_to, asked))]
    return not left or (bool(asked) and not leaves_files_out(config, left, asked))


def _places(config: pytest.Config, module: Path) -> list[Path]:
    """Return where the tests lie: the file, or the folder, or what `testpaths` has in that."""
    place = (module.parent if module.name == _OF_FOLDER else module).resolve()
    suite = [(config.rootpath / one).resolve() for one in config.getini("testpaths")]
    return [one for one in suite if one.is_relative_to(place)] or [place]
