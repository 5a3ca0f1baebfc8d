"""Removing folders from the library as an undoable change, told in words."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.undo import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from vlm_desktop.base.events import Event
    from vlm_desktop.engine.folders import RemovedRoot


class Removing(QObject):
    """Undo brings a folder back with all that was known of its photos. Main thread."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._mine: list[Change] = []
        desk.changes.performed.connect(self._performed)
        desk.changes.undone.connect(self._undone)

    def remove(self, path: Path) -> None:
        """Remove a folder; what indexes it at the time gives it up."""
        services = self._desk.services

        def do(_: CancelToken) -> "Generator[Event, None, RemovedRoot]":
            return services.folders.remove(path)

        def undo(_: "RemovedRoot") -> "Callable[[CancelToken], Generator[Event, None, None]]":
            return lambda _: services.folders.restore(path)

        change = Change(fill(strings.REMOVE_CHANGE, folder=path.name or path), do, undo)
        self._mine.append(change)
        self._desk.changes.perform(change)

    def _performed(self, change: Change, removed: "RemovedRoot") -> None:
        if change in self._mine:
            path = removed.path
            self._desk.watching.states.pop(path, None)
            self._desk.say(fill(strings.REMOVED, folder=path.name or path))
            self._desk.navigator.library_changed.emit()

    def _undone(self, change: Change) -> None:
        if change in self._mine:
            self._desk.thumbnails.forget_absent()
            self._desk.navigator.library_changed.emit()
