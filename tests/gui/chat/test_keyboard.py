"""All of it by keyboard, and what a screen reader is told."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from tests.tools.naming import nameless, out_of_order
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.panes.chat.turn_view import TurnView
from vlm_desktop.gui.strings import chat as strings

Ask = Callable[[str], None]
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def focused(pane: ChatPane) -> QWidget:
    found = pane.window().focusWidget()
    assert found is not None
    return found


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_letters_typed_on_a_turn_and_clicks_beside_the_line_are_meant_for_the_question(
    pane: ChatPane, ask: Ask, qtbot: QtBot
) -> None:
    ask("One?")
    turn = pane.transcript.views[0]
    turn.setFocus()
    qtbot.keyClicks(turn, "W")
    assert focused(pane) is pane.composer.line
    qtbot.keyClicks(pane.composer.line, "hy?")
    assert pane.composer.text == "Why?"
    turn.setFocus()
    qtbot.keyClick(turn, Qt.Key.Key_Space)
    assert pane.composer.text == "Why?"
    turn.setFocus()
    bottom = pane.composer.rect().center()
    bottom.setY(pane.composer.height() - 3)
    qtbot.mouseClick(pane.composer, Qt.MouseButton.LeftButton, pos=bottom)
    assert focused(pane) is pane.composer.line


def test_a_conversation_by_keys_alone(
    pane: ChatPane, chat: FakeChat, picture: Attachment, qtbot: QtBot
) -> None:
    """Type, send, walk, open the menu, answer again, walk branches, edit, begin anew."""
    window = pane.window()
    assert focused(pane) is pane.composer.line
    qtbot.keyClicks(pane.composer.line, "What is this?")
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not pane.session.is_busy and len(pane.transcript.views) == 2)
    assert focused(pane) is pane.composer.line
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Up)
    answer = focused(pane)
    assert answer is pane.transcript.views[1]
    qtbot.keyClick(answer, Qt.Key.Key_Up)
    assert focused(pane) is pane.transcript.views[0]
    qtbot.keyClick(focused(pane), Qt.Key.Key_Down)
    qtbot.keyClick(focused(pane), Qt.Key.Key_Return)
    menu = open_menu()
    assert menu.actions()[0].text() == strings.COPY_TURN
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "An answer to “What is this?”."
    window.activateWindow()
    chat.answer = lambda _: "Something else."
    qtbot.keyClick(pane.transcript.views[1], Qt.Key.Key_R, CONTROL)
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    assert focused(pane) is pane.transcript.views[1], "the focus goes to the new answer"
    qtbot.keyClick(window, Qt.Key.Key_J, CONTROL)
    qtbot.keyClick(focused(pane), Qt.Key.Key_Left, ALT)
    qtbot.waitUntil(lambda: pane.transcript.views[1].facts.branch == 1)
    qtbot.keyClick(window, Qt.Key.Key_J, CONTROL)
    qtbot.keyClick(focused(pane), Qt.Key.Key_U, CONTROL)
    assert focused(pane) is pane.composer.line
    assert pane.composer.text == "What is this?"
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Escape)
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_N, CONTROL)
    assert pane.session.conversation is None
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_H, CONTROL)
    assert focused(pane) is pane.column.filter
    qtbot.keyClick(pane.column.filter, Qt.Key.Key_Tab)
    assert focused(pane) is pane.column.view
    qtbot.keyClick(pane.column.view, Qt.Key.Key_Down)
    qtbot.keyClick(pane.column.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.session.conversation is not None)


def test_down_from_the_last_turn_leads_to_the_question(
    pane: ChatPane, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is this?")
    pane.transcript.focus_turn()
    qtbot.keyClick(focused(pane), Qt.Key.Key_End)
    qtbot.keyClick(focused(pane), Qt.Key.Key_Down)
    assert focused(pane) is pane.composer.line


def test_a_long_turn_is_read_to_its_end_before_the_next(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    chat.answer = lambda _: "A line.\n\n" * 80
    ask("Much?")
    bar = pane.transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    pane.transcript.focus_turn()
    answer = focused(pane)
    bar.setValue(0)
    qtbot.keyClick(answer, Qt.Key.Key_Down)
    assert focused(pane) is answer
    assert bar.value() > 0
    presses = 0
    while focused(pane) is answer and presses < 200:
        qtbot.keyClick(answer, Qt.Key.Key_Down)
        presses += 1
    assert focused(pane) is pane.composer.line
    assert bar.value() == bar.maximum()


def test_turns_are_items_of_a_list_that_say_their_words(
    pane: ChatPane, picture: Attachment, ask: Ask
) -> None:
    pane.composer.pictures.add([picture])
    ask("What is **this**?")
    told = QAccessible.queryAccessibleInterface(pane.transcript.list)
    assert told.role() == QAccessible.Role.List
    items = [QAccessible.queryAccessibleInterface(view) for view in pane.transcript.views]
    assert [one.role() for one in items] == [QAccessible.Role.ListItem] * 2
    question, answer = (one.text(QAccessible.Text.Name) for one in items)
    assert question == "You: What is this?"
    assert answer.startswith("Starter model: An answer")
    described = items[0].text(QAccessible.Text.Description)
    assert "With picture A" in described
    assert strings.TURN_HINT in described


def test_a_turn_is_copied_and_deleted_by_its_usual_keys(
    pane: ChatPane, ask: Ask, qtbot: QtBot
) -> None:
    ask("One?")
    pane.transcript.focus_turn()
    qtbot.keyClick(focused(pane), Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "An answer to “One?”."
    qtbot.keyClick(focused(pane), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(pane.transcript.views) == 1)
    qtbot.keyClick(focused(pane), Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: len(pane.transcript.views) == 2)


def test_tab_reaches_one_turn_and_comes_round(pane: ChatPane, ask: Ask) -> None:
    ask("One?")
    ask("Two?")
    stops = [
        one
        for one in pane.findChildren(TurnView)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible()
    ]
    assert stops == [pane.transcript.views[-1]]
    assert nameless(pane.window()) == []
    assert out_of_order(pane.window()) == []


def test_every_command_is_in_the_book_and_only_live_ones_are_on(pane: ChatPane, ask: Ask) -> None:
    book = {one.id: one.action for one in pane.desk.actions if one.id.startswith("chat.")}
    assert len(book) > 35
    assert not book["chat.again"].isEnabled()
    assert not book["chat.stop"].isEnabled()
    assert not book["chat.delete"].isEnabled()
    ask("What is this?")
    assert book["chat.again"].isEnabled()
    assert book["chat.delete"].isEnabled()
    assert all(action.text() for action in book.values())


def test_keys_of_the_pane_work_wherever_the_focus_is_while_it_is_shown(
    pane: ChatPane, qtbot: QtBot
) -> None:
    window = pane.window()
    rail = window.rail.findChildren(QToolButton)[0]
    rail.setFocus()
    qtbot.keyClick(rail, Qt.Key.Key_L, CONTROL)
    assert focused(pane) is pane.composer.line
    window.show_pane("search")
    before = focused(pane)
    qtbot.keyClick(before, Qt.Key.Key_L, CONTROL)
    assert not pane.isVisible()


def test_send_by_mouse_leaves_the_focus_in_the_question(
    pane: ChatPane, chat: FakeChat, qtbot: QtBot
) -> None:
    pane.composer.put("What is this?")
    qtbot.mouseClick(pane.composer.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.session.is_busy and len(chat.asked) == 1)
    assert focused(pane) is pane.composer.line


def test_a_command_from_another_pane_brings_this_one_to_front(pane: ChatPane, qtbot: QtBot) -> None:
    window = pane.window()
    window.show_pane("search")
    pane.desk.actions.get("chat.new").trigger()
    assert pane.isVisible()
    assert focused(pane) is pane.composer.line


@pytest.mark.parametrize("name", ["options", "list"])
def test_folds_open_and_close_by_key(pane: ChatPane, qtbot: QtBot, name: str) -> None:
    part = {"options": pane.panel, "list": pane.column}[name]
    key = {"options": Qt.Key.Key_Period, "list": Qt.Key.Key_B}[name]
    before = part.isVisible()
    qtbot.keyClick(pane.composer.line, key, CONTROL)
    assert part.isVisible() is not before
    qtbot.keyClick(pane.composer.line, key, CONTROL)
    assert part.isVisible() is before


def test_in_a_narrow_window_list_and_options_take_turns(pane: ChatPane, qtbot: QtBot) -> None:
    pane.window().resize(1024, 640)
    qtbot.waitUntil(lambda: pane.width() < 1_000)
    pane.actions_of_pane.folds["options"].trigger()
    assert pane.panel.isVisible()
    assert not pane.column.isVisible()
    pane.actions_of_pane.folds["list"].trigger()
    assert pane.column.isVisible()
    assert not pane.panel.isVisible()
