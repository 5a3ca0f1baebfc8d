"""Filters to choose: a form of all of them, and a popover for the one on a chip."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import FilterChoices
from vlm_desktop.engine.querytext import PartKind, TypedPart
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.search.chip_words import chip_words
from vlm_desktop.gui.panes.search.filter_fields import Field, example_of, field_label, make_field
from vlm_desktop.gui.panes.search.popover import Popover
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures

FORM_KEYS = ("date", "place", "camera", "folder", "rating", "type", "size", "tag", "album")


class FilterForm(Popover):
    """Shows fields for `keys`; what is chosen comes as parts, one for each that is filled in."""

    chosen = Signal(object)
    """A list of `TypedPart`, at most one a key."""
    cleared = Signal()

    def __init__(self, keys: Sequence[str], parent: QWidget, name: str = "") -> None:
        super().__init__(name or strings.FILTERS_NAME, parent)
        self.fields: dict[str, Field] = {}
        form = QFormLayout()
        form.setSpacing(measures().space[1])
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for key in keys:
            field = make_field(key, self)
            words, first = field.labels[0]
            form.addRow(field_label(words, first, self), field)
            self.fields[key] = field
            field.changed.connect(self._check)
        self.trouble = QLabel(self)
        self.trouble.setObjectName("bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        alone = len(keys) == 1
        self.use = QPushButton(strings.CHANGE if alone else strings.USE_FILTERS, self)
        self.use.setObjectName("primary")
        self.use.setDefault(True)
        self.clear = QPushButton(strings.TAKE_AWAY if alone else strings.CLEAR_FILTERS, self)
        self.use.clicked.connect(self._use)
        self.clear.clicked.connect(self._clear)
        buttons = QHBoxLayout()
        buttons.addWidget(self.use)
        buttons.addWidget(self.clear)
        buttons.addStretch()
        self.column.addLayout(form)
        self.column.addWidget(self.trouble)
        self.column.addLayout(buttons)
        next(iter(self.fields.values())).setFocus()

    def offer(self, choices: FilterChoices) -> None:
        """Take up what the library's photos can be narrowed by."""
        for field in self.fields.values():
            field.offer(choices)

    def show_filters(self, parts: Sequence[TypedPart]) -> None:
        """Fill the fields in; of several parts of one key the last."""
        for part in parts:
            if part.key in self.fields:
                self.fields[part.key].set_value(part.value)

    def _check(self) -> None:
        wrong = [field for field in self.fields.values() if not field.is_good]
        self.use.setEnabled(not wrong)
        words = ""
        if wrong:
            name = wrong[0].labels[0][0].replace("&", "")
            words = fill(strings.NOT_UNDERSTOOD, field=name, example=example_of(wrong[0].key))
        changed = words != self.trouble.text()
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))
        if words and changed:
            announce(self.trouble, words)

    def _use(self) -> None:
        if not self.use.isEnabled():
            return
        parts = [
            TypedPart(PartKind.FILTER, f"{key}:{field.value()}")
            for key, field in self.fields.items()
            if field.value()
        ]
        self.chosen.emit(parts)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter in a field uses the filters; on the other button it presses that."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.clear.hasFocus():
                self._clear()
            else:
                self._use()
            return
        super().keyPressEvent(event)

    def _clear(self) -> None:
        self.cleared.emit()
        self.close()


def chip_form(part: TypedPart, parent: QWidget) -> FilterForm:
    """The popover of one filter's chip."""
    form = FilterForm([part.key], parent, chip_words(part))
    form.show_filters([part])
    return form
