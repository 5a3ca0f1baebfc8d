"""The shelf of adapters: what was taught, worn, compared, merged and handed on."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.adapters import AdapterInfo, WornNow
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.panes.train.adapters_asking import AdaptersAsking
from vlm_desktop.gui.panes.train.adapters_compare import CompareView
from vlm_desktop.gui.panes.train.adapters_details import AdapterDetails
from vlm_desktop.gui.panes.train.adapters_list import AdapterList
from vlm_desktop.gui.panes.train.adapters_shelf import AdapterShelf
from vlm_desktop.gui.panes.train.session import ADAPTERS, DATA, TrainSession
from vlm_desktop.gui.panes.train.step_page import StepPage
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.wearing import Wearing
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

_LIST_WIDE = 300


class AdaptersPage(StepPage):
    """Wires the list, the details and the comparison."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.shelf = AdapterShelf(session, self)
        self.wearing = Wearing(self.desk, self)
        self.asking = AdaptersAsking(self)
        self.message = MessagePage(self)
        self.list = AdapterList(self)
        self.details = AdapterDetails(self)
        self.comparison = CompareView(self.desk, self)
        self._wanted = ""
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        add = self.desk.actions.add
        add("train.adapters", strings.COMMAND_SHOW, self._come_here)
        add("train.import-adapter", strings.COMMAND_IMPORT, self._import)
        self.message.show_message(Message(strings.LOADING_TITLE))

    def _lay_out(self) -> None:
        space = measures().space
        self.importing = QPushButton(strings.IMPORT, self)
        self.importing.setToolTip(strings.IMPORT_TIP)
        self.from_run = QPushButton(strings.FROM_RUN, self)
        self.from_run.setToolTip(strings.FROM_RUN_TIP)
        self.from_run.setAccessibleName(strings.FROM_RUN_NAME)
        self.run_menu = QMenu(self)
        self.from_run.setMenu(self.run_menu)
        side = QFrame(self)
        side.setObjectName("trainColumn")
        side.setFixedWidth(_LIST_WIDE)
        foot = QHBoxLayout()
        foot.setSpacing(space[1])
        foot.addWidget(self.importing)
        foot.addWidget(self.from_run)
        foot.addStretch(1)
        column = QVBoxLayout(side)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[1])
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self.details, 1)
        self.layers = QStackedWidget(self)
        for one in (self.message, both, self.comparison):
            self.layers.addWidget(one)
        self._both = both
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.layers)

    def _connect(self) -> None:
        session, shelf, details, asking = self.session, self.shelf, self.details, self.asking
        navigator, changes = self.desk.navigator, self.desk.changes
        session.adapters_changed.connect(navigator.adapters_changed)
        navigator.adapters_changed.connect(self._stale)
        for signal in (changes.performed, changes.undone, changes.redone):
            signal.connect(self._stale)
        session.runs_changed.connect(self._stale)
        shelf.listed.connect(self._show_shelf)
        shelf.trouble.connect(self._show_trouble)
        shelf.outcome.connect(self._show_outcome)
        shelf.came.connect(self._choose_later)
        shelf.compared.connect(self._show_comparison)
        shelf.task.changed.connect(self._show_task)
        self.wearing.worn.connect(self._say_worn)
        self.wearing.failed.connect(self._wearing_failed)
        self.wearing.search.changed.connect(self._show_search)
        self.list.chosen.connect(lambda _: self._show_details())
        self.list.rename_wanted.connect(asking.rename)
        self.list.remove_wanted.connect(asking.remove)
        details.rename_wanted.connect(asking.rename)
        details.remove_wanted.connect(asking.remove)
        details.compare_wanted.connect(asking.compare)
        details.merge_wanted.connect(asking.merge)
        details.export_wanted.connect(asking.export)
        details.recipe_wanted.connect(asking.show_recipe)
        details.card_wanted.connect(asking.show_card)
        details.check_wanted.connect(lambda: self._with_current(shelf.check))
        details.comparison_wanted.connect(lambda: self._show_comparison(self.list.current_id))
        details.models_wanted.connect(lambda: navigator.pane_wanted.emit("models"))
        details.use.wanted.connect(self._wear)
        details.use.stop_wanted.connect(self.wearing.search.stop)
        self.comparison.back_wanted.connect(self.back)
        self.comparison.save_wanted.connect(asking.save_comparison)
        self.importing.clicked.connect(self._import)
        self.message.primary.clicked.connect(self._message_pressed)
        self.message.second.clicked.connect(self._import)

    # --- the page ----------------------------------------------------------------------------

    def activate(self) -> None:
        self.shelf.refresh()
        self._focus()

    def _focus(self) -> None:
        front = self.layers.currentWidget()
        if front is self.comparison:
            self.comparison.list.setFocus()
        else:
            (self.list if front is self._both else self.message.primary).setFocus()

    def back(self) -> bool:
        """From a comparison to the adapters."""
        if self.layers.currentWidget() is not self.comparison:
            return False
        self.layers.setCurrentWidget(self._both)
        self.list.setFocus()
        return True

    def state(self) -> dict[str, Any]:
        return {"chosen": self.list.current_id or self._wanted}

    def restore(self, state: dict[str, Any]) -> None:
        chosen = state.get("chosen")
        if isinstance(chosen, str):
            self._wanted = chosen

    @property
    def current(self) -> AdapterInfo | None:
        """The adapter that is chosen."""
        return self.shelf.get(self.list.current_id)

    def _with_current(self, act: Any) -> None:
        info = self.current
        if info is not None:
            act(info)

    # --- what the user does ------------------------------------------------------------------

    def _come_here(self) -> None:
        self.desk.navigator.pane_wanted.emit("train")
        self.session.step_wanted.emit(ADAPTERS)

    def _import(self) -> None:
        self._come_here()
        chosen = QFileDialog.getExistingDirectory(self, strings.IMPORT_TITLE)
        if chosen:
            self.shelf.take_in(Path(chosen))

    def _wear(self, strength: float) -> None:
        self._with_current(lambda info: self.wearing.wear(info, strength))

    def _message_pressed(self) -> None:
        if self.shelf.is_listed:
            self.session.step_wanted.emit(DATA)
        else:
            self.shelf.refresh()

    # --- what comes back ---------------------------------------------------------------------

    def _stale(self, *_: object) -> None:
        if self.shelf.is_listed and self.isVisible():  # else it looks when it comes to front
            self.shelf.refresh()

    def _say_worn(self, now: WornNow) -> None:
        """Another is worn, or another strength; the shelf itself may not have been looked at."""
        infos = {**self.wearing.known, **{one.id: one for one in self.shelf.infos}}
        self.desk.say(words.is_on_words(now, tuple(infos.values())))

    def _choose_later(self, adapter_id: str) -> None:
        self._wanted = adapter_id

    def _show_shelf(self) -> None:
        infos, kept = self.shelf.infos, self._wanted or self.list.current_id
        had_focus = self.message.isAncestorOf(self.focusWidget() or self)
        self.list.rows.show_adapters(infos)
        self._show_runs()
        front = self.layers.currentWidget()
        if not infos:
            self._say_empty()
        elif front is self.message:
            self.layers.setCurrentWidget(self._both)
        if infos:
            self.list.choose(kept)
            if self.shelf.get(self._wanted) is not None:
                self._wanted = ""
        self._show_details()
        if had_focus and self.isVisible():
            self._focus()

    def _say_empty(self) -> None:
        self.layers.setCurrentWidget(self.message)
        self.message.show_message(
            Message(strings.EMPTY_TITLE, strings.EMPTY_TEXT, strings.EMPTY_GO, strings.IMPORT)
        )

    def _show_runs(self) -> None:
        self.run_menu.clear()
        for run in self.shelf.runs:
            action = self.run_menu.addAction(words.run_words(run))
            action.triggered.connect(lambda _=False, one=run: self.shelf.add_run(one))
        self.from_run.setVisible(bool(self.shelf.runs))

    def _show_trouble(self, sentence: str) -> None:
        if self.shelf.is_listed:
            self.desk.say(sentence)
            return
        self.layers.setCurrentWidget(self.message)
        self.message.show_message(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))

    def _show_details(self) -> None:
        info = self.current
        if info is not None:
            together = words.together_words(info, self.shelf.infos)
            known = info.id in self.shelf.comparisons
            self.details.show_adapter(info, together, has_comparison=known)
            self._show_search()

    def _show_search(self) -> None:
        task, info = self.wearing.search, self.current
        mine = task.is_running and info is not None and info.id == self.wearing.search_id
        doing = task.words if mine else ""
        self.details.use.show_search(doing, task.done, task.total)

    def _show_task(self) -> None:
        self.details.show_busy(self.shelf.task.is_running)
        self.importing.setEnabled(not self.shelf.task.is_running)
        self.from_run.setEnabled(not self.shelf.task.is_running)

    def _show_outcome(self, adapter_id: str, sentence: str, good: bool) -> None:
        """Beside the adapter where it is shown; the status line has it anyway."""
        if adapter_id and adapter_id == self.list.current_id:
            self.details.show_outcome(sentence, good)
        elif not adapter_id and self.isVisible():
            announce(self, sentence)

    def _wearing_failed(self, adapter_id: str, sentence: str) -> None:
        self._show_outcome(adapter_id, sentence, False)
        self.desk.say(sentence)
        self.shelf.refresh()

    def _show_comparison(self, adapter_id: str) -> None:
        info, found = self.shelf.get(adapter_id), self.shelf.comparisons.get(adapter_id)
        if info is not None and found is not None and self.isVisible():
            self.comparison.show_comparison(found, info)
            self.layers.setCurrentWidget(self.comparison)
            self.comparison.list.setFocus()
            announce(self.comparison, self.comparison.summary.text())
        self._show_details()

    # --- Qt's own ----------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A folder that is dropped here is an adapter's."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]

        def done(folders: list[Path]) -> None:
            if folders:
                self.shelf.take_in(folders[0])
            else:
                self.desk.say(strings.DROP_FOLDER)

        self.desk.fetch(lambda: [path for path in paths if path.is_dir()], done)
