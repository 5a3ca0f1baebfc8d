"""A part of the screen as a picture: only when asked for, and only what the box holds."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas

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
        self.setWindowTitle(strings.SCREEN_TITLE)
        self._shot = shot
        self.canvas = OverlayCanvas(self)
        self.canvas.keeps_region = True
        self.canvas.setAccessibleName(strings.SCREEN_TITLE)
        self.canvas.setAccessibleDescription(strings.SCREEN_HINT)
        self.canvas.region_drawn.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.hint = QLabel(strings.SCREEN_HINT, self)
        self.hint.setObjectName("photoMessage")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(screen.geometry())
        self.canvas.show_photo(shot, shot.size())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """What to do stands at the top, in the middle."""
        super().resizeEvent(event)
        self.hint.adjustSize()
        self.hint.move((self.width() - self.hint.width()) // 2, measures().space[4])

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
        self.deleteLater()


class ScreenGrab(QObject):
    """Puts the window aside, shows the screen as it is then, and gives the part that is chosen.

    Where the desktop does not let programs see the screen (Wayland), a sentence says so.
    """

    grabbed = Signal(QImage)
    failed = Signal(str)

    def __init__(self, window: QWidget, grab: Callable[[QScreen], QImage] | None = None) -> None:
        super().__init__(window)
        self._window, self._grab = window, grab or _whole_screen
        self._state = window.windowState()
        self.part: ScreenPart | None = None

    def begin(self) -> None:
        self._window.showMinimized()
        QTimer.singleShot(_GONE_MS, self, self._shoot)

    def _shoot(self) -> None:
        screen = self._window.screen() or QGuiApplication.primaryScreen()
        shot = self._grab(screen)
        if shot.isNull():
            self._end()
            self.failed.emit(strings.SCREEN_REFUSED)
            return
        self.part = ScreenPart(shot, screen)
        self.part.chosen.connect(self.grabbed)
        self.part.closed.connect(self._end)
        self.part.begin()

    def _end(self) -> None:
        """The window comes back as it was."""
        self.part = None
        self._window.setWindowState(self._state & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.activateWindow()
        self.deleteLater()


def _whole_screen(screen: QScreen) -> QImage:
    return screen.grabWindow(0).toImage()
