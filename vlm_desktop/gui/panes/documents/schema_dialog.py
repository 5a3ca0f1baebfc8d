"""The editor of a schema: its fields as a tree, the chosen one as a form."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.language import fill
from vlm_desktop.engine.documents.schemafiles import parse_json, to_json
from vlm_desktop.gui.panes.documents.schema_form import SchemaForm
from vlm_desktop.gui.strings import documents_schema as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.reading_order import read_along
from vlm_desktop.gui.words import failure

_SPEC = int(Qt.ItemDataRole.UserRole)
_MANY = (FieldType.TABLE, FieldType.GROUP)


class SchemaDialog(PlainDialog):
    """Gives the schema to `take` once it can be read back. Main thread."""

    def __init__(
        self, schema: Schema, title: str, hint: str, take: Callable[[Schema], object],
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(title, hint, parent)
        self.setObjectName("schemaDialog")
        self._take_schema = take
        self.name = QLineEdit(schema.name, self)
        self.any_pairs = QCheckBox(strings.ANY_PAIRS, self)
        self.any_pairs.setToolTip(strings.ANY_PAIRS_TIP)
        self.any_pairs.setAccessibleDescription(strings.ANY_PAIRS_TIP)
        self.any_pairs.setChecked(schema.any_pairs)
        self._build_tree()
        self.form = SchemaForm(self)
        self.form.changed.connect(self._field_changed)
        self.trouble = QLabel(self)
        self.trouble.setObjectName("bad")
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.lay_out((self._middle(), self.trouble), strings.SAVE, self.take)
        for spec in schema.fields:
            self._add_item(spec, None)
        self.tree.expandAll()
        self.tree.currentItemChanged.connect(lambda item, _: self._show_field(item))
        self.tree.setCurrentItem(self.tree.topLevelItem(0))
        self._show_field(self.tree.currentItem())
        fit_to(self, parent, 4 * measures().tile + measures().space[5], 3 * measures().tile)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        read_along(self)

    # --- building ------------------------------------------------------------------------

    def _build_tree(self) -> None:
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(strings.FIELDS)
        self.tree.setHeaderLabels(
            [strings.COLUMN_NAME, strings.COLUMN_TYPE, strings.COLUMN_REQUIRED]
        )
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(measures().space[2])
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setMinimumHeight(measures().tile // 2)

    def _middle(self) -> QWidget:
        space = measures().space
        middle = QWidget(self)
        label = QLabel(strings.NAME, middle)
        label.setBuddy(self.name)
        self.name.setAccessibleName(strings.NAME.replace("&", ""))
        top = QHBoxLayout()
        top.setSpacing(space[1])
        top.addWidget(label)
        top.addWidget(self.name, 1)
        left = QVBoxLayout()
        left.setSpacing(space[1])
        left.addWidget(self.tree, 1)
        left.addWidget(self._tools(middle))
        both = QHBoxLayout()
        both.setSpacing(space[3])
        both.addLayout(left, 1)
        right = QVBoxLayout()
        right.addWidget(self.form)
        right.addStretch(1)
        both.addLayout(right, 1)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[2])
        column.addLayout(top)
        column.addWidget(self.any_pairs)
        column.addLayout(both, 1)
        return middle

    def _tools(self, parent: QWidget) -> QWidget:
        tools = QWidget(parent)
        flow = FlowLayout(tools, measures().space[0])
        self.add = self._button(strings.ADD_FIELD, self.add_field, tools)
        self.add_member = self._button(strings.ADD_COLUMN, self.add_column, tools)
        self.add_member.setToolTip(strings.ADD_COLUMN_TIP)
        self.add_member.setAccessibleDescription(strings.ADD_COLUMN_TIP)
        self.remove = self._button(strings.REMOVE_FIELD, self.remove_field, tools)
        self.up = self._button(strings.UP, lambda: self.move_field(-1), tools)
        self.down = self._button(strings.DOWN, lambda: self.move_field(1), tools)
        for one in (self.add, self.add_member, self.remove, self.up, self.down):
            flow.addWidget(one)
        return tools

    def _button(self, words: str, slot: Callable[[], object], parent: QWidget) -> QPushButton:
        button = QPushButton(words, parent)
        button.setObjectName("quiet")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: slot())
        return button

    # --- fields --------------------------------------------------------------------------

    def _add_item(self, spec: FieldSpec, above: QTreeWidgetItem | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        if above is None:
            self.tree.addTopLevelItem(item)
        else:
            above.addChild(item)
        for member in spec.fields:
            self._add_item(member, item)
        self._put(item, replace(spec, fields=()))
        return item

    def _put(self, item: QTreeWidgetItem, spec: FieldSpec) -> None:
        item.setData(0, _SPEC, spec)
        item.setText(0, spec.name)
        item.setText(1, strings.TYPES[spec.type])
        item.setText(2, strings.YES if spec.required else "")

    def _show_field(self, item: QTreeWidgetItem | None) -> None:
        spec = item.data(0, _SPEC) if item is not None else None
        in_table = item is not None and item.parent() is not None
        self.form.show_field(spec, in_table=in_table)
        self._show_tools(item)

    def _show_tools(self, item: QTreeWidgetItem | None) -> None:
        spec: FieldSpec | None = item.data(0, _SPEC) if item is not None else None
        top = (item.parent() or item) if item is not None else None
        head: FieldSpec | None = top.data(0, _SPEC) if top is not None else None
        self.add_member.setEnabled(head is not None and head.type in _MANY)
        for button in (self.remove, self.up, self.down):
            button.setEnabled(spec is not None)

    def _field_changed(self) -> None:
        item = self.tree.currentItem()
        if item is None:
            return
        spec = self.form.field
        self._put(item, spec)
        if spec.type not in _MANY:
            item.takeChildren()
        self._show_tools(item)

    def add_field(self) -> None:
        spec = FieldSpec(fill(strings.NEW_FIELD, number=self.tree.topLevelItemCount() + 1))
        self._begin(self._add_item(spec, None))

    def add_column(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            above = item.parent() or item
            spec = FieldSpec(fill(strings.NEW_FIELD, number=above.childCount() + 1))
            made = self._add_item(spec, above)
            above.setExpanded(True)
            self._begin(made)

    def choose_last(self) -> None:
        """The field that was added last."""
        count = self.tree.topLevelItemCount()
        if count:
            self._begin(self.tree.topLevelItem(count - 1))

    def _begin(self, item: QTreeWidgetItem) -> None:
        self.tree.setCurrentItem(item)
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.name.selectAll()

    def remove_field(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            (item.parent() or self.tree.invisibleRootItem()).removeChild(item)
            self._show_field(self.tree.currentItem())

    def move_field(self, by: int) -> None:
        item = self.tree.currentItem()
        if item is None:
            return
        above = item.parent() or self.tree.invisibleRootItem()
        at = above.indexOfChild(item)
        if 0 <= at + by < above.childCount():
            above.takeChild(at)
            above.insertChild(at + by, item)
            self.tree.setCurrentItem(item)

    # --- the schema ----------------------------------------------------------------------

    @property
    def schema(self) -> Schema:
        root = self.tree.invisibleRootItem()
        fields = tuple(_spec(root.child(number)) for number in range(root.childCount()))
        return Schema(self.name.text().strip(), fields, self.any_pairs.isChecked())

    def take(self) -> None:
        """What cannot be read back is not taken, and why is said."""
        schema = self.schema
        if not schema.fields and not schema.any_pairs:
            self._complain(strings.NO_FIELDS)
            return
        try:
            read = parse_json(to_json(schema), Path(schema.name or strings.TITLE))
        except AppError as error:
            self._complain(failure(error))
            return
        self._take_schema(read)
        self.accept()

    def _complain(self, words: str) -> None:
        self.trouble.setText(words)
        self.trouble.show()
        self.trouble.setAccessibleName(words)


def _spec(item: QTreeWidgetItem) -> FieldSpec:
    spec: FieldSpec = item.data(0, _SPEC)
    members = tuple(_spec(item.child(number)) for number in range(item.childCount()))
    return replace(spec, fields=members)
