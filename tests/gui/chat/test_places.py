"""The places an answer names: over its pictures, in a list beside them, by keys alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from tests.gui.fake_services import FakeServices
from tests.tools.naming import nameless, out_of_order
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import Box
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.chat import places_dialog
from vlm_desktop.gui.panes.chat import turn_tools as tools
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.panes.chat.places_dialog import PlacesDialog
from vlm_desktop.gui.strings import chat_answers as strings

Ask = Callable[[str], None]
CUPS = (
    ("cup", 0, Box(20, 30, 120, 150)),
    ("spoon", 0, Box(200, 200, 240, 290)),
    ("cup", 0, Box(250, 40, 380, 140)),
)


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(places_dialog, "announce", lambda _, words: said.append(words))
    return said


def opened(pane: ChatPane, qtbot: QtBot) -> PlacesDialog:
    """The dialog, with its picture or what is said in its place."""
    pane.transcript.views[-1].tools.places.click()
    dialog = pane.findChild(PlacesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.go.isEnabled() or dialog.hint.text() != strings.PLACES_HINT)
    return dialog


def boxes(dialog: PlacesDialog) -> list[tuple[str, tuple[float, ...]]]:
    return [(item.label, tuple(item.bounds.getRect())) for item in dialog.canvas.items if item.box]


def test_an_answer_tells_how_many_places_it_names(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask
) -> None:
    ask("Hello?")
    assert not pane.transcript.views[-1].tools.places.isVisible()
    assert not pane.desk.actions.get("chat.places").isEnabled()
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    view = pane.transcript.views[-1]
    assert (view.tools.places.isVisible(), view.tools.places.text()) == (True, "Show 3 places")
    assert "Names 3 places" in view.accessibleDescription()
    assert pane.desk.actions.get("chat.places").text() == "Show 3 places"
    chat.boxes = CUPS[:1]
    ask("And one?")
    assert pane.transcript.views[-1].tools.places.text() == "Show 1 place"


def test_places_lie_over_the_picture_and_stand_in_a_list(
    pane: ChatPane,
    chat: FakeChat,
    picture: Attachment,
    ask: Ask,
    spoken: list[str],
    qtbot: QtBot,
) -> None:
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    dialog = opened(pane, qtbot)
    assert not dialog.canvas.image.isNull()
    assert boxes(dialog) == [
        ("cup", (20, 30, 100, 120)), ("spoon", (200, 200, 40, 90)), ("cup", (250, 40, 130, 100)),
    ]  # fmt: skip
    first, spoon, last = dialog.canvas.items
    assert first.colour == last.colour != spoon.colour
    assert spoken == ["3 places. Picture A: cat.jpg"]
    assert not dialog.pictures.isVisible(), "there is nothing to choose"
    assert dialog.window().focusWidget() is dialog.list
    assert dialog.canvas.current == 0
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.canvas.current == 1
    assert nameless(dialog) == []
    assert out_of_order(dialog) == []


def test_places_are_walked_on_the_picture_too_and_looked_at_from_near(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    dialog = opened(pane, qtbot)
    canvas, said = dialog.canvas, []
    canvas.say = said.append  # type: ignore[method-assign]
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert (canvas.current, dialog.list.currentIndex().row()) == (2, 2)
    assert said[0].startswith("3 of 3: cup, ")
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert not canvas.geometry_of_photo.is_fitted
    assert canvas.region_in_sight.contains(canvas.items[2].bounds)
    assert dialog.isVisible(), "Enter on a place sends nothing"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert canvas.geometry_of_photo.is_fitted


def test_a_place_that_is_pointed_at_in_the_list_stands_out(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    dialog = opened(pane, qtbot)
    index = dialog.list.model().index(1, 0)
    dialog.list.entered.emit(index)
    assert dialog.canvas.lit == 1
    middle = dialog.canvas.geometry_of_photo.to_view(dialog.canvas.items[0].bounds).center()
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove, middle, dialog.canvas.mapToGlobal(middle), none, none,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(dialog.canvas, move)  # as a pointer over a dialog does, on any platform
    assert dialog.canvas.lit == 0


def test_places_in_several_pictures_are_shown_one_after_the_other(
    pane: ChatPane, chat: FakeChat, tmp_path: Path, ask: Ask, services: FakeServices, qtbot: QtBot
) -> None:
    one, two = Attachment(tmp_path / "one.jpg"), Attachment(tmp_path / "two.pdf", 2)
    chat.boxes = (*CUPS, ("word", 1, Box(60, 100, 300, 140)))
    pane.composer.pictures.add([one, two])
    chat.boxes = (*CUPS, ("cat", 1, Box(10, 10, 90, 90)))
    ask("Where?")
    conversation = pane.session.conversation
    page = replace(conversation.pictures[1], size=replace(conversation.pictures[1].size,
                                                          width=600, height=800))  # fmt: skip
    chat._keep(replace(conversation, pictures=(conversation.pictures[0], page)))
    pane.session.refresh()
    qtbot.waitUntil(lambda: pane.session.conversation.pictures[1].size.height == 800)
    dialog = opened(pane, qtbot)
    lines = [dialog.pictures.itemText(row) for row in range(dialog.pictures.count())]
    assert lines == [
        "Picture A: one.jpg (3 places)", "Picture B: two.pdf, page 2 (1 place)",
    ]  # fmt: skip
    assert dialog.pictures.isVisible()
    dialog.pictures.setCurrentIndex(1)
    qtbot.waitUntil(dialog.go.isEnabled)
    assert services.peeking.asked == [(one.path, 1), (two.path, 2)]
    assert boxes(dialog) == [("cat", (10, 10, 80, 80))]
    assert dialog.canvas.current == 0
    assert dialog.canvas.geometry_of_photo.photo.toTuple() == (600, 800)


def test_a_place_is_opened_in_ground(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    chat.boxes = CUPS
    region = replace(picture, box=Box(10, 10, 300, 290))
    pane.composer.pictures.add([region])
    ask("Where are the cups?")
    sent: list[Sending] = []
    pane.desk.navigator.sent.disconnect()
    pane.desk.navigator.sent.connect(sent.append)
    dialog = opened(pane, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    dialog.go.click()
    assert sent == [Sending("ground", picture.path, 0, CUPS[1][2])]
    assert not dialog.isVisible()


def test_the_command_opens_it_by_keys_and_escape_closes_it(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_B, held)
    dialog = pane.findChild(PlacesDialog)
    assert dialog is not None
    assert [button.text() for button in dialog.findChildren(QPushButton)] == [
        "Close", "Open in Ground",
    ]  # fmt: skip
    qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_picture_that_vanished_is_told_and_shown_as_it_is_kept(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, services: FakeServices,
    spoken: list[str], qtbot: QtBot,
) -> None:  # fmt: skip
    chat.boxes = CUPS[:1]
    region = replace(picture, box=Box(10, 10, 210, 170))
    pane.composer.pictures.add([region])
    ask("Where is the cup?")
    services.peeking.error = MediaRefused(path=picture.path, reason=Refusal.VANISHED)
    dialog = opened(pane, qtbot)
    assert "cat.jpg" in dialog.hint.text()
    assert dialog.hint.text() in spoken
    assert not dialog.go.isEnabled()
    assert not dialog.canvas.image.isNull()
    assert boxes(dialog) == [("cup", (10, 20, 100, 120))], "in pixels of the part that is kept"
    assert dialog.list.model().rowCount() == 1


def test_a_picture_that_was_forgotten_has_no_name_and_its_places_stay_in_the_list(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, services: FakeServices,
    qtbot: QtBot,
) -> None:  # fmt: skip
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    conversation = pane.session.conversation
    gone = replace(conversation.pictures[0], attachment=Attachment(Path()), thumbnail=b"",
                   is_forgotten=True)  # fmt: skip
    chat._keep(replace(conversation, pictures=(gone,)))
    pane.session.refresh()
    qtbot.waitUntil(lambda: pane.session.conversation.pictures[0].is_forgotten)
    dialog = opened(pane, qtbot)
    assert dialog.hint.text() == strings.PLACES_FORGOTTEN
    assert services.peeking.asked == []
    assert dialog.canvas.accessibleName() == "Picture A"
    assert dialog.list.model().rowCount() == 3
    assert not dialog.go.isEnabled()


def test_a_picture_of_another_size_is_not_painted_over_wrongly(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask, qtbot: QtBot
) -> None:
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    conversation = pane.session.conversation
    before = conversation.pictures[0]
    other = replace(before, size=replace(before.size, width=800, height=600))
    chat._keep(replace(conversation, pictures=(other,)))
    pane.session.refresh()
    qtbot.waitUntil(lambda: pane.session.conversation.pictures[0].size.width == 800)
    dialog = opened(pane, qtbot)
    assert dialog.hint.text().startswith(strings.PLACES_CHANGED)
    assert not dialog.go.isEnabled()
    assert dialog.canvas.image.width() < 400, "the small picture that is kept"


def test_places_of_an_answer_stay_with_the_answer(
    pane: ChatPane, chat: FakeChat, picture: Attachment, ask: Ask
) -> None:
    """A question has the places of the answer below it, nothing of its own."""
    chat.boxes = CUPS
    pane.composer.pictures.add([picture])
    ask("Where are the cups?")
    assert pane.transcript.views[0].facts.places == 0
    assert tools.PLACES == "places"
    view = pane.transcript.views[1]
    assert view.facts.places == 3
    assert not view.tools.keep.isVisible()
    # The words of the answer do not change by it, nor does what is copied.
    pane.turns.copy()
    assert view.facts.text == "An answer to “Where are the cups?”."
