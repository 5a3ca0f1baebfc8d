"""What is asked before an adapter is compared, merged or exported, and texts that belong to one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.adapters import MOST_STRENGTH, AdapterInfo
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.strings import shell as shell_strings
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough, fit_to
from vlm_desktop.gui.widgets.number_box import NumberBox
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

STEPS, NOTHING = "", "-"
OF_RUN, OF_FILE = "", "-"
_STEP = 5
_WIDE, _HIGH = 640, 520


@dataclass(frozen=True, slots=True)
class CompareWish:
    """`beside` is None for other checkpoints of the run; else ids of adapters, or nothing.
    `dataset` is the name of one, "" for what the run held out; `asks_file` that a file is named.
    """

    beside: tuple[str, ...] | None
    dataset: str
    asks_file: bool


class CompareDialog(PlainDialog):
    """Main thread."""

    def __init__(
        self,
        info: AdapterInfo,
        others: Sequence[AdapterInfo],
        datasets: Sequence[str],
        take: Callable[[CompareWish], object],
        parent: QWidget,
    ) -> None:
        hint = fill(strings.COMPARE_HINT, name=info.name, base=words.base_name(info))
        super().__init__(strings.COMPARE_TITLE, hint, parent)
        self._take = take
        self.beside, self.data = QComboBox(self), QComboBox(self)
        if info.run:
            self.beside.addItem(strings.WITH_STEPS, STEPS)
            self.data.addItem(strings.ON_RUN, OF_RUN)
        for one in others:
            self.beside.addItem(one.name, one.id)
        self.beside.addItem(strings.WITH_NOTHING, NOTHING)
        for name in datasets:
            self.data.addItem(fill(strings.ON_SET, name=name), name)
        self.data.addItem(strings.ON_FILE, OF_FILE)
        form = QFormLayout()
        form.setSpacing(measures().space[1])
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, box in ((strings.COMPARE_WITH, self.beside), (strings.COMPARE_ON, self.data)):
            box.setAccessibleName(label.replace("&", ""))
            form.addRow(label, box)
        self.lay_out((form,), strings.COMPARE_GO, self.take)
        TallEnough(self, measures().tile * 3)
        self.beside.setFocus()

    @property
    def wish(self) -> CompareWish:
        beside, data = self.beside.currentData(), self.data.currentData()
        chosen = None if beside == STEPS else () if beside == NOTHING else (beside,)
        return CompareWish(chosen, "" if data == OF_FILE else data, data == OF_FILE)

    def take(self) -> None:
        wish = self.wish
        self.accept()
        self._take(wish)


class StrengthDialog(PlainDialog):
    """With which strength an adapter goes into weights or graphs. Main thread."""

    def __init__(
        self,
        title: str,
        hint: str,
        go: str,
        strength: float,
        take: Callable[[float], object],
        parent: QWidget,
    ) -> None:
        super().__init__(title, hint, parent)
        self._take = take
        self.strength = NumberBox(self)
        self.strength.setRange(_STEP, round(100 * MOST_STRENGTH))
        self.strength.setSingleStep(_STEP)
        self.strength.setSuffix(strings.PERCENT)
        self.strength.setValue(words.percent(strength))
        self.strength.setAccessibleName(strings.MERGE_STRENGTH.replace("&", ""))
        form = QFormLayout()
        form.addRow(strings.MERGE_STRENGTH, self.strength)
        self.lay_out((form,), go, self.take)
        TallEnough(self, measures().tile * 3)
        self.strength.setFocus()

    def take(self) -> None:
        strength = self.strength.value() / 100
        self.accept()
        self._take(strength)


class TextDialog(QDialog):
    """A text to read and to copy from. Main thread."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(strings.TEXT_NAME)
        self.text.setPlainText(text)
        shut = QPushButton(shell_strings.CLOSE, self)
        shut.setObjectName("primary")
        shut.setDefault(True)
        shut.clicked.connect(self.accept)
        self.finished.connect(self.deleteLater)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(shut)
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[2])
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        fit_to(self, parent, _WIDE, _HIGH)
