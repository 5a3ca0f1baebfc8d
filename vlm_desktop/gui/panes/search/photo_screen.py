"""Full screen: the window without its rail, menus and status bar, and back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget


class FullScreen:
    """Hides what surrounds a pane and brings it back as it was. Main thread."""

    def __init__(self, pane: QWidget) -> None:
        self._pane = pane
        self._hidden: list[QWidget] = []
        self._before = Qt.WindowState.WindowNoState
        self.is_on = False

    def enter(self) -> None:
        window = self._pane.window()
        if self.is_on:
            return
        self.is_on = True
        self._before = window.windowState()
        around: list[QWidget | None] = [window.findChild(QWidget, "rail")]
        if isinstance(window, QMainWindow):
            around += [window.menuBar(), window.statusBar()]
        self._hidden = [widget for widget in around if widget is not None and widget.isVisible()]
        for widget in self._hidden:
            widget.hide()
        window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)

    def leave(self) -> None:
        if not self.is_on:
            return
        self.is_on = False
        self._pane.window().setWindowState(self._before)
        for widget in self._hidden:
            widget.show()
        self._hidden = []
