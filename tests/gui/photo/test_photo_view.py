"""The photo view, used as a person uses it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QGuiApplication,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.photo.conftest import Host, wait_for_picture
from tests.gui.photo.fake_photos import FakePhotos
from vlm_desktop.base.errors import MediaRefused, PhotoOffline, Refusal
from vlm_desktop.base.types import Box, ImageTerm
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.search import photo_outside
from vlm_desktop.gui.panes.search.photo_actions import PhotoActions
from vlm_desktop.gui.panes.search.photo_corner import PhotoCorner
from vlm_desktop.gui.panes.search.photo_view import PhotoView
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.widgets import overlay_canvas

Open = Callable[[int], PhotoView]


def press(qtbot: QtBot, view: PhotoView, key: Qt.Key, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(view.canvas, key, modifier)


# --- opening, next, back -------------------------------------------------------------------


def test_the_thumbnail_comes_at_once_in_its_place_then_the_photo(
    qtbot: QtBot, corner: PhotoCorner, photos: FakePhotos
) -> None:
    photos.gate.clear()
    corner.open(1)
    canvas = corner.view.canvas
    qtbot.waitUntil(lambda: canvas.image.width() == 240)
    place = canvas.geometry_of_photo.transform()
    photos.gate.set()
    qtbot.waitUntil(lambda: canvas.image.width() > 240)
    assert canvas.geometry_of_photo.transform() == place, "nothing jumps"
    assert canvas.geometry_of_photo.photo.width() == 4000


def test_only_as_many_pixels_as_the_view_has_are_decoded(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos
) -> None:
    view = open_photo(1)
    side = photos.asked[0][2]
    assert side is not None
    assert side <= max(view.canvas.width(), view.canvas.height()) * view.devicePixelRatioF()
    qtbot.waitUntil(lambda: (0, 0) in view.loader._kept)
    assert sorted(one for one, _, _ in photos.asked) == [0, 1, 2], "each is decoded once"


def test_neighbours_are_decoded_ahead_and_shown_at_once(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos
) -> None:
    view = open_photo(1)
    qtbot.waitUntil(lambda: {2, 0} <= {one for one, _, _ in photos.asked})
    qtbot.waitUntil(lambda: (2, 0) in view.loader._kept)
    photos.gate.clear()
    press(qtbot, view, Qt.Key.Key_Right)
    assert view.content_id == 2
    assert view.canvas.image.width() > 240


def test_arrows_walk_and_stop_at_the_ends(qtbot: QtBot, open_photo: Open, host: Host) -> None:
    view = open_photo(1)
    press(qtbot, view, Qt.Key.Key_Left)
    assert view.content_id == 0
    press(qtbot, view, Qt.Key.Key_Left)
    assert view.content_id == 0
    assert host.said == [strings.FIRST_PHOTO]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Up):
        press(qtbot, view, key)
    assert view.content_id == 2
    assert view.bar.position.text() == "3 of 6"


def test_the_newest_photo_wins(qtbot: QtBot, open_photo: Open, photos: FakePhotos) -> None:
    view = open_photo(0)
    photos.gate.clear()
    for _ in range(2):
        view.step(1)
    photos.gate.set()
    wait_for_picture(qtbot, view, 2)
    qtbot.wait(50)
    assert view.canvas.image.pixelColor(5, 5).red() == 80


def test_escape_goes_back_with_the_photo_selected(
    qtbot: QtBot, corner: PhotoCorner, open_photo: Open, host: Host
) -> None:
    view = open_photo(1)
    press(qtbot, view, Qt.Key.Key_Right)
    assert corner.back()
    assert host.selected == [2]
    assert not corner.is_open
    assert not view.isVisible()
    assert not corner.back()


# --- zoom, pan, turn -----------------------------------------------------------------------


def test_zoom_by_keys_fetches_all_pixels_once(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos
) -> None:
    view = open_photo(1)
    canvas = view.canvas
    press(qtbot, view, Qt.Key.Key_1)
    assert canvas.geometry_of_photo.zoom == 1.0
    assert view.bar.zoom.text() == "100 %"
    qtbot.waitUntil(lambda: canvas.image.width() == 4000)
    press(qtbot, view, Qt.Key.Key_Plus)
    assert canvas.geometry_of_photo.zoom == pytest.approx(1.25)
    press(qtbot, view, Qt.Key.Key_Minus)
    press(qtbot, view, Qt.Key.Key_0)
    assert canvas.geometry_of_photo.is_fitted
    press(qtbot, view, Qt.Key.Key_Z)
    assert canvas.geometry_of_photo.zoom == 1.0
    qtbot.wait(50)
    assert [side for one, _, side in photos.asked if one == 1].count(None) == 1


def test_wheel_pinch_and_double_click_zoom_where_one_points(qtbot: QtBot, open_photo: Open) -> None:
    view = open_photo(1)
    canvas, geometry = view.canvas, view.canvas.geometry_of_photo
    at = QPointF(canvas.rect().center() + QPoint(30, 20))
    before = geometry.to_photo(at)
    wheel = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    assert not geometry.is_fitted
    assert (geometry.to_photo(at) - before).manhattanLength() < 1
    zoom = geometry.zoom
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
        at, at, canvas.mapToGlobal(at), 0.5, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(canvas, pinch)
    assert geometry.zoom == pytest.approx(1.5 * zoom)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert geometry.is_fitted
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert geometry.zoom == 1.0


def test_a_zoomed_photo_is_panned_by_arrows_and_dragged(qtbot: QtBot, open_photo: Open) -> None:
    view = open_photo(1)
    geometry = view.canvas.geometry_of_photo
    press(qtbot, view, Qt.Key.Key_1)
    focus = geometry.focus
    press(qtbot, view, Qt.Key.Key_Right)
    assert view.content_id == 1, "arrows pan while parts are out of sight"
    assert geometry.focus.x() > focus.x()
    focus = geometry.focus
    canvas = view.canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    qtbot.mouseMove(canvas, QPoint(260, 280))
    qtbot.mouseMove(canvas, QPoint(220, 260))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(220, 260))
    assert geometry.focus.x() > focus.x()
    assert geometry.focus.y() > focus.y()


def test_turning_is_for_the_view_only(qtbot: QtBot, open_photo: Open, photos: FakePhotos) -> None:
    view = open_photo(1)
    bytes_before = photos.path(1).read_bytes()
    press(qtbot, view, Qt.Key.Key_R)
    assert view.canvas.geometry_of_photo.turned == 1
    press(qtbot, view, Qt.Key.Key_R, shift=True)
    assert view.canvas.geometry_of_photo.turned == 0
    press(qtbot, view, Qt.Key.Key_R)
    press(qtbot, view, Qt.Key.Key_Right)
    assert view.canvas.geometry_of_photo.turned == 0
    assert photos.path(1).read_bytes() == bytes_before


def test_full_screen_is_the_photo_alone(
    qtbot: QtBot, corner: PhotoCorner, open_photo: Open, host: Host
) -> None:
    view = open_photo(1)
    press(qtbot, view, Qt.Key.Key_F11)
    assert host.isFullScreen()
    assert not host.menuBar().isVisible()
    assert not view.bar.isVisible()
    corner.back()
    assert not host.isFullScreen()
    assert host.menuBar().isVisible()
    assert view.bar.isVisible()
    assert corner.is_open


# --- PDF -----------------------------------------------------------------------------------


def test_pages_of_a_document(qtbot: QtBot, open_photo: Open, photos: FakePhotos) -> None:
    view = open_photo(3)
    qtbot.waitUntil(lambda: view.bar.page.text() == "Page 1 of 3")
    press(qtbot, view, Qt.Key.Key_PageDown)
    assert view.bar.page.text() == "Page 2 of 3"
    qtbot.waitUntil(lambda: (3, 2) in {(one, page) for one, page, _ in photos.asked})
    press(qtbot, view, Qt.Key.Key_PageDown)
    press(qtbot, view, Qt.Key.Key_PageDown)
    assert view.bar.page.text() == "Page 3 of 3"
    press(qtbot, view, Qt.Key.Key_PageUp)
    assert view.content_id == 3
    press(qtbot, view, Qt.Key.Key_Right)
    assert view.content_id == 4


# --- bad days ------------------------------------------------------------------------------


def test_a_photo_that_is_gone_keeps_its_thumbnail(
    qtbot: QtBot, corner: PhotoCorner, photos: FakePhotos
) -> None:
    photos.failing[1] = MediaRefused(path=photos.path(1), reason=Refusal.VANISHED)
    corner.open(1)
    view = corner.view
    qtbot.waitUntil(lambda: "no longer there" in view.message.text())
    qtbot.waitUntil(lambda: view.canvas.image.width() == 240)
    press(qtbot, view, Qt.Key.Key_Right)
    wait_for_picture(qtbot, view, 2)
    assert view.message.text() == ""


def test_an_absent_drive_is_said(qtbot: QtBot, corner: PhotoCorner, photos: FakePhotos) -> None:
    photos.failing[1] = PhotoOffline(path=photos.path(1))
    corner.open(1)
    qtbot.waitUntil(lambda: "Connect it" in corner.view.message.text())


def test_a_photo_deleted_while_it_is_open(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos
) -> None:
    view = open_photo(1)
    photos.path(1).unlink()
    qtbot.waitUntil(lambda: "1.jpg was moved or deleted" in view.message.text())
    assert view.canvas.image.width() > 240


def test_a_changed_file_and_a_reduced_picture_are_said(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos
) -> None:
    photos.changed.add(1)
    view = open_photo(1)
    assert view.message.text() == strings.CHANGED_SINCE
    photos.reduced.add(2)
    view.step(1)
    wait_for_picture(qtbot, view, 2)
    press(qtbot, view, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: "4,000 × 3,000 pixels" in view.message.text())
    assert "25 %" in view.message.text()


# --- search by region ----------------------------------------------------------------------


@pytest.fixture
def wanted(desk: Desk) -> list[ImageTerm]:
    heard: list[ImageTerm] = []
    desk.navigator.picture_wanted.connect(heard.append)
    return heard


def test_a_box_dragged_with_shift_searches(
    qtbot: QtBot, open_photo: Open, corner: PhotoCorner, wanted: list[ImageTerm],
    photos: FakePhotos,
) -> None:  # fmt: skip
    canvas = open_photo(1).canvas
    geometry = canvas.geometry_of_photo
    first, last = (geometry.transform().map(QPointF(*at)) for at in ((1000, 600), (3000, 2400)))
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, shift, first.toPoint())
    qtbot.mouseMove(canvas, last.toPoint())
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, shift, last.toPoint())
    (term,) = wanted
    assert term.path == photos.path(1)
    assert term.box is not None
    box = (term.box.x0, term.box.y0, term.box.x1, term.box.y1)
    assert box == pytest.approx((1000, 600, 3000, 2400), abs=12)
    assert not corner.is_open


def test_a_box_by_keys_alone(
    qtbot: QtBot, open_photo: Open, desk: Desk, wanted: list[ImageTerm]
) -> None:
    view = open_photo(1)
    press(qtbot, view, Qt.Key.Key_S)
    assert view.message.text() == strings.PART_HINT
    assert desk.actions.get("photo.search-part").isChecked()
    press(qtbot, view, Qt.Key.Key_Right)
    press(qtbot, view, Qt.Key.Key_Down, shift=True)
    press(qtbot, view, Qt.Key.Key_Return)
    assert wanted[0].box == Box(1200 + 80, 900, 2800 + 80, 2100 + 60)


def test_escape_takes_the_box_away_first(
    qtbot: QtBot, open_photo: Open, corner: PhotoCorner, wanted: list[ImageTerm]
) -> None:
    view = open_photo(1)
    press(qtbot, view, Qt.Key.Key_S)
    assert corner.back()
    assert view.canvas.region is None
    assert corner.is_open
    assert view.message.text() == ""
    press(qtbot, view, Qt.Key.Key_Return)
    assert not wanted


def test_a_box_on_a_page_is_told_in_points(
    qtbot: QtBot, open_photo: Open, wanted: list[ImageTerm]
) -> None:
    view = open_photo(3)
    qtbot.waitUntil(lambda: view._key == (3, 1) and view.canvas.image.height() > 240)
    press(qtbot, view, Qt.Key.Key_S)
    press(qtbot, view, Qt.Key.Key_Return)
    assert wanted[0].page == 1
    assert wanted[0].box is not None
    assert wanted[0].box.x0 == pytest.approx(0.3 * 600, abs=1)
    assert wanted[0].box.y1 == pytest.approx(0.7 * 800, abs=1)


# --- text ----------------------------------------------------------------------------------


def test_lines_of_text_are_marked_and_read_once(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos, desk: Desk
) -> None:
    view = open_photo(1)
    press(qtbot, view, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: len(view.canvas.items) == 1)
    assert view.canvas.items[0].box.getRect() == (100, 100, 300, 60)
    assert view.message.text() == strings.LINES_FOUND_ONE
    assert desk.actions.get("photo.text").isChecked()
    view.grab()
    press(qtbot, view, Qt.Key.Key_T)
    assert not view.canvas.items
    press(qtbot, view, Qt.Key.Key_T)
    assert photos.lines_read == 1
    press(qtbot, view, Qt.Key.Key_Right)
    assert not view.canvas.items
    assert not desk.actions.get("photo.text").isChecked()


def test_shift_and_arrows_read_the_lines_while_arrows_alone_go_on(
    qtbot: QtBot, open_photo: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, said = open_photo(1), list[str]()
    monkeypatch.setattr(overlay_canvas, "announce", lambda _, words: said.append(words))
    press(qtbot, view, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: len(view.canvas.items) == 1)
    shown = view.content_id
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.content_id == shown
    text = view.canvas.items[0].label
    assert said == [f"1 of 1: {text}, box, {said[0].split(', box, ')[1]}"]
    press(qtbot, view, Qt.Key.Key_Right)
    assert view.content_id != shown


# --- outside -------------------------------------------------------------------------------


def test_picture_and_path_are_copied(qtbot: QtBot, open_photo: Open, photos: FakePhotos) -> None:
    view = open_photo(1)
    view.setFocus()
    qtbot.keyClick(view.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data: QMimeData = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert [url.toLocalFile() for url in data.urls()] == [str(photos.path(1))]
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view.canvas, Qt.Key.Key_C, control_shift)
    assert QGuiApplication.clipboard().text() == str(photos.path(1))


def test_a_fitted_photo_is_dragged_out(
    qtbot: QtBot, open_photo: Open, photos: FakePhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[Path] = []
    monkeypatch.setattr(photo_outside, "drag_out", lambda _, path, __: dragged.append(path))
    canvas = open_photo(1).canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    qtbot.mouseMove(canvas, QPoint(340, 300))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(340, 300))
    assert dragged == [photos.path(1)]


def test_the_menu_offers_programs(open_photo: Open, desk: Desk, photos: FakePhotos) -> None:
    view = open_photo(1)
    program = photo_outside.Program("Paint & Co", ("paint",))
    menu = PhotoActions(desk, view).menu(photos.path(1), [program])
    texts = [action.text() for action in menu.actions()]
    assert strings.OPEN_WITH in texts
    inner = next(action.menu() for action in menu.actions() if action.menu())
    assert [action.text() for action in inner.actions()] == ["Paint && Co"]


def test_programs_are_read_from_desktop_entries(tmp_path: Path) -> None:
    def entry(name: str, text: str) -> None:
        (tmp_path / name).write_text(f"[Desktop Entry]\n{text}\n", encoding="utf-8")

    entry("a.desktop", "Name=Viewer\nExec=viewer --open %U\nMimeType=image/jpeg;image/png;")
    entry("b.desktop", "Name=Hidden\nExec=hid %f\nNoDisplay=true\nMimeType=image/jpeg;")
    entry("c.desktop", "Name=Text\nExec=text %f\nMimeType=text/plain;")
    (tmp_path / "d.desktop").write_bytes(b"\xff\xfe not text")
    found = photo_outside.programs_for(Path("x.jpg"), [tmp_path, tmp_path / "absent"])
    assert found == [photo_outside.Program("Viewer", ("viewer", "--open"))]


# --- for those who do not see it -----------------------------------------------------------


def test_the_picture_says_what_it_is(qtbot: QtBot, open_photo: Open) -> None:
    canvas = open_photo(1).canvas
    qtbot.waitUntil(lambda: canvas.accessibleName() == "1.jpg, 2 of 6")
    told = QAccessible.queryAccessibleInterface(canvas)
    assert told.role() == QAccessible.Role.Graphic
    assert told.text(QAccessible.Text.Name) == "1.jpg, 2 of 6"
    said = told.text(QAccessible.Text.Description)
    assert "A tower" in said
    assert "Text in it: Grand Hotel" in said


def test_every_button_has_a_name(open_photo: Open) -> None:
    view = open_photo(1)
    buttons = view.bar.findChildren(type(view.bar.page_buttons[0]))
    assert len(buttons) > 6
    assert all(button.accessibleName() for button in buttons)
    assert not any("&" in button.accessibleName() for button in buttons)


def test_buttons_tell_their_keys(open_photo: Open) -> None:
    view = open_photo(1)
    tips = {button.toolTip() for button in view.bar.findChildren(QToolButton)}
    assert "Full screen (F11)" in tips
    assert f"{strings.SEARCH_PART_TIP} (S)" in tips


def test_keys_in_the_details_are_not_the_photos(
    qtbot: QtBot, open_photo: Open, corner: PhotoCorner
) -> None:
    view = open_photo(1)
    corner.show_details(True)
    qtbot.waitUntil(lambda: corner.panel.stack.currentWidget() is corner.panel.area)
    title = corner.panel.words.title
    title.setFocus()
    qtbot.keyClicks(title, "r0tszR1+-")
    assert title.text() == "r0tszR1+-"
    assert view.canvas.geometry_of_photo.is_fitted
    assert view.canvas.region is None
    star = corner.panel.words.stars.buttons[0]
    star.setFocus()
    qtbot.keyClick(star, Qt.Key.Key_Down)
    qtbot.keyClick(star, Qt.Key.Key_Backspace)
    assert view.content_id == 1
    assert corner.back()
    assert view.canvas.hasFocus()
    assert corner.is_open


def test_commands_of_a_closed_view_are_off(open_photo: Open, desk: Desk) -> None:
    view = open_photo(1)
    assert desk.actions.get("photo.next").isEnabled()
    view.close_view()
    assert not desk.actions.get("photo.next").isEnabled()
    assert desk.actions.get("photo.details").isEnabled()


def test_painting_asks_nobody(qtbot: QtBot, open_photo: Open, photos: FakePhotos) -> None:
    view = open_photo(1)
    qtbot.waitUntil(lambda: (0, 0) in view.loader._kept)
    asked = len(photos.asked)
    QApplication.sendEvent(view.canvas, QEvent(QEvent.Type.UpdateRequest))
    view.canvas.repaint()
    assert len(photos.asked) == asked
