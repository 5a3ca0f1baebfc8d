"""What is done with whole data sets: new, renamed, removed, forgotten, handed on."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import ExamplesForgotten
from vlm_desktop.gui.panes.settings import working
from vlm_desktop.gui.panes.train.data_export import ENDINGS, ExportDialog, ExportWish
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.name_question import ask_name

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.events import Event


class SetsCorner:
    """Main thread. All but forgetting can be undone."""

    def __init__(
        self, session: TrainSession, over: QWidget, selected: Callable[[], tuple[str, ...]]
    ) -> None:
        self._session, self._desk, self._over = session, session.desk, over
        self._selected = selected
        self.task = LongTask(self._desk, over)
        self.new = self._add("new", strings.NEW_SET_COMMAND, self.ask_new, "Ctrl+N")
        self.rename = self._add("rename", strings.RENAME_SET, self.ask_rename)
        self.export = self._add("export", strings.EXPORT, self.ask_export, "Ctrl+E")
        self.remove = self._add("remove", strings.REMOVE_SET, self.remove_set)
        self.forget = self._add("forget", strings.FORGET_SET, self.ask_forget)
        self.menu = QMenu(over)
        self.menu.addActions([self.rename, self.export])
        self.menu.addSeparator()
        self.menu.addActions([self.remove, self.forget])
        session.opened.connect(self._refresh)
        session.listed.connect(self._refresh)
        self._refresh()

    def _add(self, name: str, text: str, slot: Callable[[], object], key: str = "") -> QAction:
        def do() -> None:
            self._desk.navigator.pane_wanted.emit("train")
            slot()

        return self._desk.actions.add(
            f"train.data-{name}", text, do, shortcut=key or None, where=self._over,
            while_shown=True,
        )  # fmt: skip

    def _refresh(self) -> None:
        kept = self._session.set
        for action in (self.rename, self.remove, self.forget):
            action.setEnabled(kept is not None)
        self.export.setEnabled(kept is not None and kept.examples > 0)

    # --- new, renamed, removed -----------------------------------------------------------

    def ask_new(self) -> None:
        """Ask for a name and make a data set."""
        suggested = free_name(strings.FIRST_NAME, [one.name for one in self._session.sets])
        name = ask_name(self._over, strings.NEW_SET, strings.NEW_SET_LABEL, suggested)
        if name:
            self.make(name)

    def make(self, name: str) -> None:
        """A new, empty data set, taken in hand. Done again, it is the same one."""
        session, services = self._session, self._desk.services
        made: list[int] = []

        def do() -> int:
            sets = services.training.datasets
            if made:
                sets.restore(made[0])
            else:
                made.append(sets.create(name).id)
            return made[0]

        self._desk.changes.perform(
            Change(
                fill(strings.CHANGE_NEW, name=name),
                quick(do),
                lambda set_id: quick(lambda: services.training.datasets.remove(set_id)),
            ),
            session.open,
            self._desk.say,
        )

    def ask_rename(self) -> None:
        kept = self._session.set
        if kept is not None:
            name = ask_name(self._over, strings.RENAME_TITLE, strings.NEW_SET_LABEL, kept.name)
            if name and name != kept.name:
                self.rename_to(name)

    def rename_to(self, name: str) -> None:
        kept, services = self._session.set, self._desk.services
        if kept is None:
            return
        set_id = kept.id
        self._desk.changes.perform(
            Change(
                strings.CHANGE_RENAME,
                quick(lambda: services.training.datasets.rename(set_id, name)),
                lambda was: quick(lambda: services.training.datasets.rename(set_id, was)),
            ),
            failed=self._desk.say,
        )

    def remove_set(self) -> None:
        """Undo brings it back as it was."""
        kept, services = self._session.set, self._desk.services
        if kept is None:
            return
        set_id, name = kept.id, kept.name
        self._desk.changes.perform(
            Change(
                fill(strings.CHANGE_REMOVE, name=name),
                quick(lambda: services.training.datasets.remove(set_id)),
                lambda _: quick(lambda: services.training.datasets.restore(set_id)),
            ),
            lambda _: self._desk.say(fill(strings.SET_REMOVED, name=name)),
        )

    # --- forgotten -----------------------------------------------------------------------

    def ask_forget(self) -> None:
        kept = self._session.set
        if kept is None:
            return
        box = QMessageBox(self._over)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.FORGET_TITLE)
        box.setText(fill(strings.FORGET_ASK, name=kept.name))
        box.setInformativeText(strings.FORGET_TEXT)
        go = box.addButton(strings.FORGET_GO, QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(strings.FORGET_STAY, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        set_id, name = kept.id, kept.name
        go.clicked.connect(lambda: self.forget_now(set_id, name))
        box.finished.connect(box.deleteLater)
        box.open()

    def forget_now(self, set_id: int, name: str) -> None:
        session, desk = self._session, self._desk

        def done(report: ExamplesForgotten) -> str:
            session.refresh()
            return forgotten_words(report)

        working.begin(
            desk,
            fill(strings.FORGETTING, name=name),
            lambda cancel: desk.services.training.datasets.forget([set_id], cancel),
            done,
        )

    # --- handed on -----------------------------------------------------------------------

    def ask_export(self) -> None:
        kept = self._session.set
        if kept is not None and kept.examples:
            ExportDialog(kept.name, len(self._selected()), self._pick_target, self._over).open()

    def _pick_target(self, wish: ExportWish) -> None:
        kept = self._session.set
        if kept is None:
            return
        ending = ENDINGS[wish.form]
        chosen, _ = QFileDialog.getSaveFileName(
            self._over,
            fill(strings.EXPORT_TITLE, name=kept.name),
            f"{kept.name}.{ending}",
            f"{strings.EXPORT_FILES} (*.{ending})",
            # Nothing is written over, so there is nothing to be asked about that.
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            target = Path(chosen)
            self.write(wish, target if target.suffix else target.with_suffix(f".{ending}"))

    def write(self, wish: ExportWish, target: Path) -> None:
        set_id, services = self._session.set_id, self._desk.services
        keys = self._selected() if wish.only_selected else None

        def verb(cancel: "CancelToken") -> "Generator[Event, None, int]":
            sets = services.training.datasets
            examples = sets.examples(set_id) if keys is None else sets.with_keys(set_id, keys)
            return (yield from services.training.sources.write(examples, target, wish.form, cancel))

        def done(count: int) -> str:
            return strings.counted(strings.EXPORTED_ONE, strings.EXPORTED, count, name=target.name)

        if not self.task.run(fill(strings.EXPORT_WORK, name=target.name), verb, done):
            self._desk.say(strings.BUSY)


def free_name(name: str, taken: list[str]) -> str:
    """Numbered where a data set is called that already."""
    known = {one.casefold() for one in taken}
    number, free = 1, name
    while free.casefold() in known:
        number += 1
        free = fill(strings.NUMBERED, name=name, number=number)
    return free


def forgotten_words(report: ExamplesForgotten) -> str:
    said = [strings.counted(strings.FORGOTTEN_ONE, strings.FORGOTTEN, report.examples)]
    if not report.clean:
        said.append(strings.FORGOTTEN_NOT_CLEAN)
    if report.other_copies:
        copies = ", ".join(map(str, report.other_copies))
        said.append(fill(strings.FORGOTTEN_COPIES, copies=copies))
    return " ".join(said)
