"""What the mouse and the keys mean over the page: words for a field, lines of a table, drawing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.documents.corrections import Corrections
from vlm_desktop.gui.panes.documents.fields_panel import FieldsPanel
from vlm_desktop.gui.panes.documents.page_panel import PagePanel
from vlm_desktop.gui.panes.documents.page_shapes import box_of
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.panes.documents.table_lines import TableLines
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.strings import documents_schema as schema_strings

if TYPE_CHECKING:
    from vlm_desktop.base.documentkeeping import TableEdges
    from vlm_desktop.base.pagereading import PageReading
    from vlm_desktop.engine.documents.drawing import Proposal


class OverPage(QObject):
    """Main thread."""

    proposed = Signal(object)
    """A `FieldSpec` for what was drawn over."""

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
        page.canvas.area_drawn.connect(self._drawn)
        add = session.desk.actions.add
        self.draw = add(
            "documents.draw", schema_strings.DRAW_FIELD, self.toggle_drawing, checkable=True,
            icon="field-draw", tip=schema_strings.DRAW_TIP, shortcut="Ctrl+Shift+M", where=over,
            while_shown=True,
        )  # fmt: skip
        self.draw_words = add(
            "documents.draw-words", schema_strings.DRAW_WORDS, self.propose_chosen, where=over,
            while_shown=True,
        )  # fmt: skip
        page.add_tool(self.draw)
        for signal in (session.shapes_changed, session.opened, page.canvas.cursor_moved):
            signal.connect(lambda *_: self._refresh())
        self._refresh()

    def take_words(self, words: tuple[int, ...], add: bool) -> None:
        """Words for the field that is worked on."""
        if self._corrections.assign(words, add=add):
            self._page.canvas.drop_choice()

    def back(self) -> bool:
        """End what goes on over the page; False when nothing does."""
        if self.lines is not None:
            self._end_lines()
            return True
        if self._page.canvas.is_drawing:
            self._end_drawing()
            return True
        return self._page.canvas.clear_choice()

    def _refresh(self) -> None:
        there = self._session.shapes is not None
        self.draw.setEnabled(there)
        self.draw_words.setEnabled(there and bool(self._page.canvas.chosen_words))

    # --- drawing a field -----------------------------------------------------------------

    def toggle_drawing(self) -> None:
        """From now on a drag over the page proposes a field; or no more."""
        canvas = self._page.canvas
        if canvas.is_drawing:
            self._end_drawing()
            return
        self._end_lines()
        canvas.set_drawing(True)
        self.draw.setChecked(True)
        self._page.show_hint(schema_strings.DRAW_HINT)
        canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_drawing(self) -> None:
        self._page.canvas.set_drawing(False)
        self.draw.setChecked(False)
        self._page.show_hint("")

    def propose_chosen(self) -> None:
        """The same without a mouse: of the words that are chosen."""
        canvas = self._page.canvas
        if canvas.shapes is not None and canvas.chosen_words:
            self._drawn(canvas.shapes.around(canvas.chosen_words))

    def _drawn(self, area: QRectF) -> None:
        """Have a field proposed for what lies in an area of the page."""
        session, page, sheet = self._session, self._session.page_reading, self._session.sheet
        if page is None:
            return
        locale = sheet.extraction.locale if sheet is not None else None
        taken = [one.name for one in sheet.schema.fields] if sheet is not None else []
        services = session.desk.services

        def done(found: "Proposal | None") -> None:
            self._end_drawing()
            if found is None:
                session.say(schema_strings.DRAW_NOTHING)
            else:
                self.proposed.emit(found.spec)

        session.desk.fetch(
            lambda: services.documents.schemas.propose(page, box_of(area), locale, taken), done
        )

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
