"""Exporting from the window, over the real engine and real files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from vlm_desktop.base.filework import ExportKind
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.library.export_dialog import ExportDialog
from vlm_desktop.gui.strings import library as strings


@pytest.fixture(autouse=True)
def test_folders() -> None:
    QStandardPaths.setTestModeEnabled(True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for number, colour in enumerate(("red", "green", "blue")):
        make_photo(folder / f"{number} ä.jpg", colour, seed=number)
    return folder


@pytest.fixture
def window(
    qtbot: QtBot,
    live_window: Callable[[], MainWindow],
    index: Callable[[Path], None],
    photos: Path,
) -> MainWindow:
    index(photos)
    shown = live_window()
    qtbot.waitUntil(lambda: len(shown.search.shown_contents()) == 3, timeout=10_000)
    return shown


def ask(window: MainWindow, *selected: int) -> ExportDialog:
    window.desk.navigator.selection_changed.emit(selected)
    window.desk.actions.get("file.export").trigger()
    return window.findChildren(ExportDialog)[-1]


def choose(dialog: ExportDialog, kind: ExportKind, target: Path) -> None:
    dialog.kinds.button(dialog._kinds.index(kind)).setChecked(True)
    dialog.target.setText(str(target))


def run(qtbot: QtBot, window: MainWindow, dialog: ExportDialog) -> str:
    with qtbot.waitSignal(window.desk.work.ended, timeout=20_000) as ended:
        dialog.export()
    return str(ended.args[0])


def test_all_shown_photos_are_copied_and_undo_removes_the_copies(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "copies"
    dialog = ask(window)
    assert not dialog.which.button(0).isEnabled()
    choose(dialog, ExportKind.COPIES, target)
    dialog.numbered.setChecked(True)
    assert "3 photos" in run(qtbot, window, dialog)
    assert len(list(target.glob("00? ? ä.jpg"))) == 3
    qtbot.waitUntil(lambda: window.desk.changes.undo_text == "Export of 3 photos")
    window.desk.actions.get("edit.undo").trigger()
    qtbot.waitUntil(lambda: not (tmp_path / "out").exists(), timeout=10_000)
    window.desk.actions.get("edit.redo").trigger()
    qtbot.waitUntil(lambda: target.is_dir() and len(list(target.iterdir())) == 3, timeout=10_000)


def test_selected_photos_become_a_contact_sheet(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = ask(window, window.search.shown_contents()[0])
    assert dialog.which.checkedId() == 0
    target = tmp_path / "sheet.html"
    choose(dialog, ExportKind.SHEET, target)
    assert not dialog.numbered.isEnabled()
    run(qtbot, window, dialog)
    text = target.read_text(encoding="utf-8")
    assert text.count("<img ") == 1
    assert "1 photo" in text


def test_what_is_amiss_is_said_before_anything_is_written(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, photos: Path
) -> None:
    dialog = ask(window)
    there = tmp_path / "list.txt"
    there.write_text("mine")
    for kind, target, said in (
        (ExportKind.LIST, there, strings.EXPORT_TARGET_TAKEN),
        (ExportKind.COPIES, photos / "copies", strings.EXPORT_TARGET_INSIDE),
        (ExportKind.COPIES, there, strings.EXPORT_TARGET_TAKEN),
    ):
        choose(dialog, kind, target)
        dialog.export()
        assert not dialog.go.isEnabled(), "the disk is asked"
        qtbot.waitUntil(lambda said=said: dialog.problem.text() == said)  # type: ignore[misc]
        assert dialog.isVisible()
        assert dialog.go.isEnabled()
    dialog.target.clear()
    dialog.export()
    assert dialog.problem.text() == strings.EXPORT_TARGET_MISSING
    assert there.read_text() == "mine"
    dialog.reject()


def test_the_suggested_place_is_one_where_nothing_is(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = ask(window)
    choose(dialog, ExportKind.TABLE, tmp_path / strings.EXPORT_TABLE_NAME)
    run(qtbot, window, dialog)
    again = ask(window)
    taken = tmp_path / strings.EXPORT_TABLE_NAME
    free = str(taken.with_name(f"{taken.stem} 2{taken.suffix}"))
    qtbot.waitUntil(lambda: again.target.text() == free)
    again.reject()


def test_the_kind_and_the_folder_are_remembered(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = ask(window)
    choose(dialog, ExportKind.TABLE, tmp_path / "one.csv")
    run(qtbot, window, dialog)
    again = ask(window)
    assert again.kind is ExportKind.TABLE
    assert Path(again.target.text()).parent == tmp_path
    again.reject()


def test_photos_that_cannot_be_read_are_named(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, photos: Path
) -> None:
    gone = next(photos.iterdir())
    gone.unlink()
    dialog = ask(window)
    choose(dialog, ExportKind.COPIES, tmp_path / "out")
    words = run(qtbot, window, dialog)
    assert words.startswith("2 photos exported")
    assert gone.name in words


def test_a_stopped_export_leaves_nothing(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    engine: AppServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = ask(window)
    choose(dialog, ExportKind.COPIES, tmp_path / "out")
    said: list[str] = []
    window.desk.work.ended.connect(said.append)
    dialog.export()
    qtbot.waitUntil(lambda: bool(said or window.desk.work.running))
    for one in window.desk.work.running:
        one.stop()
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    if said == [strings.EXPORT_STOPPED]:
        assert not (tmp_path / "out").exists()
    else:  # It was through before.
        assert len(list((tmp_path / "out").iterdir())) == 3


def test_without_photos_there_is_nothing_to_export(
    qtbot: QtBot, live_window: Callable[[], MainWindow]
) -> None:
    window = live_window()
    window.desk.actions.get("file.export").trigger()
    assert window.status.text.text() == strings.EXPORT_NOTHING
    assert not window.findChildren(ExportDialog)
