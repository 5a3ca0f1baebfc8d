"""Listening: each image's name, decision and texts are read out while no picture is shown."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import AltImage, AltText, Decision
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.alttext.languages import language_name
from vlm_desktop.gui.panes.alttext.picture_panel import PicturePanel
from vlm_desktop.gui.panes.alttext.queue_model import is_led
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.panes.alttext.voice import Voice, open_voice
from vlm_desktop.gui.strings import alttext as words_of_pane
from vlm_desktop.gui.strings import alttext_listen as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll

_NEXT = (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_J)
_PREVIOUS = (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_K)
_AGAIN = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ListenBar(QFrame):
    """What is read, in words too, and what can be done meanwhile. Main thread."""

    again_wanted = Signal()
    stepped = Signal(int)
    end_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listenBar")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(strings.LISTENING)
        self.setAccessibleDescription(strings.HINT)
        space = measures().space
        self.title = self._label("heading", strings.LISTENING)
        self.hidden = self._label("muted", words_of_pane.PICTURE_HIDDEN)
        self.words = self._label("sentence", "")
        self.trouble = self._label("careful", "")
        self.hint = self._label("hint", strings.HINT)
        tools = QWidget(self)
        row = FlowLayout(tools, space[0])
        self.again = QPushButton(strings.AGAIN, tools)
        self.previous = QPushButton(strings.PREVIOUS, tools)
        self.next = QPushButton(strings.NEXT, tools)
        self.end = QPushButton(strings.END, tools)
        self.again.clicked.connect(self.again_wanted)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.end.clicked.connect(self.end_wanted)
        for button in (self.again, self.previous, self.next, self.end):
            button.installEventFilter(self)
            row.addWidget(button)
        inner = QWidget(self)
        said = QVBoxLayout(inner)
        said.setContentsMargins(space[2], space[2], space[2], space[2])
        said.setSpacing(space[2])
        for one in (self.title, self.hidden, self.words, self.trouble, tools, self.hint):
            said.addWidget(one)
        said.addStretch(1)
        scroll = FollowingScroll(self)
        scroll.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.hide()

    def _label(self, name: str, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMinimumWidth(measures().hairline)  # else its longest word would widen the column
        return label

    def show_words(self, words: str, trouble: str) -> None:
        self.words.setText(words)
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrow keys go on and back from the buttons, too."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if pressed and event.key() in (*_NEXT, *_PREVIOUS):
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() in _NEXT:
            self.stepped.emit(1)
        elif event.key() in _PREVIOUS:
            self.stepped.emit(-1)
        elif event.key() in _AGAIN:
            self.again_wanted.emit()
        else:
            super().keyPressEvent(event)


class Listening(QObject):
    """On or off. Whoever walks through the list while it is on hears each text. Main thread."""

    changed = Signal()

    def __init__(
        self,
        session: AltSession,
        picture: PicturePanel,
        step: Callable[[int], object],
        leave: Callable[[], object],
        over: QWidget,
    ) -> None:
        super().__init__(over)
        self._session, self._picture, self._leave = session, picture, leave
        self.open_voice: Callable[[QObject], Voice | None] = open_voice
        self._voice: Voice | None = None
        self._is_tried = False
        self._read: tuple[int, str] = (0, "")
        self.is_on = False
        self.bar = ListenBar(picture)
        layout = picture.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.bar, 1)
        self.bar.again_wanted.connect(self.read)
        self.bar.stepped.connect(step)
        self.bar.end_wanted.connect(self.end)
        session.chosen.connect(self._chosen)

    @property
    def can_start(self) -> bool:
        return self._session.current is not None

    def toggle(self) -> None:
        if self.is_on:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Hide the picture and read the current image's texts."""
        if self.is_on or not self.can_start:
            return
        self.is_on = True
        if not self._is_tried:
            self._is_tried = True
            self._voice = self.open_voice(self)
            if self._voice is not None:
                self._voice.failed.connect(self._failed)
        self._picture.hide_picture(True)
        self._picture.layers.hide()
        self.bar.show()
        self.bar.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._session.desk.say(strings.begun())
        self.changed.emit()
        self.read()

    def end(self) -> bool:
        """Show the picture again; False where nothing was read."""
        if not self.is_on:
            return False
        self.is_on = False
        if self._voice is not None:
            self._voice.stop()
        self.bar.hide()
        self._picture.layers.show()
        self._picture.hide_picture(False)
        self._leave()
        self._session.desk.say(strings.ENDED)
        self.changed.emit()
        return True

    def read(self) -> None:
        """Read the current image's name, decision and texts."""
        session, image = self._session, self._session.current
        if not self.is_on or image is None:
            return
        self._read = (image.id, session.language)
        words = spoken(image, session.text, session.images.get(image.lead_id or 0))
        trouble = ""
        if self._voice is None:
            trouble = strings.NO_ENGINE
            announce(self.bar, words)
        elif not self._voice.say(words, session.language):
            trouble = fill(strings.NO_VOICE, language=language_name(session.language))
        self.bar.show_words(words, trouble)

    def stop(self) -> None:
        """The window closes."""
        if self._voice is not None:
            self._voice.stop()

    def _chosen(self) -> None:
        session = self._session
        if self.is_on and session.current is None:
            self.end()
        elif self.is_on and (session.current_id, session.language) != self._read:
            self.read()

    def _failed(self, detail: str) -> None:
        """The words stand there all the same, and a screen reader says them."""
        self._voice = None
        self.bar.show_words(self.bar.words.text(), fill(strings.FAILED, detail=detail))
        announce(self.bar, self.bar.words.text())


def spoken(image: AltImage, text: AltText, lead: AltImage | None) -> str:
    """What somebody who listens is told of an image, sentence by sentence."""
    said = [fill(strings.READ_NAME, name=image.name)]
    if is_led(image):
        said.append(fill(strings.READ_LED, name=lead.name if lead is not None else "?"))
        return " ".join(said)
    if image.decision is Decision.DECORATIVE:
        return " ".join([*said, strings.READ_DECORATIVE])
    if image.decision is not Decision.UNDECIDED:
        name = words_of_pane.DECISIONS[image.decision]
        said.append(fill(strings.READ_STATE, state=name))
    said.append(fill(strings.READ_STATE, state=words_of_pane.STATES[text.state]))
    said.append(text.alt or strings.READ_EMPTY)
    if text.extended:
        said.append(fill(strings.READ_EXTENDED, text=text.extended))
    return " ".join(said)
