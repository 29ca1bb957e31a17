"""What a repository declares outside of its code: plugins, and where clients are told to call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.libraries import PLUGINS
from pytest_specbudget.cli._init.source import BaseUrl
from pytest_specbudget.cli._init.tree import small_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["addresses_in", "declared_plugins", "is_ignored"]

_REQUIREMENTS = re.compile(
    r"(?:[\w./-]*/)?(?:[\w.-]*require[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in))"
    r"|pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|noxfile\.py|Pipfile|environment\.ya?ml"
)
_COMMENT = re.compile(r"(?:^|\s)[#;].*")
_TEMPLATE = re.compile(
    r"(?:.*/)?(?:\.?env[._-](?:\w+[._-])?(?:example|sample|template|dist|test|ci|tests)"
    r"|(?:example|sample|template|test)\.env|[\w.-]*compose[\w.-]*\.ya?ml)"
)
"""Templates that people share; never `.env` itself, which holds their keys."""

_ASSIGNED = re.compile(
    r"^\s*(?:export\s+|-\s+)?[\"']?(?P<name>[A-Z][A-Z0-9_]*(?:BASE_URL|API_BASE|ENDPOINT|GATEWAY_URL))"
    r"[\"']?\s*[=:]\s*[\"']?(?P<url>https?://[^\s\"'${}<>]+)",
    re.MULTILINE,
)


def declared_plugins(rootdir: Path, names: Iterable[str]) -> dict[str, str]:
    """Return which plugins that matter are named in the files of requirements, and where first."""
    found: dict[str, str] = {}
    for name in names:
        if _REQUIREMENTS.fullmatch(name):
            text = _without_comments(small_text(rootdir / name) or "")
            for plugin in PLUGINS:
                if plugin not in found and _named(plugin).search(text):
                    found[plugin] = name
    return dict(sorted(found.items()))


def addresses_in(rootdir: Path, names: Iterable[str]) -> Iterator[BaseUrl]:
    """Yield the addresses that templates of environments give to clients."""
    for name in names:
        if _TEMPLATE.fullmatch(name):
            text = small_text(rootdir / name) or ""
            for found in _ASSIGNED.finditer(text):
                line = text.count("\n", 0, found.start("name")) + 1
                yield BaseUrl(name=found["name"], url=found["url"], where=f"{name}:{line}")


def is_ignored(folder: Path, name: str) -> bool:
    """Tell whether the `.gitignore` in *folder* names the folder *name*, in a line of its own."""
    lines = (small_text(folder / ".gitignore") or "").splitlines()
    return any(line.strip().strip("/") == name for line in lines)


def _named(plugin: str) -> re.Pattern[str]:
    spelt = plugin.replace("-", "[-_.]")
    return re.compile(rf"(?<![\w./-]){spelt}(?![\w/-])", re.IGNORECASE)


def _without_comments(text: str) -> str:
    return "\n".join(_COMMENT.sub("", line) for line in text.splitlines())
