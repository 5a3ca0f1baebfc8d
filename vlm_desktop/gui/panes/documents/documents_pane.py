"""The Documents pane: pages at the left, the page in the middle, its fields at the right."""

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop import documentstrings as sentences
from vlm_desktop.base.documentkeeping import DocumentState, QueuedDocument
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.documents.ask_corner import AskCorner
from vlm_desktop.gui.panes.documents.batch_corner import BatchCorner
from vlm_desktop.gui.panes.documents.compare_corner import CompareCorner
from vlm_desktop.gui.panes.documents.corrections import Corrections
from vlm_desktop.gui.panes.documents.documents_actions import DocumentsActions
from vlm_desktop.gui.panes.documents.entries import Entry, Key
from vlm_desktop.gui.panes.documents.exports_corner import ExportsCorner
from vlm_desktop.gui.panes.documents.fields_panel import FieldsPanel
from vlm_desktop.gui.panes.documents.left_column import LeftColumn
from vlm_desktop.gui.panes.documents.opening import Opening, dropped_paths
from vlm_desktop.gui.panes.documents.over_page import OverPage
from vlm_desktop.gui.panes.documents.page_panel import PagePanel
from vlm_desktop.gui.panes.documents.schemas_corner import SchemasCorner
from vlm_desktop.gui.panes.documents.second_corner import SecondCorner
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

_COLUMN, _PAGE, _FIELDS = 200, 440, 330


class DocumentsPane(Pane):
    """Wires the parts. The session asks the engine; the parts show what it says."""

    key = "documents"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAcceptDrops(True)
        self._begun = self._goes_on = False
        self._wanted_path = ""
        self.session = DocumentSession(desk, self)
        self._build()
        self.batch = BatchCorner(self.session, self)
        self.opening = Opening(self.session, self.batch, self)
        self.corrections = Corrections(self.session, self.fields, self)
        self.schemas = SchemasCorner(self.session, self.fields, self)
        self.over = OverPage(self.session, self.page_panel, self.fields, self.corrections, self)
        self.exports = ExportsCorner(self.session, self.fields, self)
        self.asking = AskCorner(self.session, self.page_panel, self)
        self.comparing = CompareCorner(self.session, self)
        self.second = SecondCorner(self.session, self)
        self.over.proposed.connect(self.schemas.add_field)
        self.actions_of_pane = DocumentsActions(self)
        for action in (self.asking.action, self.second.action, self.comparing.action):
            self.opening.more_menu.addAction(action)
        self.column.set_menus(self.opening.open_menu, self.opening.more_menu)
        self._connect()
        self._show_all()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.column = LeftColumn(self.desk, self)
        self.queue = self.column.queue
        self.page_panel = PagePanel(self.desk, self)
        self.fields = FieldsPanel(self)
        self.work = self._split(self.page_panel, self.fields, (_PAGE, _FIELDS), 0)
        self.page = MessagePage(self)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.work)
        self.beside = self._split(self.column, self.layers, (_COLUMN, 1_000), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)

    def _split(
        self, first: QWidget, second: QWidget, sizes: tuple[int, int], stretched: int
    ) -> QSplitter:
        made = QSplitter(Qt.Orientation.Horizontal, self)
        made.setChildrenCollapsible(False)
        made.setHandleWidth(measures().hairline)
        made.addWidget(first)
        made.addWidget(second)
        made.setStretchFactor(stretched, 1)
        made.setSizes(list(sizes))
        return made

    def _connect(self) -> None:
        session, column = self.session, self.column
        session.listed.connect(self._show_list)
        session.opened.connect(self._opened)
        session.filed.connect(self._show_page)
        session.read.connect(self._read)
        session.sheet_changed.connect(self._show_sheet)
        session.page_changed.connect(self._show_page)
        session.shapes_changed.connect(self._show_words)
        session.focus_changed.connect(self._show_focus)
        session.working.connect(self._show_working)
        session.refused.connect(self._show_trouble)
        session.unlisted.connect(self._show_failure)
        self.queue.document_chosen.connect(self._choose)
        self.queue.opened.connect(self.focus_fields)
        column.pages.page_chosen.connect(session.show_page)
        self.page_panel.page_wanted.connect(session.show_page)
        self.page_panel.retry_wanted.connect(self._retry)
        column.words.walked.connect(self._walked)
        column.words.words_taken.connect(self.over.take_words)
        self.page_panel.canvas.cursor_moved.connect(
            lambda _: column.words.choose(self.page_panel.canvas.chosen_words)
        )
        fields = self.fields
        fields.focused.connect(session.focus)
        fields.pointed.connect(self._point)
        fields.reviewed.clicked.connect(self.finish)
        self.page_panel.canvas.mark_pointed.connect(self._mark_pointed)
        self.page_panel.canvas.mark_chosen.connect(fields.go_to)
        self.page.primary.clicked.connect(self._page_pressed)
        self.page.second.clicked.connect(self.opening.pick_folder)

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        self.focus_queue()

    def back(self) -> bool:
        """End moving lines or drawing; drop chosen words; stop reading; back to the documents."""
        if self.over.back() or self.session.cancel() or self.asking.close():
            return True
        focused = self.window().focusWidget()
        inside = focused is not None and self.column.isAncestorOf(focused)
        if not inside and self.session.path is not None:
            self.focus_queue()
            return True
        return False

    def stop(self) -> None:
        self.session.cancel()
        self.batch.stop()
        self.exports.task.stop()
        self.comparing.task.stop()
        self.second.task.stop()

    def state(self) -> dict[str, Any]:
        path = self.session.path
        return {
            "path": str(path) if path is not None else self._wanted_path,
            "schema": self.session.schema_name,
            "column": self.beside.sizes(),
            "work": self.work.sizes(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """The document of the last time is opened once the list is here."""
        self._wanted_path = state["path"] if isinstance(state.get("path"), str) else ""
        if isinstance(state.get("schema"), str):
            self.session.schema_name = state["schema"]
        for key, splitter in (("column", self.beside), ("work", self.work)):
            sizes = state.get(key)
            if isinstance(sizes, list) and len(sizes) == 2 and all(
                isinstance(one, int) for one in sizes
            ):  # fmt: skip
                splitter.setSizes(sizes)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.session.refresh(self._open_wanted)

    def _open_wanted(self) -> None:
        """The document of the last time, where it is still in the list."""
        found = [one for one in self.session.documents if str(one.path) == self._wanted_path]
        if found and self.session.path is None:
            self._choose(found[0])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files and folders may be dropped anywhere in the pane."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.opening.take_drop(event.mimeData())

    # --- what a person does --------------------------------------------------------------

    def take_photos(self, content_ids: tuple[int, ...]) -> None:
        """Photos of the library, sent from Search."""
        self.opening.take_photos(content_ids)

    def _choose(self, one: QueuedDocument) -> None:
        self.session.open(one.path)

    def focus_queue(self) -> None:
        self.column.focus_documents()

    def focus_page(self) -> None:
        if self.layers.currentWidget() is self.work:
            self.page_panel.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_words(self) -> None:
        if self.session.file is not None:
            self.column.focus_words()

    def focus_fields(self) -> None:
        """The field that is worked on, else the first to look at."""
        key = self.session.focused
        if not (key is not None and self.fields.go_to(key)) and not self.fields.focus_first():
            self.fields.schemas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def next_doubt(self) -> None:
        if not self.fields.go_on(self.session.focused):
            self.desk.say(strings.NO_MORE_DOUBTS)

    def clear_field(self) -> None:
        if self.session.focused is not None:
            self.corrections.clear(self.session.focused)

    def go_on(self) -> None:
        """The next document to review."""
        if not self.queue.step_to_review():
            self.desk.say(strings.ALL_REVIEWED)

    def finish(self) -> None:
        """All is right: mark the document, and go to the next one to review."""
        sheet = self.session.sheet
        if sheet is None:
            return
        if sheet.document.state is DocumentState.REVIEWED:
            self.go_on()
            return
        number, reading = sheet.document.id, self.session.reading
        words = fill(strings.CHANGE_REVIEWED, name=sheet.document.path.name)
        self.session.act(words, lambda kept: kept.finish(number, reading), lambda _: self.go_on())

    # --- two-way highlighting ------------------------------------------------------------

    def _point(self, key: Key | None) -> None:
        """A field is pointed at: its box stands out; else that of the field worked on."""
        entry = self.fields.entries.entry(key if key is not None else self.session.focused)
        self.page_panel.light(entry)

    def _mark_pointed(self, key: Key | None) -> None:
        """A box is pointed at: its field stands out."""
        self.fields.light(key if key is not None else self.session.focused)
        self.page_panel.light(self.fields.entries.entry(key or self.session.focused))

    def _show_focus(self) -> None:
        """The field that is worked on: its page comes into sight, and its box."""
        entry = self.fields.entries.entry(self.session.focused)
        self.fields.light(self.session.focused)
        page = _page_of(entry)
        if page and page != self.session.page:
            self.session.show_page(page)
        self.page_panel.light(entry, scroll=True)

    def _walked(self, words: tuple[int, ...]) -> None:
        canvas = self.page_panel.canvas
        canvas.choose_words(words)
        if canvas.shapes is not None and words:
            canvas.show_area(canvas.shapes.around(words))

    # --- what comes back -----------------------------------------------------------------

    def _show_list(self) -> None:
        self.column.show_documents(self.session.documents, self.session.path)
        self._show_all()

    def _opened(self) -> None:
        """What stood in the form goes; who worked there goes on with the first field to look at."""
        focused = self.window().focusWidget()
        inside = (self.fields.scroll, self.fields.foot)
        self._goes_on = focused is not None and any(one.isAncestorOf(focused) for one in inside)
        if self._goes_on:
            self.focus_queue()
        self.queue.choose(self.session.path)
        self.column.show_lists(there=False)
        self.column.words.show_words(None)
        self.over.back()
        self.fields.show_sheet(None)
        self.fields.show_problem("")
        self._show_all()

    def _show_page(self) -> None:
        session = self.session
        path, file = session.path, session.file
        if path is None or file is None:
            return
        size = file.sizes[min(session.page, len(file.sizes)) - 1]
        self.column.show_lists(there=True)
        self.column.pages.show_pages(path, file.page_count, session.page)
        self.page_panel.show_page(
            path, session.page, file.page_count, QSize(size.width, size.height), session.quarters
        )
        self._show_words()
        self._show_all()
        hazards = ", ".join(sentences.HAZARDS.get(one, one) for one in file.hazards)
        self.fields.show_problem(fill(sentences.HAZARDS_FOUND, hazards=hazards) if hazards else "")

    def _show_words(self) -> None:
        shapes = self.session.shapes
        if self.session.page_reading is not None:
            self._turn()
        self.page_panel.show_words(shapes)
        self.column.words.show_words(shapes)
        self._show_marks()

    def _turn(self) -> None:
        """The page stands upright once it was read."""
        path, file = self.session.path, self.session.file
        if path is not None and file is not None:
            size = file.sizes[min(self.session.page, len(file.sizes)) - 1]
            self.page_panel.show_page(
                path, self.session.page, file.page_count, QSize(size.width, size.height),
                self.session.quarters,
            )  # fmt: skip

    def _read(self) -> None:
        self._show_page()
        announce(self, self.fields.summary.text())
        if self._goes_on and self.window().focusWidget() is self.queue:
            self.focus_fields()
        self._goes_on = False

    def _show_sheet(self) -> None:
        session = self.session
        tables = session.reading is not None and any(one.tables for one in session.reading.pages)
        self.fields.show_sheet(session.sheet, tables=tables)
        self.fields.schemas.setCurrentIndex(self.fields.schemas.findData(session.schema_name))
        self._show_marks()

    def _show_marks(self) -> None:
        entries = self.fields.entries.all()
        self.page_panel.show_marks(entries)
        self.page_panel.light(self.fields.entries.entry(self.session.focused))
        self.column.pages.pages.show_found(
            [one.page for entry in entries if entry.value for one in entry.value.evidence]
        )
        page = self.session.page
        self.column.words.words.show_fields(
            {
                word: entry.label
                for entry in entries
                if entry.value is not None
                for evidence in entry.value.evidence
                if evidence.page == page
                for word in evidence.words
            }
        )

    # --- empty, working, failed ----------------------------------------------------------

    def _show_all(self) -> None:
        """A document, or how to begin."""
        session = self.session
        if session.path is not None and session.file is not None and not session.trouble:
            self._bring(self.work)
            return
        self._bring(self.page)
        if session.trouble:
            return
        if session.path is not None or not session.is_known:
            text = strings.WORKING_READ if session.path is not None else strings.WORKING_TEXT
            message = Message(strings.WORKING_TITLE, text)
        else:
            message = Message(
                strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.EMPTY_FILES, strings.EMPTY_FOLDER
            )
        self.page.show_message(message)

    def _bring(self, layer: QWidget) -> None:
        """Show a layer; the focus does not vanish with the one that goes."""
        focused = self.window().focusWidget()
        leaves = focused is not None and self.layers.isAncestorOf(focused)
        if layer is self.layers.currentWidget():
            return
        if leaves and self.isVisible():
            self.focus_queue()
        self.layers.setCurrentWidget(layer)

    def _show_working(self, sentence: str) -> None:
        self.fields.show_working(sentence)

    def _show_trouble(self, sentence: str) -> None:
        """The document cannot be read: why, and a way to try again."""
        self.page.show_message(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))
        self._bring(self.page)
        self.column.show_lists(there=False)
        announce(self, sentence)
        self.session.refresh()

    def _show_failure(self, sentence: str) -> None:
        self._bring(self.page)
        self.page.show_message(Message(strings.FAILED_LIST, sentence, strings.TRY_AGAIN))

    def _retry(self) -> None:
        self.page_panel.refresh()
        self.session.open(self.session.path)

    def _page_pressed(self) -> None:
        if self.page.primary.text() != strings.TRY_AGAIN:
            self.opening.pick_files()
        elif self.session.path is not None:
            self.session.open(self.session.path)
        else:
            self.session.refresh()


def _page_of(entry: Entry | None) -> int:
    """The page of a value, or the first where it was looked for; 0 for none."""
    if entry is None:
        return 0
    if entry.value is not None:
        return entry.value.evidence[0].page if entry.value.evidence else 0
    return entry.looked[0].page if entry.looked else 0
