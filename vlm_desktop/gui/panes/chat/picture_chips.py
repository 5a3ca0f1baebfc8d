"""Chips of the pictures that come with the next question."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search.chips import Chip, short
from vlm_desktop.gui.strings import chat as strings

THUMBNAIL_SIDE = 64
"""Pixels of a thumbnail, drawn at half of it on an ordinary screen."""
_LONGEST_NAME = 18


class PictureChip(Chip):
    """A letter, a thumbnail, a name. Ctrl and an arrow move it; Enter opens its menu."""

    moved = Signal(int)

    def __init__(self, letter: str, picture: Attachment, parent: QWidget | None = None) -> None:
        name = picture_name(picture)
        super().__init__(name, fill(strings.PICTURE_CHIP, letter=letter, name=name), parent)
        self.letter, self.picture = letter, picture
        self.body.setText(f"{letter}  {short(name, _LONGEST_NAME)}".replace("&", "&&"))
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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            controlled = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if controlled and by:
                self.moved.emit(by)
                return True
        return super().eventFilter(watched, event)


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
