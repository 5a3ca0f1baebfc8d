"""In which format a data set leaves the program."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import ExamplesFormat
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

ENDINGS = {ExamplesFormat.JSONL: "jsonl", ExamplesFormat.LLAVA: "json"}


@dataclass(frozen=True, slots=True)
class ExportWish:
    form: ExamplesFormat
    only_selected: bool = False


class ExportDialog(PlainDialog):
    """Main thread. The file is asked for by whoever takes the wish."""

    def __init__(
        self, name: str, selected: int, take: Callable[[ExportWish], object], parent: QWidget
    ) -> None:
        super().__init__(fill(strings.EXPORT_TITLE, name=name), strings.EXPORT_HINT, parent)
        self._take = take
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(strings.EXPORT_KIND_NAME)
        for form in ExamplesFormat:
            self.kind.addItem(strings.EXPORT_KINDS[form], form.value)
        self.about = QLabel(self)
        self.about.setObjectName("hint")
        self.about.setWordWrap(True)
        words = strings.counted(strings.EXPORT_SELECTED_ONE, strings.EXPORT_SELECTED, selected)
        self.only = QCheckBox(words, self)
        self.only.setVisible(selected > 0)
        self.only.setChecked(selected > 1)
        form_layout = QFormLayout()
        form_layout.setSpacing(measures().space[1])
        form_layout.addRow(strings.EXPORT_KIND, self.kind)
        form_layout.addRow("", self.about)
        self.lay_out((form_layout, self.only), strings.EXPORT_GO, self.take)
        self.kind.currentIndexChanged.connect(lambda _: self._show_hint())
        self._show_hint()
        TallEnough(self, measures().tile * 2)
        self.kind.setFocus()

    def _show_hint(self) -> None:
        hint = strings.EXPORT_KIND_HINTS[self.kind.currentData()]
        self.about.setText(hint)
        self.kind.setAccessibleDescription(hint)

    @property
    def wish(self) -> ExportWish:
        form = ExamplesFormat(self.kind.currentData())
        return ExportWish(form, self.only.isChecked() and not self.only.isHidden())

    def take(self) -> None:
        self.accept()
        self._take(self.wish)
