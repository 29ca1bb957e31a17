"""The text of docs/accuracy.md: verdicts on rows, summed into tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from accuracy_rows import Row

    Verdict = Callable[[Row, Any], str]

__all__ = ["Answers", "page"]

Answers = dict[str, dict[str, Any]]
"""By the id of a row: `counts` and `cost`, each a value, an error or None; `doubts` names those of
the two that came with a warning."""

_EXACT = Fraction(1, 1_000_000)  # the libraries calculate in floats
_STATED = Fraction(1, 100)  # providers round what they state

_COLUMNS = ("right", "wrong, with a warning", "silently wrong", "refused", "not offered")
_TEMPLATE = Path(__file__).with_name("accuracy_template.md")


def page(
    rows: Sequence[Row],
    answers: Mapping[str, Answers],
    versions: Mapping[str, str],
    notes: Iterable[str],
    today: date,
) -> str:
    """Render the page.

    Args:
        rows: Every answer.
        answers: What each program said, ours first.
        versions: Of every program, also of those that could not be asked.
        notes: What could not be had, a sentence each.
        today: Printed as the day of making.
    """
    told = [row for row in rows if row.counts is not None]
    silent = [row for row in rows if row.counts is None]
    official = [row for row in told if row.cost is not None and not row.stated]
    stated = [row for row in told if row.stated]
    return _TEMPLATE.read_text("utf-8").format(
        today=today,
        answers=len(rows),
        distributions=len({row.distribution for row in rows}),
        versions="\n".join(f"| `{name}` | {number} |" for name, number in versions.items()),
        rows=len(told),
        counts=_table(told, answers, "counts", _of_counts),
        shapes=_shapes(told, answers),
        unreported=len(silent),
        nothing=_table(silent, answers, "counts", _of_nothing),
        official_rows=len(official),
        official=_table(official, answers, "cost", _of_cost),
        stated_rows=len(stated),
        stated=_table(stated, answers, "cost", _of_stated),
        wrong=_wrong(told, answers),
        notes="".join(f"* {note}\n" for note in notes),
    )


def _of_counts(row: Row, told: Any) -> str:
    if refusal := _refusal(told):
        return refusal
    billed = {name: told[name] for name in row.counts or ()}
    return "right" if billed == row.counts else "silently wrong"


def _of_nothing(_row: Row, told: Any) -> str:
    refusal = _refusal(told)
    return {"refused": "right"}.get(refusal, refusal) or "silently wrong"


def _of_cost(row: Row, told: Any) -> str:
    return _refusal(told) or _within(_EXACT, row, told)


def _of_stated(row: Row, told: Any) -> str:
    return _refusal(told) or _within(_STATED, row, told)


def _refusal(told: Any) -> str:
    if told is None:
        return "not offered"
    return "refused" if isinstance(told, dict) and "error" in told else ""


def _within(share: Fraction, row: Row, told: str) -> str:
    want = row.cost or Fraction()
    return "right" if abs(Fraction(told) - want) <= share * want else "silently wrong"


def _table(rows: Sequence[Row], answers: Mapping[str, Answers], kind: str, verdict: Verdict) -> str:
    lines = [f"| program | {' | '.join(_COLUMNS)} | right, of all |"]
    lines.append("|---|" + "---:|" * (len(_COLUMNS) + 1))
    for name, of_it in answers.items():
        found = Counter(_judged(row, of_it, kind, verdict) for row in rows)
        cells = " | ".join(str(found[column]) for column in _COLUMNS)
        lines.append(f"| `{name}` | {cells} | {_percent(found['right'], len(rows))} |")
    return "\n".join(lines)


def _judged(row: Row, answers: Answers, kind: str, verdict: Verdict) -> str:
    found = verdict(row, answers[row.id][kind])
    warned = found == "silently wrong" and kind in answers[row.id].get("doubts", ())
    return "wrong, with a warning" if warned else found


def _percent(part: int, whole: int) -> str:
    """Round down, so that only all is 100 %."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "-"


def _shapes(rows: Sequence[Row], answers: Mapping[str, Answers]) -> str:
    by_shape: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_shape[row.family].append(row)
    lines = ["| shape | answers | " + " | ".join(f"`{name}`" for name in answers) + " |"]
    lines.append("|---|---:|" + "---:|" * len(answers))
    for shape, of_shape in sorted(by_shape.items(), key=lambda item: (-len(item[1]), item[0])):
        cells = [_cell(of_shape, of_it) for of_it in answers.values()]
        lines.append(f"| {shape} | {len(of_shape)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(rows: Sequence[Row], answers: Answers) -> str:
    found = Counter(_judged(row, answers, "counts", _of_counts) for row in rows)
    if found["not offered"] == len(rows):
        return "-"
    return f"{found['right']} ({found['silently wrong']})"


def _wrong(rows: Sequence[Row], answers: Mapping[str, Answers]) -> str:
    """Show one case of each kind that a program got wrong without saying so."""
    return "\n".join(
        f"| `{name}` | {case} |" for name, of_it in answers.items() for case in _cases(rows, of_it)
    )


def _cases(rows: Sequence[Row], answers: Answers) -> list[str]:
    shown: dict[str, str] = {}
    for row in rows:
        told, cost = answers[row.id]["counts"], answers[row.id]["cost"]
        if _judged(row, answers, "counts", _of_counts) == "silently wrong":
            kind = f"counts of a {row.family} answer"
            shown.setdefault(kind, f"{kind} (`{row.model}`) | {_few(told)} | {_few(row.counts)}")
        verdict = _of_stated if row.stated else _of_cost
        if row.cost and _judged(row, answers, "cost", verdict) == "silently wrong":
            kind = f"cost of `{row.model}`"
            shown.setdefault(kind, f"{kind} | {_dollars(cost)} | {_dollars(row.cost)}")
    return sorted(shown.values())


def _dollars(cost: str | Fraction) -> str:
    return f"${float(Fraction(cost)):.9f}"


def _few(counts: Mapping[str, int] | None) -> str:
    short = {"input_tokens": "in", "output_tokens": "out"}
    short |= {"cache_read_input_tokens": "read", "cache_write_input_tokens": "written"}
    return (
        ", ".join(f"{short[name]} {count}" for name, count in (counts or {}).items() if count)
        or "0"
    )
