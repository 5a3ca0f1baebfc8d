"""The command palette: every action of the window, found by a few letters of its name."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.actions import ActionBook, plain
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures

_SIZE = (560, 420)
_WALKING = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class CommandPalette(QDialog):
    """Type, choose with the arrows, Enter does it. The focus stays in the line."""

    def __init__(self, book: ActionBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = [
            command.action
            for command in book
            if command.action.isEnabled() and plain(command.action.text())
        ]
        self.setWindowTitle(strings.PALETTE_TITLE)
        self.resize(*_SIZE)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(strings.PALETTE_HINT)
        self.line.setAccessibleName(strings.PALETTE_HINT)
        self.list = QListWidget(self)
        self.list.setAccessibleName(strings.PALETTE_LIST)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = QLabel(strings.PALETTE_NOTHING, self)
        self.nothing.setObjectName("sentence")
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[2], space[2], space[2], space[2])
        layout.setSpacing(space[1])
        for widget in (self.line, self.nothing):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._do)
        self.list.itemClicked.connect(lambda _: self._do())
        self._filter("")
        self.line.setFocus()

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for action in ranked(self._actions, typed):
            shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(action.icon(), plain(action.text()), self.list)
            if shortcut:
                item.setText(fill(strings.PALETTE_ROW, command=item.text(), shortcut=shortcut))
            item.setToolTip(action.toolTip())
            item.setData(Qt.ItemDataRole.UserRole, action)
        self.nothing.setVisible(not self.list.count())
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The arrows walk in the list while one types."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in _WALKING
        ):
            down = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
            row = self.list.currentRow() + (1 if down else -1)
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
            item = self.list.currentItem()
            self.line.setAccessibleDescription(item.text() if item else strings.PALETTE_NOTHING)
            return True
        return super().eventFilter(watched, event)


def ranked(actions: list[QAction], typed: str) -> list[QAction]:
    """Actions whose names hold all letters in order; those where words start with them first."""
    scored = []
    for number, action in enumerate(actions):
        rank = _rank(plain(action.text()).casefold(), typed.casefold().strip())
        if rank is not None:
            scored.append((rank, number, action))
    return [action for _, _, action in sorted(scored, key=lambda one: one[:2])]


def _rank(name: str, typed: str) -> int | None:
    """0 for a name that begins so, 1 for a word that does, 2 for inside, 3 for letters in order."""
    if name.startswith(typed):
        return 0
    if f" {typed}" in name:
        return 1
    if typed in name:
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in typed) else None
