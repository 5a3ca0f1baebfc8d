"""A part of the screen as a picture: only when asked for, and only what the box holds."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vlm_desktop.gui.panes.search.photo_canvas import PhotoCanvas
from vlm_desktop.gui.strings import chat as strings

_GONE_MS = 250
"""Time a window takes to leave the screen."""


class ScreenPart(QWidget):
    """The frozen screen over the whole screen, with a box on it. Esc takes nothing."""

    chosen = Signal(QImage)
    closed = Signal()

    def __init__(self, shot: QImage, screen: QScreen) -> None:
        super().__init__(
            None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(strings.SCREEN_TITLE)
        self._shot = shot
        self.canvas = PhotoCanvas(self)
        self.canvas.setAccessibleName(strings.SCREEN_TITLE)
        self.canvas.setAccessibleDescription(strings.REGION_HINT)
        self.canvas.region_drawn.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.setGeometry(screen.geometry())
        self.canvas.show_photo(shot, shot.size())

    def begin(self) -> None:
        self.showFullScreen()
        self.activateWindow()
        self.canvas.fit()
        self.canvas.begin_region()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, box: QRectF) -> None:
        self.chosen.emit(self._shot.copy(box.toRect()))
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: object) -> None:  # noqa: N802
        super().closeEvent(event)  # type: ignore[arg-type]
        self.closed.emit()


def grab_part(
    window: QWidget,
    done: Callable[[QImage], object],
    failed: Callable[[str], object],
    grab: Callable[[QScreen], QImage] | None = None,
) -> None:
    """Put `window` aside, show the screen as it is then, and give the part that is chosen.

    Where the desktop does not let programs see the screen (Wayland), a sentence says so.
    """
    screen = window.screen() or QGuiApplication.primaryScreen()
    state = window.windowState()
    window.showMinimized()

    def shoot() -> None:
        shot = (grab or _grab)(screen)
        if shot.isNull():
            _come_back(window, state)
            failed(strings.SCREEN_REFUSED)
            return
        part = ScreenPart(shot, screen)
        part.chosen.connect(done)
        part.closed.connect(lambda: _come_back(window, state))
        part.begin()

    QTimer.singleShot(_GONE_MS, window, shoot)


def _grab(screen: QScreen) -> QImage:
    return screen.grabWindow(0).toImage()


def _come_back(window: QWidget, state: Qt.WindowState) -> None:
    window.setWindowState(state & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.activateWindow()
