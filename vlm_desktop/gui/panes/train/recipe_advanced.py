"""All that few people change: fields in groups that fold out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook
from vlm_desktop.gui.panes.train.recipe_curve import RateCurve
from vlm_desktop.gui.panes.train.recipe_field_row import FieldRow
from vlm_desktop.gui.panes.train.recipe_fields import GROUPS, Field
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.strings import train_recipe_fields as words
from vlm_desktop.gui.theme import measures

_ONE_OF = {"run.epochs": "steps", "run.steps": "epochs"}
"""Either says how long a run is; to say one takes the other back."""


class FieldGroup(QWidget):
    """A fold over rows. They are made when it is first opened. Main thread."""

    edited = Signal(object, object)
    """The `Field` and its new value, None for the usual."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.rows: list[FieldRow] = []
        self.curve: RateCurve | None = None
        self.head = QToolButton(self)
        self.head.setObjectName("section")
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setArrowType(Qt.ArrowType.RightArrow)
        self.head.toggled.connect(self._fold)
        self.head.setToolTip(words.GROUP_TIPS[name])
        self.body = QWidget(self)
        self.body.hide()
        space = measures().space
        self._inside = QVBoxLayout(self.body)
        self._inside.setContentsMargins(space[4], space[1], 0, space[2])
        self._inside.setSpacing(space[3])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.body)
        self._book: RecipeBook | None = None

    @property
    def is_open(self) -> bool:
        return self.head.isChecked()

    def show_book(self, book: RecipeBook) -> None:
        """What of the group means something to the kind in hand, or was said all the same."""
        self._book = book
        fields = _fields(self.name, book)
        said = sum(book.is_said(one.part, one.key) for one in fields)
        wrong = any(book.trouble(one.part, one.key) for one in fields)
        title = words.GROUP_NAMES[self.name]
        if said:
            title = fill(strings.GROUP_CHANGED, name=title, count=said)
        self.head.setText(fill(strings.GROUP_WRONG, name=title) if wrong else title)
        self.setVisible(bool(fields))
        if self.is_open:
            self._fill(fields, book)

    def open_at(self, part: str, key: str) -> bool:
        """Fold out and give a field the focus; False if it is none of these."""
        if self._book is None:
            return False
        if not any((one.part, one.key) == (part, key) for one in _fields(self.name, self._book)):
            return False
        self.head.setChecked(True)
        next(one for one in self.rows if one.field.key == key).take_focus()
        return True

    def _fold(self, is_open: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self.head.setArrowType(arrow)
        if is_open and self._book is not None:
            self._fill(_fields(self.name, self._book), self._book)
        self.body.setVisible(is_open)

    def _fill(self, fields: tuple[Field, ...], book: RecipeBook) -> None:
        if tuple(row.field for row in self.rows) != fields:
            self._make(fields)
        for row in self.rows:
            part, key = row.field.part, row.field.key
            row.show_value(
                book.value(part, key), book.usual(part, key), book.is_said(part, key),
                book.trouble(part, key),
            )  # fmt: skip
        if self.curve is not None and book.look is not None:
            schedule = words.FIELD_CHOICES[f"run.schedule.{book.look.recipe.run.schedule}"]
            warmup = round(book.look.recipe.run.warmup * book.look.steps)
            said = fill(strings.CURVE_SAID, warmup=warmup, steps=book.look.steps, falls=schedule)
            self.curve.show_curve(book.look.curve, said)

    def _make(self, fields: tuple[Field, ...]) -> None:
        for old in (*self.rows, self.curve):
            if old is not None:
                old.hide()
                self._inside.removeWidget(old)
                old.deleteLater()
        self.rows, self.curve = [], None
        for field in fields:
            row = FieldRow(field, self.body)
            row.edited.connect(lambda value, field=field: self.edited.emit(field, value))
            self._inside.addWidget(row)
            self.rows.append(row)
            if field.name == "run.warmup":
                self.curve = RateCurve(self.body)
                self._inside.addWidget(self.curve)


class Advanced(QWidget):
    """All groups. Main thread."""

    def __init__(self, book: RecipeBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self.groups = {name: FieldGroup(name, self) for name in GROUPS}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for group in self.groups.values():
            group.edited.connect(self._say)
            column.addWidget(group)
        book.changed.connect(self.show_book)

    def show_book(self) -> None:
        for group in self.groups.values():
            group.show_book(self._book)

    def go_to(self, part: str, key: str) -> bool:
        """Give a field the focus; False if there is none of this key."""
        return any(group.open_at(part, key) for group in self.groups.values())

    def _say(self, field: Field, value: object) -> None:
        values = {field.key: value}
        if value is not None and field.name in _ONE_OF:
            values[_ONE_OF[field.name]] = None
        name = fill(strings.CHANGE_OF, name=words.FIELD_NAMES[field.name])
        self._book.say(name, field.part, **values)


def _fields(group: str, book: RecipeBook) -> tuple[Field, ...]:
    """Those of the kind, and those that a file said although they mean nothing to it."""
    mine = tuple(one for one in GROUPS[group] if book.kind in one.kinds)
    keys = {one.key for one in mine}
    others = (one for one in GROUPS[group] if one.key not in keys)
    return (*mine, *(one for one in others if book.is_said(one.part, one.key)))
