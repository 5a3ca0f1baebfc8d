"""The first step: data sets, where examples come from, and what is in them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import Balance, DataSet
from vlm_desktop.gui.panes.train.data_body import DataBody
from vlm_desktop.gui.panes.train.data_changes import DataChanges
from vlm_desktop.gui.panes.train.data_corner import SetsCorner
from vlm_desktop.gui.panes.train.data_deeds import Deeds
from vlm_desktop.gui.panes.train.data_files import paths_in
from vlm_desktop.gui.panes.train.data_narrow import Narrow
from vlm_desktop.gui.panes.train.data_reading import Brought, Reading
from vlm_desktop.gui.panes.train.data_rows import RowsLoader
from vlm_desktop.gui.panes.train.data_split import Splitting
from vlm_desktop.gui.panes.train.data_ways import Ways
from vlm_desktop.gui.panes.train.session import CHECK, TrainSession
from vlm_desktop.gui.panes.train.step_page import StepPage
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.gui.widgets.report_dialog import ReportDialog

_MOST_TOLD = 2_000
"""Rows in the list of what was left out."""


class DataPage(StepPage):
    """Wires the parts; what is read of the data set in hand is asked for here."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAcceptDrops(True)
        self.changes = DataChanges(session)
        self.reading = Reading(session, self.changes, self)
        self.ways = Ways(session, self.reading, self)
        self.message = MessagePage(self)
        self.body = DataBody(session, self.ways, self)
        self.examples = self.body.examples
        self.corner = SetsCorner(session, self, lambda: self.examples.keys)
        self.deeds = Deeds(session, self.changes, self.examples, self)
        self.splitting = Splitting(session, self.changes, self)
        self.rows = RowsLoader(session, self.examples.model, self)
        self._shown: DataSet | None = None
        """The data set as it was when its examples were read."""
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.message)
        self.layers.addWidget(self.body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.layers)
        self._connect()
        self._say(strings.SETS_WORKING)

    def _connect(self) -> None:
        session, body = self.session, self.body
        session.listed.connect(self._show)
        session.opened.connect(self._show)
        session.trouble.connect(self._failed)
        session.examples_wanted.connect(self._show_wanted)
        body.sets.chosen.connect(session.open)
        body.sets.new_wanted.connect(self.corner.ask_new)
        body.sets.set_menu(self.corner.menu)
        body.sets.list.rename_wanted.connect(self.corner.ask_rename)
        body.sets.list.remove_wanted.connect(self.corner.remove_set)
        body.split.clicked.connect(lambda _: self.splitting.ask())
        body.onwards.clicked.connect(lambda _: session.step_wanted.emit(CHECK))
        body.balance.wanted.connect(self.examples.show_only)
        body.next.wanted.connect(self.deeds.edit_key)
        self.deeds.edited.connect(body.next.mark_done)
        self.examples.narrowed.connect(self._read_keys)
        self.examples.failed_again.connect(self._read_keys)
        self.rows.failed.connect(self.examples.show_failure)
        self.reading.told.connect(self._tell)
        self.reading.failed.connect(self._tell_failure)
        self.splitting.said = self._said
        body.notice.dismissed.connect(self._show)
        # What it tells of is no more.
        self.desk.changes.undone.connect(lambda _: body.notice.dismiss())
        self.message.primary.clicked.connect(lambda _: self._on_message())
        for task in (self.reading.task, self.splitting.task, self.corner.task):
            task.changed.connect(lambda one=task: self._show_task(one))

    # --- what is shown -------------------------------------------------------------------

    def _say(
        self,
        title: str,
        sentence: str = "",
        button: str = "",
        do: Callable[[], object] = lambda: None,
    ) -> None:
        self._on_message = do
        self.message.show_message(Message(title, sentence, button))
        self.layers.setCurrentWidget(self.message)

    def _failed(self, sentence: str) -> None:
        if not self.session.is_listed:
            self._say(strings.SETS_FAILED, sentence, strings.TRY_AGAIN, self.session.refresh)
        else:
            self.desk.say(sentence)

    def _show(self) -> None:
        """Other data sets, another in hand, or the one in hand is another than it was."""
        session = self.session
        if not session.is_listed:
            return
        if session.set_id == 0 and session.sets:
            newest = max(session.sets, key=lambda one: one.changed_at)
            session.open(newest.id)
            return
        if not session.sets and not self.reading.is_busy and self.body.notice.isHidden():
            self._say(strings.NONE_TITLE, strings.NONE_TEXT, strings.NEW_SET, self.corner.ask_new)
            return
        was_message = self.layers.currentWidget() is self.message
        self.layers.setCurrentWidget(self.body)
        self.body.sets.show_sets(session.sets, session.set_id)
        kept = session.set
        self.body.show_set(kept)
        if kept is not None and kept != self._shown:
            self._shown = kept
            self._read_keys()
            self._read_balance()
        if was_message and self.isVisible() and self.message.primary.hasFocus():
            self.activate()

    def _read_keys(self) -> None:
        """Which examples there are, as far as they are wanted."""
        kept, services = self.session.set, self.desk.services
        if kept is None or not kept.examples:
            return
        narrow: Narrow = self.examples.narrow

        def read() -> tuple[str, ...]:
            found = services.training.datasets.keys(
                kept.id, split=narrow.split, kind=narrow.kind, label=narrow.label,
                source=narrow.source, words=narrow.words,
            )  # fmt: skip
            only = narrow.keys
            return found if only is None else tuple(key for key in found if key in only)

        def done(keys: tuple[str, ...]) -> None:
            if kept.id == self.session.set_id:
                is_new = narrow != self._said_narrow
                self._said_narrow = narrow
                self.examples.show_keys(keys)
                if is_new:
                    self.examples.say_narrowed()

        def failed(sentence: str) -> None:
            if kept.id == self.session.set_id:  # one that was removed is not missed
                self.examples.show_failure(sentence)

        self.desk.fetch(read, done, failed=failed, latest="train-keys")

    _said_narrow = Narrow()

    def _read_balance(self) -> None:
        kept, services = self.session.set, self.desk.services
        if kept is None or not kept.examples:
            return

        def done(found: Balance) -> None:
            if kept.id == self.session.set_id:
                self.body.balance.show_balance(found)
                self.deeds.labels = [one.name for one in found.by_label if one.name]

        def failed(sentence: str) -> None:
            if kept.id == self.session.set_id:
                self.body.balance.show_failure(f"{strings.BALANCE_FAILED} {sentence}")

        self.desk.fetch(
            lambda: services.training.datasets.balance(kept.id), done, failed=failed,
            latest="train-balance",
        )  # fmt: skip

    # --- long work, and what came of it --------------------------------------------------

    def _show_task(self, task: LongTask) -> None:
        notice = self.body.notice
        if task.is_running:
            notice.tell(task.words, [(strings.STOP, task.stop)], stays=False)
            self._show()
        elif not notice.cross.isVisibleTo(notice):  # nothing took its place
            notice.hide()
            self._show()

    def _said(self, words: str) -> None:
        self.body.notice.tell(words)
        self.desk.say(words)

    def _tell(self, brought: Brought) -> None:
        """What was added; what was left out is a click away."""
        deeds = []
        if brought.skipped:
            deeds = [(strings.SHOW_SKIPPED, lambda: self._show_skipped(brought))]
        self.body.notice.tell(brought.words, deeds)
        self._show()

    def _show_skipped(self, brought: Brought) -> None:
        rows = [trainstrings.skipped(one) for one in brought.skipped[:_MOST_TOLD]]
        more = len(brought.skipped) - len(rows)
        if more:
            rows.append(fill(strings.SKIPPED_MORE, count=more))
        ReportDialog(strings.SKIPPED_TITLE, brought.words, rows, strings.SKIPPED_LIST, self).open()

    def _tell_failure(self, sentence: str, again: Any, folder: Path | None) -> None:
        deeds = [(strings.TRY_AGAIN, again)]
        if folder is not None:
            deeds.insert(0, (strings.LABEL_THESE, lambda: self.ways.take_pictures([folder])))
        self.body.notice.tell(sentence, deeds)
        self._show()

    # --- what a person does --------------------------------------------------------------

    def take_photos(self, content_ids: tuple[int, ...]) -> None:
        """Photos of the library are to become examples."""
        self.ways.take_photos(content_ids)

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Files or folders are to become examples."""
        self.ways.take_paths(paths)

    def _show_wanted(self, keys: tuple[str, ...]) -> None:
        """Another step is about these; none for all."""
        wanted = Narrow(keys=frozenset(keys), title=strings.ONLY_WANTED) if keys else Narrow()
        self.examples.show_only(wanted)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files, folders and pictures may be dropped anywhere on the page."""
        if paths_in(event.mimeData()) or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.ways.take_mime(event.mimeData())

    def activate(self) -> None:
        self.ways.refresh()
        self.body.next.refresh()
        if self.layers.currentWidget() is self.message:
            self.message.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.body.focus()

    def back(self) -> bool:
        """First to all examples, then the notice away."""
        if not self.examples.narrow.is_all:
            self.examples.show_all()
            return True
        return self.body.notice.dismiss()

    def stop(self) -> None:
        for task in (self.reading.task, self.splitting.task, self.corner.task, self.body.next.task):
            task.stop()

    def state(self) -> dict[str, Any]:
        return {"tab": self.body.side.currentIndex()}

    def restore(self, state: dict[str, Any]) -> None:
        tab = state.get("tab")
        if isinstance(tab, int) and 0 <= tab < self.body.side.count():
            self.body.tabs.choose(tab)
