"""An answer as it is written: words and code in pieces, of which only the last is laid out anew."""

import math
import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vlm_desktop.gui.panes.chat.chunks import Chunk, chunks
from vlm_desktop.gui.panes.chat.code_view import CodeView
from vlm_desktop.gui.panes.chat.words_view import WordsView
from vlm_desktop.gui.theme import measures

_SLICE_SECONDS = 0.02
"""Longest stay in one go with what grows; a piece more may be begun within it."""


class AnswerView(QWidget):
    """Shows Markdown. The same pieces keep their widgets, and so their selections."""

    link_clicked = Signal(str)
    menu_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._plain = False
        self._pieces: tuple[Chunk, ...] = ()
        self._shown: list[Chunk] = []
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(lambda: self._lay_out(_SLICE_SECONDS))
        self.parts: list[WordsView | CodeView] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(measures().space[1])

    def show_text(self, text: str, *, plain: bool = False, gradually: bool = False) -> None:
        """The whole text so far; `plain` words stay as they are.

        With `gradually` the event loop turns between pieces where many are new: a busy machine
        brings pages of an answer at once.
        """
        if (text, plain) != (self.text, self._plain):
            if plain or self._plain:
                self._shown = []
            self.text, self._plain = text, plain
            self._pieces = (Chunk(text),) if plain else chunks(text)
        elif not self._later.isActive():
            return
        self._lay_out(_SLICE_SECONDS if gradually else math.inf)

    def _lay_out(self, seconds: float = math.inf) -> None:
        """Show what is not shown yet: one piece, and what more begins within `seconds`."""
        self._later.stop()
        until, is_first = time.monotonic() + seconds, True
        for number, piece in enumerate(self._pieces):
            if self._shown[number : number + 1] == [piece]:
                continue
            if not is_first and time.monotonic() > until:
                self._later.start()
                return
            self._show(number, piece)
            self._shown[number : number + 1] = [piece]
            is_first = False
        while len(self.parts) > len(self._pieces):
            self._drop(self.parts.pop())
        del self._shown[len(self._pieces) :]

    @property
    def links(self) -> tuple[str, ...]:
        self._lay_out()
        found = [link for part in self.parts if isinstance(part, WordsView) for link in part.links]
        return tuple(dict.fromkeys(found))

    @property
    def code(self) -> tuple[CodeView, ...]:
        return tuple(part for part in self.parts if isinstance(part, CodeView))

    def _show(self, number: int, piece: Chunk) -> None:
        kind = CodeView if piece.is_code else WordsView
        if number < len(self.parts) and not isinstance(self.parts[number], kind):
            self._drop(self.parts.pop(number))
            self._insert(number, kind(self))
        elif number == len(self.parts):
            self._insert(number, kind(self))
        part = self.parts[number]
        if isinstance(part, CodeView):
            part.show_code(piece.text, piece.language)
        elif self._plain:
            part.show_plain(piece.text)
        else:
            part.show_markdown(piece.text)

    def _insert(self, number: int, part: WordsView | CodeView) -> None:
        if isinstance(part, WordsView):
            part.link_clicked.connect(self.link_clicked)
            part.menu_wanted.connect(self.menu_wanted)
        self.parts.insert(number, part)
        self._column.insertWidget(number, part)

    def _drop(self, part: QWidget) -> None:
        self._column.removeWidget(part)
        part.hide()
        part.deleteLater()
