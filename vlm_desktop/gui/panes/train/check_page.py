"""The second step: what the doctor says of the data, and what the model would be shown.

check_doctor.py   asks the doctor and mends; check_panel.py, check_findings.py and check_rows.py
                  show what it says
check_looking.py  opens the model and looks; check_seen.py is what comes of it, check_xray.py,
                  check_example.py, check_tokens.py and check_figures.py show it
"""

from typing import Any

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.panes.train.check_doctor import DoctorOffice
from vlm_desktop.gui.panes.train.check_looking import SeenOffice
from vlm_desktop.gui.panes.train.check_panel import CheckPanel
from vlm_desktop.gui.panes.train.check_seen import Looked
from vlm_desktop.gui.panes.train.check_xray import SeenPanel
from vlm_desktop.gui.panes.train.session import DATA, RECIPE, TrainSession
from vlm_desktop.gui.panes.train.step_page import StepPage
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_LEFT, _RIGHT = 380, 560


class CheckPage(StepPage):
    """Wires the doctor's half and the model's half."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._is_stopped = False
        self._model = session.recipe_said().get("model")
        self.doctor = DoctorOffice(session, self)
        self.seen = SeenOffice(session, self)
        self.none = MessagePage(self)
        self.none.show_message(
            Message(strings.NO_SET_TITLE, strings.NO_SET_TEXT, strings.NO_SET_GO)
        )
        self.none.primary.clicked.connect(lambda: session.step_wanted.emit(DATA))
        self.left = CheckPanel(session, self.doctor, self)
        self.right = SeenPanel(session, self.seen, self)
        self.halves = QSplitter(self)
        self.halves.setChildrenCollapsible(False)
        self.halves.setHandleWidth(measures().hairline)
        self.halves.addWidget(self.left)
        self.halves.addWidget(self.right)
        self.halves.setSizes([_LEFT, _RIGHT])
        self.halves.setStretchFactor(0, 1)
        self.halves.setStretchFactor(1, 3)
        self.on = QPushButton(strings.ON, self)
        self.on.setObjectName("primary")
        self.on.clicked.connect(lambda: session.step_wanted.emit(RECIPE))
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.none)
        self.layers.addWidget(self._work())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.layers)
        session.opened.connect(self._data_changed)
        session.listed.connect(self._data_changed)
        session.recipe_changed.connect(self._recipe_changed)
        self.seen.found.connect(self._take_lengths)
        self._show_state()

    def _work(self) -> QWidget:
        work = QWidget(self)
        foot = QFrame(work)
        foot.setObjectName("trainFoot")
        space = measures().space
        row = QHBoxLayout(foot)
        row.setContentsMargins(space[3], space[1], space[3], space[1])
        row.setSpacing(space[2])
        row.addWidget(WrappedLabel(strings.ON_HINT, foot, name="hint"), 1)
        row.addWidget(self.on)
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.halves, 1)
        column.addWidget(foot)
        return work

    # --- the step ----------------------------------------------------------------------------

    def activate(self) -> None:
        self._show_state()
        if self.session.set is None:
            self.none.primary.setFocus()
            return
        self.doctor.look_if_changed()
        self.left.focus_first()

    def back(self) -> bool:
        """Esc stops what is under way here."""
        for office in (self.seen, self.doctor):
            if office.is_running:
                office.stop()
                return True
        return False

    def stop(self) -> None:
        self._is_stopped = True
        self.doctor.close()
        self.seen.close()

    def state(self) -> dict[str, Any]:
        sizes = self.halves.sizes()
        return {"halves": sizes} if all(sizes) else {}

    def restore(self, state: dict[str, Any]) -> None:
        sizes = state.get("halves")
        if isinstance(sizes, list) and len(sizes) == 2 and all(type(one) is int for one in sizes):
            self.halves.setSizes(sizes)

    # --- hearing -----------------------------------------------------------------------------

    def _data_changed(self) -> None:
        self.doctor.forget_other(self.session.set_id)
        self._show_state()
        if self.isVisible() and not self._is_stopped:
            self.doctor.look_if_changed()

    def _recipe_changed(self) -> None:
        """Another model counts tokens otherwise."""
        model = self.session.said.get("model")
        if model != self._model:
            self._model = model
            self.doctor.forget_lengths()

    def _take_lengths(self, looked: Looked) -> None:
        seen = looked.inspection
        if seen is not None:
            self.doctor.take_lengths(seen.lengths, seen.most_tokens, looked.checked.report)

    def _show_state(self) -> None:
        self.layers.setCurrentIndex(0 if self.session.set is None else 1)
