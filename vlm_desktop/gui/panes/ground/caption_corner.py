"""Where the words of a caption look: each word a button, its heat over the picture."""

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import WordLook
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.ground.gentle import show_gently
from vlm_desktop.gui.panes.ground.items import WORD, key
from vlm_desktop.gui.strings import ground_phrases as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.overlay_items import OverlayItem
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel
from vlm_desktop.jobs import GROUND

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane

NONE = -1


def share_of(look: WordLook) -> int:
    """Percent of a word's attention at the place it looks at most."""
    values = look.heatmap.values
    whole = float(values.sum())
    return round(100 * float(values.max()) / whole) if whole > 0 else 0


class CaptionStrip(QFrame):
    """Under the phrases, while a caption is looked into. Main thread."""

    chosen = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("groundStrip")
        self.setAccessibleName(strings.CAPTION_TITLE)
        space = measures().space
        self.words: list[QToolButton] = []
        self.hint = WrappedLabel(strings.CAPTION_WORKING, self, name="hint")
        self._row = QWidget(self)
        self._flow = FlowLayout(self._row, space[0])
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("close"))
        self.close_button.setAccessibleName(strings.CAPTION_CLOSE)
        self.close_button.setToolTip(strings.CAPTION_CLOSE)
        self.close_button.clicked.connect(self.closed)
        column = QVBoxLayout()
        column.setSpacing(space[0])
        column.addWidget(self._row)
        column.addWidget(self.hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(space[1], space[0], space[1], space[0])
        layout.addLayout(column, 1)
        layout.addWidget(self.close_button)
        self.hide()

    def show_words(self, looks: tuple[WordLook, ...], sentence: str = "") -> None:
        """The caption word by word, or a sentence in its place."""
        self._flow.clear()
        self.words = []
        for number, look in enumerate(looks):
            button = QToolButton(self._row)
            button.setObjectName("chipBody")
            button.setText(look.word.replace("&", "&&"))
            button.setCheckable(True)
            said = fill(strings.CAPTION_WORD, word=look.word, share=share_of(look))
            button.setAccessibleName(said)
            button.setToolTip(said)
            button.clicked.connect(lambda _=False, one=number: self.chosen.emit(one))
            self._flow.addWidget(button)
            button.show()
            self.words.append(button)
        self.hint.setText(sentence or strings.CAPTION_HINT)

    def check(self, number: int) -> None:
        for place, button in enumerate(self.words):
            button.setChecked(place == number)
        if 0 <= number < len(self.words):
            self.hint.setText(self.words[number].accessibleName())
        else:
            self.hint.setText(strings.CAPTION_HINT)


class CaptionCorner(QObject):
    """Main thread; a lane writes the caption."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane, self._strip = pane, pane.caption_strip
        self._session, self._desk = pane.session, pane.desk
        self.looks: tuple[WordLook, ...] = ()
        self.word = NONE
        self.action = self._desk.actions.add(
            "ground.caption", strings.CAPTION, self.begin, where=pane
        )
        self._strip.chosen.connect(self.choose)
        self._strip.closed.connect(self.end)
        self._session.opened.connect(self.end)
        self._session.loaded.connect(lambda: self.action.setEnabled(True))
        self.action.setEnabled(False)

    def begin(self) -> None:
        """Write a caption and look where each word looked."""
        picture, services = self._session.picture, self._desk.services
        if picture is None:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, tuple[WordLook, ...]]:
            yield from ()
            return services.ground.looking.caption(picture, cancel)

        def done(found: tuple[WordLook, ...]) -> None:
            if self._session.picture is not picture or self._strip.isHidden():
                return
            self.looks = found
            self._strip.show_words(found, "" if found else strings.CAPTION_NONE)
            announce(self._pane, " ".join(one.word for one in found))
            if found:
                self._strip.words[0].setFocus()

        def failed(sentence: str) -> None:
            self._strip.show_words((), sentence)
            announce(self._pane, sentence)

        self._strip.show_words((), strings.CAPTION_WORKING)
        self._strip.show()
        self._desk.ask(verb, done, failed=failed, lane=GROUND, latest="ground-caption")

    def choose(self, number: int) -> None:
        """Show where this word looked; chosen again, show it no more."""
        self.word = NONE if number == self.word else number
        self._strip.check(self.word)
        self._pane.show_items()
        if self.word != NONE:
            self._pane.canvas.set_current(key(WORD, self.word), say=True)

    def end(self) -> bool:
        """No caption any more; False where there was none."""
        was = not self._strip.isHidden()
        self.looks, self.word = (), NONE
        if self._session.picture is None:
            self.action.setEnabled(False)
        show_gently(self._strip, False)
        if was:
            self._pane.show_items()
        return was

    def items(self) -> list[OverlayItem]:
        """The heat of the word that is chosen."""
        if not 0 <= self.word < len(self.looks):
            return []
        look = self.looks[self.word]
        note = fill(strings.CAPTION_NOTE, share=share_of(look))
        # Shares of a whole are small: shown is each cell beside the strongest one.
        most = float(look.heatmap.values.max()) or 1.0
        heat = replace(look.heatmap, values=look.heatmap.values / most)
        return [OverlayItem(key(WORD, self.word), look.word, heat=heat, note=note)]
