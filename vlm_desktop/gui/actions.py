"""Every command of the window in one book: menus, shortcuts and the command palette read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from vlm_desktop.gui.icons import icon as make_icon

Shortcut = str | QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class Command:
    """An action and its name in the program ("area.verb")."""

    id: str
    action: QAction


class ActionBook:
    """Makes actions, puts them into menus, and lists them for the palette. Main thread."""

    def __init__(self, window: QWidget, menus: dict[str, QMenu]) -> None:
        self._window = window
        self._menus = menus
        self._ends: dict[str, QAction] = {}
        self._commands: dict[str, Command] = {}
        for menu in menus.values():
            menu.menuAction().setVisible(False)

    def add(
        self,
        id: str,  # noqa: A002
        text: str,
        slot: Callable[[], object],
        *,
        shortcut: Shortcut | None = None,
        menu: str | None = None,
        icon: str = "",
        tip: str = "",
        checkable: bool = False,
        where: QWidget | None = None,
        while_shown: bool = False,
        last: bool = False,
    ) -> QAction:
        """An action called `id`, in `menu` where one is named, always in the palette.

        What is added as `last` stays at the menu's end, below a line. With `where` its shortcut
        acts only while the focus is in that widget; with `while_shown`, while the widget is in
        sight, wherever the focus is. A second action of the same id replaces the first.
        """
        self.remove(id)
        owner = where or self._window
        action = QAction(text, owner)
        action.setCheckable(checkable)
        action.triggered.connect(lambda _checked=False: slot())
        if shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        if where is not None and not while_shown:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if tip:
            action.setToolTip(tip)
            action.setStatusTip(tip)
        if icon:
            action.setIcon(make_icon(icon))
        owner.addAction(action)
        if menu is not None:
            self._put(menu, action, last=last)
        self._commands[id] = Command(id, action)
        return action

    def _put(self, name: str, action: QAction, *, last: bool) -> None:
        menu = self._menus[name]
        if last and name not in self._ends:
            self._ends[name] = menu.addSeparator()
        if last:
            menu.addAction(action)
        else:
            menu.insertAction(self._ends.get(name), action)
        menu.menuAction().setVisible(True)

    def remove(self, id: str) -> None:  # noqa: A002
        command = self._commands.pop(id, None)
        if command is not None:
            for menu in self._menus.values():
                menu.removeAction(command.action)
            command.action.deleteLater()

    def get(self, id: str) -> QAction:  # noqa: A002
        return self._commands[id].action

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())


def plain(text: str) -> str:
    """An action's text without the mark of its key and the dots at its end."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")
