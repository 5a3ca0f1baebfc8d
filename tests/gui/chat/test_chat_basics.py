"""Asking and being answered, in the window."""

from collections.abc import Callable

from vlm_desktop.gui.panes.chat.chat_pane import ChatPane


def test_a_question_is_answered(pane: ChatPane, ask: Callable[[str], None]) -> None:
    ask("What is this?")
    texts = [view.facts.text for view in pane.transcript.views]
    assert texts == ["What is this?", "An answer to “What is this?”."]


def test_a_second_question_follows_the_first(pane: ChatPane, ask: Callable[[str], None]) -> None:
    ask("One?")
    ask("Two?")
    texts = [view.facts.text for view in pane.transcript.views]
    assert texts == ["One?", "An answer to “One?”.", "Two?", "An answer to “Two?”."]
