"""Where a question is put together: its pictures, its words, how closely to look, Send."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.chat import ChatCapabilities
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.chat.attached import AttachedPictures
from vlm_desktop.gui.panes.chat.budget import BudgetSlider
from vlm_desktop.gui.panes.chat.picture_chips import PictureChip
from vlm_desktop.gui.panes.chat.question_line import QuestionLine
from vlm_desktop.gui.panes.search.chips import Chip, ChipRow
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.chat.thumbnails import AttachmentThumbnails

_UNKNOWN = ChatCapabilities(max_images=1_000)
"""Of a model that is being opened: nothing is ruled out; the model itself refuses."""


class Composer(QFrame):
    """Words and pictures of the next question. Says what is wanted; asks nobody anything."""

    sent = Signal()
    stop_wanted = Signal()
    pictures_received = Signal(object)
    """`QMimeData` with pictures."""
    chip_opened = Signal(int)
    """The place of a picture whose menu is wanted."""
    schema_dropped = Signal()
    editing_dropped = Signal()
    """A question is not to be edited after all."""
    changed = Signal()
    """The words or pictures are others."""
    each_wanted = Signal()
    """There are more pictures than the model takes at once: ask about each."""
    up_wanted = Signal()

    def __init__(self, thumbnails: "AttachmentThumbnails", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._thumbnails = thumbnails
        self._busy = self._stopping = False
        self._able = True
        self._schema = ""
        self._editing = False
        self._can = _UNKNOWN
        self.pictures = AttachedPictures(self)
        self._build()
        self.pictures.changed.connect(self._show_chips)
        thumbnails.made.connect(self._show_thumbnail)
        self.pictures.changed.connect(self.changed)

    def _build(self) -> None:
        space = measures().space
        self.chips = ChipRow(self)
        self.chips.setAccessibleName(strings.CHIPS_NAME)
        self.line = QuestionLine(self)
        self.line.sent.connect(self._enter)
        self.line.textChanged.connect(self.changed)
        self.line.textChanged.connect(self._show_state)
        self.line.pictures_received.connect(self.pictures_received)
        self.line.up_wanted.connect(self.up_wanted)
        self.line.focus_changed.connect(self._mark_focus)
        self.chips.ended.connect(self.focus_line)
        self.add = QToolButton(self)
        self.add.setObjectName("composerTool")
        self.add.setIcon(icon("chat-new"))
        self.add.setIconSize(QSize(space[4], space[4]))
        self.add.setAccessibleName(strings.ADD_PICTURE)
        self.add.setToolTip(strings.ADD_PICTURE)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.too_many = QLabel(self)
        self.too_many.setObjectName("careful")
        self.too_many.setWordWrap(True)
        self.each = QPushButton(strings.ASK_EACH, self)
        self.each.setObjectName("quiet")
        self.each.setToolTip(strings.ASK_EACH_TIP)
        self.each.clicked.connect(self.each_wanted)
        self.budget = BudgetSlider(self)
        self.send = QPushButton(self)
        self.send.setObjectName("primary")
        self.send.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.send.clicked.connect(self._pressed)
        tools = QHBoxLayout()
        tools.setSpacing(space[1])
        tools.setContentsMargins(space[0], space[0], space[0], space[0])
        tools.addWidget(self.add)
        tools.addWidget(self.budget, 1)
        tools.addWidget(self.send)
        column = QVBoxLayout(self)
        # The line lies close to the frame, which shows that it has the focus.
        near = space[0] // 2
        column.setContentsMargins(near, near, near, near)
        column.setSpacing(0)
        self._above = QVBoxLayout()
        self._above.setSpacing(space[0])
        self._above.addWidget(self.chips)
        self._above.addLayout(self._build_notice())
        column.addLayout(self._above)
        column.addWidget(self.line)
        column.addLayout(tools)
        self._show_state()

    def _build_notice(self) -> QHBoxLayout:
        """That there are too many pictures, and what can be done about it."""
        notice = QHBoxLayout()
        notice.setContentsMargins(measures().space[0], 0, 0, 0)
        notice.addWidget(self.too_many, 1)
        notice.addWidget(self.each)
        self.too_many.hide()
        self.each.hide()
        return notice

    # --- what is in it -------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.line.toPlainText().strip()

    @property
    def has_question(self) -> bool:
        count = len(self.pictures.items)
        return count <= self._can.max_images and bool(self.text or (count and not self._can.asks))

    def put(self, text: str) -> None:
        """These words instead, the cursor behind them."""
        self.line.setPlainText(text)
        cursor = self.line.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.line.setTextCursor(cursor)

    def clear(self) -> None:
        """After a question was sent."""
        self.line.clear()
        self.pictures.put(())

    def focus_line(self) -> None:
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def type_on(self, text: str) -> None:
        """What was typed elsewhere is meant for here."""
        self.focus_line()
        self.line.insertPlainText(text)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Between the buttons too, a click means the line."""
        super().mousePressEvent(event)
        self.focus_line()

    # --- states --------------------------------------------------------------------------

    def show_busy(self, busy: bool, *, stopping: bool = False) -> None:
        """While an answer is written, Send is Stop."""
        self._busy, self._stopping = busy, stopping
        self._show_state()

    def set_able(self, able: bool) -> None:
        """Whether there is a model to ask."""
        self._able = able
        self._show_state()

    def show_capabilities(self, known: ChatCapabilities | None) -> None:
        """What the model can take: nothing beyond it is sent. None: it is being opened."""
        self._can = can = known or _UNKNOWN
        hint = strings.QUESTION_HINT if can.multi_turn else strings.QUESTION_ALONE
        self.line.setPlaceholderText(hint if can.asks else strings.ONLY_PICTURES)
        self.line.viewport().update()  # Qt shows other words only when it next paints them
        self._show_chips()

    def show_schema(self, summary: str) -> None:
        """That the answer will be a form; "" that it will not."""
        self._schema = summary
        self._show_chips()

    def show_editing(self, editing: bool) -> None:
        """That a question is edited: its pictures stay as they are."""
        self._editing = editing
        self.add.setEnabled(not editing)
        self._show_chips()

    def _show_state(self) -> None:
        if self._busy:
            self.send.setText(strings.STOPPING if self._stopping else strings.STOP)
            self.send.setEnabled(not self._stopping)
            self.send.setToolTip(strings.STOP_TIP)
        else:
            self.send.setText(strings.SEND)
            self.send.setEnabled(self._able and self.has_question)
            self.send.setToolTip(strings.SEND_TIP)

    def _pressed(self) -> None:
        if self._busy:
            self.stop_wanted.emit()
        else:
            self._enter()
        self.focus_line()  # Send is off now, and would hand the focus to whatever comes next

    def _enter(self) -> None:
        if not self._busy and self._able and self.has_question:
            self.sent.emit()

    def _show_chips(self) -> None:
        chips: list[Chip] = []
        if self._editing:
            note = Chip(strings.EDITING, strings.EDITING, self.chips)
            note.body.setIcon(icon("chat-edit"))
            note.body.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            note.removed.connect(self.editing_dropped)
            chips.append(note)
        for place, (letter, picture) in enumerate(self.pictures.lettered):
            chip = PictureChip(letter, picture, self.chips)
            chip.removed.connect(lambda place=place: self.pictures.remove(place))
            chip.edit_wanted.connect(lambda place=place: self.chip_opened.emit(place))
            chip.moved.connect(lambda by, place=place: self._move(place, by))
            chip.dropped.connect(lambda at, place=place: self._drop(place, at))
            chip.show_picture(self._thumbnails.jpeg(picture))
            chips.append(chip)
        if self._schema and self._can.json:
            form = Chip(self._schema, self._schema, self.chips)
            form.body.setIcon(icon("chat-form"))
            form.body.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            form.removed.connect(self.schema_dropped)
            form.edit_wanted.connect(lambda: self.chip_opened.emit(-1))
            chips.append(form)
        self.chips.show_chips(chips)
        edge = measures().space[0] if chips else 0
        self._above.setContentsMargins(edge, edge, edge, 0)
        most = self._can.max_images
        self.too_many.setText(strings.too_many_pictures(most))
        for one in (self.too_many, self.each):
            one.setVisible(len(self.pictures.items) > most)
        self._show_state()

    def _show_thumbnail(self, picture: object) -> None:
        for chip in self.chips.chips:
            if isinstance(chip, PictureChip) and chip.picture == picture:
                chip.show_picture(self._thumbnails.jpeg(chip.picture))

    def _move(self, place: int, by: int) -> None:
        target = self.pictures.move(place, by)
        self.chips.focus_chip(target)

    def _drop(self, place: int, at: QPoint) -> None:
        """A chip was let go of there: it goes behind those that lie before it."""
        chips = [one for one in self.chips.chips if isinstance(one, PictureChip)]
        others = [one.geometry() for number, one in enumerate(chips) if number != place]
        before = [
            one
            for one in others
            if one.bottom() < at.y() or (one.top() <= at.y() and one.center().x() < at.x())
        ]
        if len(before) != place:
            self._move(place, len(before) - place)

    # --- Qt's own ------------------------------------------------------------------------

    def _mark_focus(self, focused: bool) -> None:
        self.setProperty("active", focused)
        self.style().unpolish(self)
        self.style().polish(self)
