"""Adapters in Chat and Alt text: which models there are to choose from, and who answers."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane


@pytest.fixture
def dress(pane: ChatPane, chat: FakeChat) -> Callable[[str], None]:
    """Have the setting's model wear an adapter with this strength, "" for none."""
    plain = chat.ready

    def wear(strength: str) -> None:
        first = plain[0]
        worn = replace(first, model_id=f"{first.model_id}+shop-1@{strength}", name="Fake + Shop")
        # The default is the first of the ready ones.
        chat.ready = (worn, *plain) if strength else plain
        pane.desk.navigator.adapters_changed.emit()

    return wear


def test_an_adapter_that_is_put_on_answers_in_the_open_conversation(
    pane: ChatPane, chat: FakeChat, ask: Callable[[str], None], dress, qtbot: QtBot
) -> None:
    ask("What is it?")
    base = chat.ready[0].model_id
    assert pane.session.conversation.model_id == base
    dress("1")
    qtbot.waitUntil(lambda: pane.session.conversation.model_id == f"{base}+shop-1@1")
    qtbot.waitUntil(lambda: pane.head.models.currentText() == "Fake + Shop")
    dress("0.5")
    qtbot.waitUntil(lambda: pane.session.conversation.model_id == f"{base}+shop-1@0.5")
    dress("")
    qtbot.waitUntil(lambda: pane.session.conversation.model_id == base)


def test_the_base_is_chosen_for_a_conversation_beside_it(
    pane: ChatPane, chat: FakeChat, ask: Callable[[str], None], dress, qtbot: QtBot
) -> None:
    base = chat.ready[0].model_id
    dress("1")
    qtbot.waitUntil(lambda: pane.head.model_id == f"{base}+shop-1@1")
    ask("What is it?")
    pane.head.models.setCurrentIndex(pane.head.models.findData(base))
    pane.head.models.activated.emit(pane.head.models.currentIndex())
    qtbot.waitUntil(lambda: pane.session.conversation.model_id == base)
    pane.choice.refresh()
    qtbot.wait(50)
    assert pane.session.conversation.model_id == base


def test_a_conversation_of_an_adapter_that_is_gone_is_answered_by_who_is_shown(
    pane: ChatPane, chat: FakeChat, ask: Callable[[str], None], dress, qtbot: QtBot
) -> None:
    base = chat.ready[0].model_id
    ask("What is it?")
    first = pane.session.conversation.id
    chat.set_model(first, f"{base}+gone@1")
    pane.session.open(first)
    qtbot.waitUntil(lambda: pane.session.conversation.model_id == base)
    assert pane.head.model_id == base
