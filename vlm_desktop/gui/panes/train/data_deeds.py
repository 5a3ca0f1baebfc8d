"""What is done with the examples that are selected: by keys, buttons, menus and the palette."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from vlm_desktop.base.training import Example, Split
from vlm_desktop.base.trainingdata import ExamplesChange
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.train.data_changes import DataChanges
from vlm_desktop.gui.panes.train.data_edit import EditDialog
from vlm_desktop.gui.panes.train.data_examples import ExamplesPanel
from vlm_desktop.gui.panes.train.data_picture import PictureDialog
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.widgets.send_menu import send_menu

if TYPE_CHECKING:
    from collections.abc import Sequence


class Deeds(QObject):
    """Main thread."""

    edited = Signal(str)
    """The key an example had before it was kept anew."""

    def __init__(
        self, session: TrainSession, changes: DataChanges, panel: ExamplesPanel, over: QWidget
    ) -> None:
        super().__init__(over)
        self._session, self._changes, self._panel = session, changes, panel
        self._desk, self._over = session.desk, over
        self.labels: Sequence[str] = ()
        """Those of the data set, offered while one is typed."""
        self.dialog: EditDialog | None = None
        self.edit = self._add("edit", strings.EDIT, self.edit_current)
        sides = [
            self._add(f"side-{name}", words, lambda to=split: self.use_for(to))
            for name, words, split in (
                ("learn", strings.LEARN, Split.TRAIN),
                ("hold-out", strings.HOLD_OUT, Split.VALIDATION),
                ("leave-out", strings.LEAVE_OUT, Split.LEFT_OUT),
            )
        ]
        self.large = self._add("large", strings.LARGE, self.show_large)
        self.take_out = self._add("take-out", strings.TAKE_OUT, self.take_out_selected)
        self._actions = [self.edit, *sides, self.large, self.take_out]
        menu = QMenu(over)
        menu.addActions([self.edit, self.large])
        self.send = send_menu(self._desk, "train", self._sending, over)
        menu.addMenu(self.send)
        menu.addSeparator()
        menu.addAction(self.take_out)
        panel.set_menu(menu, sides)
        view = panel.view
        view.edit_wanted.connect(self.edit_current)
        view.large_wanted.connect(self.show_large)
        view.side_wanted.connect(self.use_for)
        view.take_out_wanted.connect(self.take_out_selected)
        panel.selection_changed.connect(self._refresh)
        self._refresh()

    def _add(self, name: str, text: str, slot: Callable[[], object]) -> QAction:
        return self._desk.actions.add(f"train.example-{name}", text, slot, where=self._over)

    def _refresh(self) -> None:
        some = bool(self._panel.view.selectionModel().hasSelection())
        for action in self._actions:
            action.setEnabled(some)

    # --- on all that is selected ---------------------------------------------------------

    def use_for(self, split: Split) -> None:
        self._changes.use_for(self._panel.keys, split)

    def take_out_selected(self) -> None:
        self._changes.take_out(self._panel.keys)

    # --- on the current one --------------------------------------------------------------

    def _sending(self, pane: str) -> Sending | None:
        row = self._panel.current
        return Sending(pane, row.path) if row is not None else None

    def show_large(self) -> None:
        row = self._panel.current
        if row is not None:
            PictureDialog(self._desk, row.example, row.path, self._over).open()

    def edit_current(self) -> None:
        row = self._panel.current
        if row is not None:
            self._open(row.example, row.path)

    def edit_key(self, key: str) -> None:
        """Any example of the data set in hand, shown or not."""
        set_id, services = self._session.set_id, self._desk.services

        def read() -> tuple[Example, Path]:
            sets = services.training.datasets
            one = sets.example(set_id, key)
            return one, sets.lies_at(one)

        self._desk.fetch(read, lambda found: self._open(*found), latest="train-edit")

    def _open(self, one: Example, path: Path) -> None:
        def save(example: Example, refused: Callable[[str], object]) -> None:
            def done(_: ExamplesChange) -> None:
                dialog.accept()
                self.edited.emit(one.key)

            self._changes.edit(one.key, example, done, lambda sentence: refused(sentence) and None)

        self.dialog = dialog = EditDialog(self._desk, one, path, self.labels, save, self._over)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self, _: int) -> None:
        self.dialog = None
