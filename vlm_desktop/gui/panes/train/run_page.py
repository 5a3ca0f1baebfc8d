"""The fourth step: runs, what they say, and what came of them."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.training import RunInfo
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train.run_acts import RunActs
from vlm_desktop.gui.panes.train.run_control import RunControl
from vlm_desktop.gui.panes.train.run_follow import RunFollower
from vlm_desktop.gui.panes.train.run_head import RunHead
from vlm_desktop.gui.panes.train.run_list import RunList
from vlm_desktop.gui.panes.train.run_progress import RunProgress
from vlm_desktop.gui.panes.train.run_result import COMMAND, COPY, SAVE, SHELVE, TEACH, RunResult
from vlm_desktop.gui.panes.train.run_wall import RunWall
from vlm_desktop.gui.panes.train.run_words import left_words, state_words, title_of
from vlm_desktop.gui.panes.train.session import RECIPE, TrainSession
from vlm_desktop.gui.panes.train.step_page import StepPage
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.side_tabs import SideTabs

_COLUMN = 250
PROGRESS, WALL, CONTROL, RESULT = range(4)


class RunPage(StepPage):
    """Wires the parts: the list at the left, the run that is shown at the right."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.follower = RunFollower(self.desk, self)
        self.acts = RunActs(session, self)
        self._build()
        self._connect()
        self._show_list()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        space = measures().space
        self.page = MessagePage(self)
        self.list = RunList(self)
        self.another = QPushButton(strings.TO_RECIPE, self)
        self.another.setToolTip(strings.TO_RECIPE_TIP)
        self.another.setAutoDefault(False)
        column = QFrame(self)
        column.setObjectName("trainColumn")
        left = QVBoxLayout(column)
        left.setContentsMargins(space[1], space[1], space[1], space[1])
        left.setSpacing(space[1])
        left.addWidget(self.another)
        left.addWidget(self.list, 1)
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self.beside.setChildrenCollapsible(False)
        self.beside.setHandleWidth(measures().hairline)
        self.beside.addWidget(column)
        self.beside.addWidget(self._build_run())
        self.beside.setStretchFactor(1, 1)
        self.beside.setSizes([_COLUMN, 4 * _COLUMN])
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.beside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.layers)

    def _build_run(self) -> QWidget:
        self.run = QWidget(self)
        self.head = RunHead(self.run)
        self.tabs = SideTabs(self.run)
        self.tabs.setAccessibleName(strings.TABS_NAME)
        self.tabs.layout().setContentsMargins(measures().space[2], 0, measures().space[2], 0)
        self.stack = QStackedWidget(self.run)
        self.progress = RunProgress(self.desk, self.stack)
        self.wall = RunWall(self.desk, self.stack)
        self.control = RunControl(self.stack)
        self.result = RunResult(self.desk, self.stack)
        for words, part in (
            (strings.TAB_PROGRESS, self.progress), (strings.TAB_WALL, self.wall),
            (strings.TAB_CONTROL, self.control), (strings.TAB_RESULT, self.result),
        ):  # fmt: skip
            self.tabs.add(words)
            self.stack.addWidget(part)
        self.tabs.chosen.connect(self.stack.setCurrentIndex)
        column = QVBoxLayout(self.run)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        self.right = QStackedWidget(self)
        self.nothing = MessagePage(self)
        self.nothing.show_message(Message(strings.CHOOSE_TITLE, strings.CHOOSE_TEXT))
        self.right.addWidget(self.nothing)
        self.right.addWidget(self.run)
        return self.right

    def _connect(self) -> None:
        session, runs = self.session, self.desk.runs
        runs.changed.connect(self._show_list)
        session.runs_changed.connect(runs.look)
        session.run_opened.connect(self._open)
        self.follower.changed.connect(self._show_run)
        self.follower.examples_read.connect(self._show_wall)
        self.follower.failed.connect(self._lose)
        self.acts.changed.connect(self._show_head)
        self.list.chosen.connect(session.show_run)
        self.list.entered.connect(lambda: self.tabs.buttons[PROGRESS].setFocus())
        self.list.remove_wanted.connect(self.head.remove.trigger)  # nothing while it is disabled
        self.page.primary.clicked.connect(self._act_on_page)
        self.another.clicked.connect(lambda: session.step_wanted.emit(RECIPE))
        self.head.asked.connect(self._ask)
        self.head.folder.triggered.connect(self._with_run(self.acts.open_folder))
        self.head.again.triggered.connect(self._with_run(self.acts.start_again))
        self.head.remove.triggered.connect(self._with_run(self.acts.ask_to_remove))
        self.result.asked.connect(self._ask_result)

    # --- what a step does ----------------------------------------------------------------

    def activate(self) -> None:
        if self.layers.currentWidget() is self.beside:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.page.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self) -> None:
        self.follower.show(False)

    def state(self) -> dict[str, Any]:
        return {
            "run": self.session.run_id,
            "tab": self.stack.currentIndex(),
            "curve": self.progress.curves.curve,
        }

    def restore(self, state: dict[str, Any]) -> None:
        run, tab, curve = state.get("run"), state.get("tab"), state.get("curve")
        if isinstance(tab, int) and 0 <= tab < self.stack.count():
            self.tabs.choose(tab)
        if isinstance(curve, str):
            self.progress.curves.choose(curve)
        if isinstance(run, str):
            self.session.show_run(run)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.desk.runs.watch(self, closely=True)
        self.follower.show(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.desk.runs.watch(self, closely=False)
        self.follower.show(False)

    # --- the list ------------------------------------------------------------------------

    def _show_list(self) -> None:
        watch, session = self.desk.runs, self.session
        known = {one.id for one in watch.runs}
        if watch.is_known and session.run_id and session.run_id not in known:
            session.show_run("")
        if watch.runs and not session.run_id:
            session.show_run(watch.runs[0].id)
        if not watch.is_known and watch.trouble:
            message = Message(strings.FAILED_TITLE, watch.trouble, strings.TRY_AGAIN)
        elif not watch.is_known:
            message = Message(strings.LOADING_TITLE)
        else:
            message = Message(strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.EMPTY_GO)
        had_focus = self.page.primary.hasFocus()
        self.page.show_message(message)
        self.list.show_runs(watch.runs, session.run_id)
        self.layers.setCurrentWidget(self.beside if watch.runs else self.page)
        if had_focus and self.isVisible():
            self.activate()
        if not self._agrees():
            self.follower.read_on()
        self._show_head()

    def _act_on_page(self) -> None:
        if self.desk.runs.is_known:
            self.session.step_wanted.emit(RECIPE)
        else:
            self.desk.runs.look()

    def _listed(self) -> RunInfo | None:
        """The run that is shown, as the list knows it."""
        wanted = self.session.run_id
        return next((one for one in self.desk.runs.runs if one.id == wanted), None)

    # --- the run -------------------------------------------------------------------------

    @property
    def info(self) -> RunInfo | None:
        """The run that is shown, as it was last read."""
        return self.follower.info or self._listed()

    def _open(self) -> None:
        self.progress.curves.forget_point()
        self.wall.forget()
        self.follower.follow(self.session.run_id)
        self.list.show_runs(self.desk.runs.runs, self.session.run_id)

    def _lose(self, sentence: str) -> None:
        self.desk.say(sentence)
        self.desk.runs.look()

    def _show_run(self) -> None:
        info, look = self.info, self.follower.look
        self.right.setCurrentWidget(self.run if info is not None else self.nothing)
        if info is None:
            return
        self._show_head()
        self.progress.show_look(look, is_live=info.is_live)
        self.control.show_look(look)
        self.result.show_run(info)
        self._show_wall()
        if not self._agrees():
            self.desk.runs.look()

    def _agrees(self) -> bool:
        """Whether the list and the run that is shown were read in the same state."""
        listed, read = self._listed(), self.follower.info
        return listed is None or read is None or listed.state is read.state

    def _show_head(self) -> None:
        info, look = self.info, self.follower.look
        if info is None:
            return
        before = self.head.state.text()
        pending = self.acts.pending(info, look.saved)
        sentence = state_words(info, look, self.desk.runs.runs)
        ready = look.preparing
        progress = (
            (info.step, info.total_steps) if ready is None else (ready.done, ready.total or 0)
        )
        left = left_words(info, look)
        self.head.show_run(title_of(info), info, sentence, left, pending, progress)
        is_news = before != self.head.state.text() and (pending or not info.is_live)
        if is_news and before and self.isVisible():
            announce(self.head.state, self.head.state.text())

    def _show_wall(self) -> None:
        self.wall.show_look(self.follower.look, self.follower.examples)

    # --- what is asked -------------------------------------------------------------------

    def _ask(self, verb: str) -> None:
        if self.info is not None:
            self.acts.ask(verb, self.info, self.follower.look.saved)

    def _with_run(self, act: Any) -> Any:
        def do() -> None:
            if self.info is not None:
                act(self.info)

        return do

    def _ask_result(self, what: str) -> None:
        info, text = self.info, self.result.text
        if info is None:
            return
        {
            SHELVE: lambda: self.acts.ask_to_shelve(info, self.follower.look.evaluated),
            TEACH: lambda: self.acts.teach_again(info),
            COPY: lambda: self.acts.copy(text, strings.CARD_COPIED),
            SAVE: lambda: self.acts.save_card(info, text),
            COMMAND: lambda: self.acts.copy(self.result.command.text(), strings.COMMAND_COPIED),
        }[what]()
