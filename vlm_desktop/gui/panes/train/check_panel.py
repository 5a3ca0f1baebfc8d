"""The doctor in the window: the result in a line, the findings, and what mends them."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import DoctorOfData, TrainFinding
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.file_thumbnails import FileThumbnails
from vlm_desktop.gui.panes.train.check_doctor import (
    DoctorOffice,
    count_of,
    headline_of,
    to_mend,
)
from vlm_desktop.gui.panes.train.check_findings import FindingsView
from vlm_desktop.gui.panes.train.check_rows import SIDE
from vlm_desktop.gui.panes.train.check_sign import Sign
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_SPEAK_MS = 400
_LEAST_WIDTH = 300


class CheckPanel(QFrame):
    """Shows what `office` knows, and asks it. Main thread."""

    def __init__(self, session: TrainSession, office: DoctorOffice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("trainColumn")
        self.setAccessibleName(strings.DATA_NAME)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._session, self._office = session, office
        self._spoken = ""
        self.sign = Sign(self)
        self.headline = WrappedLabel(parent=self, name="heading")
        self.detail = WrappedLabel(parent=self, name="muted")
        self.look = QPushButton(strings.LOOK, self)
        self.look.setToolTip(strings.LOOK_TIP)
        self.look.clicked.connect(office.look)
        self.stop = QPushButton(strings.STOP, self)
        self.stop.clicked.connect(office.stop)
        ratio = self.devicePixelRatioF()
        thumbnails = FileThumbnails(session.desk, round(SIDE * ratio), self)
        self.list = FindingsView(thumbnails, self)
        self.mend = QPushButton(self)
        self.mend.setToolTip(strings.MEND_TIP)
        self.mend_all = QPushButton(self)
        self.mend_all.setToolTip(strings.MEND_ALL_TIP)
        self.show_example = QPushButton(strings.SHOW, self)
        self.show_example.setToolTip(strings.SHOW_TIP)
        self.not_done = WrappedLabel(parent=self, name="hint")
        self._lay_out()
        self.list.shown.connect(self._show_examples)
        self.list.mend_wanted.connect(self._mend)
        self.list.mend_all_wanted.connect(self._mend_all)
        self.list.current_changed.connect(self._show_current)
        self.mend.clicked.connect(lambda: self._mend(self.list.current))
        self.mend_all.clicked.connect(lambda: self._mend_all(self.list.current))
        self.show_example.clicked.connect(lambda: self._show_examples(self.list.current))
        office.changed.connect(self.refresh)
        office.mended.connect(self._say)
        self._rest = QTimer(self, singleShot=True, interval=_SPEAK_MS)
        self._rest.timeout.connect(self._speak)
        self.refresh()

    def _lay_out(self) -> None:
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[1])
        head.addWidget(self.sign)
        head.addWidget(self.headline, 1)
        looks = QHBoxLayout()
        for button in (self.look, self.stop):
            looks.addWidget(button)
        looks.addStretch(1)
        self.tools = QWidget(self)
        flow = FlowLayout(self.tools, space[1])
        for button in (self.mend, self.mend_all, self.show_example):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[2], space[3], space[2])
        column.setSpacing(space[1])
        column.addLayout(head)
        column.addWidget(self.detail)
        column.addLayout(looks)
        column.addWidget(self.list, 1)
        column.addWidget(self.tools)
        column.addWidget(self.not_done)
        column.addStretch(0)
        self._column = column

    # --- showing ---------------------------------------------------------------------------

    def refresh(self) -> None:
        office = self._office
        sign, words, detail = _head(office)
        self.sign.show_sign(sign)
        self.headline.setText(words)
        self.detail.setText(detail)
        had_focus = self.look.hasFocus() or self.stop.hasFocus()
        self.look.setVisible(not office.is_running)
        self.stop.setVisible(office.is_running)
        report = office.report
        findings = report.findings if report is not None else ()
        self.list.show_findings(findings)
        self.list.setVisible(bool(findings))
        self.tools.setVisible(bool(findings))
        if had_focus:
            self.focus_first()
        self._column.setStretch(self._column.count() - 1, 0 if findings else 1)  # the last is empty
        self.not_done.setText(_not_done(report) if not office.is_running else "")
        self.not_done.setVisible(bool(self.not_done.text()))
        self._show_current()
        if not office.is_running:
            self._rest.start()

    def _show_current(self) -> None:
        current = self.list.current
        fix = trainstrings.fix_name(current) if current is not None else ""
        had_focus = self.mend.hasFocus() or self.mend_all.hasFocus()
        self.mend.setText(fix)
        self.mend.setVisible(bool(fix))
        kind = self._office.of_kind(current) if current is not None else ()
        count = sum(count_of(one) for one in kind)
        self.mend_all.setText(fill(strings.MEND_ALL, count=count))
        self.mend_all.setVisible(count > 1)
        if had_focus and not fix:
            self.list.setFocus()
        self.show_example.setEnabled(current is not None)

    def focus_first(self) -> None:
        """Where work begins here."""
        visible = self.list if self.list.isVisibleTo(self) else None
        (visible or (self.stop if self._office.is_running else self.look)).setFocus()

    def _speak(self) -> None:
        words = f"{self.headline.text()}. {self.detail.text()}"
        if words != self._spoken and self.isVisible() and not self._office.is_running:
            self._spoken = words
            announce(self, words)

    # --- acting ----------------------------------------------------------------------------

    def _show_examples(self, finding: TrainFinding | None) -> None:
        if finding is not None:
            self._session.show_examples(finding.keys)

    def _mend(self, finding: TrainFinding | None) -> None:
        if finding is not None and finding.fix is not None:
            self._office.mend((finding,))

    def _mend_all(self, finding: TrainFinding | None) -> None:
        if finding is not None:
            self._office.mend(self._office.of_kind(finding))

    def _say(self, words: str) -> None:
        self._session.desk.say(words)


def _head(office: DoctorOffice) -> tuple[str, str, str]:
    """A sign, what came of it, and a sentence more."""
    report = office.report
    if office.is_running:
        return "", headline_of(report) if report else strings.WORK_DATA, office.words
    if office.trouble:
        return "ground-fails", strings.FAILED, office.trouble
    if report is None:
        return "", strings.UNCHECKED, strings.STOPPED if office.was_stopped else ""
    if office.was_stopped:
        return "", headline_of(report), strings.STOPPED_OLD
    return _sign(report), headline_of(report), _more(report)


def _sign(report: DoctorOfData) -> str:
    if report.refused:
        return "ground-fails"
    return "check-mend" if to_mend(report) else "ground-found"


def _more(report: DoctorOfData) -> str:
    said = strings.looked(report.looked)
    if not report.findings:
        return f"{said} {strings.NOTHING_FOUND}"
    return f"{said} {strings.MAY_START}" if to_mend(report) and not report.refused else said


def _not_done(report: DoctorOfData | None) -> str:
    """The checks that were left out, and why."""
    if report is None:
        return ""
    known = (strings.NOT_DONE.get(one.value, "") for one in report.not_done)
    return "\n".join(filter(None, known))
