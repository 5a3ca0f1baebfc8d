"""Long answers: nothing floods the window, nobody is spoken to in pieces of words."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from tests.gui.watchdog import MOST_SECONDS, longest_stall
from vlm_desktop.gui.panes.chat import answer_view, answering
from vlm_desktop.gui.panes.chat.answer_view import AnswerView
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.panes.chat.chunks import chunks
from vlm_desktop.gui.panes.chat.facts import Life
from vlm_desktop.gui.panes.chat.stream import AnswerStream
from vlm_desktop.gui.strings import chat as strings

Ask = Callable[[str], None]
TOKENS = 10_000
PARAGRAPHS = "\n\n".join("word " * 199 + f"end of **{n}**." for n in range(TOKENS // 200))
ONE_LINE = "word " * (TOKENS - 1) + "end."
CODE = "```\n" + "value = 1\n" * (TOKENS // 3) + "```\nDone."


def test_pieces_are_put_together_before_they_are_shown(qtbot: QtBot) -> None:
    shown: list[str] = []
    said: list[str] = []
    stream = AnswerStream(shown.append, said.append, strings.code_lines)
    for number in range(1_000):
        stream.add(f"{number} ")
    assert shown == []
    qtbot.waitUntil(lambda: len(shown) == 1)
    stream.add("one. Two")
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert shown[1].endswith("999 one. Two")
    assert " ".join(said) == " ".join([*map(str, range(1_000)), "one."])
    stream.end(f"{shown[1]} three")
    assert said[-1] == "Two three"


@pytest.mark.parametrize("text", [PARAGRAPHS, ONE_LINE, CODE], ids=["paragraphs", "line", "code"])
def test_a_very_long_answer_never_stalls_the_window(
    pane: ChatPane, chat: FakeChat, qtbot: QtBot, text: str
) -> None:
    chat.answer = lambda _: text

    def stream() -> None:
        pane.begin_new()
        pane.composer.put("Tell me everything.")
        pane.send()
        qtbot.waitUntil(lambda: not pane.session.is_busy, timeout=60_000)
        qtbot.wait(100)

    assert longest_stall(stream) < MOST_SECONDS
    answer = pane.transcript.views[-1]
    assert answer.facts.text == text


def test_answers_are_spoken_by_the_sentence(
    pane: ChatPane, chat: FakeChat, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(answering, "announce", lambda _, words: said.append(words))
    chat.answer = lambda _: "There is a cat. It sits on a chair. And"
    ask("What is this?")
    assert said[0] == strings.WAITING
    assert " ".join(said[1:]) == "There is a cat. It sits on a chair. And"


def test_the_view_stays_where_a_person_reads(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    chat.answer = lambda _: "A line.\n\n" * 80
    ask("Much?")
    bar = pane.transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(10)
    view = pane.transcript.views[-1]
    view.show_growing(view.facts.text + "More.\n\n" * 50)
    qtbot.wait(50)
    assert bar.value() == 10


def test_a_long_conversation_shows_its_end_first(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    for number in range(12):
        ask(f"Question {number}")
    number = pane.session.conversation.id
    pane.begin_new()
    pane.session.open(number)
    qtbot.waitUntil(lambda: len(pane.transcript.views) >= 6)
    last = pane.transcript.views[-1]
    assert last.facts.text == "An answer to “Question 11”."
    bar = pane.transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())

    def all_built() -> bool:
        bar.setValue(0)
        return len(pane.transcript.views) == 24

    qtbot.waitUntil(all_built)
    assert pane.transcript.views[0].facts.text == "Question 0"


def test_what_is_selected_stays_while_the_answer_grows(qtbot: QtBot) -> None:
    answer = AnswerView()
    qtbot.addWidget(answer)
    answer.show_text(PARAGRAPHS[:5_000])
    first = answer.parts[0]
    first.selectAll()
    answer.show_text(PARAGRAPHS[:9_000])
    assert answer.parts[0] is first
    assert first.textCursor().hasSelection()


def test_pages_that_come_at_once_are_laid_out_one_piece_a_turn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much a busy machine brings together, the window is not held for all of it."""
    monkeypatch.setattr(answer_view, "_SLICE_SECONDS", -1.0)
    answer = AnswerView()
    qtbot.addWidget(answer)
    answer.show_text(PARAGRAPHS[:3_000])
    begun = len(answer.parts)
    answer.show_text(PARAGRAPHS, gradually=True)
    assert len(answer.parts) <= begun + 1
    qtbot.waitUntil(lambda: len(answer.parts) == len(chunks(PARAGRAPHS)))
    qtbot.waitUntil(lambda: "end of 49" in answer.parts[-1].toPlainText())
    answer.show_text("Short.", gradually=True)
    answer.show_text("Short.")
    assert [part.toPlainText() for part in answer.parts] == ["Short."]


def test_another_conversation_can_be_read_while_an_answer_is_written(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    ask("First?")
    first = pane.session.conversation.id
    pane.begin_new()
    chat.gate.clear()
    pane.composer.put("Second?")
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.session.conversation is not None)
    second = pane.session.conversation.id
    pane.session.open(first)
    qtbot.waitUntil(lambda: pane.session.conversation.id == first)
    chat.gate.set()
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    assert [view.facts.text for view in pane.transcript.views][0] == "First?"
    pane.session.open(second)
    qtbot.waitUntil(lambda: pane.session.conversation.id == second)
    assert pane.transcript.views[-1].facts.text == "An answer to “Second?”."


def test_what_is_done_beside_leaves_a_growing_answer_alone(
    pane: ChatPane, chat: FakeChat, ask: Ask, qtbot: QtBot
) -> None:
    ask("First?")
    written = iter(range(3))
    wait = chat.gate.wait
    chat.gate.wait = lambda timeout: next(written, None) is not None or (wait(0) and False)
    chat.answer = lambda _: "one two three four"
    pane.composer.put("Second?")
    pane.send()
    qtbot.waitUntil(lambda: pane.transcript.views[-1].facts.text == "one two three")
    pane.session.do(lambda engine, _: engine.pin_turn(pane.transcript.views[0].facts.key, True))
    qtbot.waitUntil(lambda: pane.transcript.views[0].facts.pinned)
    texts = [view.facts.text for view in pane.transcript.views]
    assert texts == ["First?", "An answer to “First?”.", "Second?", "one two three"]
    assert pane.transcript.views[-1].facts.life is Life.STREAMING
    chat.gate.wait = wait
    qtbot.waitUntil(lambda: not pane.session.is_busy)
    assert pane.transcript.views[-1].facts.text == "one two three four"
