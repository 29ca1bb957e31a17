from __future__ import annotations

import pytest
from speckit import specs, stages

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("spec_cassette")]


@pytest.mark.spec("SPEC-KIT-070", stage="audit", command="/speckit.audit")
async def test_sound_evidence_has_no_grave_finding() -> None:
    findings = await stages.audit(specs.load("SPEC-KIT-070"), specs.evidence("SPEC-KIT-070"))

    assert {finding.severity for finding in findings} == {"low"}


@pytest.mark.spec("SPEC-KIT-071", stage="audit", command="/speckit.audit")
async def test_the_gravest_finding_comes_first_and_none_comes_twice() -> None:
    findings = await stages.audit(specs.load("SPEC-KIT-071"), specs.evidence("SPEC-KIT-071"))

    assert [finding.severity for finding in findings] == ["high", "high", "medium"]
    assert findings[0].title == "Prompts reach the evidence folder"
