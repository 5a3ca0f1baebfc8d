"""Thumbs on answers: by mouse and by keys, shown, told, taken back, kept."""

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.chat.conftest import FakeSources
from tests.gui.chat.fake_chat import FakeChat
from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import AnswerSource, Attachment
from vlm_desktop.base.errors import DiskFull
from vlm_desktop.base.types import Box
from vlm_desktop.gui.panes.chat import turn_tools as tools
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.strings import chat_answers as strings

Ask = Callable[[str], None]
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def told(pane: ChatPane) -> str:
    """What the window said last; a screen reader hears it too."""
    text: str = pane.window().status.text.text()
    return text


def thumb(pane: ChatPane) -> int:
    return pane.transcript.views[-1].facts.vote


def shown(pane: ChatPane) -> tuple[bool, bool]:
    """Whether the thumbs of the last answer are pressed."""
    buttons = pane.transcript.views[-1].tools.buttons
    return buttons[tools.UP].isChecked(), buttons[tools.DOWN].isChecked()


def press(pane: ChatPane, name: str) -> None:
    pane.transcript.views[-1].tools.buttons[name].click()


def test_a_thumb_is_given_changed_and_taken_back_by_clicks(
    pane: ChatPane, chat: FakeChat, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is it?")
    press(pane, tools.UP)
    qtbot.waitUntil(lambda: thumb(pane) == 1)
    assert shown(pane) == (True, False)
    assert strings.VOTE_UP in pane.transcript.views[-1].accessibleDescription()
    press(pane, tools.DOWN)
    qtbot.waitUntil(lambda: thumb(pane) == -1)
    assert shown(pane) == (False, True)
    assert strings.VOTE_DOWN in pane.transcript.views[-1].accessibleDescription()
    press(pane, tools.DOWN)
    qtbot.waitUntil(lambda: thumb(pane) == 0)
    assert shown(pane) == (False, False)
    assert threading.main_thread().name not in thumbs.threads


def test_a_second_click_counts_from_the_first_however_quick_it_is(
    pane: ChatPane, chat: FakeChat, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is it?")
    key = pane.transcript.views[-1].facts.key
    thumbs.gate.clear()
    for name in (tools.UP, tools.UP, tools.DOWN):
        press(pane, name)
    thumbs.gate.set()
    qtbot.waitUntil(lambda: thumb(pane) == -1)
    assert thumbs.given == [(key, 1), (key, 0), (key, -1)]
    assert shown(pane) == (False, True)


def test_a_thumb_is_given_by_keys_and_undone(
    pane: ChatPane, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is it?")
    assert pane.composer.line.hasFocus()
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: thumb(pane) == 1)
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(lambda: thumb(pane) == -1)
    pane.transcript.focus_turn()
    qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: thumb(pane) == 1)
    qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: thumb(pane) == 0)


def test_the_menu_of_an_answer_has_thumbs_and_says_which_is_given(
    pane: ChatPane, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is it?")
    pane.desk.actions.get("chat.vote-up").trigger()
    qtbot.waitUntil(lambda: thumb(pane) == 1)
    pane.transcript.focus_turn()
    qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [one.text() for one in menu.actions()]
    assert strings.VOTE_UP_BACK in texts
    assert strings.VOTE_DOWN in texts
    menu.actions()[texts.index(strings.VOTE_UP_BACK)].trigger()
    menu.close()
    qtbot.waitUntil(lambda: thumb(pane) == 0)


def test_a_thumb_is_there_when_the_conversation_is_opened_later(
    pane: ChatPane, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is it?")
    number = pane.session.conversation.id
    press(pane, tools.UP)
    qtbot.waitUntil(lambda: thumb(pane) == 1)
    pane.begin_new()
    assert not pane.desk.actions.get("chat.vote-up").isEnabled()
    pane.session.open(number)
    qtbot.waitUntil(lambda: len(pane.transcript.views) == 2)
    assert shown(pane) == (True, False)


def test_what_is_told_of_a_thumb_is_what_training_makes_of_it(
    pane: ChatPane,
    chat: FakeChat,
    thumbs: FakeSources,
    picture: Attachment,
    ask: Ask,
    qtbot: QtBot,
) -> None:
    def up(text: str, *pictures: Attachment) -> str:
        pane.composer.pictures.put(pictures)
        ask(text)
        press(pane, tools.UP)
        qtbot.waitUntil(lambda: thumb(pane) == 1)
        return told(pane)

    assert up("What is it?", picture) == strings.VOTED_UP
    assert up("Sure?") == strings.VOTED_UP_ONLY
    assert up("Here?", replace(picture, box=Box(0, 0, 9, 9))) == strings.VOTED_UP_ONLY
    chat.source = AnswerSource.METADATA
    assert up("When was it taken?", picture) == strings.VOTED_UP_ONLY
    press(pane, tools.UP)
    qtbot.waitUntil(lambda: told(pane) == strings.VOTED_BACK)


def test_an_answer_that_is_not_whole_gets_no_thumb(
    pane: ChatPane, chat: FakeChat, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    chat.error = DiskFull(path=chat.folder)
    ask("What is it?")
    buttons = pane.transcript.views[-1].tools.buttons
    assert not buttons[tools.UP].isEnabled()
    assert not pane.desk.actions.get("chat.vote-up").isEnabled()
    pane.turns.vote(1)
    assert thumbs.threads == set()
    assert tools.UP not in pane.transcript.views[0].tools.buttons


def test_a_thumb_that_cannot_be_kept_is_not_shown(
    pane: ChatPane, chat: FakeChat, thumbs: FakeSources, ask: Ask, qtbot: QtBot
) -> None:
    ask("What is it?")
    thumbs.error = DiskFull(path=chat.folder)
    press(pane, tools.UP)
    qtbot.waitUntil(lambda: bool(thumbs.threads) and bool(told(pane)))
    qtbot.waitUntil(lambda: shown(pane) == (False, False))
    assert shown(pane) == (False, False)


def test_answers_side_by_side_have_thumbs_of_their_own(
    pane: ChatPane, thumbs: FakeSources, qtbot: QtBot
) -> None:
    sides = (Side("starter-assistant"), Side("big"))
    pane.session.compare("What is it?", (), sides, model_id="", system_prompt="")
    qtbot.waitUntil(lambda: len(pane.transcript.views) == 3 and not pane.session.is_busy)
    left, right = pane.transcript.views[1:]
    pane.transcript.select(left.facts.key)
    pane.turns.vote(1)
    qtbot.waitUntil(lambda: left.facts.vote == 1)
    assert right.facts.vote == 0
    assert left.tools.buttons[tools.UP].isVisible(), "what is given stays in sight"
    assert not right.tools.buttons[tools.UP].isVisible()
