"""What the mouse and the keys mean over the page: words for a field, lines of a table, drawing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.documents.corrections import Corrections
from vlm_desktop.gui.panes.documents.fields_panel import FieldsPanel
from vlm_desktop.gui.panes.documents.page_panel import PagePanel
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.panes.documents.table_lines import TableLines
from vlm_desktop.gui.strings import documents as strings

if TYPE_CHECKING:
    from vlm_desktop.base.documentkeeping import TableEdges
    from vlm_desktop.base.pagereading import PageReading


class OverPage(QObject):
    """Main thread."""

    def __init__(
        self,
        session: DocumentSession,
        page: PagePanel,
        fields: FieldsPanel,
        corrections: Corrections,
        over: QWidget,
    ) -> None:
        super().__init__(over)
        self._session, self._page, self._fields = session, page, fields
        self._corrections = corrections
        self.lines: TableLines | None = None
        self._lines_of = ""
        page.canvas.words_taken.connect(self.take_words)
        fields.lines_wanted.connect(self.move_lines)
        session.page_changed.connect(self.back)

    def take_words(self, words: tuple[int, ...], add: bool) -> None:
        """Words for the field that is worked on."""
        self._corrections.assign(words, add=add)

    def back(self) -> bool:
        """End what goes on over the page; False when nothing does."""
        if self.lines is not None:
            self._end_lines()
            return True
        return self._page.canvas.clear_choice()

    # --- lines of a table ----------------------------------------------------------------

    def move_lines(self, name: str) -> bool:
        """Show the lines of the table that a field was read from; False where there is none."""
        found = self._table_of(name)
        if found is None:
            return False
        page, table = found
        self._session.show_page(page.number)
        self._end_lines()
        self._lines_of = name
        self.lines = TableLines(page, table, self)
        self.lines.done.connect(self._moved)
        self.lines.cancelled.connect(self.back)
        canvas = self._page.canvas
        self.lines.spoken.connect(lambda words: announce(canvas, words))
        canvas.lay_over(self.lines)
        canvas.setAccessibleDescription(strings.LINES_DESCRIPTION)
        self._page.show_hint(strings.LINES_HINT)
        canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(canvas, f"{strings.LINES_NAME}. {self.lines.said()}")
        return True

    def _table_of(self, name: str) -> "tuple[PageReading, int] | None":
        """The table that holds most of a field's words, else the largest in sight, or the first."""
        reading = self._session.reading
        if reading is None:
            return None
        held: dict[tuple[int, int], int] = {}
        entries = next((one for one in self._fields.entries.tables if one.name == name), None)
        words = {
            (evidence.page, word)
            for row in (entries.rows if entries is not None else ())
            for cell in row
            for evidence in (cell.value.evidence if cell.value is not None else ())
            for word in evidence.words
        }
        for page in reading.pages:
            for number, table in enumerate(page.tables):
                inside = sum((page.number, one) in words for cell in table.cells
                             for one in cell.words)  # fmt: skip
                near = page.number == self._session.page
                held[page.number, number] = 10_000 * inside + 1_000 * near + len(table.cells)
        if not held:
            return None
        place = max(held, key=held.__getitem__)
        there = reading.page(place[0])
        return (there, place[1]) if there is not None else None

    def _moved(self, edges: "TableEdges") -> None:
        lines, name = self.lines, self._lines_of
        self._end_lines()
        if lines is not None:
            self._corrections.set_edges(name, lines.table, edges)

    def _end_lines(self) -> None:
        lines, self.lines = self.lines, None
        if lines is not None:
            lines.deleteLater()
            self._page.canvas.lay_over(None)
            self._page.canvas.setAccessibleDescription(strings.PAGE_DESCRIPTION)
            self._page.show_hint("")
            self._fields.focus_table(self._lines_of)
