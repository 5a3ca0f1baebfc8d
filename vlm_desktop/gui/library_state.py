"""What the library holds, read anew whenever it changed. Main thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DatabaseCorrupt
from vlm_desktop.base.events import Event
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import Done, Failed, JobRunner

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.gui.services import LibraryInfo, Services


class LibraryState(QObject):
    """`info` is None until it is known; `failed` is a sentence when it could not be read."""

    changed = Signal()
    damaged = Signal(object)
    """The library's path, when it is found damaged; once, until it reads again."""

    def __init__(
        self, services: "Services", runner: JobRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self.info: LibraryInfo | None = None
        self.failed = ""
        self._is_damaged = False

    @property
    def contents(self) -> int:
        """Photos in the library, copies counted once; 0 while that is not known."""
        return self.info.contents if self.info else 0

    @property
    def has_online_folder(self) -> bool:
        return self.info is not None and any(one.root.online for one in self.info.roots)

    def refresh(self) -> None:
        def verb(_: CancelToken) -> "Generator[Event, None, LibraryInfo]":
            yield from ()
            return self._services.info()

        self._runner.submit(verb, self._heard, lane="io", latest="info")

    def _heard(self, event: Event) -> None:
        match event:
            case Done(info):
                self.info, self.failed = info, ""  # type: ignore[assignment]
                self._is_damaged = False
            case Failed(error):
                self.failed = failure(error)
                self._tell_damage(error)
            case _:
                return
        self.changed.emit()

    def _tell_damage(self, error: BaseException) -> None:
        if isinstance(error, DatabaseCorrupt) and not self._is_damaged:
            self._is_damaged = True
            self.damaged.emit(error.path)
