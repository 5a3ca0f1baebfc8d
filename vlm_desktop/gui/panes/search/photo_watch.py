"""Noticing that the open photo's file is moved or deleted."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk


class FileWatch(QObject):
    """Watches one file at a time. Main thread; the file is looked for on the io lane."""

    gone = Signal(object)
    """The path that is not there any more."""

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._path: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._changed)

    def watch(self, path: Path | None) -> None:
        """Watch this file from now on, or none."""
        self._path = path
        watched = self._watcher.files()
        if watched:
            self._watcher.removePaths(watched)
        if path is not None:
            self._watcher.addPath(str(path))

    def _changed(self, changed: str) -> None:
        """A file that was saved anew looks deleted for a moment, and is not watched any more."""
        path = Path(changed)

        def done(is_there: bool) -> None:
            if not is_there:
                self.gone.emit(path)
            elif path == self._path and changed not in self._watcher.files():
                self._watcher.addPath(changed)

        self._desk.fetch(path.is_file, done)
