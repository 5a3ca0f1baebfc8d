"""Making the form an answer has to fill: a row for each field, or the schema itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.chat.schema_fields import (
    FieldKind,
    FormField,
    fields_of_schema,
    schema_of,
    trouble_of,
)
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.reading_order import read_along
from vlm_desktop.gui.widgets.steady_scroll import keep_bar


class _FieldRow(QWidget):
    """A name, a kind and, for a choice, its words."""

    removed = Signal()

    def __init__(self, field: FormField, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLineEdit(field.name, self)
        self.name.setPlaceholderText(strings.FIELD_HINT)
        self.name.setAccessibleName(strings.FIELD_NAME)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(strings.FIELD_KIND)
        for kind in FieldKind:
            self.kind.addItem(strings.FIELD_KINDS[kind.value], kind)
        self.kind.setCurrentIndex(self.kind.findData(field.kind))
        self.choices = QLineEdit(", ".join(field.choices), self)
        self.choices.setPlaceholderText(strings.FIELD_CHOICES_HINT)
        self.choices.setAccessibleName(strings.FIELD_CHOICES)
        self.cross = QToolButton(self)
        self.cross.setIcon(icon("close"))
        self.cross.setToolTip(strings.FIELD_REMOVE)
        self.cross.setAccessibleName(strings.FIELD_REMOVE)
        self.cross.clicked.connect(self.removed)
        self.kind.currentIndexChanged.connect(self._show_choices)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[1])
        row.addWidget(self.name, 2)
        row.addWidget(self.kind, 1)
        row.addWidget(self.choices, 2)
        row.addWidget(self.cross)
        self._show_choices()

    def _show_choices(self) -> None:
        self.choices.setVisible(self.kind.currentData() == FieldKind.CHOICE)

    @property
    def field(self) -> FormField:
        words = tuple(one.strip() for one in self.choices.text().split(",") if one.strip())
        return FormField(self.name.text().strip(), FieldKind(self.kind.currentData()), words)


class SchemaDialog(PlainDialog):
    """Says the schema that is wished for; "" for none."""

    schema_chosen = Signal(str)

    def __init__(self, schema: str, parent: QWidget) -> None:
        super().__init__(strings.FORM_TITLE, strings.FORM_INTRO, parent)
        self.rows: list[_FieldRow] = []
        space = measures().space
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._build_fields(), strings.FORM_FIELDS)
        self.tabs.addTab(self._build_text(), strings.FORM_SCHEMA)
        self.trouble = QLabel(self)
        self.trouble.setObjectName("bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.lay_out(
            (
                self.tabs,
                self.trouble,
            ),
            strings.FORM_USE,
            self._take,
        )
        self.resize(3 * measures().tile, 2 * measures().tile + space[5])
        self._show(schema)
        self.tabs.currentChanged.connect(self._tab_changed)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        read_along(self)

    def _build_fields(self) -> QWidget:
        space = measures().space
        area = QScrollArea(self)
        area.setObjectName("plain")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_bar(area)
        inside = QWidget(area)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(space[1], space[1], space[1], space[1])
        self._column.setSpacing(space[1])
        self.add = QPushButton(strings.FIELD_ADD, inside)
        self.add.setObjectName("quiet")
        self.add.clicked.connect(lambda: self.add_field(FormField("")))
        last = QHBoxLayout()
        last.addWidget(self.add)
        last.addStretch(1)
        self._column.addLayout(last)
        self._column.addStretch(1)
        area.setWidget(inside)
        return area

    def _build_text(self) -> QWidget:
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName(strings.FORM_SCHEMA)
        self.text.setTabChangesFocus(True)
        return self.text

    def _show(self, schema: str) -> None:
        fields = fields_of_schema(schema)
        if fields is None:
            self.tabs.setCurrentIndex(1)
            self.text.setPlainText(schema)
            return
        for one in fields or (FormField(""),):
            self.add_field(one)
        self.text.setPlainText(schema)

    def add_field(self, field: FormField) -> None:
        row = _FieldRow(field, self._column.parentWidget())
        row.removed.connect(lambda: self._remove(row))
        self._column.insertWidget(len(self.rows), row)
        self.rows.append(row)
        row.name.setFocus(Qt.FocusReason.OtherFocusReason)
        read_along(self)

    def _remove(self, row: _FieldRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def schema(self) -> str:
        if self.tabs.currentIndex() == 0:
            return schema_of(tuple(row.field for row in self.rows))
        return self.text.toPlainText().strip()

    def _tab_changed(self, tab: int) -> None:
        """What was said in one tab is said in the other."""
        if tab == 1:
            self.text.setPlainText(schema_of(tuple(row.field for row in self.rows)))
            return
        fields = fields_of_schema(self.text.toPlainText().strip())
        if fields is None:
            self._complain(strings.FORM_NOT_FIELDS)
            return
        while self.rows:
            self._remove(self.rows[0])
        for one in fields or (FormField(""),):
            self.add_field(one)

    def _take(self) -> None:
        schema = self.schema
        detail = trouble_of(schema) if schema else ""
        if detail:
            self._complain(fill(strings.FORM_BAD, detail=detail))
            return
        self.schema_chosen.emit(schema)
        self.accept()

    def _complain(self, words: str) -> None:
        self.trouble.setText(words)
        self.trouble.show()
