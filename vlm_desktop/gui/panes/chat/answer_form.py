"""An answer that is JSON, as a form to read: one line for each of its fields."""

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures

_MOST_FIELDS = 60


class AnswerForm(QWidget):
    """Fields are read and copied, not changed: they are what the model said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.FORM_NAME)
        self._text = ""
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(measures().space[1])
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.fields: dict[str, QLineEdit] = {}

    def show_json(self, text: str) -> bool:
        """Show the fields; False when the text is no object of JSON."""
        if text == self._text:
            return bool(self.fields)
        self._text = text
        while self._form.rowCount():
            self._form.removeRow(0)
        self.fields = {}
        for name, value in fields_of(text)[:_MOST_FIELDS]:
            field = QLineEdit(value, self)
            field.setReadOnly(True)
            field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            field.setAccessibleName(name)
            field.setToolTip(value)
            field.setCursorPosition(0)
            label = QLabel(name.replace("&", "&&"), self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(field)
            label.setObjectName("muted")
            self._form.addRow(label, field)
            self.fields[name] = field
        return bool(self.fields)


def fields_of(text: str) -> list[tuple[str, str]]:
    """(path of the field, its value in words) of an object in JSON; empty for anything else."""
    try:
        read = json.loads(_bare(text))
    except ValueError:
        return []
    return list(_flat("", read)) if isinstance(read, dict) else []


def pretty(text: str) -> str:
    """An answer in JSON as a block of code, a field a line; anything else as it is."""
    try:
        read = json.loads(_bare(text))
    except ValueError:
        return text
    return f"```json\n{json.dumps(read, ensure_ascii=False, indent=2)}\n```"


def _bare(text: str) -> str:
    """Without the fence that models like to put around JSON."""
    text = text.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    return text


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    match value:
        case dict() if value:
            inner = ((f"{name}.{key}" if name else str(key), one) for key, one in value.items())
            return [row for key, one in inner for row in _flat(key, one)]
        case list() if any(isinstance(one, dict | list) for one in value):
            numbered = enumerate(value, 1)
            return [row for number, one in numbered for row in _flat(f"{name} {number}", one)]
        case list():
            return [(name, ", ".join(_word(one) for one in value))]
        case _:
            return [(name, _word(value))]


def _word(value: Any) -> str:
    if value is None or value == {}:
        return strings.FIELD_EMPTY
    if isinstance(value, bool):
        return strings.FIELD_YES if value else strings.FIELD_NO
    return str(value)
