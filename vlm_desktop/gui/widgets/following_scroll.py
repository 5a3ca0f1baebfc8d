"""A page to scroll that keeps what has the focus in view while parts of it are still filled in."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

_LAID_OUT = (QEvent.Type.Resize, QEvent.Type.LayoutRequest)


class FollowingScroll(QScrollArea):
    """Follows the widget with the focus when the page's size changes. Scrolls downwards only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self)

    def show_whole(self, inner: QWidget) -> None:
        """Scroll until a widget of the page is in view, with the label above it; the top of one
        that is too high."""
        bottom = self._place_of(inner) + inner.height()
        top = min(self._place_of(one) for one in (inner, *_labels_of(inner)))
        for y in (bottom, top):
            self.ensureVisible(0, y, 0, measures().space[3])

    def _place_of(self, inner: QWidget) -> int:
        return inner.mapTo(self.widget(), inner.rect().topLeft()).y()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Qt filters the page's events itself."""
        if event.type() in _LAID_OUT and watched is self.widget():
            QTimer.singleShot(0, self, self._follow)
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.widget().isAncestorOf(focused):
            self.show_whole(focused)


def _labels_of(inner: QWidget) -> list[QLabel]:
    around = inner.parentWidget()
    near = Qt.FindChildOption.FindDirectChildrenOnly
    labels = around.findChildren(QLabel, options=near) if around is not None else []
    return [one for one in labels if one.buddy() is inner and one.isVisible()]
