"""A card of the shelf: one model, what goes on with it, and what one can do with it."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.actions import plain
from vlm_desktop.gui.panes.models import entries
from vlm_desktop.gui.panes.models.entries import STEPS, Entry, Kind, Remedy
from vlm_desktop.gui.strings import models as strings
from vlm_desktop.gui.theme import measures


class ModelCardView(QGroupBox):
    """Shows an `Entry`. Takes the focus as a whole (Enter does the first thing) and by its buttons.

    A group box, since its role tells a screen reader that what it holds belongs together.

    The signals carry the model's id.
    """

    download_asked = Signal(str)
    go_on_asked = Signal(str)
    licence_accepted = Signal(str, str)
    """With the licence that the hub states."""
    token_entered = Signal(str, str)
    pause_asked = Signal(str)
    discard_asked = Signal(str)
    use_asked = Signal(str)
    verify_asked = Signal(str)
    remove_asked = Signal(str)
    stop_asked = Signal(str)

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.entry = entry
        self._id = entry.card.id
        self._build_words()
        self._build_buttons()
        self._lay_out()
        self.show_entry(entry)

    # --- building ------------------------------------------------------------------------

    def _build_words(self) -> None:
        self.name = self._label("cardTitle")
        self.state = self._label("muted")
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.does = self._label()
        self.facts = self._label("muted")
        self.notice = self._label("careful")
        self.trouble = self._label("bad")
        self.going_on = self._label("muted")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)

    def _build_buttons(self) -> None:
        make = self._button
        self.download = make(strings.DOWNLOAD, lambda: self.download_asked.emit(self._id))
        self.go_on = make(strings.GO_ON, lambda: self.go_on_asked.emit(self._id))
        self.use = make(strings.USE, lambda: self.use_asked.emit(self._id), strings.USE_TIP)
        self.verify = make(
            strings.VERIFY, lambda: self.verify_asked.emit(self._id), strings.VERIFY_TIP
        )
        self.remove = make(strings.REMOVE, lambda: self.remove_asked.emit(self._id))
        self.pause = make(strings.PAUSE, lambda: self.pause_asked.emit(self._id))
        self.cancel = make(strings.CANCEL, lambda: self.discard_asked.emit(self._id))
        self.stop = make(strings.STOP, lambda: self.stop_asked.emit(self._id))
        self.accept = make(strings.ACCEPT_LICENCE, self._accept_licence)
        self.token_word = self._label()
        self.token_word.setText(strings.TOKEN)
        self.token_word.setWordWrap(False)
        self.token = QLineEdit(self)
        self.token_word.setBuddy(self.token)
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(strings.TOKEN_HINT)
        self.token.setAccessibleName(strings.TOKEN)
        self.token.returnPressed.connect(self._save_token)
        self.save_token = make(strings.SAVE_TOKEN, self._save_token)
        self.page = make(strings.OPEN_PAGE, self._open_page)
        self.discard = make(strings.DISCARD, lambda: self.discard_asked.emit(self._id))
        self.buttons = (
            self.accept, self.download, self.go_on, self.use, self.pause, self.stop, self.cancel,
            self.page, self.verify, self.discard, self.remove,
        )  # fmt: skip
        for button in (self.verify, self.remove, self.discard, self.page):
            button.setObjectName("quiet")

    def _label(self, kind: str = "") -> QLabel:
        label = QLabel(self)
        label.setObjectName(kind)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _button(self, text: str, slot: object, tip: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[2])
        head.addWidget(self.name, 3)
        head.addWidget(self.state, 2)
        progress = QHBoxLayout()
        progress.setSpacing(space[2])
        progress.addWidget(self.bar, 2)
        progress.addWidget(self.going_on, 3)
        token = QGridLayout()
        token.setHorizontalSpacing(space[1])
        token.setVerticalSpacing(space[0])
        token.addWidget(self.token_word, 0, 0)
        token.addWidget(self.token, 1, 0)
        token.addWidget(self.save_token, 1, 1)
        row = QHBoxLayout()
        row.setSpacing(space[1])
        for button in self.buttons:
            if button is self.page:
                row.addStretch()  # what is done seldom stands at the other end
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[2], space[3], space[2])
        layout.setSpacing(space[1])
        layout.addLayout(head)
        for label in (self.does, self.facts, self.notice, self.trouble):
            layout.addWidget(label)
        for line in (progress, token, row):
            layout.addLayout(line)

    # --- showing -------------------------------------------------------------------------

    def show_entry(self, entry: Entry) -> None:
        """Take up what is known of the model now; the focus stays in the card."""
        self.entry = entry
        held_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        card, activity, trouble = entry.card, entry.activity, entry.trouble
        state = entries.state(entry)
        broken = fill(strings.BROKEN_TEXT, problem=card.problem) if entry.is_broken else ""
        said = trouble.sentence if trouble else broken
        for label, text in (
            (self.name, card.name), (self.state, state), (self.does, entries.does(entry)),
            (self.facts, entries.facts(entry)), (self.notice, card.notice), (self.trouble, said),
            (self.going_on, activity.text if activity else ""),
        ):  # fmt: skip
            label.setText(text)
            label.setVisible(bool(text))
        kind = "bad" if entry.is_broken else "good" if entry.active else "muted"
        self._colour_state(kind)
        self.setAccessibleName(fill(strings.CARD_NAME, name=card.name, state=state))
        told = (self.going_on, self.trouble, self.does, self.facts, self.notice)
        self.setAccessibleDescription(". ".join(one.text() for one in told if one.text()))
        self._show_progress()
        self._show_buttons()
        if held_focus and not self.focusWidget().isVisibleTo(self):
            self.setFocus()

    def _colour_state(self, kind: str) -> None:
        if self.state.objectName() != kind:
            self.state.setObjectName(kind)
            self.state.style().unpolish(self.state)
            self.state.style().polish(self.state)

    def _show_progress(self) -> None:
        activity = self.entry.activity
        self.bar.setVisible(activity is not None)
        if activity is None:
            return
        known = activity.done is not None
        self.bar.setRange(0, STEPS if known else 0)
        self.bar.setValue(activity.done or 0)
        self.bar.setAccessibleName(fill(strings.CARD_NAME, name=self.entry.card.name,
                                        state=activity.text))  # fmt: skip

    def _show_buttons(self) -> None:
        entry, activity, trouble = self.entry, self.entry.activity, self.entry.trouble
        idle = activity is None
        remedy = trouble.remedy if trouble and idle else Remedy.NONE
        fetching = activity is not None and activity.kind is Kind.DOWNLOAD
        may_stop = activity is not None and activity.kind in (Kind.ADOPT, Kind.VERIFY)
        offered = idle and not entry.is_here
        usable = idle and entry.is_here and not entry.is_broken
        for widget, shown in (
            (self.accept, remedy is Remedy.LICENCE),
            (self.download, offered and not entry.is_partial and remedy is Remedy.NONE),
            (self.go_on, offered and entry.is_partial and remedy is Remedy.NONE),
            (self.use, usable and not entry.active),
            (self.pause, fetching),
            (self.cancel, fetching),
            (self.stop, may_stop),
            (self.page, remedy is not Remedy.NONE),
            (self.verify, usable),
            (self.discard, offered and entry.is_partial),
            (self.remove, idle and entry.can_be_removed),
            (self.token_word, remedy is Remedy.TOKEN),
            (self.token, remedy is Remedy.TOKEN),
            (self.save_token, remedy is Remedy.TOKEN),
        ):
            widget.setVisible(shown)
        self.remove.setEnabled(not entry.active)
        self.remove.setToolTip(strings.REMOVE_ACTIVE if entry.active else "")
        for button in (self.pause, self.cancel, self.stop):
            button.setEnabled(activity is not None and not activity.stopping)
        for button in (*self.buttons, self.save_token):
            name = fill(strings.ACTION_NAME, action=plain(button.text()), name=entry.card.name)
            button.setAccessibleName(name)
            button.setAccessibleDescription(button.toolTip())

    # --- what the user does --------------------------------------------------------------

    def _accept_licence(self) -> None:
        if self.entry.trouble is not None:
            self.licence_accepted.emit(self._id, self.entry.trouble.licence)

    def _save_token(self) -> None:
        if self.token.text().strip():
            self.token_entered.emit(self._id, self.token.text().strip())
            self.token.clear()

    def _open_page(self) -> None:
        if self.entry.trouble is not None:
            QDesktopServices.openUrl(QUrl(self.entry.trouble.page))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter and Space on the card itself do its first thing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            first = next((one for one in self.buttons if one.isVisibleTo(self)), None)
            if self.hasFocus() and first is not None and first.isEnabled():
                first.click()
                return
        super().keyPressEvent(event)
