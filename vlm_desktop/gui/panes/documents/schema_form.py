"""The form of one field of a schema: name, type, labels, description, pattern, options."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.gui.strings import documents_schema as strings
from vlm_desktop.gui.theme import measures

_MANY = (FieldType.TABLE, FieldType.GROUP)
_PATTERNED = (FieldType.TEXT, FieldType.NUMBER)


class SchemaForm(QWidget):
    """Main thread."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._quiet = False
        self._members: tuple[FieldSpec, ...] = ()
        self._kept = FieldSpec("")
        self.name = self._line("", strings.FIELD_NAME)
        self.type = QComboBox(self)
        self.required = QCheckBox(strings.FIELD_REQUIRED, self)
        self.aliases = self._line(strings.FIELD_ALIASES_HINT, strings.FIELD_ALIASES)
        self.aliases.setToolTip(strings.FIELD_ALIASES_TIP)
        self.aliases.setAccessibleDescription(strings.FIELD_ALIASES_TIP)
        self.description = self._line(strings.FIELD_DESCRIPTION_HINT, strings.FIELD_DESCRIPTION)
        self.pattern = self._line(strings.FIELD_PATTERN_HINT, strings.FIELD_PATTERN)
        self.options = self._line(strings.FIELD_OPTIONS_HINT, strings.FIELD_OPTIONS)
        self.type.setAccessibleName(strings.FIELD_TYPE.replace("&", ""))
        self.show_types(in_table=False)
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(measures().space[1])
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, field in (
            (strings.FIELD_NAME, self.name),
            (strings.FIELD_TYPE, self.type),
            ("", self.required),
            (strings.FIELD_ALIASES, self.aliases),
            (strings.FIELD_DESCRIPTION, self.description),
            (strings.FIELD_PATTERN, self.pattern),
            (strings.FIELD_OPTIONS, self.options),
        ):
            label = QLabel(words, self)
            label.setBuddy(field)
            self.form.addRow(label, field)
        for line in (self.name, self.aliases, self.description, self.pattern, self.options):
            line.textEdited.connect(lambda _: self._say())
        self.type.activated.connect(lambda _: self._say())
        self.required.clicked.connect(lambda _: self._say())

    def _line(self, hint: str, name: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setPlaceholderText(hint)
        line.setAccessibleName(name.replace("&", ""))
        return line

    def show_types(self, *, in_table: bool) -> None:
        """Members of tables and groups are no tables themselves."""
        wanted = [one for one in FieldType if not in_table or one not in _MANY]
        if self.type.count() != len(wanted):
            self.type.clear()
            for one in wanted:
                self.type.addItem(strings.TYPES[one], one.value)

    def show_field(self, spec: FieldSpec | None, *, in_table: bool = False) -> None:
        """None for none: nothing can be typed then."""
        self._quiet = True
        self.setEnabled(spec is not None)
        self.show_types(in_table=in_table)
        self._kept = spec or FieldSpec("")
        for line, text in (
            (self.name, self._kept.name),
            (self.aliases, ", ".join(self._kept.aliases)),
            (self.description, self._kept.description),
            (self.pattern, self._kept.pattern),
            (self.options, ", ".join(self._kept.options)),
        ):
            line.setText(text)
            line.setCursorPosition(0)
        self.type.setCurrentIndex(max(0, self.type.findData(self._kept.type.value)))
        self.required.setChecked(self._kept.required)
        self._quiet = False
        self._show_parts()

    @property
    def field(self) -> FieldSpec:
        """What is said, without members."""
        kind = FieldType(self.type.currentData())
        return FieldSpec(
            name=self.name.text().strip(),
            type=kind,
            description=self.description.text().strip(),
            aliases=_words(self.aliases.text()),
            required=self.required.isChecked(),
            pattern=self.pattern.text() if kind in _PATTERNED else "",
            options=_words(self.options.text()) if kind is FieldType.ENUM else (),
        )

    def _say(self) -> None:
        self._show_parts()
        if not self._quiet:
            self.changed.emit()

    def _show_parts(self) -> None:
        """Only what matters for the type."""
        kind = self.type.currentData()
        self.form.setRowVisible(self.pattern, kind in [one.value for one in _PATTERNED])
        self.form.setRowVisible(self.options, kind == FieldType.ENUM.value)


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
