from __future__ import annotations

import pytest
from speckit import specs, stages

pytestmark = pytest.mark.usefixtures("spec_cassette")


@pytest.mark.spec("SPEC-KIT-070", stage="tasks", command="/speckit.tasks")
def test_no_task_comes_before_what_it_needs() -> None:
    tasks = stages.tasks(specs.load("SPEC-KIT-070"))

    done: set[str] = set()
    for task in tasks:
        assert done.issuperset(task.needs), task
        done.add(task.id)
    assert len(tasks) == 7


@pytest.mark.spec("SPEC-KIT-071", stage="tasks", command="/speckit.tasks")
def test_the_checker_adds_what_the_writer_forgot() -> None:
    tasks = stages.tasks(specs.load("SPEC-KIT-071"))

    assert [task.title for task in tasks if task.id.startswith("M")] == [
        "Refuse keys that the SPEC does not name"
    ]


@pytest.mark.spec("SPEC-KIT-072", stage="tasks", command="/speckit.tasks")
def test_every_task_says_when_it_is_done() -> None:
    tasks = stages.tasks(specs.load("SPEC-KIT-072"))

    assert len(tasks) == 4
    assert all(task.done_when for task in tasks)
