"""What the text says, claim by claim, with what speaks for each and against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.altchecks import Claim, Field
from vlm_desktop.gui.panes.alttext.claim_list import ClaimList
from vlm_desktop.gui.panes.alttext.claim_words import claim_words, evidence_words
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim of the ledger of a field, and whether a person approved it.

    `is_placed`: its `start` and `end` are places in what stands in the field now.
    """

    field: Field
    number: int
    claim: Claim
    approved: bool = False
    is_placed: bool = True


class ClaimsPanel(QWidget):
    """Shows rows and says what is wanted of them. Main thread."""

    check_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ClaimRow, ...] = ()
        self.check = QPushButton(strings.CHECK, self)
        self.check.setToolTip(strings.CHECK_TIP)
        self.check.setAccessibleDescription(strings.CHECK_TIP)
        self.check.clicked.connect(self.check_wanted)
        self.stop = QPushButton(strings.STOP, self)
        self.stop.clicked.connect(self.stop_wanted)
        self.stop.hide()
        self.note = self._label("hint")
        self.list = ClaimList(self)
        self.list.currentRowChanged.connect(lambda _: self._show_current())
        self.evidence = self._label("hint")
        self.evidence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.evidence.setAccessibleName(strings.EVIDENCE)
        self.approve = self._quiet(strings.APPROVE_CLAIM, strings.APPROVE_CLAIM_TIP)
        self.approve.clicked.connect(lambda: self.list.approved.emit(self.list.currentRow()))
        self.strike = self._quiet(strings.STRIKE, strings.STRIKE_TIP)
        self.strike.clicked.connect(lambda: self.list.struck.emit(self.list.currentRow()))
        self.explain = self._quiet(strings.MEANING_TITLE, "")
        self.explain.setCheckable(True)
        self.meaning = self._label("muted")
        self.meaning.setText(f"{strings.MEANING}\n{strings.MEASURED}")
        self.explain.toggled.connect(self.meaning.setVisible)
        self.meaning.hide()
        self._lay_out()
        self.show_rows((), strings.NOT_CHECKED)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMinimumWidth(measures().hairline)  # else its longest word would widen the column
        return label

    def _quiet(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button

    def _lay_out(self) -> None:
        space = measures().space
        top = QWidget(self)
        first = FlowLayout(top, space[0])
        for one in (self.check, self.stop):
            first.addWidget(one)
        self.tools = QWidget(self)
        buttons = FlowLayout(self.tools, space[0])
        buttons.addWidget(self.approve)
        buttons.addWidget(self.strike)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        for one in (top, self.note, self.list, self.tools, self.evidence):
            column.addWidget(one)
        column.addWidget(self.explain, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.meaning)

    # --- what is shown -------------------------------------------------------------------

    def show_rows(self, rows: Sequence[ClaimRow], note: str) -> None:
        """Claims, and a line above them; the current one stays current."""
        self.rows = tuple(rows)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.list.show_claims(
            [claim_words(one.claim, one.field, approved=one.approved) for one in self.rows],
            [(one.claim.state, one.approved) for one in self.rows],
            [evidence_words(one.claim.evidence) for one in self.rows],
        )
        for part in (self.list, self.tools, self.evidence):
            part.setVisible(bool(self.rows))
        self._show_current()

    def show_running(self, words: str) -> None:
        """How far the check is; "" where none runs."""
        self.stop.setVisible(bool(words))
        self.check.setEnabled(not words)
        if words:
            self.note.setText(words)
            self.note.show()

    @property
    def current(self) -> ClaimRow | None:
        return self.row(self.list.currentRow())

    def row(self, number: int) -> ClaimRow | None:
        return self.rows[number] if 0 <= number < len(self.rows) else None

    def choose(self, number: int) -> None:
        if 0 <= number < len(self.rows):
            self.list.setCurrentRow(number)

    def _show_current(self) -> None:
        row = self.current
        self.evidence.setText(evidence_words(row.claim.evidence) if row is not None else "")
        back = row is not None and row.approved
        self.approve.setText(strings.TAKE_APPROVAL_BACK if back else strings.APPROVE_CLAIM)
