"""Duplicates in the window, over the real engine and real files."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.flow.engine.test_comparing import scene
from vlm_desktop.base.filework import KeepReason, Tier
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.library.duplicates_section import DuplicatesSection
from vlm_desktop.gui.panes.library.linked_pictures import LinkedPicture, LinkedZoom
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.media.trash import CAN_RESTORE


@pytest.fixture(autouse=True)
def trash_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash" / "files"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
    for number in range(2):
        scene(number).save(folder / "a" / f"{number}.jpg", quality=92)
        shutil.copy(folder / "a" / f"{number}.jpg", folder / "b" / f"{number} copy.jpg")
    scene(7).save(folder / "a" / "large.jpg", quality=92)
    scene(7).resize((320, 240)).save(folder / "b" / "small.jpg", quality=90)
    return folder


@pytest.fixture
def window(
    live_window: Callable[[], MainWindow], index: Callable[[Path], None], photos: Path
) -> MainWindow:
    index(photos)
    return live_window()


@pytest.fixture
def section(qtbot: QtBot, window: MainWindow) -> DuplicatesSection:
    window.shell.tools.open_section("duplicates")
    shown = window.pane("library").section("duplicates")
    assert isinstance(shown, DuplicatesSection)
    qtbot.waitUntil(lambda: shown.model.rowCount() == 3, timeout=10_000)
    return shown


def compared(qtbot: QtBot, section: DuplicatesSection) -> None:
    """Until the copies are shown with all that is known of them."""
    qtbot.waitUntil(lambda: section.compare.facts.rowCount() > 0, timeout=20_000)
    qtbot.waitUntil(
        lambda: all(card.picture.is_shown for card in section.compare.cards), timeout=20_000
    )


def facts(section: DuplicatesSection) -> dict[str, list[str]]:
    table = section.compare.facts
    return {
        table.verticalHeaderItem(row).text(): [
            table.item(row, column).text() for column in range(table.columnCount())
        ]
        for row in range(table.rowCount())
    }


def test_groups_are_listed_by_tier_and_copies_lie_side_by_side(
    qtbot: QtBot, section: DuplicatesSection, photos: Path, opened: list[Path]
) -> None:
    tiers = [section.tiers.itemText(row) for row in range(section.tiers.count())]
    assert tiers == ["All (3)", "Same file (2)", "Same picture (0)", "Nearly the same (1)"]
    section.tiers.setCurrentIndex(3)
    assert section.model.rowCount() == 1
    compared(qtbot, section)
    known = facts(section)
    assert set(known[strings.FACT_FILE]) == {"large.jpg", "small.jpg"}
    assert set(known[strings.FACT_PIXELS]) == {"640 × 480 JPEG", "320 × 240 JPEG"}
    assert strings.SHARPEST in known[strings.FACT_SHARPNESS]
    row = list(known).index(strings.FACT_PIXELS)
    item = section.compare.facts.item(row, 0)
    assert item.font().bold()
    assert "differs" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    kept = section.compare.group.copies[section.compare.kept]
    assert kept.path == photos / "a" / "large.jpg"
    section.reveal.click()
    assert opened == [photos / "a"]
    note = section.compare.cards[section.compare.kept].note.text()
    assert strings.KEEP_REASONS[KeepReason.PIXELS] in note


@pytest.mark.skipif(not CAN_RESTORE, reason="undo is the system's own here")
def test_the_others_go_to_the_trash_undo_brings_them_back_and_redo_takes_them(
    qtbot: QtBot,
    section: DuplicatesSection,
    window: MainWindow,
    photos: Path,
    trash_folder: Path,
) -> None:
    compared(qtbot, section)
    group = section.compare.group
    assert section.trash_others.text() == strings.TRASH_OTHERS_ONE
    qtbot.mouseClick(section.trash_others, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section.model.rowCount() == 2, timeout=10_000)
    stays, goes = photos / "a" / "0.jpg", photos / "b" / "0 copy.jpg"
    assert stays.exists()
    assert not goes.exists()
    assert (trash_folder / "0 copy.jpg").exists()
    assert window.status.text.text() == strings.TRASHED_ONE
    window.desk.actions.get("edit.undo").trigger()
    qtbot.waitUntil(lambda: section.model.rowCount() == 3, timeout=10_000)
    assert goes.exists()
    assert section.model.group(0) == group
    window.desk.actions.get("edit.redo").trigger()
    qtbot.waitUntil(lambda: section.model.rowCount() == 2, timeout=10_000)
    assert not goes.exists()


def test_another_copy_can_be_kept_by_keyboard(
    qtbot: QtBot, section: DuplicatesSection, photos: Path
) -> None:
    compared(qtbot, section)
    other = 1 - section.compare.kept
    section.compare.cards[section.compare.kept].keep.setFocus()
    key = Qt.Key.Key_Right if other else Qt.Key.Key_Left
    qtbot.keyClick(section.compare.cards[section.compare.kept].keep, key)
    assert section.compare.kept == other
    section.settle_current()
    qtbot.waitUntil(lambda: section.model.rowCount() == 2, timeout=10_000)
    assert not (photos / "a" / "0.jpg").exists()
    assert (photos / "b" / "0 copy.jpg").exists()


@pytest.mark.skipif(not CAN_RESTORE, reason="undo is the system's own here")
def test_all_equal_files_are_settled_at_once_after_one_question(
    qtbot: QtBot, section: DuplicatesSection, window: MainWindow, photos: Path
) -> None:
    section.ask_to_settle_all()
    box = section.findChild(QMessageBox)
    assert "2 groups" in box.text()
    (move,) = [one for one in box.buttons() if one.text() == strings.TRASH_ALL_NOW]
    qtbot.mouseClick(move, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section.model.rowCount() == 1, timeout=10_000)
    assert {path.name for path in photos.rglob("*.jpg")} == {
        "0.jpg",
        "1.jpg",
        "large.jpg",
        "small.jpg",
    }
    assert not section.settle_all.isVisible()
    window.desk.actions.get("edit.undo").trigger()
    qtbot.waitUntil(lambda: section.model.counts()[Tier.IDENTICAL] == 2, timeout=10_000)


def test_nothing_goes_when_the_copy_to_keep_went_meanwhile(
    qtbot: QtBot, section: DuplicatesSection, window: MainWindow, photos: Path
) -> None:
    compared(qtbot, section)
    (photos / "a" / "0.jpg").unlink()
    section.settle_current()
    qtbot.waitUntil(lambda: "stays where it is" in window.status.text.text(), timeout=10_000)
    assert (photos / "b" / "0 copy.jpg").exists()
    section.list.setCurrentIndex(section.model.index(1))
    section.list.setCurrentIndex(section.model.index(0))
    qtbot.waitUntil(
        lambda: any(not card.keep.isEnabled() for card in section.compare.cards), timeout=20_000
    )
    kept = section.compare.group.copies[section.compare.kept]
    assert kept.path == photos / "b" / "0 copy.jpg"


def test_no_duplicates_is_said(
    qtbot: QtBot,
    live_window: Callable[[], MainWindow],
    index: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    (tmp_path / "p").mkdir()
    scene(1).save(tmp_path / "p" / "one.jpg")
    index(tmp_path / "p")
    window = live_window()
    window.shell.tools.open_section("duplicates")
    section = window.pane("library").section("duplicates")
    qtbot.waitUntil(
        lambda: section.page.title.text() == strings.DUPLICATES_NONE_TITLE, timeout=10_000
    )
    assert section.again.isVisible()


def test_pictures_zoom_and_move_as_one(qtbot: QtBot, qapp: object) -> None:
    zoom = LinkedZoom()
    pair = [LinkedPicture(zoom, number) for number in (1, 2)]
    for side, picture in zip((400, 100), pair, strict=True):
        image = QImage(side, side, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        qtbot.addWidget(picture)
        picture.resize(200, 200)
        picture.show_image(image)
        picture.show()
    spot = QPointF(50, 50)
    wheel = QWheelEvent(
        spot, spot, QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = pair[1]._relative(spot)
    pair[0].wheelEvent(wheel)
    assert zoom.scale > 1.4
    assert (pair[1]._relative(spot) - before).manhattanLength() < 1e-6
    qtbot.keyClick(pair[1], Qt.Key.Key_Right)
    assert zoom.centre.x() > 0.25
    for _ in range(60):
        qtbot.keyClick(pair[1], Qt.Key.Key_Plus)
    assert zoom.scale == 32
    qtbot.keyClick(pair[0], Qt.Key.Key_0)
    assert (zoom.scale, zoom.centre) == (1.0, QPointF(0.5, 0.5))
