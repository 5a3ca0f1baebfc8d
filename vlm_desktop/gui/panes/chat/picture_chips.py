"""Chips of the pictures that come with the next question."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search.chips import Chip, short
from vlm_desktop.gui.strings import chat as strings

THUMBNAIL_SIDE = 64
"""Pixels of a thumbnail, drawn at half of it on an ordinary screen."""
_LONGEST_NAME = 24


class PictureChip(Chip):
    """A letter, a thumbnail, a name. The mouse or Ctrl and an arrow move it, Enter has its menu."""

    moved = Signal(int)
    dropped = Signal(QPoint)
    """Where in the row the middle of the chip was let go of."""

    def __init__(self, letter: str, picture: Attachment, parent: QWidget | None = None) -> None:
        name = picture_name(picture)
        super().__init__(name, fill(strings.PICTURE_CHIP, letter=letter, name=name), parent)
        self.letter, self.picture = letter, picture
        self._gripped: QPoint | None = None
        self._home: QPoint | None = None
        # The first space keeps the letter off the picture.
        self.body.setText(f" {letter}  {short(name, _LONGEST_NAME)}".replace("&", "&&"))
        self.body.setAccessibleDescription(strings.PICTURE_CHIP_DESCRIPTION)
        self.body.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.body.setIconSize(QSize(THUMBNAIL_SIDE // 2, THUMBNAIL_SIDE // 2))
        self.body.setIcon(icon("search-part" if picture.box else "picture"))
        words = fill(strings.PICTURE_REMOVE, letter=letter)
        self.cross.setAccessibleName(words)
        self.cross.setToolTip(words)

    def show_picture(self, jpeg: bytes) -> None:
        pixmap = QPixmap()
        if pixmap.loadFromData(jpeg):
            self.body.setIcon(QIcon(pixmap))

    @property
    def is_dragged(self) -> bool:
        return self._home is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QMouseEvent) and self._drag(event):
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self.is_dragged and event.key() == Qt.Key.Key_Escape:
                self.put_back()
                return True
            controlled = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if controlled and by:
                self.moved.emit(by)
                return True
        return super().eventFilter(watched, event)

    def _drag(self, event: QMouseEvent) -> bool:
        """Follow the mouse; whether the event is no click on the button any more."""
        at = event.globalPosition().toPoint()
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() == Qt.MouseButton.LeftButton:
                self._gripped = at
            case QEvent.Type.MouseMove if self._gripped is not None:
                way = at - self._gripped
                if not self.is_dragged and way.manhattanLength() < QApplication.startDragDistance():
                    return False
                if self._home is None:
                    self._home = self.pos()
                    self.raise_()
                    self.body.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.move(self._home + way)
                return True
            case QEvent.Type.MouseButtonRelease:
                self._gripped = None
                if self.is_dragged:
                    middle = self.geometry().center()
                    self.put_back()
                    self.dropped.emit(middle)
                    return True
        return False

    def put_back(self) -> None:
        """To where it was before it was dragged."""
        if self._home is not None:
            self.move(self._home)
        self._home = self._gripped = None
        self.body.setDown(False)
        self.body.unsetCursor()


def picture_name(picture: Attachment) -> str:
    """What a person calls it: its file name, its page, a part of it, or that it was pasted."""
    name = strings.PASTED_NAME if picture.path.parent.name == "pasted" else picture.path.name
    if picture.page:
        name = fill(strings.PICTURE_PAGE, name=name, page=picture.page)
    return fill(strings.PICTURE_PART, name=name) if picture.box else name


def letter_button(letter: str, parent: QWidget) -> QToolButton:
    """A thumbnail to press, with its letter below."""
    button = QToolButton(parent)
    button.setObjectName("stripPicture")
    button.setText(letter)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
