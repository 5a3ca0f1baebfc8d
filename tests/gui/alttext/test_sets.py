"""Where sets come from, what is done with them, and what the pane shows without one."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.fakes import make_photo
from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.alttext import AltImage, AltSet
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.strings import alttext as strings

Image = Callable[..., AltImage]
Open = Callable[[], AltTextPane]


def drop(pane: AltTextPane, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    pane.dropEvent(event)


def test_without_a_set_the_pane_says_how_to_begin(open_pane: Open) -> None:
    pane = open_pane()
    assert pane.layers.currentWidget() is pane.page
    assert pane.page.title.text() == strings.EMPTY_TITLE
    assert pane.page.primary.text() == strings.EMPTY_FOLDER
    assert pane.queue.message.text() == strings.NO_SET
    assert not pane.queue.more.isEnabled()
    pane.activate()
    assert pane.queue.add.hasFocus()


def test_a_folder_that_is_dropped_becomes_a_set(
    open_pane: Open, alttext: FakeAltTexts, photos: Path, qtbot: QtBot
) -> None:
    pane = open_pane()
    drop(pane, photos)
    qtbot.waitUntil(lambda: pane.session.current is not None)
    (made,) = alttext.sets.sets()
    assert (made.name, made.images, made.origin) == ("photos", 3, photos)
    assert pane.queue.sets.currentText() == "photos (3)"
    assert pane.queue.view.hasFocus(), "work begins in the list"
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: alttext.sets.sets() == ())
    qtbot.waitUntil(lambda: pane.layers.currentWidget() is pane.page)
    pane.desk.changes.redo()
    qtbot.waitUntil(lambda: pane.queue.sets.count() == 1)


def test_a_folder_without_images_leaves_no_set(
    open_pane: Open, alttext: FakeAltTexts, tmp_path: Path, qtbot: QtBot
) -> None:
    pane = open_pane()
    empty = tmp_path / "nothing"
    empty.mkdir()
    pane.sets.take_paths([empty])
    status = pane.window().status.text
    qtbot.waitUntil(lambda: status.text() == "There are no images in nothing.")
    assert alttext.sets.sets() == ()
    assert pane.page.title.text() == strings.EMPTY_TITLE


def test_a_folder_that_is_gone_is_said(open_pane: Open, tmp_path: Path, qtbot: QtBot) -> None:
    pane = open_pane()
    pane.sets.take_paths([tmp_path / "gone"])
    status = pane.window().status.text
    qtbot.waitUntil(lambda: "gone" in status.text())
    qtbot.waitUntil(lambda: pane.page.title.text() == strings.EMPTY_TITLE)


def test_files_go_into_the_open_set_and_what_is_none_is_counted(
    pane: AltTextPane, alttext: FakeAltTexts, tmp_path: Path, qtbot: QtBot
) -> None:
    more = make_photo(tmp_path / "more" / "4 boat.jpg", "red", seed=9)
    text = tmp_path / "more" / "notes.txt"
    text.write_text("no image", encoding="utf-8")
    drop(pane, more, text)
    qtbot.waitUntil(lambda: pane.queue.model.rowCount() == 4)
    said = pane.window().status.text.text()
    assert said == "1 image added 1 file could not be read and was left out."
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.queue.model.rowCount() == 3)


def test_photos_are_sent_from_search(
    open_pane: Open, alttext: FakeAltTexts, photos: Path, qtbot: QtBot
) -> None:
    pane = open_pane()
    window = pane.window()
    assert isinstance(window, MainWindow)
    asked: list[tuple[int, ...]] = []
    real = alttext.sets.add_files

    def add_hits(set_id: int, ids: tuple[int, ...]) -> object:
        from tests.flow.engine.conftest import drive
        from vlm_desktop.base.cancel import CancelToken

        asked.append(ids)
        return drive(real(set_id, sorted(photos.iterdir()), CancelToken()))[1]

    alttext.sets.add_hits = add_hits  # type: ignore[assignment, method-assign]
    window.show_pane("search")
    window.desk.navigator.selection_changed.emit((3, 4))
    window.search.write_action.setEnabled(True)
    window.search.write_action.trigger()
    assert window.stack.currentWidget() is pane
    qtbot.waitUntil(lambda: pane.session.current is not None)
    assert asked == [(3, 4)]
    assert alttext.sets.sets()[0].name == strings.SELECTION_SET


def test_a_set_is_renamed_and_removed_and_both_are_undone(
    pane: AltTextPane, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    pane.sets.rename_to("Quay")
    qtbot.waitUntil(lambda: pane.queue.sets.currentText() == "Quay (3)")
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.queue.sets.currentText() == "Harbour (3)")
    pane.sets.remove_set()
    qtbot.waitUntil(lambda: alttext.sets.sets() == ())
    assert pane.session.current is None
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.session.current is not None)
    assert pane.queue.model.rowCount() == 3


def test_an_image_leaves_the_set_and_comes_back_where_it_was(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    ids = tuple(pane.session.images)
    pane.step(1)
    pane.sets.take_out()
    qtbot.waitUntil(lambda: pane.queue.model.ids == (ids[0], ids[2]))
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.queue.model.ids == ids)


def test_switching_sets_keeps_what_was_typed(
    make_set: Callable[..., AltSet], open_pane: Open, alttext: FakeAltTexts, qtbot: QtBot
) -> None:
    first, second = make_set("One"), make_set("Two")
    pane = open_pane()
    qtbot.waitUntil(lambda: pane.session.open_id == second.id)
    number = pane.session.current_id
    qtbot.keyClicks(pane.editor.alt.box, "A bri")
    pane.session.open(first.id)
    qtbot.waitUntil(lambda: alttext.sets.image(number).text("en").alt == "A bri")


def test_set_image_language_and_folds_come_back_at_the_next_start(
    make_set: Callable[..., AltSet],
    open_pane: Open,
    open_window: Callable[[], MainWindow],
    qtbot: QtBot,
) -> None:
    first, _ = make_set("One"), make_set("Two")
    pane = open_pane()
    pane.session.open(first.id)
    qtbot.waitUntil(lambda: pane.session.current is not None)
    pane.step(2)
    number = pane.session.current_id
    pane.session.choose_language("de")
    pane.editor.sections["history"].set_open(True)
    state = pane.state()
    window = open_window()
    again = window.pane("alttext")
    assert isinstance(again, AltTextPane)
    again.restore(state)
    window.show_pane("alttext")
    qtbot.waitUntil(lambda: again.session.current is not None)
    assert again.session.current_id == number
    assert again.session.open_id == first.id
    assert again.session.language == "de"
    assert again.editor.sections["history"].is_open


def test_a_missing_file_is_told_with_a_way_to_try_again(
    pane: AltTextPane, image: Image, qtbot: QtBot
) -> None:
    path = image(0).path
    assert path is not None
    data = path.read_bytes()
    path.unlink()
    pane.sets.look_at_files()
    qtbot.waitUntil(lambda: pane.picture.layers.currentWidget() is pane.picture.page)
    assert "1 bridge" in pane.picture.page.sentence.text()
    path.write_bytes(data)
    pane.picture.page.again.click()
    qtbot.waitUntil(lambda: pane.picture.layers.currentWidget() is pane.picture.canvas)


def test_sets_that_cannot_be_read_are_tried_again(
    open_pane: Open, alttext: FakeAltTexts, make_set: Callable[..., AltSet], qtbot: QtBot
) -> None:
    from vlm_desktop.base.alterrors import AltSetUnknown

    pane = open_pane()
    make_set()
    real = alttext.sets.sets

    def broken() -> tuple[AltSet, ...]:
        raise AltSetUnknown

    alttext.sets.sets = broken  # type: ignore[method-assign]
    pane.refresh()
    qtbot.waitUntil(lambda: pane.page.title.text() == strings.FAILED_TITLE)
    alttext.sets.sets = real  # type: ignore[method-assign]
    pane.page.primary.click()
    qtbot.waitUntil(lambda: pane.session.current is not None)


def test_a_long_name_is_shortened_on_the_screen_only(
    make_set: Callable[..., AltSet], open_pane: Open, qtbot: QtBot
) -> None:
    name = "Photos of the harbour, the bridge and everything else that we saw"
    make_set(name)
    pane = open_pane()
    box = pane.queue.sets
    pane.grab()
    assert box.currentText() == f"{name} (3)", "what a screen reader gets"
    assert box.toolTip() == f"{name} (3)"


def test_a_folder_with_a_dot_in_its_name_is_a_folder(
    open_pane: Callable[[], AltTextPane], photos: Path, qtbot: QtBot
) -> None:
    dotted = photos.rename(photos.with_name("Trip.2024"))
    pane = open_pane()
    pane.sets.take_paths([dotted])
    qtbot.waitUntil(lambda: len(pane.session.images) == 3, timeout=10_000)
    assert [one.name for one in pane.session.sets] == ["Trip.2024"]
