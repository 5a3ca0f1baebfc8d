"""What was checked: sums, dates, ids; where a small change makes all balance, it is offered."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.documents import Check, CheckKind, Repair
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.entries import label_of
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_MOST_REPAIRS = 3


class CheckRow(QFrame):
    """One check: a sentence, and for one that fails what would make it hold."""

    chosen = Signal(object)
    """The key of a field it looked at."""
    repair_wanted = Signal(object)
    """A set of `Repair`s to be made together."""

    def __init__(self, check: Check, parent: QWidget) -> None:
        super().__init__(parent)
        self.check = check
        self.setObjectName("field")
        name = "careful" if check.ok is False else "muted"
        self.sentence = WrappedLabel(check_words(check), self, name=name)
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[0], space[1], space[0])
        column.setSpacing(space[0])
        column.addWidget(self.sentence)
        self.applies: list[QPushButton] = []
        for repairs in check.repairs[:_MOST_REPAIRS] if check.ok is False else ():
            offer = WrappedLabel(offer_words(repairs), self)
            button = QPushButton(strings.APPLY, self)
            button.setAccessibleName(fill(strings.APPLY_NAME, offer=offer.text()))
            button.clicked.connect(lambda _=False, one=repairs: self.repair_wanted.emit(one))
            column.addWidget(offer)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.applies.append(button)
        if check.ok is False:
            column.addWidget(self._fields())

    def _fields(self) -> QWidget:
        """A button for each field the check looked at."""
        tools = QWidget(self)
        flow = FlowLayout(tools, measures().space[0])
        for name, row in self.check.fields[:6]:
            button = QPushButton(label_of(name), tools)
            button.setObjectName("quiet")
            button.setAccessibleName(fill(strings.GO_TO_FIELD, name=label_of(name)))
            button.clicked.connect(lambda _=False, key=(name, row): self.chosen.emit(key))
            flow.addWidget(button)
        return tools


class ChecksPanel(QWidget):
    """Those that fail first; those that hold are counted in one line. Main thread."""

    chosen = Signal(object)
    repair_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[CheckRow] = []
        self._shown: tuple[Check, ...] | None = None
        self.passed = WrappedLabel(parent=self, name="hint")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(measures().space[0])
        self._column.addWidget(self.passed)

    def show_checks(self, checks: Sequence[Check]) -> None:
        if tuple(checks) == self._shown:
            return
        self._shown = tuple(checks)
        for row in self.rows:
            row.hide()
            row.deleteLater()
        failing = [one for one in checks if one.ok is False]
        self.rows = [CheckRow(one, self) for one in failing]
        for at, row in enumerate(self.rows):
            row.chosen.connect(self.chosen)
            row.repair_wanted.connect(self.repair_wanted)
            self._column.insertWidget(at, row)
        self.passed.setText(passed_words(checks))
        self.passed.setVisible(bool(self.passed.text()))


def failing_count(checks: Sequence[Check]) -> int:
    return sum(1 for one in checks if one.ok is False)


def check_words(check: Check) -> str:
    """A sentence about a check that fails."""
    names = ", ".join(dict.fromkeys(label_of(name) for name, _ in check.fields))
    detail = strings.CHECK_DETAILS.get(check.detail, check.detail)
    sums = check.kind in (CheckKind.SUM, CheckKind.TAX, CheckKind.LINE)
    form = strings.CHECK_BARE if sums and not check.expected else strings.CHECKS_FAILED[check.kind]
    return fill(form, fields=names, expected=check.expected, found=check.found, detail=detail)


def offer_words(repairs: Sequence[Repair]) -> str:
    """ "Reading “116.00” as “110.00” in Total would make it balance." """
    changes = "; ".join(
        fill(strings.REPAIR, name=label_of(one.name), old=one.old, new=one.new) for one in repairs
    )
    return fill(strings.REPAIR_OFFER, changes=changes)


def passed_words(checks: Sequence[Check]) -> str:
    held = [one for one in checks if one.ok]
    if not held:
        return ""
    kinds = ", ".join(dict.fromkeys(strings.CHECK_KINDS[one.kind] for one in held))
    form = strings.CHECKS_HELD_ONE if len(held) == 1 else strings.CHECKS_HELD
    return fill(form, count=len(held), kinds=kinds)
