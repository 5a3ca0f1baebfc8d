"""The pictures of a conversation above it, by letter; under them what the model saw of one."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.chatwork import SeenPicture
from vlm_desktop.base.conversations import Picture
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.chat.picture_chips import letter_button, picture_name
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.steady_scroll import keep_bar


class PictureStrip(QFrame):
    """Pressed, a picture shows its menu. Hidden while there is no picture."""

    menu_wanted = Signal(int, QPoint)
    """A picture's id, and where."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pictureStrip")
        self.setAccessibleName(strings.STRIP_NAME)
        self._pictures: tuple[Picture, ...] = ()
        self.buttons: list[QToolButton] = []
        self.area = QScrollArea(self)
        self.area.setObjectName("plain")
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for one in (self.area.setVerticalScrollBarPolicy, self.area.setHorizontalScrollBarPolicy):
            one(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self.area)
        self._row = QHBoxLayout(inside)
        space = measures().space
        self._row.setContentsMargins(space[3], space[0], space[3], space[0])
        self._row.setSpacing(space[1])
        self._row.addStretch(1)
        self.area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.area)
        self.hide()

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        self.setVisible(bool(pictures))
        if pictures == self._pictures:
            return
        self._pictures = pictures
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._make(one) for one in pictures]
        for place, button in enumerate(self.buttons):
            self._row.insertWidget(place, button)
            button.show()
        if self.buttons:
            edge = 2 * measures().space[0]
            self.area.setFixedHeight(self.buttons[0].sizeHint().height() + edge)

    def focus_strip(self) -> bool:
        """Put the focus on the first picture; False without one."""
        if self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return bool(self.buttons)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows walk along the pictures; the one with the focus is in view."""
        if isinstance(watched, QToolButton) and watched in self.buttons:
            if event.type() == QEvent.Type.FocusIn:
                self.area.ensureWidgetVisible(watched)
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
                at = self.buttons.index(watched) + by
                if by and 0 <= at < len(self.buttons):
                    self.buttons[at].setFocus(Qt.FocusReason.TabFocusReason)
                    return True
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """The wheel goes along the row."""
        bar = self.area.horizontalScrollBar()
        bar.setValue(bar.value() - event.angleDelta().y())

    def _make(self, picture: Picture) -> QToolButton:
        button = letter_button(picture.letter, self)
        name = picture_name(picture.attachment)
        form = strings.STRIP_LEFT_OUT if picture.dropped else strings.STRIP_PICTURE
        button.setAccessibleName(fill(form, letter=picture.letter, name=name))
        button.setAccessibleDescription(picture.caption)
        button.setToolTip(fill(form, letter=picture.letter, name=name))
        side = measures().space[5] + measures().space[1]
        button.setIconSize(QSize(side, side))
        pixmap = QPixmap()
        if picture.thumbnail and pixmap.loadFromData(picture.thumbnail):
            shown = QIcon(_square(pixmap, 2 * side))
            mode = QIcon.Mode.Disabled if picture.dropped else QIcon.Mode.Normal
            button.setIcon(QIcon(shown.pixmap(QSize(2 * side, 2 * side), mode)))
        else:
            button.setIcon(icon("picture"))
        if picture.dropped:
            button.setText(fill(strings.STRIP_LETTER_OUT, letter=picture.letter))
        button.installEventFilter(self)
        button.clicked.connect(
            lambda: self.menu_wanted.emit(
                picture.id, button.mapToGlobal(QPoint(0, button.height()))
            )
        )
        return button


def _square(pixmap: QPixmap, side: int) -> QPixmap:
    """The middle of a picture."""
    filled = pixmap.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    return filled.copy((filled.width() - side) // 2, (filled.height() - side) // 2, side, side)


class SeenView(QFrame):
    """The exact pixels a model was given of a picture, tile by tile, and their tokens."""

    left = Signal()
    """It was closed while it had the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seen")
        space = measures().space
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("close"))
        self.close_button.setAccessibleName(strings.SEEN_CLOSE)
        self.close_button.setToolTip(strings.SEEN_CLOSE)
        self.close_button.clicked.connect(self.close_view)
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.area = QScrollArea(self)
        self.area.setObjectName("plain")
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName(strings.SEEN_TILES)
        self.area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        keep_bar(self.area, Qt.Orientation.Horizontal)
        inside = QWidget(self.area)
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space[1])
        self._row.addStretch(1)
        self.area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[1], space[1], space[1])
        column.setSpacing(space[1])
        column.addLayout(head)
        column.addWidget(self.area)
        self.hide()

    def show_words(self, words: str) -> None:
        """While it is looked up, or why it cannot be."""
        self._clear()
        self.words.setText(words)
        self.area.hide()
        self.show()

    def show_seen(self, found: SeenPicture, tiles: list[QImage]) -> None:
        self._clear()
        seen = found.seen
        sizes = sorted({(one.width(), one.height()) for one in tiles})
        shown = strings.SIZES_JOIN.join(
            fill(strings.SEEN_SIZE, width=width, height=height) for width, height in sizes
        )
        form = strings.SEEN_ONE if len(tiles) == 1 else strings.SEEN
        words = fill(
            form,
            letter=found.letter,
            width=seen.size.width,
            height=seen.size.height,
            tiles=len(tiles),
            sizes=shown,
            tokens=seen.tokens,
        )
        self.words.setText(words)
        for number, tile in enumerate(tiles, 1):
            top = Qt.AlignmentFlag.AlignTop
            self._row.insertWidget(number - 1, self._make(number, len(tiles), tile), 0, top)
        bar = self.area.horizontalScrollBar().sizeHint().height()
        self.area.setFixedHeight(self.area.widget().sizeHint().height() + bar)
        self.area.show()
        self.show()
        announce(self, words)

    def close_view(self) -> None:
        focused = self.window().focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.hide()
        self._clear()
        if had_focus:
            self.left.emit()

    def _make(self, number: int, count: int, tile: QImage) -> QLabel:
        """A pixel of the model is a pixel of the screen, where there is room for that."""
        label = QLabel(self)
        label.setObjectName("seenTile")
        pixmap = QPixmap.fromImage(tile)
        most = min(2 * measures().tile, max(measures().tile, self.window().height() // 3))
        if max(pixmap.width(), pixmap.height()) > most * self.devicePixelRatioF():
            side = round(most * self.devicePixelRatioF())
            pixmap = pixmap.scaled(
                side,
                side,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        label.setPixmap(pixmap)
        label.setAccessibleName(fill(strings.SEEN_TILE, number=number, count=count))
        label.setToolTip(fill(strings.SEEN_SIZE, width=tile.width(), height=tile.height()))
        return label

    def _clear(self) -> None:
        while self._row.count() > 1:
            widget = self._row.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
