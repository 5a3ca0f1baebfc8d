"""The column at the right: objects, the chosen one in words, pictures with objects."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.side_tabs import SideTabs


class SidePanel(QFrame):
    """Main thread. Tabs, one widget behind each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("groundSide")
        space = measures().space
        self.open = QPushButton(strings.OPEN, self)
        self.open.setAccessibleName(strings.OPEN_NAME)
        self.open.setToolTip(strings.OPEN_TIP)
        self.more = QToolButton(self)
        self.more.setObjectName("headTool")
        self.more.setIcon(icon("chat-more"))
        self.more.setAccessibleName(strings.MORE)
        self.more.setToolTip(strings.MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = QHBoxLayout()
        head.setSpacing(space[0])
        head.addWidget(self.open, 1)
        head.addWidget(self.more)
        self.tabs = SideTabs(self)
        self.pages = QStackedWidget(self)
        self.tabs.chosen.connect(self.pages.setCurrentIndex)
        self.pages.setAccessibleName(strings.TABS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[1], space[1], space[1])
        layout.setSpacing(space[1])
        layout.addLayout(head)
        layout.addWidget(self.tabs)
        layout.addWidget(self.pages, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def add_page(self, words: str, page: QWidget) -> int:
        """A tab and what is behind it."""
        self.pages.addWidget(page)
        return self.tabs.add(words)

    def set_head(self, head: QWidget) -> None:
        """What is said of the open picture."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, head)

    def set_menus(self, opening: QMenu, more: QMenu) -> None:
        self.open.setMenu(opening)
        self.more.setMenu(more)

    def show_page(self, number: int) -> None:
        self.tabs.choose(number)
