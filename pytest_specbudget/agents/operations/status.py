"""What lies in the folders of SPECs, and what their cost summaries say; nothing is computed anew.

A folder belongs to a SPEC if its name begins with an id, as in `SPEC-KIT-070-model-cost`; so does a
document, `SPEC-KIT-070.md` or `SPEC-KIT-070-plan.md`.  A stage was seen if its document is there,
or if money was spent on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import MoneyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Costs", "SpecFolder", "costs_of", "in_order", "spec_folders"]

_SPEC = re.compile(r"((?:[A-Z][A-Z0-9]*-)+[0-9]{1,6})(?:-(.*))?")
_ORDER = (
    *("new", "specify", "clarify", "plan", "tasks", "analyze", "checklist"),
    *("implement", "validate", "audit", "unlock"),
)
_DOCUMENTS = {"spec": "specify", "prd": "new", "implementation": "implement"}
"""Documents that are not called like the stage that writes them."""

_DOUBTS = ("calls_unpriced", "calls_unreported", "calls_unknown", "calls_partial")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFolder:
    """One folder of a SPEC, or a document that is one by itself.

    Attributes:
        spec: Its id.
        path: The folder, or the document.
        documents: The names of the files in it, sorted; of a document, its own.
        stages: The stages whose documents are there, in the order of work.
    """

    spec: str
    path: Path
    documents: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a cost summary says.

    Attributes:
        spec: The SPEC.
        run: The run that it tells of, or None.
        spent: What is known to have been spent.
        budget: The ceiling that held then, or None.
        calls: How many calls were counted.
        doubted: How many of them may have cost more than is known.
        stages: The stages that were charged, in the order of work.
        by_stage: What is known of the cost of each of them; none of it, none in here.
        by_model: Likewise of each model.
        doubted_stages: How many calls of each stage may have cost more, where any may.
        doubted_models: Likewise of each model.
    """

    spec: str
    run: str | None
    spent: Money
    budget: Money | None
    calls: int
    doubted: int
    stages: tuple[str, ...]
    by_stage: Mapping[str, Money]
    by_model: Mapping[str, Money]
    doubted_stages: Mapping[str, int] = field(default_factory=dict)
    doubted_models: Mapping[str, int] = field(default_factory=dict)


def spec_folders(root: Path) -> list[SpecFolder]:
    """Return what belongs to SPECs in *root*, sorted by name; none if there is no such folder."""
    if not root.is_dir():
        return []
    found = (_found(path) for path in sorted(root.iterdir()))
    return [one for one in found if one is not None]


def _found(path: Path) -> SpecFolder | None:
    if path.is_dir():
        match = _SPEC.fullmatch(path.name)
        return None if match is None else _folder(match[1], path)
    match = _SPEC.fullmatch(path.stem) if path.suffix.lower() == ".md" else None
    return None if match is None else _document(match[1], match[2] or "spec", path)


def costs_of(summary: Mapping[str, Any]) -> Costs:
    """Read a cost summary of any version.

    Raises:
        ValueError: If it names no SPEC, or an amount in it is none.
    """
    spec = summary.get("spec_id")
    if not isinstance(spec, str) or not spec:
        raise ValueError("it names no spec_id")
    budget = summary.get("budget")
    by_stage, by_model = _amounts(summary, "per_stage"), _amounts(summary, "per_model")
    doubted = _counts(summary, "unknown_calls_per_stage")
    return Costs(
        spec=spec,
        run=summary.get("run"),
        spent=_amount(summary.get("spent"), "spent"),
        budget=None if budget is None else _amount(budget, "budget"),
        calls=_count(summary, "call_count"),
        doubted=sum(_count(summary, name) for name in _DOUBTS),
        stages=in_order(stage for stage in (*by_stage, *doubted) if not stage.startswith("(")),
        by_stage=by_stage,
        by_model=by_model,
        doubted_stages=doubted,
        doubted_models=_counts(summary, "unknown_calls_per_model"),
    )


def in_order(stages: Iterable[str]) -> tuple[str, ...]:
    """Bring *stages*, each once, into the order of work; those of other names come last."""
    return tuple(sorted(set(stages), key=lambda name: (_place(name), name)))


def _place(stage: str) -> int:
    return _ORDER.index(stage) if stage in _ORDER else len(_ORDER)


def _folder(spec: str, path: Path) -> SpecFolder:
    documents = tuple(sorted(entry.name for entry in path.iterdir() if entry.is_file()))
    return SpecFolder(
        spec=spec, path=path, documents=documents, stages=in_order(_stages(documents))
    )


def _document(spec: str, about: str, path: Path) -> SpecFolder:
    stages = in_order(_stages((f"{about}.md",)))
    return SpecFolder(spec=spec, path=path, documents=(path.name,), stages=stages)


def _stages(documents: Iterable[str]) -> Iterator[str]:
    for name in documents:
        stem, _, kind = name.lower().partition(".")
        stage = _DOCUMENTS.get(stem, stem)
        if kind == "md" and stage in _ORDER:
            yield stage


def _amounts(summary: Mapping[str, Any], key: str) -> dict[str, Money]:
    amounts = summary.get(key) or {}
    if not isinstance(amounts, dict):
        raise ValueError(f"{key} is no table of amounts")  # noqa: TRY004 - damage, like the rest
    return {name: _amount(told, f"{key}.{name}") for name, told in amounts.items()}


def _counts(summary: Mapping[str, Any], key: str) -> dict[str, int]:
    counts = summary.get(key) or {}
    if not isinstance(counts, dict):
        raise ValueError(f"{key} is no table of counts")  # noqa: TRY004 - damage, like the rest
    return {name: _count(counts, name) for name in counts}


def _amount(told: Any, where: str) -> Money:
    try:
        return Money.parse(told)
    except (MoneyError, TypeError, AttributeError) as problem:
        raise ValueError(f"{where} is {told!r}, which is no amount") from problem


def _count(summary: Mapping[str, Any], key: str) -> int:
    told = summary.get(key, 0)
    if isinstance(told, bool) or not isinstance(told, int) or told < 0:
        raise ValueError(f"{key} is {told!r}, which is no count")
    return told
