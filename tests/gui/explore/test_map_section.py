"""The map by mouse, by keyboard and as a list; what becomes of a selection."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import ContentSet
from vlm_desktop.gui.panes.library.map_section import MapSection
from vlm_desktop.gui.strings import explore as strings

PHOTOS = 96


@pytest.fixture
def section(open_section: Callable[..., MapSection], qtbot: QtBot) -> MapSection:
    made = open_section(MapSection)
    qtbot.waitUntil(lambda: made.canvas.map is not None, timeout=30_000)
    made.canvas.setFocus()
    return made


@pytest.fixture
def shown(desk: Desk) -> list[ContentSet]:
    """What the grid was asked to show."""
    found: list[ContentSet] = []
    desk.navigator.contents_wanted.connect(found.append)
    return found


def spot(section: MapSection, row: int) -> QPoint:
    """Where a photo lies on the canvas."""
    drawn = section.canvas.map
    assert drawn is not None
    x, y = section.canvas.view.to_canvas(drawn.positions[row : row + 1])[0].tolist()
    return QPointF(x, y).toPoint()


def ids_in(engine: AppServices, folder: Path) -> set[int]:
    found = engine.library.filter_contents(Filters(folder=str(folder)))
    assert found is not None
    return set(found.tolist())


def test_every_photo_lies_on_the_map_and_in_a_place(section: MapSection) -> None:
    drawn = section.canvas.map
    assert drawn is not None
    assert len(drawn.content_ids) == PHOTOS
    assert section.canvas.accessibleName() == f"Map of {PHOTOS} photos"
    assert section.places.count() == len(drawn.places) > 1
    said = [
        section.places.item(row).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(section.places.count())
    ]
    assert all(text.split()[-1] in ("photo", "photos") for text in said)
    assert sum(int(text.split(", ")[-1].split()[0]) for text in said) == PHOTOS


def test_enter_selects_a_place_and_enter_again_shows_it(
    section: MapSection, qtbot: QtBot, shown: list[ContentSet]
) -> None:
    drawn = section.canvas.map
    assert drawn is not None
    qtbot.keyClick(section.canvas, Qt.Key.Key_Return)
    assert set(section.canvas.selected_ids()) == set(drawn.members(0))
    assert not shown
    qtbot.keyClick(section.canvas, Qt.Key.Key_Return)
    (asked,) = shown
    assert set(asked.content_ids) == set(drawn.members(0))
    assert asked.title == f"{section.canvas.name_of(0)}: {drawn.places[0].count} photos"


def test_arrows_go_from_place_to_place_and_the_list_follows(
    section: MapSection, qtbot: QtBot
) -> None:
    seen = {section.canvas.place}
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down) * 3:
        qtbot.keyClick(section.canvas, key)
        seen.add(section.canvas.place)
        if section.canvas.place:
            assert section.places.currentRow() == section.canvas.place
    assert len(seen) > 1
    assert not section.canvas.selected.any(), "going somewhere selects nothing"


def test_the_list_is_the_same_map_for_who_cannot_see_it(
    section: MapSection, qtbot: QtBot, shown: list[ContentSet]
) -> None:
    drawn = section.canvas.map
    assert drawn is not None
    section.places.setFocus()
    qtbot.keyClick(section.places, Qt.Key.Key_Down)
    assert set(section.canvas.selected_ids()) == set(drawn.members(1))
    section.places.itemActivated.emit(section.places.item(1))
    assert set(shown[0].content_ids) == set(drawn.members(1))


def test_a_lasso_selects_what_lies_inside(
    section: MapSection, qtbot: QtBot, shown: list[ContentSet]
) -> None:
    drawn, canvas = section.canvas.map, section.canvas
    assert drawn is not None
    section.lasso.setChecked(True)
    place = drawn.places[0]
    inside = canvas.view.to_canvas(drawn.positions[drawn.place_of == 0])
    low, high = inside.min(axis=0) - 6, inside.max(axis=0) + 6
    corners = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])]
    points = [QPointF(float(x), float(y)).toPoint() for x, y in corners]
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        qtbot.mouseMove(canvas, point)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=points[-1])
    spots = canvas.view.to_canvas(drawn.positions)
    expected = ((spots > low) & (spots < high)).all(axis=1)
    assert expected.sum() >= place.count
    assert np.array_equal(canvas.selected, expected)
    section.show_selected.click()
    assert shown[0].title == f"Lasso: {int(expected.sum())} photos"


def test_escape_puts_the_lasso_down_then_lets_the_selection_go(section: MapSection) -> None:
    section.canvas.select_place(0)
    section.lasso.setChecked(True)
    assert section.back()
    assert not section.lasso.isChecked()
    assert section.canvas.selected.any()
    assert section.back()
    assert not section.canvas.selected.any()
    assert not section.show_selected.isEnabled()
    assert not section.back()


def test_the_wheel_comes_closer_to_where_the_pointer_is(section: MapSection, qtbot: QtBot) -> None:
    canvas = section.canvas
    where = spot(section, 0)
    before = canvas.view.to_map(where.x(), where.y())
    for _ in range(12):
        event = QWheelEvent(
            QPointF(where), QPointF(canvas.mapToGlobal(where)), QPoint(), QPoint(0, 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(canvas, event)
    assert canvas.view.zoom > 8
    assert canvas.view.to_map(where.x(), where.y()) == pytest.approx(before, abs=1e-4)
    qtbot.waitUntil(lambda: any(
        canvas.pictures.picture(int(canvas.map.content_ids[row])) for row in canvas._cells.tolist()
    ))  # fmt: skip
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view.zoom == 1.0


def test_dragging_moves_the_map(section: MapSection, qtbot: QtBot) -> None:
    section.canvas.zoom_by(4)
    before = spot(section, 0)
    middle = section.canvas.rect().center()
    qtbot.mousePress(section.canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(section.canvas, middle + QPoint(30, 20))
    qtbot.mouseRelease(section.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, 20))
    moved = spot(section, 0) - before
    assert abs(moved.x() - 30) <= 1
    assert abs(moved.y() - 20) <= 1
    assert not section.canvas.selected.any()


def test_a_click_selects_and_a_double_click_opens(
    section: MapSection, qtbot: QtBot, desk: Desk
) -> None:
    drawn = section.canvas.map
    assert drawn is not None
    opened: list[int] = []
    desk.navigator.photo_wanted.connect(opened.append)
    where = spot(section, 3)
    qtbot.mouseClick(section.canvas, Qt.MouseButton.LeftButton, pos=where)
    assert len(section.canvas.selected_ids()) == 1
    qtbot.mouseDClick(section.canvas, Qt.MouseButton.LeftButton, pos=where)
    assert opened == list(section.canvas.selected_ids())


def test_a_selection_becomes_an_album_and_is_taken_back(
    section: MapSection,
    qtbot: QtBot,
    desk: Desk,
    engine: AppServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QInputDialog, "exec", lambda dialog: dialog.setTextValue("Trip") or 1)
    section.canvas.select_place(0)
    section.album.click()
    qtbot.waitUntil(lambda: len(engine.library.albums()) == 1)
    (album,) = engine.library.albums()
    assert (album.name, album.contents) == ("Trip", len(section.canvas.selected_ids()))
    qtbot.waitUntil(lambda: desk.changes.undo_text == "Album Trip")
    desk.changes.undo()
    qtbot.waitUntil(lambda: not engine.library.albums())


def test_new_photos_join_the_map_without_moving_it(
    section: MapSection, qtbot: QtBot, desk: Desk, engine: AppServices, tmp_path: Path
) -> None:
    before = section.canvas.map
    assert before is not None
    section.canvas.select_place(0)
    kept = section.canvas.selected_ids()
    make_photo(tmp_path / "more" / "new.jpg", "red", seed=999)
    for _ in engine.index([tmp_path / "more"], CancelToken(), ocr=False):
        pass
    desk.navigator.library_changed.emit()
    qtbot.waitUntil(lambda: section.canvas.map is not before)
    after = section.canvas.map
    assert after is not None
    assert len(after.content_ids) == PHOTOS + 1
    rows = np.searchsorted(after.content_ids, before.content_ids)
    assert np.array_equal(after.positions[rows], before.positions)
    assert section.canvas.selected_ids() == kept


# --- states --------------------------------------------------------------------------------


def test_an_empty_library_says_so(
    open_section: Callable[..., MapSection], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(desk.library), "contents", 0)
    section = open_section(MapSection)
    assert section.message.title.text() == strings.MAP_EMPTY
    opened: list[bool] = []
    desk.actions.add("library.folders", "Folders", lambda: opened.append(True))
    section.message.primary.click()
    assert opened


def test_a_failure_is_told_and_can_be_tried_again(
    open_section: Callable[..., MapSection],
    qtbot: QtBot,
    engine: AppServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any, **__: Any) -> Generator[Any, None, Any]:
        yield from ()
        raise ModelBroken(model="colours", detail="a file is missing")

    whole = type(engine.explore).map
    monkeypatch.setattr(type(engine.explore), "map", broken)
    section = open_section(MapSection)
    qtbot.waitUntil(lambda: section.message.title.text() == strings.MAP_FAILED)
    assert "a file is missing" in section.message.sentence.text()
    monkeypatch.setattr(type(engine.explore), "map", whole)
    section.message.primary.click()
    qtbot.waitUntil(lambda: section.canvas.map is not None, timeout=30_000)


def test_drawing_tells_how_far_it_is_and_can_be_stopped(
    open_section: Callable[..., MapSection],
    qtbot: QtBot,
    desk: Desk,
    engine: AppServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(_: Any, cancel: CancelToken, **__: Any) -> Generator[Any, None, Any]:
        while not cancel.wait(0.01):
            yield Progress(Phase.MAP, 40, 100)
        cancel.raise_if_cancelled()

    monkeypatch.setattr(type(engine.explore), "map", endless)
    section = open_section(MapSection)
    qtbot.waitUntil(lambda: bool(desk.work.running))
    assert desk.work.running[0].state.text == "Drawing the map · 40 of 100"
    assert section.progress.value() == 40
    section.message.primary.click()
    qtbot.waitUntil(lambda: section.message.title.text() == strings.MAP_STOPPED)
    assert not desk.work.running
