"""The pane over the real engine: SQLite, decoders and all, with a model that says what is asked."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes import FakeChatModel, make_photo
from tests.flow.chat.conftest import OpenChat, open_chat, pool
from tests.gui.chat.fake_peeking import FakePeeking
from vlm_desktop.base.chatwork import ConversationFormat
from vlm_desktop.base.conversations import Attachment, TurnState, Why
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Box
from vlm_desktop.gui import theme
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.jobs import JobRunner

__all__ = ["open_chat", "pool"]

OpenPane = Callable[..., ChatPane]
PATIENCE = 15_000


@pytest.fixture
def photo(tmp_path: Path) -> Attachment:
    return Attachment(make_photo(tmp_path / "photos" / "red.jpg", "red", (200, 100)))


@pytest.fixture
def open_pane(
    qtbot: QtBot, qapp: object, runner: JobRunner, open_chat: OpenChat, tmp_path: Path
) -> Iterator[OpenPane]:
    """The pane in a window over the engine with the models given."""
    theme.apply(qapp, "light")
    windows: list[MainWindow] = []

    def make(*models: FakeChatModel) -> ChatPane:
        services = open_chat(*models)
        services.peeking = FakePeeking()  # the test's one pool decodes for the engine
        state = WindowState(tmp_path / "window.json")
        window = MainWindow(services, runner, lambda _: True, state=state)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        window.show_pane("chat")
        pane = window.pane("chat")
        assert isinstance(pane, ChatPane)
        qtbot.waitUntil(lambda: pane.choice.capabilities is not None, timeout=PATIENCE)
        return pane

    yield make
    for window in windows:
        window.indexing.stop()
        window._closing = True
        window.close()


def ask(pane: ChatPane, qtbot: QtBot, text: str, *pictures: Attachment) -> None:
    pane.composer.pictures.put(pictures)
    pane.composer.put(text)
    pane.send()
    qtbot.waitUntil(lambda: not pane.session.is_busy, timeout=PATIENCE)


def texts(pane: ChatPane) -> list[str]:
    return [view.facts.text for view in pane.transcript.views]


def test_a_picture_is_asked_about_and_found_again(
    open_pane: OpenPane, photo: Attachment, tmp_path: Path, qtbot: QtBot
) -> None:
    pane = open_pane()
    ask(pane, qtbot, "Which colour has it?", photo)
    assert texts(pane) == ["Which colour has it?", "Which colour has it? -> [red]"]
    assert [button.text() for button in pane.strip.buttons] == ["A"]
    ask(pane, qtbot, "Sure?")
    assert texts(pane)[3] == "Sure? -> [red]"
    qtbot.waitUntil(lambda: pane.context.use is not None, timeout=PATIENCE)
    assert pane.context.use.usage.image > 0
    pane.column.filter.setText("sure")
    qtbot.waitUntil(lambda: len(pane.column.model.rows) == 1, timeout=PATIENCE)
    qtbot.waitUntil(lambda: pane.column.model.rows[0].excerpt != "", timeout=PATIENCE)
    target = tmp_path / "talk.html"
    pane.keeping.export_to(pane.session.conversation.id, target, ConversationFormat.HTML)
    qtbot.waitUntil(target.exists, timeout=PATIENCE)
    assert "Which colour has it?" in target.read_text(encoding="utf-8")


def test_a_thumb_reaches_the_database_and_training(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    pane = open_pane()
    services = pane.desk.services
    ask(pane, qtbot, "Which colour has it?", photo)
    pane.transcript.views[-1].tools.buttons["up"].click()
    qtbot.waitUntil(lambda: pane.transcript.views[-1].facts.vote == 1, timeout=PATIENCE)
    (example,) = services.training.sources.answers().examples
    assert (example.image, example.turns[0].ask) == (str(photo.path), "Which colour has it?")
    pane.begin_new()
    pane.session.open(services.chat.conversations()[0].id)
    qtbot.waitUntil(lambda: len(texts(pane)) == 2, timeout=PATIENCE)
    assert pane.transcript.views[-1].facts.vote == 1
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: pane.transcript.views[-1].facts.vote == 0, timeout=PATIENCE)
    assert services.training.sources.answers().examples == ()


def test_the_tree_and_undo_reach_the_database(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    pane = open_pane()
    ask(pane, qtbot, "One?", photo)
    pane.turns.again(Why.ANOTHER)
    qtbot.waitUntil(lambda: not pane.session.is_busy, timeout=PATIENCE)
    assert pane.transcript.views[-1].facts.branches == 2
    assert "seed" in texts(pane)[-1]
    pane.transcript.focus_turn(pane.transcript.views[0].facts.key)
    pane.turns.delete()
    qtbot.waitUntil(lambda: texts(pane) == [], timeout=PATIENCE)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: len(texts(pane)) == 2, timeout=PATIENCE)
    pane.keeping.delete()
    qtbot.waitUntil(lambda: pane.session.conversation is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: pane.column.model.rows == (), timeout=PATIENCE)
    pane.desk.changes.undo()
    qtbot.waitUntil(lambda: len(pane.column.model.rows) == 1, timeout=PATIENCE)


def test_a_stopped_answer_is_kept_as_far_as_it_came(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    gate = threading.Semaphore(0)
    pane = open_pane(FakeChatModel(say=lambda *_: "one two three four five", gate=gate))
    pane.composer.pictures.put((photo,))
    pane.composer.put("Count!")
    pane.send()
    gate.release(2)
    qtbot.waitUntil(lambda: texts(pane)[-1:] == ["one two "], timeout=PATIENCE)
    qtbot.keyClick(pane.composer.line, Qt.Key.Key_Escape)
    gate.release(1)
    qtbot.waitUntil(lambda: not pane.session.is_busy, timeout=PATIENCE)
    kept = pane.session.conversation.turns[-1]
    assert kept.state is TurnState.PARTIAL
    assert kept.text.startswith("one two")


def test_a_failure_says_what_happened_and_the_next_question_is_answered(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    error = ModelOutOfMemory(model="starter", detail="cuda")
    pane = open_pane(FakeChatModel(say=lambda *_: "fine", fails=(0, error)))
    gone = Attachment(photo.path.with_name("gone.jpg"))
    ask(pane, qtbot, "What is it?", gone)
    status = pane.window().status
    qtbot.waitUntil(lambda: "gone.jpg" in status.text.text(), timeout=PATIENCE)
    assert not pane.session.is_busy
    assert pane.composer.text == "What is it?", "the question is not lost"
    ask(pane, qtbot, "What is it?", photo)
    ask(pane, qtbot, "And now?")
    assert texts(pane)[-1] == "fine"


def test_what_the_model_sees_a_part_and_doubt(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    pane = open_pane()
    part = Attachment(photo.path, box=Box(0, 0, 50, 50))
    ask(pane, qtbot, "What is there?", part)
    assert pane.session.conversation.pictures[0].attachment.box is not None
    kept = pane.session.conversation.pictures[0]
    pane.looking.look(kept.attachment, kept.letter)
    qtbot.waitUntil(pane.seen.area.isVisible, timeout=PATIENCE)
    for name in ("blank", "samples", "nouns"):
        pane.turns.doubt(name)
    view = pane.transcript.views[-1]
    qtbot.waitUntil(
        lambda: (
            len(view.facts.doubts) == 3 and not any(one.is_running for one in view.facts.doubts)
        ),
        timeout=PATIENCE,
    )
    assert all(one.found for one in view.facts.doubts)


def test_many_photos_become_a_table(open_pane: OpenPane, tmp_path: Path, qtbot: QtBot) -> None:
    pane = open_pane()
    names = ("red", "green", "blue")
    pictures = tuple(Attachment(make_photo(tmp_path / f"{one}.jpg", one)) for one in names)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    dialog = pane.actions_of_pane.show_batch((*pictures, Attachment(broken)))
    dialog.question.setText("Colour?")
    dialog.start()
    qtbot.waitUntil(lambda: dialog.save.isEnabled(), timeout=PATIENCE)
    cells = [dialog.model.index(row, 1).data() for row in range(4)]
    assert cells[:3] == [f"Colour? -> [{one}]" for one in names]
    assert "broken.jpg" in cells[3]
    target = tmp_path / "table.csv"
    dialog.save_to(target)
    saved = fill(strings.SAVED_AS, name=target.name)
    qtbot.waitUntil(lambda: dialog.words.text() == saved, timeout=PATIENCE)
    assert "Colour? -> [green]" in target.read_text(encoding="utf-8-sig")
    dialog.close()


def test_conversation_and_draft_come_back_at_the_next_start(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    pane = open_pane()
    ask(pane, qtbot, "What is it?", photo)
    pane.composer.put("a draft")
    window = pane.window()
    window._closing = True
    window.close()
    again = open_pane()
    qtbot.waitUntil(lambda: texts(again)[:1] == ["What is it?"], timeout=PATIENCE)
    assert again.composer.text == "a draft"


def test_what_an_answer_waits_for_is_said(
    open_pane: OpenPane, photo: Attachment, qtbot: QtBot
) -> None:
    gate = threading.Semaphore(0)
    pane = open_pane(FakeChatModel(gate=gate))
    pane.composer.pictures.put((photo,))
    pane.composer.put("Colour?")
    pane.send()
    said = strings.PHASES["answer"]
    qtbot.waitUntil(lambda: pane.transcript.views[-1].waiting.text() == said, timeout=PATIENCE)
    for _ in range(9):
        gate.release()
    qtbot.waitUntil(lambda: not pane.session.is_busy, timeout=PATIENCE)
    assert not pane.transcript.views[-1].waiting.isVisible()
