"""Devices, privacy, the library's file, about: over a real library."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.real_library import PHOTOS
from vlm_desktop import __version__
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.settings.files import in_bytes
from vlm_desktop.gui.panes.settings.forget import ForgetDialog
from vlm_desktop.gui.panes.settings.settings_pane import SettingsPane
from vlm_desktop.gui.strings import settings as strings

Open = Callable[[Path], SettingsPane]


def status(pane: SettingsPane) -> str:
    window = pane.window()
    assert isinstance(window, MainWindow)
    return window.status.text.text()


def rows(table) -> dict[str, str]:  # type: ignore[no-untyped-def]
    items = [table.topLevelItem(index) for index in range(table.topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items}


def press(pane: SettingsPane, words: str) -> None:
    """A button of the question that is open."""
    (box,) = [one for one in pane.window().findChildren(QMessageBox) if one.isVisible()]
    (button,) = [one for one in box.buttons() if one.text() == words]
    button.click()


# --- devices -----------------------------------------------------------------------------


def test_devices_are_tried_when_one_comes_there_and_say_why(
    pane: SettingsPane, qtbot: QtBot
) -> None:
    assert not pane.devices.table.isVisible()
    pane.list.setCurrentRow(list(pane.sections).index("models"))
    qtbot.waitUntil(lambda: pane.devices.table.isVisible(), timeout=20_000)
    found = rows(pane.devices.table)
    assert strings.DEVICE_CHOSEN in found.values()
    assert strings.CHOICES["provider.cpu"] in found
    rejected = [
        pane.devices.table.topLevelItem(index).text(2)
        for index in range(pane.devices.table.topLevelItemCount())
        if pane.devices.table.topLevelItem(index).text(1) == strings.DEVICE_REJECTED
    ]
    assert all(rejected)


# --- privacy -----------------------------------------------------------------------------


def forget(pane: SettingsPane, qtbot: QtBot, *, keep_out: bool) -> None:
    """Answer the dialog that is open."""
    (dialog,) = pane.window().findChildren(ForgetDialog)
    assert dialog.keep_out.isChecked()
    dialog.keep_out.setChecked(keep_out)
    qtbot.mouseClick(dialog.forget, Qt.MouseButton.LeftButton)


def test_a_photo_is_forgotten_kept_out_and_let_in_again(
    full_pane: SettingsPane,
    real_photos: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane = full_pane
    photo = real_photos / PHOTOS[0]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(photo)], ""))
    assert pane.privacy.kept_out.text() == strings.KEPT_OUT_NONE
    pane.desk.actions.get("library.forget-photos").trigger()
    (dialog,) = pane.privacy.findChildren(ForgetDialog)
    assert [dialog.list.item(i).text() for i in range(dialog.list.count())] == [str(photo)]
    forget(pane, qtbot, keep_out=True)
    qtbot.waitUntil(lambda: status(pane).startswith("1 photo was removed"), timeout=20_000)
    assert photo.exists()
    services = pane.desk.services
    qtbot.waitUntil(lambda: pane.privacy.kept_out.text() == strings.KEPT_OUT_ONE)
    assert services.info().contents == len(PHOTOS) - 1
    qtbot.mouseClick(pane.privacy.let_in, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.privacy.kept_out.text() == strings.KEPT_OUT_NONE)


def test_photos_selected_in_the_grid_are_forgotten_with_their_copies(
    full_pane: SettingsPane, real_photos: Path, qtbot: QtBot
) -> None:
    pane = full_pane
    command = pane.desk.actions.get("photo.forget")
    command.trigger()
    assert status(pane) == strings.FORGET_NOTHING
    library = pane.desk.services.library  # type: ignore[attr-defined]
    chosen = [library.content_of(real_photos / name) for name in PHOTOS[:2]]
    pane.desk.navigator.selection_changed.emit(tuple(chosen))
    command.trigger()
    qtbot.waitUntil(lambda: len(pane.window().findChildren(ForgetDialog)) == 1)
    forget(pane, qtbot, keep_out=False)
    qtbot.waitUntil(lambda: status(pane).startswith("2 photos and 2 desc"), timeout=20_000)
    assert pane.desk.services.info().contents == len(PHOTOS) - 2


@pytest.mark.parametrize("too", [False, True])
def test_alt_texts_of_people_are_forgotten_only_when_asked_for(
    full_pane: SettingsPane, real_photos: Path, qtbot: QtBot, too: bool
) -> None:
    pane, photo = full_pane, real_photos / PHOTOS[0]
    sets = pane.desk.services.alttext.sets
    made = sets.new_set("Mine")
    adding = sets.add_files(made.id, [photo], CancelToken())
    while next(adding, None) is not None:
        pass
    (image,) = sets.images(made.id)
    sets.save_text(image.id, "en", "My words.")
    pane.privacy.ask_to_forget([photo])
    (dialog,) = pane.privacy.findChildren(ForgetDialog)
    assert not dialog.alt_texts.isChecked()
    dialog.alt_texts.setChecked(too)
    forget(pane, qtbot, keep_out=False)
    qtbot.waitUntil(lambda: status(pane).startswith("1 photo was removed"), timeout=20_000)
    kept = strings.ALT_TEXTS_KEPT.replace("{count:,}", "1")
    assert (kept in status(pane)) is not too
    assert len(sets.images(made.id)) == (0 if too else 1)


def test_forgetting_can_be_refused(full_pane: SettingsPane, real_photos: Path) -> None:
    full_pane.privacy.ask_to_forget([real_photos])
    (dialog,) = full_pane.privacy.findChildren(ForgetDialog)
    dialog.reject()
    assert full_pane.desk.services.info().contents == len(PHOTOS)
    assert not full_pane.desk.work.running


def test_what_is_not_in_the_library_is_said(
    full_pane: SettingsPane, tmp_path: Path, qtbot: QtBot
) -> None:
    full_pane.privacy.ask_to_forget([tmp_path / "stranger.jpg"])
    forget(full_pane, qtbot, keep_out=False)
    qtbot.waitUntil(lambda: "is not in the library" in status(full_pane))
    assert not full_pane.desk.work.running


# --- the library's file ------------------------------------------------------------------


def test_sizes_are_shown_in_words(full_pane: SettingsPane, qtbot: QtBot) -> None:
    qtbot.waitUntil(full_pane.library.sizes.isVisible)
    found = rows(full_pane.library.sizes)
    assert found[strings.SIZE_NAMES["models"]].endswith(" bytes")
    assert found[strings.SIZE_NAMES["thumbnails"]].endswith("kB")
    assert strings.SIZE_NAMES["copies"] not in found
    assert [in_bytes(n) for n in (999, 1000, 2_500_000, 3_040_000_000)] == [
        "999 bytes",
        "1 kB",
        "2.5 MB",
        "3.0 GB",
    ]


def test_a_library_is_exported_taken_in_elsewhere_and_its_predecessor_deleted(
    open_settings: Open,
    full_home: Path,
    home: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = tmp_path / "copy.sqlite3"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(copy), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(copy), ""))
    full = open_settings(full_home)
    full.desk.actions.get("library.export").trigger()
    qtbot.waitUntil(lambda: str(copy) in status(full), timeout=10_000)
    empty = open_settings(home)
    empty.desk.actions.get("library.import").trigger()
    press(empty, strings.IMPORT_NOW)
    qtbot.waitUntil(lambda: "5 photos were taken in" in status(empty), timeout=20_000)
    assert empty.desk.services.info().contents == len(PHOTOS)
    qtbot.waitUntil(empty.library.delete_old.isVisible)
    qtbot.mouseClick(empty.library.delete_old, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not empty.library.delete_old.isVisible())
    assert list(home.glob("*.replaced-*")) == []


def test_thumbnails_are_deleted_and_made_again(full_pane: SettingsPane, qtbot: QtBot) -> None:
    pane = full_pane
    folder = pane.desk.services.paths.thumbnails  # type: ignore[attr-defined]
    qtbot.mouseClick(pane.library.delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not list(folder.rglob("*.jpg")))
    qtbot.waitUntil(lambda: status(pane) == "5 thumbnails were deleted.")
    qtbot.mouseClick(pane.library.make, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: status(pane) == "5 thumbnails were made.", timeout=30_000)
    assert len(list(folder.rglob("*.jpg"))) == len(PHOTOS)


def test_a_damaged_library_is_said_once_and_a_new_one_offered(
    open_settings: Open, full_home: Path, qtbot: QtBot
) -> None:
    database = full_home / "library.sqlite3"
    with sqlite3.connect(database) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    whole = bytearray(database.read_bytes())
    whole[4096 * 3 : 4096 * 6] = b"\xa5" * (4096 * 3)
    database.write_bytes(whole)
    pane = open_settings(full_home)
    qtbot.waitUntil(lambda: any(_questions(pane)))
    (box,) = _questions(pane)
    assert str(database) in box.text()
    pane.desk.library.refresh()
    press(pane, strings.REBUILD_NOW)
    qtbot.waitUntil(lambda: "The old library lies at" in status(pane), timeout=20_000)
    assert pane.desk.services.info() is not None
    assert len(list(full_home.glob("library.corrupt-*.sqlite3"))) == 1


def _questions(pane: SettingsPane) -> list[QMessageBox]:
    return [one for one in pane.window().findChildren(QMessageBox) if one.isVisible()]


# --- about -------------------------------------------------------------------------------


def test_about_names_parts_models_and_places(
    pane: SettingsPane, home: Path, opened: list[Path], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: pane.about.parts.topLevelItemCount() > 0)
    found = rows(pane.about.parts)
    assert {"numpy", "pyside6", "Starter"} <= set(found)
    assert str(home) in pane.about.data.text()
    pane.desk.actions.get("help.about").trigger()
    assert pane.about.heading.visibleRegion().boundingRect().height() > 0
    buttons = {one.text(): one for one in pane.about.findChildren(type(pane.about.report))}
    qtbot.mouseClick(buttons[strings.OPEN_LICENCE], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons[strings.OPEN_DATA], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [path.name for path in opened] == ["LICENSE", "home"])


def test_a_table_reached_by_tab_shows_where_one_is(pane: SettingsPane, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: pane.about.parts.topLevelItemCount() > 0)
    table = pane.about.parts
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert table.currentItem() is table.topLevelItem(0)
    qtbot.waitUntil(lambda: table.visibleRegion().boundingRect().height() >= table.height() - 4)


def test_the_system_report_tells_what_helps_and_no_photo(
    full_pane: SettingsPane,
    real_photos: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    full_home: Path,
) -> None:
    monkeypatch.setattr(Path, "home", lambda: full_home.parent)
    QGuiApplication.clipboard().clear()
    full_pane.desk.actions.get("help.report").trigger()
    qtbot.waitUntil(lambda: status(full_pane) == strings.REPORT_COPIED, timeout=20_000)
    report = QGuiApplication.clipboard().text()
    assert f"VLM Desktop {__version__}" in report
    assert "Device cpu: used" in report
    assert "Folder home: ~/full, writable" in report
    assert "5 indexed, 1 quarantined" in report
    assert "ocr = False" in report
    assert str(full_home.parent) not in report
    assert not any(name in report for name in (*PHOTOS, real_photos.name))
