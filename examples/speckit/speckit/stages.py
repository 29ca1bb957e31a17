"""The six stages of a SPEC, from plan to unlock.

Each says whom it asks and what becomes of the answers; how a model is asked is `speckit.ask`.
"""

from __future__ import annotations

import asyncio
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from speckit import ask, models
from speckit.brief import Brief
from speckit.documents import (
    Coverage,
    Decision,
    Finding,
    Patch,
    Plan,
    Task,
    code_in,
    json_in,
)

if TYPE_CHECKING:
    from speckit.specs import Spec

__all__ = ["audit", "implement", "plan", "tasks", "unlock", "validate"]

_SEVERITIES = ("high", "medium", "low")


async def plan(spec: Spec) -> Plan:
    """Two cheap drafts side by side, one premium model to merge them."""
    draft = "Draft a plan of at most five steps, each with its risk and its sign of success."
    drafts = await asyncio.gather(
        ask.gemini_async(models.ANALYST, _brief("plan", "analyst", draft, spec.text)),
        ask.claude_async(models.WRITER, _brief("plan", "writer", draft, spec.text)),
    )
    merge = (
        "Merge the drafts into one plan and name what they disagree on. Answer in JSON: "
        '{"steps": [{"title", "description", "success"}], "risks": [], "conflicts": []}.'
    )
    merged = await ask.gpt_async(
        models.AGGREGATOR, _brief("plan", "aggregator", merge, spec.text, *drafts)
    )
    return Plan.read(merged)


def tasks(spec: Spec) -> list[Task]:
    """One cheap model splits, another one looks for what is missing.  In order of need."""
    shape = '[{"id": "T1", "title", "needs": [], "done_when"}]'
    split = f"Split the SPEC into tasks of half a day. Answer in JSON: {shape}."
    listed = ask.claude(models.WRITER, _brief("tasks", "writer", split, spec.text))
    check = f"Name the tasks that are missing, none if none is. Answer in JSON: {shape}."
    missing = ask.gpt(models.CHECKER, _brief("tasks", "checker", check, spec.text, listed))
    return _in_order([Task.read(each) for each in json_in(listed) + json_in(missing)])


def _in_order(unsorted: list[Task]) -> list[Task]:
    by_id = {task.id: task for task in unsorted}
    order = TopologicalSorter({task.id: task.needs for task in unsorted}).static_order()
    return [by_id[each] for each in order]


def implement(spec: Spec) -> Patch:
    """Cheap first: a senior model writes it only if the judge sends the cheap one's code back."""
    write = "Write the module that the SPEC asks for, as one fenced block of Python."
    cheap = ask.gpt_streamed(models.CODER, _brief("implement", "coder", write, spec.text))
    patch = _judged(spec, "judge", models.CODER, code_in(cheap))
    if patch.accepted:
        return patch
    objections = "\n".join(patch.objections)
    rewrite = _brief("implement", "senior", write, spec.text, patch.code, objections)
    better = ask.claude_streamed(models.SENIOR, rewrite)
    return _judged(spec, "second judge", models.SENIOR, code_in(better))


def _judged(spec: Spec, judge: str, author: str, code: str) -> Patch:
    review = 'Hold the code against the SPEC. Answer in JSON: {"accepted", "objections": []}.'
    verdict = json_in(
        ask.claude(models.WRITER, _brief("implement", judge, review, spec.text, code))
    )
    return Patch(
        code=code,
        author=author,
        accepted=verdict["accepted"],
        objections=tuple(verdict["objections"]),
    )


def validate(spec: Spec) -> Coverage:
    """One cheap model plans tests, another says which criteria they cover."""
    design = 'Name the tests that the acceptance criteria need. Answer in JSON: ["test", ...].'
    cases = ask.gemini_streamed(models.ANALYST, _brief("validate", "analyst", design, spec.text))
    check = 'Which criteria (AC1, AC2, ...) do these tests cover? Answer in JSON: ["AC1", ...].'
    found = ask.gpt_response(models.CHECKER, _brief("validate", "checker", check, spec.text, cases))
    covered = json_in(found)
    return Coverage(
        cases=tuple(json_in(cases)),
        covered=tuple(covered),
        uncovered=tuple(each for each in spec.criteria if each not in covered),
    )


async def audit(spec: Spec, evidence: str) -> list[Finding]:
    """Two premium auditors who do not see each other's findings; the gravest first."""
    look = (
        "Audit the evidence for security, compliance and lost money. Answer in JSON: "
        '[{"severity": "high|medium|low", "title", "remedy"}].'
    )
    reports = await asyncio.gather(
        ask.claude_async(models.SENIOR, _brief("audit", "auditor", look, spec.text, evidence)),
        ask.gpt_response_streamed(
            models.AGGREGATOR, _brief("audit", "reviewer", look, spec.text, evidence)
        ),
    )
    findings = {said["title"]: Finding(**said) for each in reports for said in json_in(each)}
    return sorted(findings.values(), key=lambda finding: _SEVERITIES.index(finding.severity))


def unlock(spec: Spec, evidence: str) -> Decision:
    """Three premium models of three providers; one that says hold is enough."""
    decide = 'Ship or hold? Answer in JSON: {"decision": "ship|hold", "reason"}.'
    ballots = {
        models.SENIOR: ask.claude_streamed,
        models.ARBITER: ask.gemini,
        models.AGGREGATOR: ask.gpt,
    }
    said = {
        model: json_in(cast(model, _brief("unlock", "voter", decide, spec.text, evidence)))
        for model, cast in ballots.items()
    }
    return Decision(
        votes={model: each["decision"] for model, each in said.items()},
        reasons={model: each["reason"] for model, each in said.items()},
    )


def _brief(stage: str, role: str, task: str, *documents: str) -> Brief:
    return Brief(stage=stage, role=role, task=task, document="\n\n---\n\n".join(documents))
