"""Tokens on their way to the screen: put together, shown about twenty times a second."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from vlm_desktop.gui.panes.chat.sentences import SentenceFeed

_INTERVAL_MS = 50


class AnswerStream(QObject):
    """Takes pieces of one answer. `show(text)` gets the whole so far, `say(words)` sentences.

    However many pieces come, nothing is shown more often than the eye can tell, and nothing is
    spoken before its sentence is whole.
    """

    def __init__(
        self,
        show: Callable[[str], None],
        say: Callable[[str], None],
        code_words: Callable[[int], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._show, self._say, self._code_words = show, say, code_words
        self._timer = QTimer(self, singleShot=True, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._flush)
        self.begin()

    def begin(self) -> None:
        """Another answer, or the same from its start."""
        self._timer.stop()
        self._pieces: list[str] = []
        self.text = ""
        self._feed = SentenceFeed(self._code_words)

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        if not self._timer.isActive():
            self._timer.start()

    def end(self, text: str) -> None:
        """The answer is whole; it is this."""
        self._timer.stop()
        self._pieces = []
        self.text = text
        self._speak(is_whole=True)

    def _flush(self) -> None:
        self.text += "".join(self._pieces)
        self._pieces = []
        self._show(self.text)
        self._speak(is_whole=False)

    def _speak(self, *, is_whole: bool) -> None:
        words = " ".join(self._feed.more(self.text, is_whole=is_whole))
        if words:
            self._say(words)
