"""The Chat pane in the window, over conversations in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.chat.fake_chat import FakeChat
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import AppError
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.chat.chat_pane import ChatPane


@dataclass
class FakeSources:
    """Thumbs of the conversations in memory, and which threads gave them."""

    chat: FakeChat
    error: AppError | None = None
    threads: set[str] = field(default_factory=set)
    given: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()

    def vote(self, turn_id: int, vote: int) -> int:
        self.gate.wait()
        self.given.append((turn_id, vote))
        self.threads.add(threading.current_thread().name)
        if self.error is not None:
            raise self.error
        return self.chat.vote(turn_id, vote)


@pytest.fixture
def chat(services: FakeServices) -> FakeChat:
    return services.chat


@pytest.fixture
def thumbs(services: FakeServices) -> FakeSources:
    services.training.sources = FakeSources(services.chat)
    return services.training.sources


@pytest.fixture
def pane(open_window: Callable[[], MainWindow], qtbot: QtBot) -> ChatPane:
    window = open_window()
    window.show_pane("chat")
    found = window.pane("chat")
    assert isinstance(found, ChatPane)
    qtbot.waitUntil(lambda: found.choice.capabilities is not None)
    return found


@pytest.fixture
def picture(tmp_path: Path) -> Attachment:
    return Attachment(tmp_path / "cat.jpg")


@pytest.fixture
def ask(pane: ChatPane, qtbot: QtBot) -> Callable[[str], None]:
    """Types a question, sends it with Enter and waits for its answer."""

    def send(text: str) -> None:
        count = len(pane.session.conversation.turns) if pane.session.conversation else 0
        pane.composer.put(text)
        qtbot.keyClick(pane.composer.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not pane.session.is_busy)
        assert pane.session.conversation is not None
        assert len(pane.session.conversation.turns) >= count + 1

    return send
