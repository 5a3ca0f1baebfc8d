"""What the model will see, in its states: not looked at, looking, refused, failed, shown."""

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train.check_example import ExampleView
from vlm_desktop.gui.panes.train.check_figures import CostView, PartsView
from vlm_desktop.gui.panes.train.check_looking import SeenOffice
from vlm_desktop.gui.panes.train.check_seen import Looked
from vlm_desktop.gui.panes.train.check_sign import Sign
from vlm_desktop.gui.panes.train.session import RECIPE, TrainSession
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll
from vlm_desktop.gui.widgets.side_tabs import SideTabs
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

MESSAGE, WORKING, SHOWN = range(3)


class SeenPanel(QFrame):
    """Shows what `office` knows, and asks it. Main thread."""

    def __init__(self, session: TrainSession, office: SeenOffice, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._office = session, office
        self._shown: Looked | None = None
        self.sign = Sign(self)
        self.title = WrappedLabel(parent=self, name="heading")
        self.text = WrappedLabel(parent=self, name="muted")
        self.stale = WrappedLabel(strings.SEEN_STALE, self, name="careful")
        self.go = QPushButton(self)
        self.go.clicked.connect(office.look)
        self.again = QPushButton(strings.SEEN_AGAIN, self)
        self.again.clicked.connect(office.look)
        self.recipe = QPushButton(strings.TO_RECIPE, self)
        self.recipe.clicked.connect(lambda: session.step_wanted.emit(RECIPE))
        self.data = QPushButton(strings.TO_DATA, self)
        self.data.clicked.connect(self._show_refused)
        self.stop = QPushButton(strings.STOP_LOOKING, self)
        self.stop.clicked.connect(office.stop)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(strings.WORK_SEEN)
        self.shown = ShownView(self)
        self._lay_out()
        office.changed.connect(self.refresh)
        office.found.connect(self._say)
        self.refresh()

    def _lay_out(self) -> None:
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[1])
        head.addWidget(self.sign)
        head.addWidget(self.title, 1)
        head.addWidget(self.again)
        self.tools = QWidget(self)
        flow = FlowLayout(self.tools, space[1])
        for button in (self.go, self.stop, self.recipe, self.data):
            flow.addWidget(button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(space[3], space[2], space[3], space[2])
        self.column.setSpacing(space[1])
        self.column.addLayout(head)
        for part in (self.text, self.stale, self.progress, self.tools):
            self.column.addWidget(part)
        self.column.addWidget(self.shown, 1)
        self.rest = QWidget(self)
        self.column.addWidget(self.rest, 1)

    # --- showing ---------------------------------------------------------------------------

    @property
    def state(self) -> int:
        """MESSAGE, WORKING or SHOWN."""
        if self._office.is_running:
            return WORKING
        looked = self._office.looked
        return SHOWN if looked is not None and looked.inspection is not None else MESSAGE

    def refresh(self) -> None:
        office, state = self._office, self.state
        looked = office.looked
        refused = bool(office.refusal) and state == MESSAGE
        sign, title, text = self._words()
        self.sign.show_sign(sign)
        self.title.setText(title)
        self.text.setText(text)
        had_focus = any(one.hasFocus() for one in (self.go, self.again, self.stop))
        self.go.setText(self._go_words())
        buttons = {MESSAGE: self.go, WORKING: self.stop, SHOWN: self.again}
        for where, button in buttons.items():
            button.setVisible(where == state)
        self.progress.setVisible(state == WORKING)
        if had_focus:
            buttons[state].setFocus()
        self.tools.setVisible(state != SHOWN)
        self.recipe.setVisible(refused)
        self.data.setVisible(refused and bool(self._refused_keys()))
        self.stale.setVisible(state != WORKING and looked is not None and office.is_stale)
        self.shown.setVisible(state == SHOWN)
        self.rest.setVisible(state != SHOWN)
        if state == SHOWN and looked is not self._shown and looked is not None:
            self._shown = looked
            self.shown.show_looked(looked)

    def _words(self) -> tuple[str, str, str]:
        """A sign, a title, and what is to be known."""
        office = self._office
        if office.is_running:
            return "", strings.SEEN, office.words
        if office.trouble:
            return "ground-fails", strings.SEEN_FAILED, office.trouble
        if office.refusal:
            return "ground-fails", strings.WOULD_NOT_START, self._refusal()
        looked = office.looked
        if looked is None or looked.inspection is None:
            said = f"{strings.SEEN_TEXT} {strings.SEEN_LONG}"
            return "", strings.SEEN, strings.SEEN_STOPPED if office.was_stopped else said
        seen = looked.inspection
        device = strings.DEVICES.get(seen.device.split(":")[0], seen.device)
        batch = seen.batch * seen.accumulation
        words = fill(strings.STEPS_OF, steps=seen.steps, batch=batch, device=device)
        return "ground-found", strings.CAN_START, words

    def _go_words(self) -> str:
        if self._office.trouble:
            return strings.RETRY
        return strings.SEEN_GO if self._office.looked is None else strings.SEEN_AGAIN

    def _refusal(self) -> str:
        """Why it would not start, with names of files in the place of keys."""
        said, looked = self._office.refusal, self._office.looked
        for one in looked.checked.data.examples if looked is not None else ():
            said = said.replace(one.key, one.image.replace("\\", "/").rpartition("/")[2])
        return said

    def _refused_keys(self) -> tuple[str, ...]:
        looked = self._office.looked
        error = looked.checked.refusal if looked is not None else None
        named = str(error.fields.get("keys", "")) if error is not None else ""
        return tuple(filter(None, named.split(", ")))

    # --- acting ----------------------------------------------------------------------------

    def _show_refused(self) -> None:
        self._session.show_examples(self._refused_keys())

    def _say(self, _: object) -> None:
        announce(self, f"{self.title.text()}. {self.text.text()}")


class ShownView(QWidget):
    """Examples, parts, memory and time, one at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tabs = SideTabs(self)
        self.tabs.setAccessibleName(strings.SEEN)
        self.example = ExampleView(self)
        self.parts = PartsView(self)
        self.cost = CostView(self)
        self.stack = QStackedWidget(self)
        for words, view in (
            (strings.TAB_EXAMPLES, self.example),
            (strings.TAB_PARTS, _scrolled(self.parts, self)),
            (strings.TAB_COST, _scrolled(self.cost, self)),
        ):
            self.tabs.add(words)
            self.stack.addWidget(view)
        self.tabs.chosen.connect(self.stack.setCurrentIndex)
        space = measures().space
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        column.addLayout(head)
        column.addWidget(self.stack, 1)

    def show_looked(self, looked: Looked) -> None:
        seen = looked.inspection
        if seen is not None:
            self.example.show_examples(looked.examples, seen.most_tokens)
            self.parts.show_parts(seen)
            self.cost.show_cost(seen)


def _scrolled(view: QWidget, parent: QWidget) -> FollowingScroll:
    area = FollowingScroll(parent)
    area.setWidget(view)
    return area
