"""In which format objects go out, and of which pictures."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QWidget

from vlm_desktop.base.groundexports import ONE_FILE, ObjectsFormat
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

ONE, ALL = "one", "all"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """`only_this` picks the open picture; `with_pictures` copies pictures beside the files."""

    format: ObjectsFormat
    only_this: bool
    with_pictures: bool


class ExportDialog(PlainDialog):
    """Main thread. Where to is asked by whoever takes the wish."""

    def __init__(
        self, can_this: bool, count: int, take: Callable[[ExportWish], object], parent: QWidget
    ) -> None:
        super().__init__(strings.EXPORT_TITLE, strings.EXPORT_HINT, parent)
        self._take = take
        self.format = self._box(strings.FORMAT)
        for one in ObjectsFormat:
            self.format.addItem(strings.FORMATS[one.value], one.value)
        self.about = QLabel(self)
        self.about.setObjectName("hint")
        self.about.setWordWrap(True)
        self.which = self._box(strings.WHICH)
        if can_this:
            self.which.addItem(strings.WHICH_ONE, ONE)
        self.which.addItem(fill(strings.WHICH_ALL, count=count), ALL)
        self.pictures = QCheckBox(strings.WITH_PICTURES, self)
        self.pictures.setToolTip(strings.WITH_PICTURES_TIP)
        self.pictures.setAccessibleDescription(strings.WITH_PICTURES_TIP)
        form = QFormLayout()
        form.setSpacing(measures().space[1])
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(strings.FORMAT, self.format)
        form.addRow("", self.about)
        form.addRow(strings.WHICH, self.which)
        self.lay_out((form, self.pictures), strings.EXPORT_GO, self.take)
        self.format.currentIndexChanged.connect(lambda _: self._refresh())
        self._refresh()
        TallEnough(self, measures().tile * 3)
        self.format.setFocus()

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name.replace("&", ""))
        return box

    def choose(self, format_: ObjectsFormat) -> None:
        self.format.setCurrentIndex(self.format.findData(format_.value))

    @property
    def wish(self) -> ExportWish:
        chosen = ObjectsFormat(self.format.currentData())
        copies = self.pictures.isChecked() and self.pictures.isEnabled()
        return ExportWish(chosen, self.which.currentData() == ONE, copies)

    def _refresh(self) -> None:
        """Copies of pictures go into folders only."""
        chosen = ObjectsFormat(self.format.currentData())
        self.about.setText(strings.FORMAT_HINTS[chosen.value])
        self.format.setAccessibleDescription(strings.FORMAT_HINTS[chosen.value])
        self.pictures.setEnabled(chosen not in ONE_FILE and chosen is not ObjectsFormat.CUTOUTS)

    def take(self) -> None:
        self._take(self.wish)
        self.accept()
