"""The status bar's content: what runs, how far it is, pause and stop, and the network's state."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.work import WorkBoard

_BAR_WIDTH = 160


class StatusLine(QWidget):
    """Shows the oldest running work. Only endings are announced: a reader is not to be flooded."""

    set_aside_asked = Signal()
    model_asked = Signal()

    def __init__(self, board: WorkBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._said = ""
        self.text = ElidedLabel(self)
        # A description: as a name it would stand in the place of what the line says.
        self.text.setAccessibleDescription(strings.STATUS_NAME)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(strings.PROGRESS_NAME)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.pause = self._quiet_button(strings.PAUSE, strings.PAUSE_NAME)
        self.pause.clicked.connect(self._pause)
        self.stop = self._quiet_button(strings.STOP, strings.STOP_NAME)
        self.stop.clicked.connect(self._stop)
        self.set_aside = self._quiet_button("", "")
        self.set_aside.setToolTip(strings.SET_ASIDE_TIP)
        self.set_aside.clicked.connect(self.set_aside_asked)
        self.model = self._quiet_button("", "")
        self.model.setToolTip(strings.MODEL_TIP)
        self.model.clicked.connect(self.model_asked)
        self.network = QLabel(self)
        self.network.setObjectName("network")
        space = measures().space
        layout = QHBoxLayout(self)
        # The bar has an edge of its own; more would cut the letters of the buttons.
        layout.setContentsMargins(space[2], 0, space[2], 0)
        layout.setSpacing(space[1])
        layout.addWidget(self.text, 1)
        self.stops = (self.pause, self.stop, self.set_aside, self.model)
        for widget in (self.bar, *self.stops, self.network):
            layout.addWidget(widget)
        board.changed.connect(self._show_work)
        board.ended.connect(self._show_ending)
        self._show_work()
        self.show_set_aside(0)
        self.show_model("")
        self.show_network("", "")

    def _quiet_button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("quiet")
        button.setAccessibleName(name)
        return button

    def show_set_aside(self, count: int) -> None:
        self.set_aside.setText(strings.set_aside(count))
        self.set_aside.setVisible(count > 0)

    def show_model(self, model_id: str) -> None:
        """The model that answers searches, "" while the library has none."""
        self.model.setText(fill(strings.MODEL, model=model_id))
        self.model.setVisible(bool(model_id))

    def show_network(self, host: str, purpose: str) -> None:
        """The host a download the user started talks to, "" for none."""
        if host:
            text, tip = fill(strings.NETWORK_ON, host=host), strings.NETWORK_ON_TIP
            tip = fill(tip, purpose=purpose)
        else:
            text, tip = strings.NETWORK_OFF, strings.NETWORK_OFF_TIP
        self.network.setText(text)
        self.network.setToolTip(tip)
        self.network.setAccessibleDescription(tip)

    def _show_work(self) -> None:
        running = self._board.running
        for widget in (self.bar, self.stop):
            widget.setVisible(bool(running))
        self.pause.setVisible(bool(running) and running[0].can_pause)
        if not running:
            self.text.setText(self._said)
            return
        state = running[0].state
        text = fill(strings.PAUSED, text=state.text) if state.paused else state.text
        self.text.setText(text)
        self.bar.setRange(0, state.total)
        self.bar.setValue(state.done)
        self.stop.setEnabled(not state.stopping)
        self.pause.setEnabled(not state.stopping)
        self.pause.setText(strings.RESUME if state.paused else strings.PAUSE)
        self.pause.setAccessibleName(strings.RESUME_NAME if state.paused else strings.PAUSE_NAME)

    def _show_ending(self, text: str) -> None:
        self.say(text)

    def say(self, text: str) -> None:
        """A message; running work takes its place at its next step, and gives it back."""
        self._said = text
        self.text.setText(text)
        announce(self.text, text)

    def _pause(self) -> None:
        running = self._board.running
        if running:
            running[0].pause(not running[0].state.paused)

    def _stop(self) -> None:
        running = self._board.running
        if running:
            running[0].stop()
