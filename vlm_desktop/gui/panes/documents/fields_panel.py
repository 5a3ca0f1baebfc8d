"""The form at the right: which schema, the fields, what was checked, what was learned."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.documentkeeping import DocumentState, Lesson, Sheet
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.documents.checks_panel import ChecksPanel, failing_count
from vlm_desktop.gui.panes.documents.entries import Entries, Key, entries_of, label_of
from vlm_desktop.gui.panes.documents.field_row import FieldRow
from vlm_desktop.gui.panes.documents.table_field import TableField
from vlm_desktop.gui.panes.search.details_parts import Section
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_LEAST_WORDS = 10


class FieldsPanel(QFrame):
    """Says what a person does; `show_sheet` tells it what there is. Main thread."""

    schema_chosen = Signal(str)
    focused = Signal(object)
    """The key of the field that is worked on."""
    pointed = Signal(object)
    typed = Signal(object, str)
    accepted = Signal(object)
    """Its key: it is right as it stands; the next one is wanted."""
    chosen = Signal(object, object)
    """Key, and another reading of it: a `Rival` or a text."""
    cleared = Signal(object)
    unlearn_wanted = Signal(object)
    """A `Lesson`."""
    repair_wanted = Signal(object)
    row_added = Signal(str)
    row_removed = Signal(str, int)
    lines_wanted = Signal(str)
    """A table's name: its lines are to be moved."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("documentFields")
        self.entries = Entries()
        self.sheet: Sheet | None = None
        self.rows: dict[Key, FieldRow] = {}
        self.tables: dict[str, TableField] = {}
        self._lit: Key | None = None
        self._build_head()
        self._build_column()
        self._build_foot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for one in (self.head, self.scroll, self.foot):
            layout.addWidget(one)
        layout.setStretchFactor(self.scroll, 1)
        self.setMinimumWidth(8 * measures().space[5])

    # --- building ------------------------------------------------------------------------

    def _build_head(self) -> None:
        space = measures().space
        self.head = QWidget(self)
        label = QLabel(strings.SCHEMA, self.head)
        label.setObjectName("hint")
        self.schemas = ElidedBox(self.head, strings.SCHEMA_TIP)
        self.schemas.setAccessibleName(strings.SCHEMA_NAME)
        self.schemas.setMinimumContentsLength(_LEAST_WORDS)
        self.schemas.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        label.setBuddy(self.schemas)
        self.schemas.activated.connect(
            lambda row: self.schema_chosen.emit(self.schemas.itemData(row))
        )
        self.more = QToolButton(self.head)
        self.more.setObjectName("headTool")
        self.more.setIcon(icon("chat-form"))
        self.more.setAccessibleName(strings.SCHEMA_MORE)
        self.more.setToolTip(strings.SCHEMA_MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.summary = WrappedLabel(parent=self.head, name="hint")
        row = QHBoxLayout()
        row.setSpacing(space[1])
        row.addWidget(label)
        row.addWidget(self.schemas, 1)
        row.addWidget(self.more)
        column = QVBoxLayout(self.head)
        column.setContentsMargins(space[2], space[1], space[2], space[1])
        column.setSpacing(space[0])
        column.addLayout(row)
        column.addWidget(self.summary)

    def _build_column(self) -> None:
        space = measures().space
        inner = QWidget(self)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(space[0], 0, space[0], space[2])
        self._column.setSpacing(space[0])
        self.checks = ChecksPanel(inner)
        self.checks.repair_wanted.connect(self.repair_wanted)
        self.checks.chosen.connect(self.go_to)
        self.checked = Section(strings.CHECKS, inner)
        self.checked.add(self.checks)
        self.learned = Section(strings.LEARNED, inner, is_open=False)
        self._lessons = QWidget(inner)
        QVBoxLayout(self._lessons).setContentsMargins(0, 0, 0, 0)
        self.learned.add(self._lessons)
        self.not_found = Section("", inner, is_open=False)
        self._folded = QWidget(inner)
        folded = QVBoxLayout(self._folded)
        folded.setContentsMargins(0, 0, 0, 0)
        folded.setSpacing(space[0])
        self.not_found.column.setContentsMargins(0, 0, 0, 0)
        self.not_found.add(self._folded)
        self._column.addWidget(self.checked)
        self._column.addWidget(self.not_found)
        self._column.addWidget(self.learned)
        self._column.addStretch(1)
        self.scroll = FollowingScroll(self)
        self.scroll.setWidget(inner)

    def _build_foot(self) -> None:
        space = measures().space
        self.foot = QFrame(self)
        self.foot.setObjectName("documentFoot")
        self.problem = WrappedLabel(parent=self.foot, name="hint")
        tools = QWidget(self.foot)
        flow = FlowLayout(tools, space[1])
        self.reviewed = QPushButton(strings.REVIEWED, tools)
        self.reviewed.setObjectName("primary")
        self.reviewed.setToolTip(strings.REVIEWED_TIP)
        self.reviewed.setAccessibleDescription(strings.REVIEWED_TIP)
        self.export = QPushButton(strings.EXPORT, tools)
        flow.addWidget(self.reviewed)
        flow.addWidget(self.export)
        column = QVBoxLayout(self.foot)
        column.setContentsMargins(space[2], space[1], space[2], space[1])
        column.setSpacing(space[0])
        column.addWidget(self.problem)
        column.addWidget(tools)

    # --- what is shown -------------------------------------------------------------------

    def show_schemas(self, names: Sequence[str], chosen: str) -> None:
        with QSignalBlocker(self.schemas):
            self.schemas.clear()
            for name in names:
                self.schemas.addItem(strings.PRESETS.get(name, label_of(name)), name)
            self.schemas.setCurrentIndex(self.schemas.findData(chosen))

    def show_sheet(self, sheet: Sheet | None, *, tables: bool = False) -> None:
        """What is kept of a document; None for none. Fields of one document keep their places.

        `tables`: some were found on its pages.
        """
        same = sheet is not None and self._is_same(sheet)
        before = self.entries if same else None
        self.sheet = sheet
        self.entries = entries_of(sheet, before) if sheet is not None else Entries()
        self._show_rows()
        self._show_tables(has_lines=tables)
        checks = sheet.extraction.checks if sheet is not None else ()
        self.checks.show_checks(checks)
        self.checked.setVisible(bool(checks))
        failing = failing_count(checks)
        self.checked.heading.setText(
            fill(strings.CHECKS_FAILING, count=failing) if failing else strings.CHECKS
        )
        self._show_lessons(sheet.lessons if sheet is not None else ())
        self._show_summary(sheet)

    def _is_same(self, sheet: Sheet) -> bool:
        """Whether it is the document that is shown, with the same fields."""
        shown = self.sheet
        return shown is not None and (shown.document.id, shown.schema) == (
            sheet.document.id, sheet.schema
        )  # fmt: skip

    def _show_rows(self) -> None:
        places = ((self._column, self.entries.fields), (self._folded.layout(), self.entries.folded))
        wanted = [one.key for _, entries in places for one in entries]
        if list(self.rows) != wanted:
            for row in self.rows.values():
                row.hide()
                row.deleteLater()
            self.rows = {}
            for column, entries in places:
                for at, one in enumerate(entries):
                    self.rows[one.key] = self._row(one.key)
                    column.insertWidget(at, self.rows[one.key])
        for _, entries in places:
            for one in entries:
                self.rows[one.key].show_entry(one)
        count = len(self.entries.folded)
        self.not_found.heading.setText(fill(strings.NOT_FOUND_COUNT, count=count))
        self.not_found.setVisible(bool(count))

    def _row(self, key: Key) -> FieldRow:
        row = FieldRow(self.scroll.widget())
        row.pointed.connect(self.pointed)
        row.line.entered.connect(lambda: self.focused.emit(key))
        row.line.left.connect(lambda: self._commit(key))
        row.line.accepted.connect(lambda: self._accept(key))
        row.line.stepped.connect(lambda by: self.step(key, by))
        row.line.tab = lambda by: self._tab(key, by)
        row.chosen.connect(lambda one: self.chosen.emit(key, one))
        row.cleared.connect(lambda: self.cleared.emit(key))
        row.unlearn_wanted.connect(lambda: self._unlearn(key))
        row.next_wanted.connect(lambda: self.go_on(key))
        return row

    def _show_tables(self, *, has_lines: bool) -> None:
        wanted = [one.name for one in self.entries.tables]
        if list(self.tables) != wanted:
            for table in self.tables.values():
                table.hide()
                table.deleteLater()
            self.tables = {}
            for number, name in enumerate(wanted):
                self.tables[name] = self._table(name)
                at = len(self.entries.fields) + number
                self._column.insertWidget(at, self.tables[name])
        for one in self.entries.tables:
            self.tables[one.name].show_entry(one, has_lines=has_lines)

    def _table(self, name: str) -> TableField:
        table = TableField(self.scroll.widget())
        cells = table.cells
        cells.entered.connect(self.focused)
        cells.pointed.connect(self.pointed)
        cells.typed.connect(self.typed)
        cells.accepted.connect(self._accept)
        cells.tab = lambda by: self._tab(cells.current_key, by)
        table.add.clicked.connect(lambda: self.row_added.emit(name))
        table.remove.clicked.connect(
            lambda: self.row_removed.emit(name, max(0, cells.currentRow()))
        )
        table.lines.clicked.connect(lambda: self.lines_wanted.emit(name))
        return table

    def _show_lessons(self, lessons: Sequence[Lesson]) -> None:
        column = self._lessons.layout()
        while column.count():
            widget = column.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        for one in lessons:
            said = fill(strings.LESSON, field=label_of(one.name), document=one.document)
            words = WrappedLabel(said, self._lessons)
            button = QPushButton(strings.UNLEARN, self._lessons)
            button.setObjectName("quiet")
            button.setAccessibleName(fill(strings.UNLEARN_NAME, field=label_of(one.name)))
            button.clicked.connect(lambda _=False, one=one: self.unlearn_wanted.emit(one))
            column.addWidget(words)
            column.addWidget(button)
            column.setAlignment(button, Qt.AlignmentFlag.AlignLeft)
        self.learned.setVisible(bool(lessons))

    def _show_summary(self, sheet: Sheet | None) -> None:
        doubts = sum(1 for one in self.entries.all() if one.needs_look)
        words = strings.summary(len(self.entries.all()), doubts) if sheet is not None else ""
        self.summary.setText(words)
        self.summary.setVisible(bool(words))
        done = sheet is not None and sheet.document.state is DocumentState.REVIEWED
        self.reviewed.setText(strings.NEXT_DOCUMENT if done else strings.REVIEWED)
        self.foot.setVisible(sheet is not None)

    def show_problem(self, words: str) -> None:
        """A remark about the whole document; "" for none."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def show_working(self, words: str) -> None:
        """What is being done before the fields come; "" when it is done."""
        if words:
            self.summary.setText(words)
            self.summary.show()
        else:
            self._show_summary(self.sheet)

    def light(self, key: Key | None) -> None:
        """Have the field stand out whose box is pointed at."""
        self._lit = key
        for one, row in self.rows.items():
            row.set_lit(one == key)

    # --- going about ---------------------------------------------------------------------

    def go_to(self, key: Key) -> bool:
        """Put the focus into a field or cell; False where there is none of that key."""
        row = self.rows.get(key)
        if row is not None:
            if self._folded.isAncestorOf(row):
                self.not_found.set_open(True)
            row.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self.scroll.show_whole(row)
            return True
        for table in self.tables.values():
            if table.cells.go_to(key):
                table.cells.setFocus(Qt.FocusReason.OtherFocusReason)
                self.scroll.show_whole(table)
                self.focused.emit(key)
                return True
        return False

    def focus_table(self, name: str) -> None:
        """Back to a table's cells, or to what can be done with it."""
        table = self.tables.get(name)
        if table is not None:
            wanted = table.cells if table.cells.isVisible() else table.add
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self, key: Key | None) -> bool:
        """To the next field to look at after this one, or the first; False when there is none."""
        found = self.entries.next_doubtful(key) or self.entries.next_doubtful(None)
        if found is None or found.key == key:
            return False
        return self.go_to(found.key)

    def focus_first(self) -> bool:
        """The first field to look at, else the first."""
        if self.go_on(None):
            return True
        every = self.entries.all()
        return bool(every) and self.go_to(every[0].key)

    def step(self, key: Key, by: int) -> None:
        """To the neighbour in the form, doubtful or not."""
        keys = [one.key for one in self.entries.all()]
        if key in keys:
            at = keys.index(key) + by
            if 0 <= at < len(keys):
                self.go_to(keys[at])

    def _tab(self, key: Key | None, by: int) -> bool:
        """To the next field to look at; past the last one Tab leaves the form."""
        found = self.entries.next_doubtful(key, by)
        return found is not None and self.go_to(found.key)

    # --- what a person says --------------------------------------------------------------

    def _commit(self, key: Key) -> bool:
        """Keep what was typed; False where nothing was."""
        row = self.rows.get(key)
        if row is None or not row.line.is_changed:
            return False
        text = row.line.text().strip()
        row.line.kept = text
        self.typed.emit(key, text)
        return True

    def _accept(self, key: Key) -> None:
        if not self._commit(key):
            self.accepted.emit(key)
        elif not self.go_on(key):
            self.step(key, 1)

    def _unlearn(self, key: Key) -> None:
        sheet = self.sheet
        lesson = next((one for one in sheet.lessons if one.name == key[0]), None) if sheet else None
        if lesson is not None:
            self.unlearn_wanted.emit(lesson)
