"""One field of the recipe: its name, why it is so, what to set it with, and the way back."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train.recipe_fields import Field, Sort
from vlm_desktop.gui.panes.train.recipe_values import parsed, shown
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.strings import train_recipe_fields as words
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.typing_undo import TypingLine
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class FieldRow(QWidget):
    """Main thread."""

    edited = Signal(object)
    """Another value; None for the usual."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._usual: Any = None
        name = words.FIELD_NAMES[field.name]
        self.label = WrappedLabel(name, self)
        self.why = WrappedLabel(words.FIELD_WHYS[field.name], self, name="hint")
        self.note = WrappedLabel("", self, name="hint")
        self.trouble = WrappedLabel("", self, name="bad")
        self.trouble.hide()
        self.editor, self._inner = self._make_editor(name)
        self.label.setBuddy(self._inner)
        self.reset = QToolButton(self)
        self.reset.setIcon(icon("reset"))
        self.reset.clicked.connect(self._back)
        self._lay_out()

    def _lay_out(self) -> None:
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.hide()
        space, top = measures().space, Qt.AlignmentFlag.AlignTop
        self.editor.setFixedWidth(3 * measures().tile // 2)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(space[2])
        grid.setVerticalSpacing(0)
        for row, line in enumerate((self.label, self.why, self.note, self.trouble)):
            grid.addWidget(line, row, 0)
        grid.addWidget(self.editor, 0, 1, 4, 1, top)
        grid.addWidget(self.reset, 0, 2, 4, 1, top)
        grid.setColumnStretch(0, 1)

    # --- editors -------------------------------------------------------------------------

    def _make_editor(self, name: str) -> tuple[QWidget, QWidget]:
        """What is laid out, and what in it has the value and the focus."""
        made: QWidget
        match self.field.sort:
            case Sort.YES:
                made = box = QCheckBox(strings.YES, self)
                box.clicked.connect(lambda on: self._tell(bool(on)))
            case Sort.CHOICE:
                made = combo = QComboBox(self)
                for value in self.field.choices:
                    combo.addItem(words.FIELD_CHOICES[f"{self.field.name}.{value}"], value)
                combo.activated.connect(lambda _: self._tell(combo.currentData()))
                combo.installEventFilter(self)
            case _:
                made = line = TypingLine(self)
                line.editingFinished.connect(lambda: self._typed(line))
        made.setAccessibleName(name)
        made.setAccessibleDescription(self.why.text())
        made.setToolTip(f"[{self.field.part}] {self.field.key}")
        if self.field.sort is Sort.FILE:
            return self._with_button(made), made
        return made, made

    def _with_button(self, line: QWidget) -> QWidget:
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[0])
        button = QToolButton(both)
        button.setIcon(icon("folder"))
        button.setToolTip(strings.CHOOSE_FILE)
        button.setAccessibleName(strings.CHOOSE_FILE)
        button.clicked.connect(self._choose_file)
        row.addWidget(line, 1)
        row.addWidget(button)
        return both

    def _choose_file(self) -> None:
        before = str(Path(self._line.text()).parent) if self._line.text() else ""
        chosen, _ = QFileDialog.getOpenFileName(self, strings.CHOOSE_GENERAL, before)
        if chosen:
            self._tell(chosen)

    @property
    def _line(self) -> TypingLine:
        assert isinstance(self._inner, TypingLine), self._inner
        return self._inner

    # --- showing -------------------------------------------------------------------------

    def show_value(self, value: Any, usual: Any, is_said: bool, trouble: str) -> None:
        """What holds, what would hold if nobody said anything, and what is wrong with it."""
        self._usual = usual
        match self._inner:
            case QCheckBox() as box:
                box.setChecked(value is True)
            case QComboBox() as combo:
                if combo.findData(value) < 0:
                    combo.addItem(str(value), value)
                combo.setCurrentIndex(combo.findData(value))
            case TypingLine() as line:
                nothing = words.FIELD_NOTHING.get(self.field.name, "")
                line.setPlaceholderText(nothing)
                text = "" if nothing and not value else shown(value)
                if parsed(self.field.sort, line.text()) != parsed(self.field.sort, text):
                    line.setText(text)
                    line.setCursorPosition(0)
        usually = self._words(usual)
        form = strings.CHANGED_FROM if is_said else strings.USUALLY
        self.note.setText(fill(form, value=usually))
        back = fill(strings.BACK_TO, name=self.label.text(), value=usually)
        self.reset.setToolTip(back)
        self.reset.setAccessibleName(back)
        self.reset.setVisible(is_said)
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        spoken = (self.why.text(), self.note.text(), trouble)
        self._inner.setAccessibleDescription(" ".join(one for one in spoken if one))

    def _words(self, value: Any) -> str:
        if isinstance(value, bool):
            return strings.YES if value else strings.NO
        if not value and self.field.name in words.FIELD_NOTHING:
            return words.FIELD_NOTHING[self.field.name]
        return words.FIELD_CHOICES.get(f"{self.field.name}.{value}", shown(value))

    def take_focus(self) -> None:
        self._inner.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what a person does ----------------------------------------------------------------

    def _typed(self, line: TypingLine) -> None:
        if line.isModified():
            line.setModified(False)
            self._tell(parsed(self.field.sort, line.text()) if line.text().strip() else None)

    def _tell(self, value: Any) -> None:
        self.edited.emit(None if value == self._usual and value is not None else value)

    def _back(self) -> None:
        self.take_focus()
        self.edited.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The wheel scrolls the page and changes nothing on its way."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)
