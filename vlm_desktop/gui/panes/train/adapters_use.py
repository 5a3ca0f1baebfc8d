"""The switch and the strength of one adapter."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.adapters import MOST_STRENGTH, AdapterInfo, AdapterState, Wearer
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.number_box import NumberBox
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

FULL = 100
_STEP = 5
_SETTLED_MS = 250
"""So long a slider rests before its strength is taken: not each place it passes."""


class UseBox(QGroupBox):
    """Says what a person wants; whoever hears it puts the adapter on. Main thread.

    With `has_own_vectors` a strength is taken by a button, since it costs a look at all photos;
    else as soon as the slider rests.
    """

    wanted = Signal(float)
    """A strength; 0 takes it off."""
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(strings.USE)
        self._info: AdapterInfo | None = None
        self._was_moved_off = False
        self.use = QCheckBox(self)
        self.use.clicked.connect(self._switched)
        self.label = QLabel(strings.STRENGTH, self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, round(100 * MOST_STRENGTH))
        self.slider.setSingleStep(_STEP)
        self.slider.setPageStep(2 * _STEP)
        self.number = NumberBox(self)
        self.number.setRange(self.slider.minimum(), self.slider.maximum())
        self.number.setSingleStep(_STEP)
        self.number.setSuffix(strings.PERCENT)
        self.number.setKeyboardTracking(False)
        self.label.setBuddy(self.slider)
        self.slider.valueChanged.connect(self._moved)
        self.number.valueChanged.connect(self.slider.setValue)
        self._rest = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._rest.timeout.connect(self._settled)
        self.apply = QPushButton(strings.APPLY, self)
        self.apply.setToolTip(strings.APPLY_TIP)
        self.apply.clicked.connect(lambda: self.wanted.emit(self.strength))
        self.hint = WrappedLabel(parent=self, name="muted")
        self.together = WrappedLabel(parent=self)
        self.problem = WrappedLabel(parent=self, name="bad")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.doing = WrappedLabel(parent=self, name="muted")
        self.stop = QPushButton(strings.STOP, self)
        self.stop.setAccessibleName(strings.STOP_NAME)
        self.stop.clicked.connect(self.stop_wanted)
        self._lay_out()
        self.show_search("", 0, 0)

    def _lay_out(self) -> None:
        space = measures().space
        strength = QHBoxLayout()
        strength.setSpacing(space[1])
        for widget, stretch in (
            (self.label, 0), (self.slider, 1), (self.number, 0), (self.apply, 0)
        ):  # fmt: skip
            strength.addWidget(widget, stretch)
        going = QHBoxLayout()
        going.setSpacing(space[1])
        going.addWidget(self.bar, 2)
        going.addWidget(self.doing, 3)
        going.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[2], space[1], space[2], space[2])
        column.setSpacing(space[1])
        column.addWidget(self.problem)
        column.addWidget(self.use)
        column.addLayout(strength)
        column.addLayout(going)
        column.addWidget(self.together)
        column.addWidget(self.hint)

    # --- what is shown -----------------------------------------------------------------------

    @property
    def strength(self) -> float:
        return self.slider.value() / 100

    def show_adapter(self, info: AdapterInfo, together: str) -> None:
        """Take up an adapter as it is now. What is being dragged or typed stays."""
        is_other = self._info is None or self._info.id != info.id
        if is_other:
            self._rest.stop()
            self._was_moved_off = False
        self._info = info
        by = info.wearer.value
        self.use.setText(strings.USE_BY[by])
        self.use.setChecked(info.worn is not None)
        self.setAccessibleDescription(words.state_words(info))
        if not self._rest.isActive() and (is_other or info.worn is not None):
            self._put(FULL if info.worn is None else words.percent(info.worn))
        tip = by if info.has_own_vectors or info.wearer is Wearer.ANSWERS else "names"
        self.hint.setText(strings.USE_TIPS[tip])
        self.use.setAccessibleDescription(self.hint.text())
        for widget in (self.slider, self.number):
            widget.setAccessibleName(fill(strings.STRENGTH_NAME, name=info.name))
        for label, text in ((self.together, together), (self.problem, words.problem_words(info))):
            label.setText(text)
            label.setVisible(bool(text))
        # What cannot be used can still be taken off.
        able = info.state is AdapterState.SOUND
        self.use.setEnabled(able or info.worn is not None)
        for one in (self.label, self.slider, self.number):
            one.setEnabled(able)
        self.hint.setVisible(able)
        self._show_apply()

    def show_search(self, doing: str, done: int, total: int) -> None:
        """How far Search is with putting it on or off; "" while nothing goes on."""
        going = bool(doing)
        for widget in (self.bar, self.doing, self.stop):
            widget.setVisible(going)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setAccessibleName(doing)
        self.doing.setText(doing)
        self.use.setEnabled(not going and self._is_usable)
        self._show_apply()

    @property
    def _is_usable(self) -> bool:
        info = self._info
        return info is not None and (info.state is AdapterState.SOUND or info.worn is not None)

    def _show_apply(self) -> None:
        info = self._info
        needed = info is not None and info.has_own_vectors and info.worn is not None
        differs = info is not None and self.slider.value() != words.percent(info.worn or 1.0)
        self.apply.setVisible(needed and differs and not self.stop.isVisibleTo(self))

    def _put(self, value: int) -> None:
        for one in (self.slider, self.number):
            with QSignalBlocker(one):
                one.setValue(value)

    # --- what the user does ------------------------------------------------------------------

    def _switched(self, on: bool) -> None:
        self._rest.stop()
        self._was_moved_off = False
        if on and self.slider.value() == 0:
            self._put(FULL)
        self.wanted.emit(self.strength if on else 0.0)

    def _moved(self, value: int) -> None:
        self._put(value)
        info = self._info
        if info is not None and not info.has_own_vectors and self._follows:
            self._rest.start()
        self._show_apply()

    @property
    def _follows(self) -> bool:
        """Whether the strength acts at once: it is on, or the slider itself has taken it off."""
        return self.use.isChecked() or self._was_moved_off

    def _settled(self) -> None:
        self._was_moved_off = self.slider.value() == 0
        self.wanted.emit(self.strength)
