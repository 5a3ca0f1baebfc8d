"""One field for each kind of filter: what the form and a chip's popover are made of."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from vlm_desktop.base.errors import BadFilter
from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import FilterChoices
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.querytext import add_filter, place_value
from vlm_desktop.gui.panes.search.chip_words import point_words
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.number_box import NumberBox

_MOST_PIXELS = 100_000
_STARS = 5


class Field(QWidget):
    """Edits the value of one filter key. `labels` are its inputs with the words beside them."""

    changed = Signal()

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.labels: list[tuple[str, QWidget]] = []
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(measures().space[1])

    def value(self) -> str:
        """As after the key in a query; "" for no restriction."""
        raise NotImplementedError

    def set_value(self, value: str) -> None:
        """Show a value; "" for none."""
        raise NotImplementedError

    def offer(self, choices: FilterChoices) -> None:
        """Take up what the library's photos can be narrowed by."""

    @property
    def is_good(self) -> bool:
        """Whether the value is empty or understood."""
        value = self.value()
        try:
            add_filter(Filters(), f"{self.key}:{value}" if value else "tag:x")
        except BadFilter:
            return False
        return True

    def _add(self, words: str, widget: QWidget) -> None:
        """An input and what it is called, without the mark of its key."""
        widget.setAccessibleName(words.replace("&", ""))
        self.labels.append((words, widget))
        self.row.addWidget(widget, 1)
        self.setFocusProxy(self.labels[0][1])


def field_label(words: str, buddy: QWidget, parent: QWidget) -> QLabel:
    """A label with room for its last letter: with a line under its key it is drawn unkerned."""
    label = QLabel(words, parent)
    label.setBuddy(buddy)
    label.setMinimumWidth(label.sizeHint().width() + measures().space[0])
    return label


class DateField(Field):
    """From and to: a year, a month or a day."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("date", parent)
        self.first, self.last = QLineEdit(self), QLineEdit(self)
        for words, line in ((strings.FIELD_FROM, self.first), (strings.FIELD_TO, self.last)):
            if self.labels:
                self.row.addWidget(field_label(words, line, self))
            line.setPlaceholderText(strings.DATE_EXAMPLE)
            line.setToolTip(strings.DATE_EXAMPLE)
            line.textChanged.connect(self.changed)
            self._add(words, line)

    def value(self) -> str:
        first, last = self.first.text().strip(), self.last.text().strip()
        if first == last:
            return first
        return f"{first}..{last}"

    def set_value(self, value: str) -> None:
        first, dots, last = value.partition("..")
        self.first.setText(first)
        self.last.setText(last if dots else first)


class ChoiceField(Field):
    """A list to choose from; `editable` where a part of a name may be typed as well."""

    def __init__(
        self, key: str, words: str, *, editable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(key, parent)
        self.box = QComboBox(self)
        self.box.setEditable(editable)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setMinimumContentsLength(18)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.addItem("" if editable else strings.ANY, "")
        line = self.box.lineEdit()
        if line is not None:
            line.setPlaceholderText(strings.ANY)
            line.setAccessibleName(words.replace("&", ""))
        self.box.currentTextChanged.connect(self.changed)
        self._add(words, self.box)

    def put(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer (words, value); what is chosen or typed stays."""
        value = self.value()
        self.box.blockSignals(True)  # noqa: FBT003  Qt's own
        while self.box.count() > 1:
            self.box.removeItem(1)
        for words, offered in choices:
            self.box.addItem(words, offered)
        self.box.blockSignals(False)  # noqa: FBT003
        self.set_value(value)

    def value(self) -> str:
        text = self.box.currentText().strip()
        found = self.box.findText(text)
        return str(self.box.itemData(found) or "") if found >= 0 else text

    def set_value(self, value: str) -> None:
        found = self.box.findData(value)
        if found >= 0:
            self.box.setCurrentIndex(found)
            if self.box.isEditable():
                self.box.setEditText(self.box.itemText(found))
        elif self.box.isEditable():
            self.box.setCurrentIndex(-1)
            self.box.setEditText(value)

    def offer(self, choices: FilterChoices) -> None:
        offered = {
            "camera": [(one, one) for one in choices.cameras],
            "folder": [(path.name or str(path), str(path)) for path in choices.folders],
            "tag": [(one, one) for one in choices.tags],
            "album": [(one, one) for one in choices.albums],
            "place": [
                (
                    fill(
                        strings.PLACE_CHOICE,
                        place=point_words(one.latitude, one.longitude),
                        photos=strings.photos(one.photos),
                    ),
                    place_value(one.around()),
                )
                for one in choices.places
            ],
        }
        if self.key in offered:
            self.put(offered[self.key])


class SizeField(Field):
    """Pixels of the shorter side; 0 is no bound."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("size", parent)
        self.least, self.most = NumberBox(self), NumberBox(self)
        for words, box in ((strings.FIELD_LEAST, self.least), (strings.FIELD_MOST, self.most)):
            if self.labels:
                self.row.addWidget(field_label(words, box, self))
            box.setRange(0, _MOST_PIXELS)
            box.setSingleStep(100)
            box.setSuffix(strings.PIXELS)
            box.setSpecialValueText(strings.ANY)
            box.valueChanged.connect(self.changed)
            self._add(words, box)

    def value(self) -> str:
        least, most = self.least.value() or "", self.most.value() or ""
        return f"{least}..{most}" if least or most else ""

    def set_value(self, value: str) -> None:
        low, dots, high = value.replace("-", "..").partition("..")
        self.least.setValue(int(low) if low.isdecimal() else 0)
        self.most.setValue(int(high) if dots and high.isdecimal() else 0)


def make_field(key: str, parent: QWidget | None = None) -> Field:
    """The field for a filter's key."""
    match key:
        case "date":
            return DateField(parent)
        case "size":
            return SizeField(parent)
        case "rating":
            field = ChoiceField(key, strings.FIELD_RATING, editable=False, parent=parent)
            more = [(fill(strings.STARS, count=n), str(n)) for n in range(2, _STARS + 1)]
            field.put([(strings.STARS_ONE, "1"), *more])
            return field
        case "type":
            field = ChoiceField(key, strings.FIELD_TYPE, editable=False, parent=parent)
            field.put([(words, kind) for kind, words in strings.TYPES.items()])
            return field
    words = {
        "camera": strings.FIELD_CAMERA,
        "folder": strings.FIELD_FOLDER,
        "place": strings.FIELD_PLACE,
        "tag": strings.FIELD_TAG,
        "album": strings.FIELD_ALBUM,
    }[key]
    field = ChoiceField(key, words, parent=parent)
    if key == "place":
        field.box.setToolTip(strings.PLACE_EXAMPLE)
    return field


def example_of(key: str) -> str:
    """How a value is written, for one that was not understood."""
    return {"date": strings.DATE_EXAMPLE, "place": strings.PLACE_EXAMPLE}.get(key, strings.ANY)
