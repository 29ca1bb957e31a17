"""Values as they were given on the command line and in the environment, not yet understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.names import nearest
from pytest_specbudget.settings.asked import RESERVED
from pytest_specbudget.settings.table import FLAGS, OPTIONS, SETTINGS_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "RESERVED",
    "Given",
    "Place",
    "in_environment",
    "on_command_line",
    "strangers",
]

Place = Literal["command line", "environment", "file"]

_PREFIX = "SPECBUDGET_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value as somebody set it.

    Attributes:
        key: The name of the setting, as in the file.
        value: Text from the command line and the environment, any TOML value from the file.
        origin: Where it was set, as the user wrote it.
        place: Which of the three it came from.
        entry: The name of the entry, for a setting that is a table; otherwise None.
        folder: What a relative path is relative to; None is the current directory.
    """

    key: str
    value: object
    origin: str
    place: Place
    entry: str | None = None
    folder: Path | None = None


def on_command_line(options: Mapping[str, object], flags: str = FLAGS) -> Iterator[Given]:
    """Yield what argparse stored under our names; other names in *options* are left alone.

    Args:
        options: What argparse stored, by `dest`.
        flags: How options begin where they were typed.
    """
    for option in OPTIONS:
        for value in _several(options.get(option.dest)):
            name = flags + option.flag_name.removeprefix(FLAGS)
            origin = name if value is True else f"{name}={value}"
            yield Given(key=option.key, value=value, origin=origin, place="command line")


def in_environment(environment: Mapping[str, str]) -> Iterator[Given]:
    """Yield the variables of our settings; a repeatable one holds several, with commas between."""
    for option in OPTIONS:
        text = environment.get(option.variable)
        if text is None:
            continue
        for value in text.split(",") if option.repeatable else [text]:
            origin = f"{option.variable}={text}"
            yield Given(key=option.key, value=value.strip(), origin=origin, place="environment")


def strangers(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a note for each variable that looks like ours and is none."""
    known = {option.variable for option in OPTIONS} | set(RESERVED)
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in known:
            advice = _advice(name.removeprefix(_PREFIX).lower())
            yield f"{name} is set in the environment and has no effect; {advice}"


def _several(value: object) -> Iterable[object]:
    if value is None or value is False:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _advice(key: str) -> str:
    if key in {setting.key for setting in SETTINGS_ONLY}:
        return f'"{key}" can only be set in the file, in [tool.specbudget]'
    likely = nearest(key, [option.key for option in OPTIONS])
    return f'did you mean "{_PREFIX}{likely.upper()}"?' if likely else "no setting has such a name"
