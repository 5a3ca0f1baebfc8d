"""Fetches pages of examples for the list: the newest wish first, one at a time."""

from PySide6.QtCore import QObject, Signal

from vlm_desktop.gui.panes.train.data_model import ExampleRow, ExamplesModel
from vlm_desktop.gui.panes.train.session import TrainSession

_MOST_WANTED = 4
"""Pages that were scrolled past are not fetched any more."""


class RowsLoader(QObject):
    """Main thread; the database is asked on a lane."""

    failed = Signal(str)

    def __init__(self, session: TrainSession, model: ExamplesModel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._model = session, model
        self._wanted: list[int] = []
        self._running = -1
        model.page_wanted.connect(self._want)
        model.modelReset.connect(self._wanted.clear)

    def _want(self, page: int) -> None:
        if page == self._running or page in self._wanted[-1:]:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-_MOST_WANTED]
        self._next()

    def _next(self) -> None:
        if self._running >= 0 or not self._wanted:
            return
        page = self._running = self._wanted.pop()
        session, model = self._session, self._model
        set_id, keys = session.set_id, model.page_keys(page)
        services = session.desk.services

        def read() -> tuple[ExampleRow, ...]:
            sets = services.training.datasets
            return tuple(ExampleRow(one, sets.lies_at(one)) for one in sets.with_keys(set_id, keys))

        def done(rows: tuple[ExampleRow, ...]) -> None:
            self._running = -1
            if set_id == session.set_id and keys == model.page_keys(page):
                model.put_page(page, rows)
            self._next()

        def failed(sentence: str) -> None:
            self._running = -1
            if set_id == session.set_id:  # one that was removed is not missed
                self.failed.emit(sentence)

        session.desk.fetch(read, done, failed=failed)
