"""The doctor's half of the check step: it looks by itself, says what it found, and mends it."""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DecoderUnavailable
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.base.trainingdata import (
    REST,
    DoctorOfData,
    ExamplesRead,
    FindingCode,
    Fix,
    TrainFinding,
    TrainSource,
    Weight,
)
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.gui.panes.train.check_doctor import to_mend
from vlm_desktop.gui.panes.train.check_page import CheckPage
from vlm_desktop.gui.panes.train.check_rows import FINDING, place_of
from vlm_desktop.gui.panes.train.session import CHECK, DATA, RECIPE
from vlm_desktop.gui.panes.train.train_pane import TrainPane
from vlm_desktop.gui.strings import train_check as strings

Fill = Callable[..., int]


def drive(verb: Generator[Event, None, object]) -> object:
    try:
        while True:
            next(verb)
    except StopIteration as end:
        return end.value


@pytest.fixture
def fill(training: Training, pictures: list[Path]) -> Fill:
    """A data set: a text for each picture, the last held out. The search model is left out."""
    training.doctor.judge = None

    def make(name: str, said: Sequence[str]) -> int:
        examples = tuple(
            Example(
                "", str(path), (Exchange("", text),),
                split=Split.VALIDATION if at == len(said) - 1 else Split.TRAIN,
            )
            for at, (path, text) in enumerate(zip(pictures, said, strict=False))
        )  # fmt: skip
        kept = training.datasets.create(name)
        read = ExamplesRead(TrainSource.JSONL, None, examples, ())
        drive(training.datasets.add(kept.id, read, CancelToken()))
        return kept.id

    return make


GOOD = ("A red wave.", "Green hills.", "The blue sea.", "Yellow corn.", "Grey rain.", "Snow.")
BAD = ("A red wave.", " ", "IMG_2041.JPG of a sea", "", "Grey rain.", "Snow.")


@pytest.fixture
def page(pane: TrainPane) -> CheckPage:
    found = pane.pages[CHECK]
    assert isinstance(found, CheckPage)
    return found


@pytest.fixture
def checked(pane: TrainPane, page: CheckPage, qtbot: QtBot) -> Callable[[int], None]:
    """Takes a data set in hand, opens the step, and waits for what the doctor says."""

    def check(set_id: int) -> None:
        pane.session.open(set_id)
        pane.session.refresh()
        pane.go_to(CHECK)
        qtbot.waitUntil(lambda: page.doctor.report is not None, timeout=30_000)
        qtbot.waitUntil(lambda: not page.doctor.is_running, timeout=30_000)

    return check


def codes(page: CheckPage) -> list[FindingCode]:
    return [one.code for one in page.left.list.findings]


def choose(page: CheckPage, code: FindingCode) -> None:
    rows = range(page.left.list.count())
    found = [page.left.list.item(row).data(FINDING) for row in rows]
    page.left.list.setCurrentRow(
        next(at for at, one in enumerate(found) if one and one.code is code)
    )


def test_without_data_the_step_leads_to_the_data(pane: TrainPane, page: CheckPage) -> None:
    pane.go_to(CHECK)
    assert page.none.isVisible()
    assert page.none.primary.hasFocus()
    page.none.primary.click()
    assert pane.step == DATA


def test_good_data_are_ready_without_asking(
    page: CheckPage, fill: Fill, checked: Callable[[int], None], pane: TrainPane
) -> None:
    checked(fill("Good", GOOD))
    assert page.left.headline.text() == strings.READY
    assert strings.NOTHING_FOUND in page.left.detail.text()
    assert not page.left.list.isVisible()
    assert strings.NOT_DONE["too-long"] in page.left.not_done.text()
    assert strings.NOT_DONE["label-noise"] in page.left.not_done.text()
    page.on.click()
    assert pane.step == RECIPE


def test_findings_are_grouped_and_said_whole(
    page: CheckPage, fill: Fill, checked: Callable[[int], None]
) -> None:
    checked(fill("Bad", BAD))
    assert page.left.headline.text() == "3 things to mend first"
    rows = page.left.list
    assert sorted(codes(page)) == [FindingCode.EMPTY, FindingCode.EMPTY, FindingCode.FILE_NAME]
    assert rows.item(0).text() == "To mend (3)"
    assert rows.item(0).flags() == Qt.ItemFlag.NoItemFlags
    assert rows.currentRow() == 1, "the first finding, not the line above it"
    said = rows.item(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("To mend: ")
    assert said.endswith(f"{page.left.mend.text()}.")
    child = QAccessible.queryAccessibleInterface(rows).child(1)
    assert child.text(QAccessible.Text.Name) == said


def test_a_finding_is_mended_by_a_key_and_undone(
    page: CheckPage,
    fill: Fill,
    checked: Callable[[int], None],
    training: Training,
    pane: TrainPane,
    qtbot: QtBot,
) -> None:
    set_id = fill("Bad", BAD)
    checked(set_id)
    before = training.datasets.examples(set_id)
    choose(page, FindingCode.FILE_NAME)
    assert page.left.mend.text() == "Leave out"
    assert not page.left.mend_all.isVisible()
    qtbot.keyClick(page.left.list, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: FindingCode.FILE_NAME not in codes(page), timeout=30_000)
    qtbot.waitUntil(
        lambda: not page.doctor.is_running and pane.session.set is not None, timeout=30_000
    )
    left_out = [one for one in training.datasets.examples(set_id) if one.split is Split.LEFT_OUT]
    assert [one.turns[0].answer for one in left_out] == [BAD[2]]
    assert pane.desk.changes.undo_text == "Leave out"
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: FindingCode.FILE_NAME in codes(page), timeout=30_000)
    assert training.datasets.examples(set_id) == before


def test_all_of_a_kind_are_mended_at_once(
    page: CheckPage,
    fill: Fill,
    checked: Callable[[int], None],
    training: Training,
    pane: TrainPane,
    qtbot: QtBot,
) -> None:
    set_id = fill("Bad", BAD)
    checked(set_id)
    choose(page, FindingCode.EMPTY)
    assert page.left.mend_all.text() == "All 2 of this kind"
    qtbot.keyClick(page.left.list, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: FindingCode.EMPTY not in codes(page), timeout=30_000)
    assert len(training.datasets.examples(set_id)) == len(BAD) - 2
    assert pane.desk.changes.undo_text == "Remove (2)"
    qtbot.waitUntil(lambda: page.left.headline.text() == strings.ONE_TO_MEND, timeout=30_000)


def test_the_words_of_a_fix_are_a_button_too(
    page: CheckPage,
    fill: Fill,
    checked: Callable[[int], None],
    training: Training,
    qtbot: QtBot,
) -> None:
    set_id = fill("Bad", BAD)
    checked(set_id)
    choose(page, FindingCode.FILE_NAME)
    rows = page.left.list
    option = QStyleOptionViewItem()
    option.rect, option.font = rows.visualItemRect(rows.currentItem()), rows.font()
    assert rows.current is not None
    place = place_of(option, rows.current)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(rows.viewport(), left, pos=place.picture.center())
    assert FindingCode.FILE_NAME in codes(page)
    qtbot.mouseClick(rows.viewport(), left, pos=place.fix.center())
    qtbot.waitUntil(lambda: FindingCode.FILE_NAME not in codes(page), timeout=30_000)
    assert Split.LEFT_OUT in [one.split for one in training.datasets.examples(set_id)]


def test_enter_shows_the_example_among_the_data(
    page: CheckPage, fill: Fill, checked: Callable[[int], None], pane: TrainPane, qtbot: QtBot
) -> None:
    checked(fill("Bad", BAD))
    wanted: list[tuple[str, ...]] = []
    pane.session.examples_wanted.connect(wanted.append)
    choose(page, FindingCode.FILE_NAME)
    qtbot.keyClick(page.left.list, Qt.Key.Key_Return)
    (finding,) = [one for one in page.left.list.findings if one.code is FindingCode.FILE_NAME]
    assert wanted == [finding.keys]
    assert pane.step == DATA
    shown = pane.data.examples
    qtbot.waitUntil(lambda: shown.model.keys == finding.keys, timeout=30_000)
    assert shown.keys == finding.keys, "and it is chosen"
    assert pane.data.back(), "Esc leads to all of them"
    qtbot.waitUntil(lambda: len(shown.model.keys) == len(BAD), timeout=30_000)


def test_data_that_changed_are_looked_at_again_and_others_are_not(
    page: CheckPage,
    fill: Fill,
    checked: Callable[[int], None],
    training: Training,
    pane: TrainPane,
    qtbot: QtBot,
) -> None:
    set_id = fill("Good", GOOD)
    checked(set_id)
    first = page.doctor.report
    pane.go_to(DATA)
    pane.go_to(CHECK)
    assert page.doctor.report is first
    assert not page.doctor.is_running
    (key, *_) = [one.key for one in training.datasets.examples(set_id)]
    training.datasets.take_out(set_id, [key])
    pane.session.refresh()
    qtbot.waitUntil(lambda: page.doctor.report is not first, timeout=30_000)
    assert page.doctor.report is not None
    assert page.doctor.report.looked == len(GOOD) - 1


def test_refused_data_say_so(page: CheckPage, fill: Fill, checked: Callable[[int], None]) -> None:
    checked(fill("One", ("Only one.",)))
    assert page.left.headline.text() == strings.REFUSED
    assert codes(page)[0] is FindingCode.ONE_ITEM
    assert page.left.list.item(0).text() == "Stops teaching (1)"
    assert not page.left.mend.isVisible()
    assert strings.MAY_START not in page.left.detail.text()


def test_a_look_is_stopped_and_a_failed_one_tried_again(
    page: CheckPage,
    fill: Fill,
    pane: TrainPane,
    training: Training,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go = threading.Event()
    real = training.doctor.examine

    def slowly(*_: object, **__: object) -> Generator[Event, None, DoctorOfData]:
        yield Progress(Phase.DECODE, 1, 6)
        while not go.wait(0.01):
            yield Progress(Phase.DECODE, 2, 6)
        raise DecoderUnavailable(detail="no more")

    monkeypatch.setattr(training.doctor, "examine", slowly)
    pane.session.open(fill("Good", GOOD))
    pane.session.refresh()
    pane.go_to(CHECK)
    qtbot.waitUntil(lambda: "of 6" in page.left.detail.text(), timeout=30_000)
    assert page.left.stop.hasFocus()
    assert page.back(), "Esc stops"
    qtbot.waitUntil(lambda: not page.doctor.is_running, timeout=30_000)
    assert page.left.detail.text() == strings.STOPPED
    assert page.left.look.hasFocus()
    go.set()
    page.left.look.click()
    qtbot.waitUntil(lambda: page.left.headline.text() == strings.FAILED, timeout=30_000)
    assert page.left.detail.text()
    monkeypatch.setattr(training.doctor, "examine", real)
    page.left.look.click()
    qtbot.waitUntil(lambda: page.left.headline.text() == strings.READY, timeout=30_000)


def test_a_rest_counts_as_many_as_it_stands_for() -> None:
    rest = TrainFinding(
        FindingCode.EMPTY, Weight.WARNING, tuple(map(str, range(40))), REST, Fix.REMOVE
    )
    note = TrainFinding(FindingCode.ROTATED, Weight.NOTE, ("a",))
    one = TrainFinding(FindingCode.EMPTY, Weight.WARNING, ("b",), "", Fix.REMOVE)
    assert to_mend(DoctorOfData(50, (one, rest, note))) == 41
