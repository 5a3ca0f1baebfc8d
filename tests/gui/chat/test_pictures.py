"""Pictures of a question: where they come from, their letters, parts and pages."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from vlm_desktop.base.chat import ChatCapabilities
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.gui.panes.chat.batch_dialog import BatchDialog
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.panes.chat.letters import letters
from vlm_desktop.gui.panes.chat.pages_dialog import PagesDialog
from vlm_desktop.gui.panes.chat.picture_chips import PictureChip
from vlm_desktop.gui.panes.chat.region_dialog import RegionDialog
from vlm_desktop.gui.panes.chat.screen_part import ScreenGrab
from vlm_desktop.gui.strings import chat as strings

Ask = Callable[[str], None]


def shown(pane: ChatPane) -> list[str]:
    return [chip.body.text().strip() for chip in pane.composer.chips.chips]


def paths(pane: ChatPane) -> list[str]:
    return [one.path.name for one in pane.composer.pictures.items]


def red(width: int = 40, height: int = 30) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def test_letters_go_on_after_z() -> None:
    source = letters(["B"])
    found = [next(source) for _ in range(27)]
    assert found[:3] == ["A", "C", "D"]
    assert found[24:] == ["Z", "AA", "AB"]


def test_chips_have_letters_and_are_moved_and_removed_by_keys(
    pane: ChatPane, tmp_path: Path, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([Attachment(tmp_path / f"{name}.jpg") for name in ("one", "two")])
    assert shown(pane) == ["A  one.jpg", "B  two.jpg"]
    chip = pane.composer.chips.chips[1]
    assert isinstance(chip, PictureChip)
    qtbot.waitUntil(lambda: not chip.body.icon().isNull())
    chip.body.setFocus()
    qtbot.keyClick(chip.body, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert shown(pane) == ["A  two.jpg", "B  one.jpg"]
    first = pane.composer.chips.chips[0]
    assert first.body.hasFocus()
    qtbot.keyClick(first.body, Qt.Key.Key_Delete)
    assert shown(pane) == ["A  one.jpg"]


def test_a_picture_that_was_asked_about_keeps_its_letter(
    pane: ChatPane, tmp_path: Path, ask: Ask
) -> None:
    one, two = Attachment(tmp_path / "one.jpg"), Attachment(tmp_path / "two.jpg")
    pane.composer.pictures.add([one])
    ask("What is it?")
    assert [button.text() for button in pane.strip.buttons] == ["A"]
    pane.composer.pictures.add([two, one])
    assert shown(pane) == ["B  two.jpg", "A  one.jpg"]


def test_files_are_dropped_and_pasted(pane: ChatPane, tmp_path: Path, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "cat.jpg"))])
    action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    pane.dropEvent(QDropEvent(QPointF(5, 5), action, mime, buttons, none))
    assert paths(pane) == ["cat.jpg"]
    image = QMimeData()
    image.setImageData(red())
    QGuiApplication.clipboard().setMimeData(image)
    pane.composer.line.setFocus()
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(paths(pane)) == 2)
    pasted = pane.composer.pictures.items[1].path
    assert pasted.parent == pane.desk.services.chat.pasted
    assert shown(pane)[1] == f"B  {strings.PASTED_NAME}"


def test_words_are_pasted_as_words(pane: ChatPane, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setText("just words")
    mime.setHtml("<b>just words</b><img src='http://x.example/a.png'>")
    pane.composer.line.insertFromMimeData(mime)
    assert pane.composer.text == "just words"


def test_files_are_chosen(pane: ChatPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [str(tmp_path / "one.jpg"), str(tmp_path / "two.png")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    pane.desk.actions.get("chat.attach").trigger()
    assert paths(pane) == ["one.jpg", "two.png"]


def test_photos_come_over_from_search(pane: ChatPane, qtbot: QtBot) -> None:
    assert not pane.actions_of_pane.selection.isEnabled()
    pane.desk.navigator.selection_changed.emit((3, 4))
    assert pane.actions_of_pane.selection.text() == "2 photos selected in Search"
    pane.actions_of_pane.selection.trigger()
    qtbot.waitUntil(lambda: paths(pane) == ["photo 003.jpg", "photo 004.jpg"])


def test_search_asks_about_a_photo(pane: ChatPane, qtbot: QtBot) -> None:
    window: Any = pane.window()
    window.show_pane("search")
    window.desk.navigator.selection_changed.emit((7,))
    window.search.ask_about()
    qtbot.waitUntil(lambda: paths(pane) == ["photo 007.jpg"])
    assert pane.isVisible()
    assert pane.composer.line.hasFocus()


def test_pages_of_a_pdf_are_chosen(pane: ChatPane, tmp_path: Path, qtbot: QtBot) -> None:
    pane.sources.take_paths([tmp_path / "paper.pdf"])
    dialog = pane.findChild(PagesDialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 3)
    dialog.list.item(2).setSelected(True)
    assert dialog.go.text() == "Add 2 pages"
    dialog.go.click()
    assert [one.page for one in pane.composer.pictures.items] == [1, 3]
    assert shown(pane)[1].startswith("B  paper.pdf, page 3"[:10])


def test_a_part_is_chosen_by_keys_and_asked_about(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    pane.sources.choose_region(picture, 0)
    dialog = pane.findChild(RegionDialog)
    qtbot.waitUntil(lambda: dialog.go.isEnabled())
    qtbot.keyClick(dialog.canvas, Qt.Key.Key_Left)
    qtbot.keyClick(dialog.canvas, Qt.Key.Key_Return)
    (part,) = pane.composer.pictures.items
    assert part.path == picture.path
    assert part.box is not None
    assert 0 < part.box.x1 - part.box.x0 < 400
    ask("What is there?")
    assert chat.regions == [part]


def test_after_a_part_is_chosen_the_question_has_the_focus(
    pane: ChatPane, picture: Attachment, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    pane.composer.chips.focus_chip(0)
    pane.sources.choose_region(picture, 0)
    dialog = pane.findChild(RegionDialog)
    qtbot.waitUntil(lambda: dialog.go.isEnabled())
    assert dialog.canvas.geometry_of_photo.fit_zoom > 1.0, "small pictures fill the dialog"
    qtbot.keyClick(dialog.canvas, Qt.Key.Key_Return)
    assert pane.window().focusWidget() is pane.composer.line


def test_a_click_beside_the_box_of_a_part_leaves_it_where_it_was(
    pane: ChatPane, picture: Attachment, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    pane.sources.choose_region(picture, 0)
    dialog = pane.findChild(RegionDialog)
    qtbot.waitUntil(lambda: dialog.go.isEnabled())
    canvas, left = dialog.canvas, Qt.MouseButton.LeftButton
    assert canvas.region is not None
    before = canvas.region.box
    corner = canvas.geometry_of_photo.to_view(QRectF(5, 5, 1, 1)).topLeft().toPoint()
    qtbot.mouseClick(canvas, left, pos=corner)
    assert canvas.region is not None
    assert canvas.region.box == before
    assert dialog.go.isEnabled()
    qtbot.mousePress(canvas, left, pos=corner)
    end = canvas.geometry_of_photo.to_view(QRectF(85, 65, 1, 1)).topLeft()
    qtbot.mouseMove(canvas, end.toPoint())
    qtbot.mouseRelease(canvas, left, pos=end.toPoint())
    assert canvas.region is not None, "a box is drawn, and taken only when it is asked for"
    dialog.go.click()
    (part,) = pane.composer.pictures.items
    assert part.box is not None
    sides = (part.box.x0, part.box.y0, part.box.x1, part.box.y1)
    assert sides == pytest.approx((5, 5, 85, 65), abs=1.5)


def test_a_chip_keeps_the_focus_while_a_dialog_is_in_front(
    pane: ChatPane, tmp_path: Path, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([Attachment(tmp_path / f"{name}.jpg") for name in ("one", "two")])
    pane.composer.chips.focus_chip(1)
    dialog = RegionDialog("one.jpg", pane)
    dialog.open()
    pane.composer.pictures.remove(0)
    dialog.reject()
    assert pane.window().focusWidget() is pane.composer.chips.chips[0].body


def test_chips_are_put_in_order_with_the_mouse(
    pane: ChatPane, tmp_path: Path, qtbot: QtBot
) -> None:
    names = ("one", "two", "three")
    pane.composer.pictures.add([Attachment(tmp_path / f"{name}.jpg") for name in names])
    qtbot.waitUntil(lambda: pane.composer.chips.chips[1].x() > pane.composer.chips.chips[0].x())

    def drag(place: int, to: int) -> PictureChip:
        first, last = pane.composer.chips.chips[place], pane.composer.chips.chips[to]
        assert isinstance(first, PictureChip)
        qtbot.mousePress(first.body, Qt.MouseButton.LeftButton)
        way = last.geometry().center() - first.geometry().center()
        beyond = first.body.rect().center() + way + QPoint(9 if to > place else -9, 0)
        qtbot.mouseMove(first.body, beyond)
        assert first.is_dragged
        return first

    chip = drag(0, 1)
    qtbot.mouseRelease(chip.body, Qt.MouseButton.LeftButton)
    assert paths(pane) == ["two.jpg", "one.jpg", "three.jpg"]
    assert pane.window().focusWidget() is pane.composer.chips.chips[1].body
    qtbot.waitUntil(lambda: pane.composer.chips.chips[1].x() > pane.composer.chips.chips[0].x())
    chip = drag(2, 0)
    qtbot.keyClick(chip.body, Qt.Key.Key_Escape)
    assert not chip.is_dragged
    assert paths(pane) == ["two.jpg", "one.jpg", "three.jpg"]


def test_more_pictures_than_the_model_takes_are_asked_about_one_by_one(
    pane: ChatPane, tmp_path: Path
) -> None:
    pane.composer.show_capabilities(ChatCapabilities(max_images=1))
    assert not pane.composer.each.isVisible()
    pane.composer.pictures.add([Attachment(tmp_path / f"{name}.jpg") for name in ("one", "two")])
    pane.composer.put("What is it?")
    assert pane.composer.each.isVisible()
    pane.composer.each.click()
    dialog = pane.findChild(BatchDialog)
    assert dialog.question.text() == "What is it?"
    assert dialog.model.rowCount() == 2
    dialog.close()


def test_what_is_seen_of_a_picture_goes_with_it(
    pane: ChatPane, picture: Attachment, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    pane.looking.look(picture, "A")
    qtbot.waitUntil(pane.seen.area.isVisible)
    pane.composer.put("Words change nothing.")
    assert pane.seen.isVisible()
    pane.composer.pictures.remove(0)
    assert not pane.seen.isVisible()


def test_a_part_of_the_screen_is_taken_only_on_a_click(pane: ChatPane, qtbot: QtBot) -> None:
    taken: list[QImage] = []
    grabbed: list[object] = []

    def grab(screen: object) -> QImage:
        grabbed.append(screen)
        return red(200, 100)

    window = pane.window()
    job = ScreenGrab(window, grab)
    job.grabbed.connect(taken.append)
    assert grabbed == []
    job.begin()
    qtbot.waitUntil(lambda: job.part is not None and job.part.isVisible())
    assert job.part.hint.isVisible()
    qtbot.keyClick(job.part.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(taken) == 1)
    assert 0 < taken[0].width() < 200
    assert len(grabbed) == 1
    qtbot.waitUntil(lambda: not window.isMinimized())


def test_a_desktop_that_hides_its_screen_is_told_of(pane: ChatPane, qtbot: QtBot) -> None:
    said: list[str] = []
    job = ScreenGrab(pane.window(), lambda _: QImage())
    job.failed.connect(said.append)
    job.begin()
    qtbot.waitUntil(lambda: said == [strings.SCREEN_REFUSED])
    qtbot.waitUntil(lambda: not pane.window().isMinimized())


def test_what_the_model_sees_is_shown_in_its_pixels(
    pane: ChatPane, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    ask("What is it?")
    kept = pane.session.conversation.pictures[0]
    menu = pane.looking.menu(kept)
    assert menu.actions()[0].text() == strings.SEEN_SHOW
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: pane.seen.area.isVisible())
    assert (
        pane.seen.words.text() == "What the model sees of A: 3 tiles of 96 × 96 pixels, 192 tokens"
    )
    assert pane.seen._row.count() == 4
    qtbot.keyClick(pane.seen.area, Qt.Key.Key_Escape)
    assert not pane.seen.isVisible()


def test_a_picture_is_left_out_and_its_caption_kept(
    pane: ChatPane, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    pane.composer.pictures.add([picture])
    ask("What is it?")
    qtbot.waitUntil(lambda: pane.context.use is not None)
    assert "Pictures: 128" in pane.context.accessibleName()
    pane.bar._leave_out("A")
    qtbot.waitUntil(lambda: pane.session.conversation.pictures[0].dropped)
    assert pane.strip.buttons[0].text() == "A (out)"
    qtbot.waitUntil(lambda: "Pictures: 0" in pane.context.accessibleName())
    pane.bar._take_back("A")
    qtbot.waitUntil(lambda: not pane.session.conversation.pictures[0].dropped)


def test_the_budget_says_its_seconds(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    budget = pane.composer.budget
    assert budget.slider.maximum() == 3
    pane.composer.pictures.add([picture])
    ask("What is it?")
    qtbot.waitUntil(lambda: pane.context.use is not None)
    budget.slider.setValue(3)
    assert budget.words.text() == "256 tokens a picture · about 2.6 s"
    pane.composer.put("And now?")
    pane.send()
    qtbot.waitUntil(lambda: len(chat.asked) == 2)
    assert chat.asked[1][2].max_image_tokens == 256
    unmeasured = SimpleNamespace(pictures=(1,), budgets=((256, 256, None),), usage=None, speed=None)
    budget.show_use(unmeasured)
    assert budget.words.text().endswith(strings.NOT_MEASURED)
