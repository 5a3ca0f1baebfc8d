"""The details panel: what it tells, what it saves, and that it can be undone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.photo.conftest import Host
from tests.gui.photo.fake_photos import FakePhotos
from vlm_desktop.base.errors import DestinationNotWritable, NotInLibrary
from vlm_desktop.base.types import PhotoChanges, PhotoMetadata
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.search.details_facts import library_rows, moment
from vlm_desktop.gui.panes.search.details_panel import DetailsPanel
from vlm_desktop.gui.panes.search.photo_corner import PhotoCorner
from vlm_desktop.gui.panes.search.photo_view import PhotoView
from vlm_desktop.gui.strings import photo as strings

Select = Callable[..., DetailsPanel]


@pytest.fixture
def select(qtbot: QtBot, corner: PhotoCorner, desk: Desk) -> Select:
    """Selects photos as the grid does, with the panel open, and waits for what it tells."""

    def choose(*content_ids: int) -> DetailsPanel:
        corner.show_details(True)
        desk.navigator.selection_changed.emit(content_ids)
        panel = corner.panel
        qtbot.waitUntil(
            lambda: panel._filled == content_ids and panel.stack.currentWidget() is panel.area
        )
        return panel

    return choose


def chips(panel: DetailsPanel) -> list[QToolButton]:
    found = panel.words.keywords.findChildren(QToolButton, "keyword")
    return [chip for chip in found if not chip.isHidden()]


# --- one photo -----------------------------------------------------------------------------


def test_everything_known_is_told(qtbot: QtBot, select: Select, photos: FakePhotos) -> None:
    panel = select(1)
    rows = dict(panel.photo.file_rows.rows)
    assert rows[strings.FILE] == "1.jpg"
    assert rows[strings.FOLDER] == str(photos.folder)
    assert rows[strings.SIZE] == "4,000 × 3,000 pixels (12.0 megapixels)\n2.3 MB"
    assert panel.photo.place_rows.rows == [
        (strings.TAKEN, "Sunday, 5 August 2012, 11:39"),
        ("", "151 m above the sea"),
    ]
    assert panel.photo.place_button.text() == "48.2082° N 16.3738° W"
    qtbot.waitUntil(lambda: len(panel.photo.camera_rows.rows) == 2)
    assert dict(panel.photo.camera_rows.rows) == {
        strings.CAMERA: "Canon EOS",
        strings.EXPOSURE: "1/250 s  f/2.8  ISO 200  50 mm (75 mm on 35 mm film)  flash",
    }
    assert panel.photo.text.toPlainText() == "Grand Hotel"
    assert [label.text() for label in panel.photo.tags.findChildren(QLabel)] == ["tower 87 %"]
    kept = dict(panel.photo.library_rows.rows)
    assert kept[strings.ALBUMS] == "Trips"
    assert kept[strings.SAME_PICTURE] == str(photos.path(5))
    panel.grab()


def test_a_photo_that_says_nothing(qtbot: QtBot, select: Select, photos: FakePhotos) -> None:
    photos.words[1] = PhotoMetadata()
    photos.text = ""
    panel = select(1)
    assert panel.photo.place_rows.rows == [("", strings.NO_DATE), ("", strings.NO_PLACE)]
    assert panel.photo.map.isHidden()
    assert panel.photo.text.isHidden()
    assert not panel.photo.text_note.isHidden()


def test_text_and_place_are_copied_by_a_button(qtbot: QtBot, select: Select) -> None:
    panel = select(1)
    panel.photo.copy_text.click()
    assert QGuiApplication.clipboard().text() == "Grand Hotel"
    panel.photo.place_button.click()
    assert QGuiApplication.clipboard().text() == "48.2082° N 16.3738° W"


def test_all_tags_are_listed_when_unfolded(qtbot: QtBot, select: Select) -> None:
    panel = select(1)
    assert panel.photo.table.topLevelItemCount() == 0
    panel.photo.sections["all"].set_open(True)
    qtbot.waitUntil(lambda: panel.photo.table.topLevelItemCount() == 2)
    group = panel.photo.table.topLevelItem(0)
    assert (group.text(0), group.child(0).text(0), group.child(0).text(1)) == (
        "EXIF",
        "FNumber",
        "2.8",
    )
    group.child(0).setSelected(True)
    qtbot.keyClick(panel.photo.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "FNumber: 2.8"


def test_similar_photos_can_be_pressed(qtbot: QtBot, select: Select, corner: PhotoCorner) -> None:
    panel = select(0)
    qtbot.waitUntil(lambda: len(panel.photo.similar.buttons) == 2)
    assert panel.photo.similar.buttons[0].accessibleName() == "Similar photo: 1.jpg"
    panel.photo.similar.buttons[1].click()
    qtbot.waitUntil(lambda: corner.is_open and corner.view.content_id == 2)
    assert panel.isVisible(), "the panel stands beside the open photo"


def test_fast_walking_looks_up_only_where_it_rests(
    qtbot: QtBot, select: Select, desk: Desk, photos: FakePhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = select(0)
    asked: list[int] = []
    details = photos.details
    monkeypatch.setattr(photos, "details", lambda one: asked.append(one) or details(one))
    for number in (1, 2, 4):
        desk.navigator.selection_changed.emit((number,))
    qtbot.waitUntil(lambda: panel._filled == (4,))
    assert asked in ([], [4])


def test_nothing_selected_and_a_failure_are_said(
    qtbot: QtBot, select: Select, desk: Desk, photos: FakePhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = select(0)
    desk.navigator.selection_changed.emit(())
    qtbot.waitUntil(lambda: panel.message.text() == strings.NOTHING_SELECTED)
    details = photos.details

    def fail(content_id: int) -> None:
        raise NotInLibrary(path=photos.path(content_id))

    monkeypatch.setattr(photos, "details", fail)
    desk.navigator.selection_changed.emit((1,))
    qtbot.waitUntil(lambda: "not in the library" in panel.message.text())
    monkeypatch.setattr(photos, "details", details)
    panel.again.click()
    qtbot.waitUntil(lambda: panel.stack.currentWidget() is panel.area)


# --- edits ---------------------------------------------------------------------------------


def test_a_title_is_saved_with_enter_and_undone(
    qtbot: QtBot, select: Select, photos: FakePhotos, desk: Desk, host: Host
) -> None:
    panel = select(1)
    qtbot.keyClicks(panel.words.title, "Harbour")
    qtbot.keyClick(panel.words.title, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: photos.edits == [((1,), PhotoChanges(title="Harbour"))])
    qtbot.waitUntil(lambda: host.said == ["Saved: Title of 1 photo."])
    assert desk.changes.undo_text == "Title of 1 photo"
    desk.changes.undo()
    qtbot.waitUntil(lambda: panel.words.title.text() == "")
    desk.changes.redo()
    qtbot.waitUntil(lambda: panel.words.title.text() == "Harbour")


def test_undo_is_the_windows_once_the_line_is_saved(
    qtbot: QtBot, select: Select, photos: FakePhotos, host: Host, desk: Desk
) -> None:
    undone: list[bool] = []
    desk.actions.add("edit.undo", "Undo", lambda: undone.append(True), shortcut="Ctrl+Z")
    title = select(1).words.title
    title.setFocus()
    qtbot.keyClicks(title, "Harbour")
    qtbot.keyClick(title, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not undone, "typing is taken back first"
    qtbot.keyClicks(title, "Harbour")
    qtbot.keyClick(title, Qt.Key.Key_Return)
    qtbot.keyClick(title, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]


def test_undo_is_the_windows_while_no_keyword_is_typed(
    qtbot: QtBot, select: Select, host: Host, desk: Desk
) -> None:
    undone: list[bool] = []
    desk.actions.add("edit.undo", "Undo", lambda: undone.append(True), shortcut="Ctrl+Z")
    line = select(1).words.keywords.line
    line.setFocus()
    qtbot.keyClicks(line, "sea")
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not undone, "typing is taken back first"
    assert line.text() == ""
    qtbot.keyClicks(line, "sea")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]


def test_a_caption_is_saved_when_the_focus_leaves(
    qtbot: QtBot, select: Select, photos: FakePhotos
) -> None:
    panel = select(1)
    caption = panel.words.caption
    caption.setFocus()
    qtbot.keyClicks(caption, "Boats")
    qtbot.keyClick(caption, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(caption, "at dawn")
    panel.words.keywords.line.setFocus()
    qtbot.waitUntil(lambda: photos.edits == [((1,), PhotoChanges(caption="Boats\nat dawn"))])


def test_what_is_typed_goes_to_the_photo_it_was_typed_for(
    qtbot: QtBot, select: Select, photos: FakePhotos
) -> None:
    panel = select(1)
    panel.words.title.setFocus()
    qtbot.keyClicks(panel.words.title, "One")
    select(2)
    assert photos.edits == [((1,), PhotoChanges(title="One"))]
    assert panel.words.title.text() == ""


def test_escape_takes_typing_back(qtbot: QtBot, select: Select, photos: FakePhotos) -> None:
    panel = select(1)
    for field in (panel.words.title, panel.words.caption):
        field.setFocus()
        qtbot.keyClicks(field, "no")
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    panel.words.commit()
    assert not photos.edits


def test_keywords_come_and_go(qtbot: QtBot, select: Select, photos: FakePhotos) -> None:
    panel = select(1)
    qtbot.keyClicks(panel.words.keywords.line, "Rome, dog ,")
    qtbot.keyClick(panel.words.keywords.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [chip.text() for chip in chips(panel)] == ["Rome", "dog"])
    assert photos.edits[-1][1] == PhotoChanges(add_keywords=("Rome", "dog"))
    chips(panel)[0].click()
    qtbot.waitUntil(lambda: [chip.text() for chip in chips(panel)] == ["dog"])
    assert photos.edits[-1][1] == PhotoChanges(remove_keywords=("Rome",))
    assert chips(panel)[0].accessibleName() == "Remove the keyword dog"


def test_stars_by_mouse_and_by_key(
    qtbot: QtBot, select: Select, photos: FakePhotos, desk: Desk
) -> None:
    panel = select(1)
    panel.words.stars.buttons[2].click()
    qtbot.waitUntil(lambda: panel.words.stars.said.text() == "3 of 5 stars")
    panel.words.stars.buttons[2].click()
    qtbot.waitUntil(lambda: panel.words.stars.said.text() == strings.RATING_NONE)
    desk.actions.get("photo.rate-5").trigger()
    qtbot.waitUntil(lambda: panel.words.stars.said.text() == "5 of 5 stars")
    assert [change.rating for _, change in photos.edits] == [3, 0, 5]


def test_keys_rate_the_open_photo(
    qtbot: QtBot, open_photo: Callable[[int], PhotoView], photos: FakePhotos
) -> None:
    view = open_photo(2)
    qtbot.keyClick(view.canvas, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: photos.edits == [((2,), PhotoChanges(rating=4))])


def test_a_failure_is_said_and_the_stored_words_come_back(
    qtbot: QtBot, select: Select, photos: FakePhotos, host: Host, desk: Desk
) -> None:
    photos.edit_error = DestinationNotWritable(path=photos.path(1), detail="read-only")
    panel = select(1)
    qtbot.keyClicks(panel.words.title, "Harbour")
    qtbot.keyClick(panel.words.title, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(host.said) and "cannot be written (read-only)" in host.said[0])
    qtbot.waitUntil(lambda: panel.words.title.text() == "")
    assert desk.changes.undo_text == ""


def test_a_saved_edit_tells_the_lists(
    qtbot: QtBot, select: Select, desk: Desk, photos: FakePhotos
) -> None:
    panel = select(1)
    with qtbot.waitSignal(desk.navigator.library_changed):
        panel.words.stars.buttons[0].click()


# --- several photos ------------------------------------------------------------------------


def test_several_photos_are_edited_together(
    qtbot: QtBot, select: Select, photos: FakePhotos, host: Host
) -> None:
    photos.words[1] = PhotoMetadata(rating=2)
    panel = select(1, 2, 4)
    assert panel.several.text() == "3 photos"
    assert panel.photo.isHidden()
    assert panel.words.title.text() == "Same"
    assert panel.words.caption.placeholderText() == strings.SEVERAL_DIFFER
    assert panel.words.stars.said.text() == strings.RATING_MIXED
    partial = {chip.text(): chip.property("partial") for chip in chips(panel)}
    assert partial == {"Rome": False, "dog": True}
    qtbot.keyClicks(panel.words.keywords.line, "trip")
    qtbot.keyClick(panel.words.keywords.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: host.said == ["Saved: Keywords of 3 photos."])
    assert photos.edits == [((1, 2, 4), PhotoChanges(add_keywords=("trip",)))]
    panel.words.caption.setFocus()
    panel.words.title.setFocus()
    assert len(photos.edits) == 1, "looking at a field changes nothing"


# --- the panel -----------------------------------------------------------------------------


def test_the_panel_folds_away_and_asks_nothing_meanwhile(
    qtbot: QtBot, select: Select, corner: PhotoCorner, desk: Desk, photos: FakePhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    panel = select(1)
    asked: list[int] = []
    details = photos.details
    monkeypatch.setattr(photos, "details", lambda one: asked.append(one) or details(one))
    desk.actions.get("photo.details").trigger()
    assert panel.isHidden()
    desk.navigator.selection_changed.emit((2,))
    qtbot.wait(200)
    assert not asked
    desk.actions.get("photo.details").trigger()
    qtbot.waitUntil(lambda: asked == [2])


def test_the_panel_comes_back_with_its_folds(select: Select, corner: PhotoCorner) -> None:
    panel = select(1)
    panel.photo.sections["camera"].set_open(False)
    state = corner.state()
    assert state["details"] is True
    panel.photo.sections["camera"].set_open(True)
    panel.restore_sections(state["sections"])
    assert not panel.photo.sections["camera"].is_open


def test_every_field_has_a_name_and_a_buddy(select: Select) -> None:
    panel = select(1)
    for kind in (QLineEdit, QPlainTextEdit, QToolButton, QPushButton):
        for widget in panel.findChildren(kind):
            if widget.isHidden():
                continue
            assert widget.accessibleName() or getattr(widget, "text", lambda: "")(), widget
    buddies = {label.buddy() for label in panel.words.findChildren(QLabel)} - {None}
    words = panel.words
    assert buddies == {words.title, words.caption, words.keywords.line}


def test_tab_goes_through_the_fields_in_order(qtbot: QtBot, select: Select) -> None:
    words = select(1).words
    words.stars.buttons[4].setFocus()
    for expected in (words.title, words.caption, words.keywords.line):
        qtbot.keyClick(words.window().focusWidget(), Qt.Key.Key_Tab)
        assert words.window().focusWidget() is expected


def test_dates_are_told_as_they_were_written() -> None:
    told = {
        "2012": "2012",
        "2012-08": "August 2012",
        "2012-08-05": "Sunday, 5 August 2012",
        "2012-08-05T11:39:59.5-07:00": "Sunday, 5 August 2012, 11:39",
    }
    assert {text: moment(text) for text in told} == told


def test_where_copies_lie_and_whether_they_are_there(photos: FakePhotos) -> None:
    facts = photos.details(1)
    there, other = facts.details.files[0], photos.folder / "other.jpg"
    files = (there, replace(there, path=other, online=False))
    facts = replace(facts, details=replace(facts.details, files=files))
    assert dict(library_rows(facts))[strings.COPIES] == f"{other} (drive not connected)"
