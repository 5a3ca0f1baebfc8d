"""A data set without examples: one sentence, and every way to bring some as a button."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.steady_scroll import keep_bar
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class EmptySet(QScrollArea):
    """Main thread. The buttons are the menu's own actions."""

    def __init__(
        self, here: Sequence[QAction], files: Sequence[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(self)
        space = measures().space
        inner = QWidget(self)
        self.title = WrappedLabel("", inner, name="heading")
        self.sentence = WrappedLabel(strings.EMPTY_TEXT, inner, name="muted")
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, space[4], 0, 0)
        column.setSpacing(space[2])
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        for words, actions in ((strings.WAYS_HERE, here), (strings.WAYS_FILES, files)):
            heading = QLabel(words, inner)
            heading.setObjectName("section")
            column.addWidget(heading)
            room = QWidget(inner)
            flow = FlowLayout(room, gap=space[1])
            for action in actions:
                flow.addWidget(self._button(action, room))
            column.addWidget(room)
        column.addStretch(1)
        self.setWidget(inner)

    def _button(self, action: QAction, parent: QWidget) -> QPushButton:
        button = QPushButton(parent)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _: action.trigger())
        show = _shower(button, action)
        action.changed.connect(show)
        show()
        self.buttons.append(button)
        return button

    def show_name(self, name: str) -> None:
        """Of the data set; with "" examples become a new one."""
        self.title.setText(fill(strings.EMPTY_TITLE, name=name) if name else strings.NONE_TITLE)


def _shower(button: QPushButton, action: QAction) -> Callable[[], None]:
    def show() -> None:
        button.setText(action.text())
        button.setToolTip(action.toolTip() if action.toolTip() != action.iconText() else "")
        button.setEnabled(action.isEnabled())

    return show
