"""The probe wall: held-out examples answered at every checkpoint, beside the base; a slider goes
through time."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.run_answers import rows_at, steps_of
from vlm_desktop.gui.panes.train.run_story import RunLook
from vlm_desktop.gui.panes.train.run_wall_list import MOST_ROWS, WallList
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class RunWall(QWidget):
    """Main thread. Shows what it is told; at the end of time it follows what is answered next."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = RunLook()
        self._examples: Mapping[str, Example] = {}
        self._steps: tuple[int, ...] = ()
        self._told: object = None
        space = measures().space
        self.none = WrappedLabel(strings.WALL_EMPTY, self, name="muted")
        label = QLabel(strings.WALL_SLIDER, self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("measured")
        self.slider.setAccessibleName(strings.WALL_SLIDER)
        self.slider.setToolTip(strings.WALL_SLIDER_TIP)
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self._moved)
        self.at = QLabel(self)
        self.at.setObjectName("muted")
        order = QLabel(strings.WALL_SORT, self)
        order.setObjectName("muted")
        self.order = QComboBox(self)
        self.order.setAccessibleName(strings.WALL_SORT_NAME)
        for key, words in strings.WALL_SORTS.items():
            self.order.addItem(words, key)
        self.order.currentIndexChanged.connect(lambda _: self._show_rows())
        self.list = WallList(desk, self)
        self.some = WrappedLabel(parent=self, name="hint")
        time = QHBoxLayout()
        time.setSpacing(space[1])
        time.addWidget(label)
        time.addWidget(self.slider, 1)
        time.addWidget(self.at)
        sorting = QHBoxLayout()
        sorting.setSpacing(space[1])
        sorting.addWidget(order)
        sorting.addWidget(self.order)
        sorting.addWidget(self.some, 1)
        self._filled = QWidget(self)
        inner = QVBoxLayout(self._filled)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(space[1])
        inner.addLayout(time)
        inner.addLayout(sorting)
        inner.addWidget(self.list, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[2], space[3], space[2])
        layout.addWidget(self.none)
        layout.addWidget(self._filled, 1)
        layout.addStretch(0)

    @property
    def step(self) -> int:
        """The checkpoint that is looked at."""
        place = self.slider.value()
        return self._steps[place] if place < len(self._steps) else 0

    def forget(self) -> None:
        """Another run is shown: its latest answers are what counts."""
        self._steps = ()
        self._told = None

    def show_look(self, look: RunLook, examples: Mapping[str, Example]) -> None:
        told = (id(examples), sum(len(answers) for answers in look.probes.values()), look.evaluated)
        self._look, self._examples = look, examples
        self._filled.setVisible(bool(look.probes))
        self.none.setVisible(not look.probes)
        is_without = not look.evaluated and look.last is not None
        self.none.setText(strings.WALL_NONE if is_without else strings.WALL_EMPTY)
        if told == self._told:
            return
        self._told = told
        steps = steps_of(look.probes)
        was_at, was_last = self.step, self.slider.value() >= len(self._steps) - 1
        self._steps = steps
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(steps) - 1))
            place = len(steps) - 1
            if not was_last and was_at in steps:
                place = steps.index(was_at)
            self.slider.setValue(max(0, place))
        self.slider.setEnabled(len(steps) > 1)
        self._show_rows()

    def go_to(self, place: int) -> None:
        """Look at the checkpoint of a number, counted from 0."""
        self.slider.setValue(place)

    def _moved(self) -> None:
        self._show_rows()
        announce(self.slider, self.at.text())

    def _show_rows(self) -> None:
        step = self.step
        if step:
            words = fill(
                strings.WALL_AT, step=step, at=self.slider.value() + 1, count=len(self._steps)
            )
        else:
            words = strings.WALL_AT_BASE
        self.at.setText(words)
        self.slider.setAccessibleDescription(words)
        order = str(self.order.currentData())
        rows = rows_at(self._look.probes, self._examples, step, order)
        self.list.show_rows(rows)
        some = fill(strings.WALL_SOME, shown=MOST_ROWS, count=len(rows))
        self.some.setText(some if len(rows) > MOST_ROWS else "")
