"""What the rules find in the text, the moment it is typed, each with what would put it right."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop import altstrings
from vlm_desktop.base.altchecks import Field, Finding
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.word_list import WordList

_HIGHEST = 150
_QUIET_MS = 1200
"""Counts are spoken once typing rests."""


class LintPanel(QWidget):
    """Findings of both fields. A fix is a whole field, handed on with `fixed`. Main thread."""

    fixed = Signal(object)
    """A `Finding` whose fix is wanted."""
    all_wanted = Signal()
    pointed = Signal(object)
    """The `Finding` that is current."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings: tuple[Finding, ...] = ()
        self._spoken = ""
        space = measures().space
        self.label = QLabel(strings.FINDINGS, self)
        self.label.setObjectName("fact")
        self.label.setWordWrap(True)
        self.list = WordList(_HIGHEST, self)
        self.list.setAccessibleName(strings.FINDINGS)
        self.list.setAccessibleDescription(strings.FINDINGS_DESCRIPTION)
        self.list.taken.connect(self._fix_row)
        self.list.currentRowChanged.connect(self._show_current)
        self.fix = QPushButton(strings.FIX, self)
        self.fix.setObjectName("quiet")
        self.fix.setToolTip(strings.FIX_TIP)
        self.fix.clicked.connect(self.fix_current)
        self.fix_all = QPushButton(strings.FIX_ALL, self)
        self.fix_all.setObjectName("quiet")
        self.fix_all.setToolTip(strings.FIX_ALL_TIP)
        self.fix_all.clicked.connect(self.all_wanted)
        self.score = QLabel(self)
        self.score.setObjectName("hint")
        self.score.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(space[0])
        buttons.addWidget(self.fix)
        buttons.addWidget(self.fix_all)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        column.addWidget(self.label)
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addWidget(self.score)
        self._rest = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._rest.timeout.connect(self._speak)
        self.show_findings((), 0, is_empty=True)

    def show_findings(
        self, findings: Sequence[Finding], score: int, *, is_empty: bool, aloud: bool = False
    ) -> None:
        """`score` is the sum of their weights; `is_empty`: there is no text to judge yet."""
        self.findings = tuple(findings)
        self.setVisible(not is_empty or bool(findings))
        self.list.show_rows([finding_words(one) for one in findings])
        self.list.setVisible(bool(findings))
        self.label.setText(strings.findings(len(findings)))
        fixable = any(one.fix is not None for one in findings)
        self.fix.setVisible(fixable)
        self.fix_all.setVisible(sum(one.fix is not None for one in findings) > 1)
        self.score.setText(score_words(findings, score) if findings else "")
        self.score.setVisible(bool(findings))
        self._show_current()
        if aloud:
            self._rest.start()
        elif not self._rest.isActive():
            self._spoken = self.label.text()

    def fix_current(self) -> bool:
        """The current finding's fix, else the first there is; False where there is none."""
        chosen = self.list.currentRow()
        order = [chosen, *range(len(self.findings))] if chosen >= 0 else range(len(self.findings))
        for row in order:
            if row < len(self.findings) and self.findings[row].fix is not None:
                self.fixed.emit(self.findings[row])
                return True
        return False

    def _fix_row(self, row: int) -> None:
        if row < len(self.findings) and self.findings[row].fix is not None:
            self.fixed.emit(self.findings[row])

    def _show_current(self, *_: object) -> None:
        row = self.list.currentRow()
        current = self.findings[row] if 0 <= row < len(self.findings) else None
        self.fix.setEnabled(any(one.fix is not None for one in self.findings))
        if current is not None:
            self.pointed.emit(current)

    def _speak(self) -> None:
        words = self.label.text()
        if words != self._spoken and self.isVisible():
            self._spoken = words
            announce(self.list, words)


def finding_words(finding: Finding) -> str:
    """A finding as a row: how much it matters, what it is, what the fix would make of it."""
    said = altstrings.finding(finding)
    if finding.field is Field.EXTENDED:
        said = fill(strings.IN_EXTENDED, finding=said)
    words = fill(strings.FINDING, weight=altstrings.WEIGHTS[finding.weight], finding=said)
    if finding.fix is None:
        return words
    fix = finding.fix or strings.FIX_EMPTY
    return fill(strings.WITH_FIX, finding=words, fix=fix)


def score_words(findings: Sequence[Finding], score: int) -> str:
    """The sum and what it is the sum of."""
    counts: dict[str, int] = {}
    for one in findings:
        word = altstrings.WEIGHTS[one.weight]
        counts[word] = counts.get(word, 0) + 1
    parts = [fill(strings.SCORE_PART, count=count, weight=word) for word, count in counts.items()]
    form = strings.SCORE_ONE if score == 1 else strings.SCORE
    return fill(form, score=score, parts=", ".join(parts))
