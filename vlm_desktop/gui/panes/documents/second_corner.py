"""Having a model of the shelf read the open document, too, and taking values over from it."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import (
    Agreement,
    Difference,
    Opinion,
    ReaderChoice,
    SecondReading,
)
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.entries import label_of
from vlm_desktop.gui.panes.documents.second_dialog import SecondDialog
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.strings import documents_compare as strings
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.jobs import ANSWERS


class SecondCorner(QObject):
    """Main thread; models answer on their lane. Nothing changes but what a person takes over."""

    def __init__(self, session: DocumentSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._over, self._desk = session, over, session.desk
        self.task = LongTask(self._desk, self)
        self.dialog: SecondDialog | None = None
        self.action = self._desk.actions.add(
            "documents.second", strings.SECOND_COMMAND, self.pick, where=over, while_shown=True
        )
        for signal in (session.opened, session.sheet_changed, self.task.changed):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        ready = self._session.sheet is not None and self._session.reading is not None
        self.action.setEnabled(ready and not self.task.is_running)

    def pick(self) -> None:
        """Ask which model; say so where there is none."""
        services = self._desk.services
        self._desk.fetch(lambda: services.documents.second.models(), self._choose)

    def _choose(self, models: Sequence[ReaderChoice]) -> None:
        path = self._session.path
        if not models:
            self._desk.say(strings.SECOND_NONE)
            return
        if path is None:
            return
        names = [
            fill(strings.SECOND_CHOICE, name=one.name, licence=one.licence or one.id)
            for one in models
        ]
        label = fill(strings.SECOND_LABEL, name=path.name)
        name, agreed = QInputDialog.getItem(
            self._over, strings.SECOND_TITLE, label, names, 0, editable=False
        )
        if agreed:
            chosen = models[names.index(name)]
            self.read(chosen.id, chosen.name)

    def read(self, model_id: str, name: str) -> None:
        """Read the pages in memory by a model."""
        session, services = self._session, self._desk.services
        sheet, reading, path = session.sheet, session.reading, session.path
        if sheet is None or reading is None or path is None:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, SecondReading]:
            part = services.documents.second
            return part.read(reading, sheet.extraction, sheet.schema, model_id, cancel)

        def done(found: SecondReading) -> str:
            if path == session.path:
                self._show(found, name, path)
            return fill(strings.SECOND_DONE, model=name, name=path.name)

        words = fill(strings.SECOND_WORK, model=name, name=path.name)
        self.task.run(words, verb, done, lane=ANSWERS, stopped=lambda: strings.SECOND_STOPPED)

    def _show(self, found: SecondReading, name: str, path: Path) -> None:
        told = [one for one in found.opinions if one.agreement is not Agreement.SILENT]

        def count(kind: Agreement) -> int:
            return sum(one.agreement is kind for one in told)

        summary = fill(
            strings.SECOND_SUMMARY,
            same=count(Agreement.SAME),
            differs=count(Agreement.DIFFERS),
            only=count(Agreement.ONLY_SECOND),
        )
        title = fill(strings.SECOND_DONE, model=name, name=path.name)
        takes: list[Callable[[], object] | None] = [self._take(one) for one in told]
        self.dialog = SecondDialog(title, summary, list(map(row_of, told)), takes, self._over)
        self.dialog.open()

    def _take(self, opinion: Opinion) -> Callable[[], object] | None:
        """Takes a value over, which can be undone; None for one that no words carry."""
        if opinion.agreement is Agreement.SAME or not opinion.evidence:
            return None
        place = opinion.evidence[0]

        def take() -> None:
            session = self._session
            page = session.reading.page(place.page) if session.reading is not None else None
            if session.sheet is None or page is None:
                return
            number = session.sheet.document.id
            session.act(
                fill(strings.CHANGE_TAKE_OVER, field=label_of(opinion.name)),
                lambda keeping: keeping.assign(number, page, place.words, opinion.name),
            )

        return take


def row_of(opinion: Opinion) -> str:
    """What a model says of a field, with what differs piece by piece."""
    field = label_of(opinion.name)
    if opinion.agreement is Agreement.SAME:
        return fill(strings.SECOND_SAME, field=field)
    if opinion.agreement is Agreement.ONLY_SECOND:
        row = fill(strings.SECOND_ONLY, field=field, said=opinion.said)
    else:
        found = "".join(one.found for one in opinion.differences)
        pieces = ", ".join(_piece(one) for one in opinion.differences if one.expected != one.found)
        row = fill(
            strings.SECOND_DIFFERS, field=field, said=opinion.said, found=found, pieces=pieces
        )
    return row if opinion.evidence else fill(strings.SECOND_UNGROUNDED, row=row)


def _piece(one: Difference) -> str:
    """`expected` is the second reader's side."""
    if not one.found:
        return fill(strings.SECOND_ADDED, said=one.expected)
    if not one.expected:
        return fill(strings.SECOND_LEFT_OUT, found=one.found)
    return fill(strings.SECOND_PIECE, said=one.expected, found=one.found)
