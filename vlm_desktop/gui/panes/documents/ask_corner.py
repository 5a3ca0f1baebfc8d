"""Asking the open document: the command, the bar under its page, the words it points at."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import DocumentAnswer, Mention, Outline
from vlm_desktop.base.documents import Evidence
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.documents.ask_bar import AskBar, Told
from vlm_desktop.gui.panes.documents.field_state import percent
from vlm_desktop.gui.panes.documents.page_panel import PagePanel
from vlm_desktop.gui.panes.documents.page_shapes import rect_of
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.strings import documents_ask as strings

if TYPE_CHECKING:
    from vlm_desktop.base.pagereading import DocumentReading
    from vlm_desktop.engine.documents.facade import Documents
    from vlm_desktop.jobs import Job

Result = TypeVar("Result")


class AskCorner(QObject):
    """Main thread. All pages are read before a question is answered."""

    def __init__(self, session: DocumentSession, page: PagePanel, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._page = session, page
        self._job: Job | None = None
        self._place: Evidence | None = None
        self.bar = AskBar(page)
        self.bar.hide()
        page.add_below(self.bar)
        self.action = session.desk.actions.add(
            "documents.ask", strings.ASK_COMMAND, self.open, shortcut="Ctrl+Shift+A", where=over,
            while_shown=True, icon="chat", tip=strings.ASK_BAR,
        )  # fmt: skip
        page.add_tool(self.action)
        self.bar.asked.connect(self._ask)
        self.bar.glanced.connect(self._glance)
        self.bar.closed.connect(self.close)
        self.bar.chosen.connect(self.show_place)
        session.opened.connect(self._another)
        session.read.connect(self._refresh)
        session.shapes_changed.connect(self._light)
        self._refresh()

    def open(self) -> None:
        """The bar, ready for a question."""
        if self._session.reading is not None:
            self.bar.show()
            self.bar.question.setFocus()
            self.bar.question.selectAll()

    def close(self) -> bool:
        """False when it is not there."""
        if self.bar.isHidden():
            return False
        self._stop()
        self.bar.hide()
        self._place = None
        self._page.canvas.setFocus()
        return True

    def _refresh(self) -> None:
        self.action.setEnabled(self._session.reading is not None)

    def _another(self) -> None:
        self._stop()
        self._place = None
        self.bar.clear()
        if self._session.path is None:
            self.bar.hide()
        self._refresh()

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        self.bar.show_state("")

    # --- asking --------------------------------------------------------------------------

    def _ask(self, text: str) -> None:
        def told(answer: DocumentAnswer) -> None:
            rows = _answer_rows(answer)
            self.bar.tell(rows)
            announce(self.bar, rows[0].text)

        self._run(lambda part, reading: part.asking.ask(reading, text), told)

    def _glance(self) -> None:
        def told(outline: Outline) -> None:
            self.bar.clear()
            rows = _outline_rows(outline)
            self.bar.tell(rows)
            announce(self.bar, rows[0].text)

        self._run(lambda part, reading: part.asking.outline(reading), told)

    def _run(
        self,
        work: "Callable[[Documents, DocumentReading], Result]",
        told: Callable[[Result], None],
    ) -> None:
        path, services = self._session.path, self._session.desk.services
        if path is None:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, Result]:
            part = services.documents
            reading = yield from part.reader.read(path, cancel)
            return work(part, reading)

        def done(result: Result) -> None:
            self._job = None
            self.bar.show_state("")
            if path == self._session.path:
                told(result)

        def failed(sentence: str) -> None:
            self._job = None
            self.bar.show_state(sentence)

        self._stop()
        self.bar.show_state(strings.LOOKING)
        self._job = self._session.desk.ask(
            verb, done, failed=failed, progress=self._heard, lane="model", latest="documents-ask"
        )

    def _heard(self, event: Event) -> None:
        if isinstance(event, Progress) and event.phase is Phase.OCR and event.total:
            number = min(event.done + 1, event.total)
            self.bar.show_state(fill(strings.READING_PAGE, page=number, count=event.total))

    # --- pointing ------------------------------------------------------------------------

    def show_place(self, place: Evidence) -> None:
        """The page of an answer, its words chosen on it."""
        self._place = place
        if place.page != self._session.page:
            self._session.show_page(place.page)
        self._light()

    def _light(self) -> None:
        place = self._place
        if place is None or place.page != self._session.page or self._session.shapes is None:
            return
        self._page.canvas.choose_words(place.words)
        self._page.canvas.show_area(rect_of(place.box))


def _answer_rows(answer: DocumentAnswer) -> list[Told]:
    """A question and its answer as one row, or where the nearest passage is."""
    if not answer.stated:
        near = next((one for one in answer.looked if one.box is not None), None)
        if near is None or near.box is None:
            said, place = strings.NOT_STATED, None
        else:
            said = fill(strings.NEAREST, page=near.page)
            place = Evidence(near.page, near.box, near.text)
        return [Told(fill(strings.ANSWER, question=answer.question, answer=said), place)]
    rows = []
    for statement in answer.statements:
        place = statement.evidence[0] if statement.evidence else None
        said = statement.text
        if answer.value:
            said = fill(strings.VALUE, raw=said, value=answer.value)
        page = place.page if place is not None else 1
        if answer.confidence is None:
            said = fill(strings.ANSWER_PLACE, answer=said, page=page)
        else:
            sure = percent(answer.confidence)
            said = fill(strings.ANSWER_SURE, answer=said, page=page, sure=sure)
        rows.append(Told(fill(strings.ANSWER, question=answer.question, answer=said), place))
    return rows


def _outline_rows(outline: Outline) -> list[Told]:
    rows: list[Told] = []
    if outline.key_points:
        rows.append(Told(strings.KEY_POINTS, heading=True))
        for one in outline.key_points:
            page = one.evidence[0].page
            said = fill(strings.ANSWER_PLACE, answer=one.text, page=page)
            rows.append(Told(said, one.evidence[0]))
    parts = (
        (strings.DATES, outline.dates),
        (strings.AMOUNTS, outline.amounts),
        (strings.NUMBERS, outline.numbers),
    )
    for heading, mentions in parts:
        if mentions:
            rows.append(Told(heading, heading=True))
            rows += [_mention(one) for one in mentions]
    return rows or [Told(strings.NOTHING_TO_TELL)]


def _mention(mention: Mention) -> Told:
    raw = mention.raw
    if mention.value != raw:
        raw = fill(strings.VALUE, raw=raw, value=mention.value)
    form = strings.MENTION if mention.label else strings.MENTION_BARE
    place = mention.evidence
    return Told(fill(form, label=mention.label, raw=raw, page=place.page), place)
