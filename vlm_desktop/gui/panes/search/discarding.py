"""Photos of the Search pane to the trash: those selected, or the one that is open."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.trashing import Trashing

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.grid_view import GridView
    from vlm_desktop.gui.panes.search.photo_corner import PhotoCorner


class Discarding(QObject):
    """Del in the grid and in the photo view; Undo brings back. Main thread."""

    done = Signal()
    """Photos went or came back."""

    def __init__(self, desk: "Desk", grid: "GridView", photo: "PhotoCorner") -> None:
        super().__init__(photo)
        self._desk, self._photo = desk, photo
        self._trashing = Trashing(desk, strings.to_trash_change, self)
        self.action = desk.actions.add(
            "photo.trash",
            strings.TO_TRASH,
            self.discard,
            shortcut="Del",
            menu="photo",
            icon="trash",
            tip=strings.TO_TRASH_TIP,
            where=grid,
        )
        self._trashing.went.connect(self._went)
        self._trashing.came_back.connect(lambda _: self.done.emit())
        desk.navigator.selection_changed.connect(self._refresh)
        self._refresh(())

    def discard(self) -> None:
        """Move what is open, else what is selected."""
        if self._photo.current:
            self._trashing.move_photos(self._photo.current)

    def _went(self, paths: Sequence[Path]) -> None:
        """An open photo that went gives way to the next."""
        if self._photo.is_open and self._photo.view.path in paths:
            self._photo.view.leave_photo()
        self._refresh(())
        self.done.emit()

    def _refresh(self, _: object) -> None:
        self.action.setEnabled(bool(self._photo.current))
