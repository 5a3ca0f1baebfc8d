"""Changes that can be taken back, over real lanes."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DiskFull
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.search.query_line import QueryLine
from vlm_desktop.gui.undo import Change, Changes, Verb
from vlm_desktop.jobs import JobRunner


def verb(act: Callable[[], object]) -> Verb:
    def made(_: CancelToken) -> Generator[Event, None, object]:
        yield from ()
        return act()

    return made


@pytest.fixture
def changes(runner: JobRunner) -> Changes:
    return Changes(runner)


def adding(album: list[str], name: str) -> Change:
    """Append a name; undone from what `do` returned."""

    def do() -> int:
        album.append(name)
        return len(album) - 1

    return Change(f"Add {name}", verb(do), lambda place: verb(lambda: album.pop(place)))


def test_a_change_is_done_undone_and_done_again(qtbot: QtBot, changes: Changes) -> None:
    album: list[str] = []
    for name in ("a", "b"):
        with qtbot.waitSignal(changes.changed):
            changes.perform(adding(album, name))
    assert (album, changes.undo_text, changes.redo_text) == (["a", "b"], "Add b", "")
    with qtbot.waitSignal(changes.undone) as undone:
        changes.undo()
    assert undone.args[0].text == "Add b"
    assert (album, changes.undo_text, changes.redo_text) == (["a"], "Add a", "Add b")
    with qtbot.waitSignal(changes.redone):
        changes.redo()
    assert album == ["a", "b"]


def test_a_new_change_ends_what_could_be_done_again(qtbot: QtBot, changes: Changes) -> None:
    album: list[str] = []
    with qtbot.waitSignal(changes.changed):
        changes.perform(adding(album, "a"))
    with qtbot.waitSignal(changes.changed):
        changes.undo()
    with qtbot.waitSignal(changes.changed):
        changes.perform(adding(album, "b"))
    assert changes.redo_text == ""
    changes.redo()
    qtbot.wait(20)
    assert album == ["b"]


def test_a_failed_change_cannot_be_undone_and_is_said(qtbot: QtBot, changes: Changes) -> None:
    def fail() -> None:
        raise DiskFull(path=Path("/photos"))

    with qtbot.waitSignal(changes.failed) as failed:
        changes.perform(Change("Write", verb(fail), lambda _: verb(fail)))
    assert "/photos" in failed.args[0]
    assert changes.undo_text == ""


def test_a_failed_undo_leaves_the_change_in_place(qtbot: QtBot, changes: Changes) -> None:
    def fail() -> None:
        raise DiskFull(path=Path("/photos"))

    with qtbot.waitSignal(changes.changed):
        changes.perform(Change("Write", verb(lambda: 1), lambda _: verb(fail)))
    with qtbot.waitSignal(changes.failed):
        changes.undo()
    assert changes.undo_text == "Write"
    assert changes.redo_text == ""


def test_changes_asked_for_at_once_run_in_order(qtbot: QtBot, changes: Changes) -> None:
    album: list[str] = []
    for name in "abcdef":
        changes.perform(adding(album, name))
    qtbot.waitUntil(lambda: changes.undo_text == "Add f")
    assert album == list("abcdef")


def test_what_is_still_being_done_is_undone_once_it_is_there(
    qtbot: QtBot, changes: Changes
) -> None:
    album: list[str] = []
    changes.perform(adding(album, "a"))
    changes.perform(adding(album, "b"))
    changes.undo()
    qtbot.waitUntil(lambda: changes.redo_text == "Add b")
    assert album == ["a"]
    changes.undo()
    changes.undo()
    changes.redo()
    qtbot.waitUntil(lambda: changes.undo_text == "Add a" and changes.redo_text == "Add b")
    assert album == ["a"]


def test_an_empty_query_line_leaves_undo_to_the_window(qtbot: QtBot) -> None:
    window, line, undone = QMainWindow(), QueryLine(), []
    qtbot.addWidget(window)
    window.setCentralWidget(line)
    undo = window.addAction("Undo", lambda: undone.append(True))
    undo.setShortcut("Ctrl+Z")
    with qtbot.waitExposed(window):
        window.show()
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]
    qtbot.keyClicks(line, "dog")
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (undone, line.text()) == ([True], "")
