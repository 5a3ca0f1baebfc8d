"""One setting in the form: its name, what to set it with, a sentence, and the way back."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.settings import DEFAULTS, RULES, Acts, Rule, Value
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.number_box import NumberBox

_SETTLE_MS = 500
_EDITOR_WIDTH = 280
_WORDS_WIDTH = 160
_FREE_TEXTS = ("hub_endpoint",)
"""Settings a person writes; other texts are chosen from a list."""


class SettingRow(QWidget):
    """Shows a value and tells when a person chose another. Main thread."""

    edited = Signal(str, object)
    """The setting's name and its new value."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.rule: Rule = RULES[name]
        self.label = QLabel(strings.LABELS[name], self)
        self.sentence = QLabel(strings.SENTENCES[name], self)
        self.note = QLabel(strings.ACTS[self.rule.acts], self)
        self.editor = self._make_editor()
        self.reset = QToolButton(self)
        self._at_start: Value | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        self._build()
        self.show_value(getattr(DEFAULTS, name))

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.label.setBuddy(self.editor)
        self.label.setWordWrap(True)
        for line in (self.sentence, self.note):
            line.setObjectName("hint")
            line.setWordWrap(True)
        for line in (self.label, self.sentence, self.note):
            line.setMinimumWidth(_WORDS_WIDTH)  # Qt asks for much more for long sentences
        self.note.setVisible(bool(self.note.text()))
        self.editor.setAccessibleName(self.label.text())
        self.editor.setAccessibleDescription(f"{self.sentence.text()} {self.note.text()}".strip())
        self.editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editor.setFixedWidth(_EDITOR_WIDTH)
        self.editor.installEventFilter(self)
        self.reset.setIcon(icon("reset"))
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.clicked.connect(self._reset)
        words = fill(strings.RESET, name=self.label.text(), value=shown(self.name, self._default))
        self.reset.setToolTip(words)
        self.reset.setAccessibleName(words)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(measures().space[3])
        layout.setVerticalSpacing(measures().space[0] // 2)
        layout.addWidget(self.label, 0, 0)
        layout.addWidget(self.sentence, 1, 0)
        layout.addWidget(self.note, 2, 0)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(self.editor, 0, 1, 3, 1, top)
        layout.addWidget(self.reset, 0, 2, 3, 1, top)
        layout.setColumnStretch(0, 1)

    @property
    def _default(self) -> Value:
        default: Value = getattr(DEFAULTS, self.name)
        return default

    def _make_editor(self) -> QWidget:
        if isinstance(self._default, bool):
            box = QCheckBox(strings.ON, self)
            box.toggled.connect(self._tell)
            return box
        if self.name in _FREE_TEXTS:
            line = QLineEdit(self)
            add_clear_button(line)
            line.setPlaceholderText(strings.HUB_HINT)
            line.editingFinished.connect(self._tell)
            return line
        if isinstance(self._default, str):
            combo = QComboBox(self)
            shortened = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            combo.setSizeAdjustPolicy(shortened)
            for choice in self.rule.choices:
                combo.addItem(strings.CHOICES[f"{self.name}.{choice}"], choice)
            combo.activated.connect(self._tell)
            return combo
        return self._make_number()

    def _make_number(self) -> QSpinBox:
        rule = self.rule
        spin = NumberBox(self)
        spin.setRange(round(rule.least / rule.per_unit), round(rule.most / rule.per_unit))
        spin.setSingleStep(max(1, round(rule.step / rule.per_unit)))
        spin.setSuffix(strings.UNITS[rule.unit])
        spin.setGroupSeparatorShown(True)
        spin.setKeyboardTracking(False)
        spin.lineEdit().setTextMargins(measures().space[1] - 2, 0, 0, 0)
        # The stylesheet's padding does not reach the line inside.
        spin.lineEdit().setTextMargins(measures().space[1] - 2, 0, 0, 0)
        if rule.zero_is_auto:
            spin.setSpecialValueText(strings.AUTOMATIC)
        spin.valueChanged.connect(self._settle_down)
        return spin

    def set_choices(self, choices: list[tuple[str, str]]) -> None:
        """(value, what a person reads) of a setting whose choices are found out on the way."""
        combo, current = self.editor, self.value()
        assert isinstance(combo, QComboBox)
        combo.clear()
        for value, text in choices:
            combo.addItem(text, value)
        self.show_value(current)

    # --- values --------------------------------------------------------------------------

    def value(self) -> Value:
        """What the editor says now."""
        match self.editor:
            case QCheckBox() as box:
                return box.isChecked()
            case QLineEdit() as line:
                return line.text().strip()
            case QComboBox() as combo:
                return str(combo.currentData() or self._default)
            case QSpinBox() as spin:
                return type(self._default)(spin.value() * self.rule.per_unit)
        raise AssertionError(self.editor)

    def show_value(self, value: Value) -> None:
        """Show what is set; nobody is told."""
        self._settle.stop()
        self.editor.blockSignals(True)
        match self.editor:
            case QCheckBox() as box:
                box.setChecked(bool(value))
            case QLineEdit() as line:
                line.setText(str(value))
                line.setCursorPosition(0)
            case QComboBox() as combo:
                if combo.findData(value) < 0:
                    combo.addItem(shown(self.name, value), value)
                combo.setCurrentIndex(combo.findData(value))
            case QSpinBox() as spin:
                spin.setValue(round(float(value) / self.rule.per_unit))
        self.editor.blockSignals(False)
        self.reset.setVisible(value != self._default)
        if self._at_start is None:
            self._at_start = value

    def show_stored(self, value: Value, at_start: Value) -> None:
        """Show what is set, and whether the program runs with another value until it ends."""
        self.show_value(value)
        waits = self.rule.acts is Acts.RESTART and value != at_start
        self.note.setText(strings.RESTART_NEEDED if waits else strings.ACTS[self.rule.acts])
        self.note.setObjectName("careful" if waits else "hint")
        self.note.style().polish(self.note)

    def matches(self, words: list[str]) -> bool:
        """Whether every word stands in the name, the sentence or the choices."""
        texts = [
            self.label.text(),
            self.sentence.text(),
            strings.GROUPS[self.rule.group],
            self.name.replace("_", " "),  # as the file and the manual call it
        ]
        if isinstance(self.editor, QComboBox):
            texts += [self.editor.itemText(index) for index in range(self.editor.count())]
        text = " ".join(texts).casefold()
        return all(word in text for word in words)

    # --- what a person does --------------------------------------------------------------

    def _settle_down(self) -> None:
        """Many steps of the arrow are one change."""
        self._settle.start()

    def _tell(self) -> None:
        self._settle.stop()
        self.edited.emit(self.name, self.value())

    def _reset(self) -> None:
        self.editor.setFocus()
        self.edited.emit(self.name, self._default)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The wheel scrolls the page and never changes a value on its way."""
        if watched is self.editor and event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        left = watched is self.editor and event.type() == QEvent.Type.FocusOut
        if left and self._settle.isActive():
            self._tell()
        return super().eventFilter(watched, event)


def shown(name: str, value: Value) -> str:
    """A value as a person reads it."""
    rule = RULES[name]
    if isinstance(value, bool):
        return strings.ON if value else strings.OFF
    if isinstance(value, str):
        return strings.CHOICES.get(f"{name}.{value}", value)
    if rule.zero_is_auto and not value:
        return strings.AUTOMATIC
    return fill("{value:,.0f}", value=value / rule.per_unit) + strings.UNITS[rule.unit]
