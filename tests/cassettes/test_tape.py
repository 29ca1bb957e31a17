from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cassettes.interaction import Answer, Asked
from pytest_specbudget.cassettes.lines import parse
from pytest_specbudget.cassettes.tape import Mode, Tape
from pytest_specbudget.errors import CallRefused, RecordingError

if TYPE_CHECKING:
    from pathlib import Path


def asked(text: str = "Hi", model: str = "gpt-4o") -> Asked:
    body = f'{{"model": "{model}", "messages": [{{"content": "{text}"}}], "temperature": 0}}'
    return Asked(
        method="POST", uri="https://api.openai.com/v1/chat/completions", body=body.encode()
    )


def answer(text: str = "Hello", status: int = 200) -> Answer:
    return Answer(status=status, reason="OK", body=text.encode())


def tape(path: Path, mode: Mode = "none") -> Tape:
    return Tape(path, mode, refuse=CallRefused)


def record(path: Path, *pairs: tuple[Asked, Answer], mode: Mode = "new") -> None:
    recorder = tape(path, mode)
    for pair in pairs:
        recorder.store(*pair)
    recorder.close()


def answers(path: Path) -> list[str]:
    return [each.answer.body.decode() for each in parse(path.read_bytes(), "").interactions]


def test_equal_requests_are_answered_in_the_order_recorded(path: Path) -> None:
    statuses = [429, 429, 200]
    record(path, *((asked(), answer(status=status)) for status in statuses))
    player = tape(path)

    played = [player.take(asked()) for _ in range(4)]

    assert [each and (each[0], each[1].status) for each in played] == [
        (0, 429),
        (1, 429),
        (2, 200),
        None,
    ]


def test_sixty_threads_get_each_answer_once(path: Path) -> None:
    record(path, *((asked(), answer(str(n))) for n in range(60)))
    player = tape(path)

    with ThreadPoolExecutor(60) as pool:
        numbers = list(pool.map(lambda _: (player.take(asked()) or (-1,))[0], range(61)))

    assert sorted(numbers) == [-1, *range(60)]


def test_what_a_tape_records_it_does_not_play(path: Path) -> None:
    recorder = tape(path, "new")
    recorder.store(asked(), answer())

    assert recorder.take(asked()) is None


@pytest.mark.parametrize(
    ("mode", "exists", "records"),
    [
        pytest.param("none", False, False, id="none never records"),
        pytest.param("once", False, True, id="once records the first time"),
        pytest.param("once", True, False, id="once plays from then on"),
        pytest.param("new", True, True, id="new records what is missing"),
        pytest.param("all", True, True, id="all records always"),
    ],
)
def test_the_mode_decides_whether_a_miss_may_be_sent(
    path: Path, mode: Mode, *, exists: bool, records: bool
) -> None:
    if exists:
        record(path, (asked(), answer()))

    assert tape(path, mode).recording is records


@pytest.mark.parametrize(
    ("mode", "recorded", "why", "told"),
    [
        pytest.param("once", 0, "renamed", "renamed", id="a first request need not be paid for"),
        pytest.param("once", 1, "renamed", "None", id="but a second, since the first was"),
        pytest.param("once", 0, None, "None", id="nor one that nobody knows of"),
        pytest.param("none", 0, "renamed", "no recording answers", id="none refuses by itself"),
    ],
)
def test_a_request_that_may_be_recorded_can_be_spared(
    path: Path, mode: Mode, recorded: int, why: str | None, told: str
) -> None:
    recorder = Tape(path, mode, refuse=CallRefused, spare=lambda _asked: why)
    for _ in range(recorded):
        recorder.store(asked("another"), answer())

    assert str(recorder.refusal(asked())).startswith(told)


def test_new_plays_what_there_is_and_adds_what_is_missing(path: Path) -> None:
    record(path, (asked("a"), answer("1")))
    second = tape(path, "new")

    first_place = second.take(asked("a"))
    place = second.store(asked("b"), answer("2"))

    assert first_place is not None
    assert place == 1
    assert answers(path) == ["1", "2"]


def test_nothing_is_made_before_the_first_answer(path: Path) -> None:
    recorder = tape(path, "once")
    recorder.close()

    assert not path.parent.exists()


def test_unplayed_recordings_are_described(path: Path) -> None:
    record(path, (asked("a"), answer()), (asked("b", "gpt-5"), answer()))
    player = tape(path)
    player.take(asked("a"))

    assert player.unplayed == [
        'interaction 1: POST api.openai.com/v1/chat/completions, model "gpt-5"'
    ]


# Recording anew -------------------------------------------------------------------------------


def test_all_replaces_the_old_recording_at_the_end(path: Path) -> None:
    record(path, (asked(), answer("old")))
    recorder = tape(path, "all")
    recorder.store(asked(), answer("new"))
    before = answers(path)

    recorder.close()

    assert (before, answers(path)) == (["old"], ["new"])
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("how", ["the block raised", "the test failed", "nothing was recorded"])
def test_all_keeps_the_old_recording_if_the_test_went_wrong(path: Path, how: str) -> None:
    record(path, (asked(), answer("old")))
    recorder = tape(path, "all")
    if how != "nothing was recorded":
        recorder.store(asked(), answer("new"))
    if how == "the test failed":
        recorder.keep_old()

    recorder.close(well=how != "the block raised")

    assert answers(path) == ["old"]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("how", ["the block raised", "the test failed"])
def test_all_keeps_what_was_paid_for_where_there_is_no_old_recording(path: Path, how: str) -> None:
    recorder = tape(path, "all")
    recorder.store(asked(), answer("new"))
    if how == "the test failed":
        recorder.keep_old()

    recorder.close(well=how != "the block raised")
    recorder.store(asked(), answer("late"))

    assert answers(path) == ["new", "late"]
    assert list(path.parent.iterdir()) == [path]


def test_a_late_answer_is_kept_where_there_is_no_recording_at_all(path: Path) -> None:
    recorder = tape(path, "all")
    recorder.close(well=False)

    recorder.store(asked(), answer("late"))

    assert answers(path) == ["late"]


@pytest.mark.parametrize(
    ("mode", "is_old", "told"),
    [
        pytest.param("all", True, "stays as it was, without the 1 answer", id="all, over an old"),
        pytest.param("all", False, "keeps the 1 answer that this failed test", id="all, the first"),
        pytest.param("new", True, "", id="new keeps everything anyway"),
        pytest.param("once", False, "", id="once does so, too"),
    ],
)
def test_what_becomes_of_a_failed_test_s_recording_is_told(
    path: Path, mode: Mode, told: str, *, is_old: bool
) -> None:
    if is_old:
        record(path, (asked(), answer("old")))
    recorder = tape(path, mode)

    assert recorder.fate == ""
    recorder.store(asked("b"), answer("new"))
    assert recorder.fate.startswith(f"{path} {told}" if told else "")
    assert bool(recorder.fate) is bool(told)


@pytest.mark.parametrize("well", [True, False])
def test_an_answer_that_comes_late_is_kept_with_its_recording(path: Path, *, well: bool) -> None:
    record(path, (asked(), answer("old")))
    recorder = tape(path, "all")
    recorder.store(asked(), answer("new"))
    recorder.close(well=well)

    recorder.store(asked(), answer("late"))

    assert answers(path) == (["new", "late"] if well else ["old"])


# Files in bad shape ---------------------------------------------------------------------------


def test_a_torn_tail_is_dropped_told_and_overwritten(path: Path) -> None:
    record(path, (asked(), answer("1")), (asked(), answer("2")))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])

    torn = tape(path, "new")
    torn.store(asked(), answer("3"))

    [note] = torn.notes
    assert note.startswith(f"{path}: the last line was cut off")
    assert answers(path) == ["1", "3"]


def test_a_line_is_added_after_one_that_an_editor_left_open(path: Path) -> None:
    record(path, (asked(), answer("1")))
    path.write_bytes(path.read_bytes().rstrip())

    record(path, (asked("b"), answer("2")))

    assert answers(path) == ["1", "2"]


def test_adding_to_a_file_of_another_writer_makes_it_ours(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        "interactions:\n- request: {method: POST, uri: 'https://h/', body: null, headers: {}}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: one}}\n"
        "version: 1\n"
    )

    record(path, (asked(), answer("two")))

    assert answers(path) == ["one", "two"]
    assert parse(path.read_bytes(), "").ours


def test_a_document_that_another_writer_kept_as_a_body_is_answered_for(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        "interactions:\n- request: {method: POST, uri: 'https://h/', body: {a: 1}, headers: {}}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: one}}\n"
    )

    taken = tape(path).take(Asked(method="POST", uri="https://h/", body=b'{"a": 1.0}'))

    assert taken is not None


def test_an_empty_file_is_recorded(path: Path) -> None:
    path.parent.mkdir()
    path.touch()

    record(path, (asked(), answer("1")), mode="once")

    assert answers(path) == ["1"]


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_sent(path: Path) -> None:
    path.parent.write_text("a file where a folder should be")

    with pytest.raises(RecordingError, match=f"{path} cannot be .*"):
        tape(path, "once")


def test_a_recording_that_cannot_be_opened_is_named(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(RecordingError, match=f"^{path} cannot be read: it is a folder$"):
        tape(path)


@pytest.mark.parametrize("mode", ["none", "once", "new", "all"])
def test_a_link_to_nothing_is_told_before_anything_is_sent(path: Path, mode: Mode) -> None:
    path.parent.mkdir()
    path.symlink_to("elsewhere.yaml")

    with pytest.raises(RecordingError, match=f"^{path} is a link to nothing .elsewhere.yaml.; fet"):
        tape(path, mode)

    assert path.is_symlink()
    assert not path.exists()


def test_an_answer_that_cannot_be_written_refuses_so_that_no_sdk_pays_again(path: Path) -> None:
    recorder = tape(path, "once")
    path.parent.write_text("the folder is a file by now")

    with pytest.raises(CallRefused, match=f"{path} cannot be written"):
        recorder.store(asked(), answer())


# What a miss says -----------------------------------------------------------------------------


def refusal(path: Path, request: Asked, *played: Asked) -> str:
    player = tape(path)
    for each in played:
        player.take(each)
    return str(player.refusal(request))


def test_a_miss_shows_the_nearest_recording_and_what_differs(path: Path) -> None:
    record(path, (asked("Refund order 17 to its buyer"), answer()), (asked("x", "o3"), answer()))

    message = refusal(path, asked("Refund order 18 to its buyer"))

    assert message.splitlines() == [
        'no recording answers POST api.openai.com/v1/chat/completions, model "gpt-4o"',
        f"    cassette  {path} (2 interactions, mode none)",
        (
            "    differs   from interaction 0 in messages[0].content: "
            'now "...nd order 18 to its buyer", recorded "...nd order 17 to its buyer"'
        ),
        "    record    pytest --spec-record=new",
    ]


def test_a_miss_after_the_last_equal_recording_says_so(path: Path) -> None:
    record(path, (asked(), answer()), (asked(), answer()))

    message = refusal(path, asked(), asked(), asked())

    assert "played    interaction 0 and every equal one already" in message


def test_a_miss_on_another_path_lists_what_there_is(path: Path) -> None:
    record(path, (asked(), answer()))

    message = refusal(path, Asked(method="POST", uri="https://api.openai.com/v1/responses"))

    assert "    holds     POST api.openai.com/v1/chat/completions" in message


def test_a_miss_without_a_file_says_that_it_does_not_exist(path: Path) -> None:
    message = refusal(path, asked())

    assert f"{path} (does not exist, mode none)" in message
    assert len(message.splitlines()) == 3


def test_a_miss_is_short_whatever_differs(path: Path) -> None:
    many = ", ".join(f'"key{n}": "{"x" * 500}"' for n in range(50))
    record(path, (asked(), answer()))

    message = refusal(path, Asked(method="POST", uri=asked().uri, body=f"{{{many}}}".encode()))

    assert len(message.splitlines()) <= 9
    assert "and 48 more" in message
    assert max(map(len, message.splitlines())) < 250


def test_a_miss_shows_no_credential(path: Path) -> None:
    key = "sk-abcdefghij0123456789"
    record(path, (asked("mine"), answer()))

    assert key not in refusal(path, asked(f"use {key}"))


@pytest.mark.parametrize(
    ("mode", "before", "meanwhile", "well", "held"),
    [
        pytest.param("once", None, None, True, ["mine"], id="the first recording"),
        pytest.param("once", None, None, False, ["mine"], id="one that was paid for"),
        pytest.param("once", None, "other", True, ["mine"], id="the last that ended well"),
        pytest.param("once", None, "other", False, ["other"], id="another that did"),
        pytest.param("new", "old", None, True, ["old", "mine"], id="what is added, with the rest"),
        pytest.param("all", "old", None, True, ["mine"], id="what is made anew"),
    ],
)
def test_of_processes_that_record_at_once_one_whole_recording_stays(  # noqa: PLR0913, PLR0917 - columns
    path: Path,
    mode: Mode,
    before: str | None,
    meanwhile: str | None,
    well: bool,  # noqa: FBT001 - a column
    held: list[str],
) -> None:
    if before:
        record(path, (asked("before"), answer(before)))
    recorder = Tape(path, mode, refuse=CallRefused, apart=True)

    recorder.store(asked(), answer("mine"))
    if meanwhile:
        record(path, (asked(), answer(meanwhile)))
    recorder.close(well=well)

    assert answers(path) == held
    assert list(path.parent.iterdir()) == [path]
