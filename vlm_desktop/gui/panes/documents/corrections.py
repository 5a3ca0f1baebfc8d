"""What a person says of the open document: every act goes to the engine and can be undone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from vlm_desktop.base.documents import Repair, Rival
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.documents.checks_panel import failing_count
from vlm_desktop.gui.panes.documents.entries import Entry, Key, label_of
from vlm_desktop.gui.panes.documents.fields_panel import FieldsPanel
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.strings import documents as strings

if TYPE_CHECKING:
    from vlm_desktop.base.documentkeeping import DocumentDone, Lesson, TableEdges
    from vlm_desktop.base.pagereading import PageReading


class Corrections(QObject):
    """Between the form, the page and the session. Main thread."""

    def __init__(self, session: DocumentSession, fields: FieldsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._fields = session, fields
        fields.typed.connect(self.override)
        fields.accepted.connect(self.accept)
        fields.chosen.connect(self.choose)
        fields.cleared.connect(self.clear)
        fields.unlearn_wanted.connect(self.unlearn)
        fields.repair_wanted.connect(self.repair)
        fields.row_added.connect(self.add_row)
        fields.row_removed.connect(self.remove_row)

    # --- values --------------------------------------------------------------------------

    def assign(self, words: Sequence[int], *, add: bool) -> bool:
        """Say that these words of the page in sight are the value of the field worked on; False
        where there is none."""
        session = self._session
        key, page, sheet = session.focused, session.page_reading, session.sheet
        entry = self._fields.entries.entry(key)
        if key is None or entry is None:
            session.say(strings.CHOOSE_FIELD)
            return False
        if page is None or sheet is None:
            return False
        number = sheet.document.id
        wanted = self._with_before(entry, page, words) if add else tuple(words)
        session.act(
            fill(strings.CHANGE_ASSIGN, field=entry.label),
            lambda kept: kept.assign(number, page, wanted, key[0], key[1]),
            lambda done: self._told(entry, done),
        )
        return True

    def _with_before(
        self, entry: Entry, page: "PageReading", words: Sequence[int]
    ) -> tuple[int, ...]:
        """The words the field has on this page, and these; those it has already are taken out
        again."""
        shapes = self._session.shapes
        before = [
            word
            for evidence in (entry.value.evidence if entry.value is not None else ())
            if evidence.page == page.number
            for word in evidence.words
        ]
        if set(words) <= set(before) and set(words) != set(before):
            wanted = [one for one in before if one not in set(words)]
        else:
            wanted = [*before, *words]
        return shapes.ordered(wanted) if shapes is not None else tuple(wanted)

    def override(self, key: Key, text: str) -> None:
        """Say a value by typing it; an empty one is taken out."""
        entry, number = self._fields.entries.entry(key), self._number
        if entry is None or not number:
            return
        if not text:
            self.clear(key)
            return
        page = self._session.reading_for(entry)
        self._session.act(
            fill(strings.CHANGE_TYPE, field=entry.label),
            lambda kept: kept.override(number, key[0], text, key[1], page=page),
            lambda done: self._told(entry, done),
        )

    def accept(self, key: Key) -> None:
        """It is right as it stands; on to the next one to look at."""
        entry, number = self._fields.entries.entry(key), self._number
        if entry is None or not number:
            return
        before = entry.value
        if before is None or not before.accepted:
            self._session.act(
                fill(strings.CHANGE_ACCEPT, field=entry.label),
                lambda kept: kept.accept(number, key[0], key[1]),
            )
        if not self._fields.go_on(key):
            self._session.say(strings.NO_MORE_DOUBTS)

    def choose(self, key: Key, other: object) -> None:
        """Take another reading: a `Rival`, or one of the meanings of the text."""
        entry, number = self._fields.entries.entry(key), self._number
        if entry is None or not number:
            return
        value = other.value if isinstance(other, Rival) else str(other)
        page = self._session.reading_for(entry)
        self._session.act(
            fill(strings.CHANGE_CHOOSE, field=entry.label),
            lambda kept: kept.choose(number, key[0], key[1], value, page=page),
            lambda done: self._told(entry, done),
        )

    def clear(self, key: Key) -> None:
        """Say that the document does not have it."""
        entry, number = self._fields.entries.entry(key), self._number
        if entry is None or not number:
            return
        page = self._session.reading_for(entry)
        self._session.act(
            fill(strings.CHANGE_CLEAR, field=entry.label),
            lambda kept: kept.clear(number, key[0], key[1], page=page),
            lambda done: self._told(entry, done),
        )

    def repair(self, repairs: Sequence[Repair]) -> None:
        """Make an offered change of readings."""
        number = self._number
        if number:
            self._session.act(
                strings.CHANGE_REPAIR,
                lambda kept: kept.repair(number, repairs),
                lambda done: self._balanced(done),
            )

    # --- rows ----------------------------------------------------------------------------

    def add_row(self, name: str) -> None:
        number, entries = self._number, self._fields.entries
        table = next((one for one in entries.tables if one.name == name), None)
        if not number or table is None or not table.columns:
            return
        first = (f"{name}/{table.columns[0].name}", len(table.rows))
        self._session.act(
            fill(strings.CHANGE_ROWS, field=label_of(name)),
            lambda kept: kept.add_row(number, name),
            lambda _: self._fields.go_to(first),
        )

    def remove_row(self, name: str, row: int) -> None:
        number = self._number
        if number:
            self._session.act(
                fill(strings.CHANGE_ROWS, field=label_of(name)),
                lambda kept: kept.remove_row(number, name, row),
            )

    def set_edges(self, name: str, table: int, edges: "TableEdges") -> None:
        """Read a table anew along lines that were moved. `table` is its index on the page."""
        number, page = self._number, self._session.page_reading
        if number and page is not None:
            self._session.act(
                fill(strings.CHANGE_LINES, field=label_of(name)),
                lambda kept: kept.set_edges(number, page, table, name, edges),
                lambda _: self._session.say(strings.LINES_DONE),
            )

    # --- the document, what was learned --------------------------------------------------

    def unlearn(self, lesson: "Lesson") -> None:
        """Forget what a correction taught, and read the document without it."""
        self._session.unlearn(lesson)

    @property
    def _number(self) -> int:
        sheet = self._session.sheet
        return sheet.document.id if sheet is not None else 0

    def _told(self, entry: Entry, done: "DocumentDone") -> None:
        form = strings.TAUGHT if done.taught else strings.KEPT
        self._session.say(fill(form, field=entry.label))

    def _balanced(self, done: Any) -> None:
        failing = failing_count(done.sheet.extraction.checks)
        said = f"{strings.APPLIED} {strings.checked(failing)}"
        self._session.say(said)
        announce(self._fields, said)
