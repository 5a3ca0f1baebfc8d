"""Drafts for a whole set, as long work: it shows in the status line, pauses, stops, and stays."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.work import Work, WorkState
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job


class BatchCorner(QObject):
    """Main thread; one batch at a time."""

    def __init__(self, session: AltSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._desk = session, session.desk
        self._job: Job | None = None
        self._work: Work | None = None
