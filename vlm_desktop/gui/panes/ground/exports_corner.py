"""Objects out into files and in from files, and what is forgotten for good."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox

from vlm_desktop import strings as sentences
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.groundexports import (
    ONE_FILE,
    ObjectsExported,
    ObjectsFormat,
    ObjectsImported,
)
from vlm_desktop.base.groundkeeping import ObjectsForgotten
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.export_dialog import ExportDialog, ExportWish
from vlm_desktop.gui.panes.ground.items import OBJECT
from vlm_desktop.gui.panes.settings import working
from vlm_desktop.gui.strings import ground_files as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.long_task import LongTask

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane

_ENDINGS = "*.json *.jsonl *.txt *.xml *.yaml"


class ExportsCorner(QObject):
    """Main thread; files are read and written on lanes."""

    def __init__(self, pane: "GroundPane") -> None:
        super().__init__(pane)
        self._pane, self._session, self._desk = pane, pane.session, pane.desk
        self.task = LongTask(self._desk, self)
        self.export = self._add("export", strings.EXPORT_COMMAND, self.ask, "Ctrl+Shift+X")
        self.cutout = self._add("cutout", strings.SAVE_CUTOUT, self.ask_cutout)
        self.mask = self._add("mask", strings.SAVE_MASK, self.ask_mask)
        self.taking = self._add("import", strings.IMPORT_COMMAND, self.pick_file)
        self.folder = self._add("import-folder", strings.IMPORT_FOLDER, self.pick_folder)
        self.forget = self._add("forget", strings.FORGET, self.ask_to_forget)
        self.forget_all = self._add("forget-all", strings.FORGET_ALL, self.ask_to_forget_all)
        for signal in (
            self.task.changed, self._session.opened, self._session.loaded,
            self._session.objects_changed, pane.canvas.current_changed,
        ):  # fmt: skip
            signal.connect(lambda *_: self.refresh())
        self.refresh()

    def _add(self, name: str, text: str, slot: Callable[[], object], key: str = "") -> QAction:
        def do() -> None:
            self._desk.navigator.pane_wanted.emit("ground")
            slot()

        return self._desk.actions.add(
            f"ground.{name}", text, do, shortcut=key or None, where=self._pane, while_shown=True
        )

    def refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        idle = not self.task.is_running
        at, here = self._pane.current, bool(self._session.objects)
        known = here or bool(self._pane.review.pictures)
        outlined = at is not None and at[0] == OBJECT
        self.export.setEnabled(idle and known)
        for action in (self.cutout, self.mask):
            action.setEnabled(idle and outlined)
        for action in (self.taking, self.folder):
            action.setEnabled(idle)
        self.forget.setEnabled(idle and here)
        self.forget_all.setEnabled(idle and known)

    # --- out -----------------------------------------------------------------------------

    def ask(self) -> ExportDialog:
        """Ask for the format, then where to."""
        count = len(self._pane.review.pictures)
        dialog = ExportDialog(bool(self._session.objects), count, self._pick_target, self._pane)
        dialog.open()
        return dialog

    def _pick_target(self, wish: ExportWish) -> None:
        if wish.format in ONE_FILE:
            ending = "jsonl" if wish.format is ObjectsFormat.JSONL else "json"
            kinds = f"{strings.FORMATS[wish.format.value]} (*.{ending})"
            chosen, _ = QFileDialog.getSaveFileName(
                self._pane, strings.EXPORT_TARGET, f"{wish.format.value}.{ending}", kinds
            )
        else:
            chosen = QFileDialog.getExistingDirectory(self._pane, strings.EXPORT_FOLDER)
        if chosen:
            self.export_now(wish, Path(chosen))

    def export_now(self, wish: ExportWish, target: Path) -> None:
        """Write it; a file that is there was agreed to be replaced."""
        services, picture = self._desk.services, self._session.picture
        hashes = [picture.content_hash] if wish.only_this and picture is not None else None

        def verb(cancel: CancelToken) -> Generator[Event, None, ObjectsExported]:
            return services.ground.exports.export(
                wish.format, target, cancel, hashes=hashes, with_pictures=wish.with_pictures
            )

        self.task.run(
            strings.EXPORT_WORK, verb, exported_words, stopped=lambda: strings.EXPORT_STOPPED
        )

    def ask_cutout(self) -> None:
        self._save_one(strings.SAVE_CUTOUT, "cut-out", self.save_cutout)

    def ask_mask(self) -> None:
        self._save_one(strings.SAVE_MASK, "mask", self.save_mask)

    def _save_one(self, title: str, called: str, save: Callable[[Path], object]) -> None:
        picture = self._session.picture
        if picture is None:
            return
        name = f"{picture.path.stem} {called}.png"
        chosen, _ = QFileDialog.getSaveFileName(
            self._pane, title.replace("&", "").removesuffix("…"), name, "PNG (*.png)"
        )
        if chosen:
            save(Path(chosen))

    def save_cutout(self, target: Path) -> None:
        """The chosen object by itself, with transparency around it."""
        services, kept, at = self._desk.services, self._session.kept, self._pane.current
        if kept is not None and at is not None:
            self._write(
                target,
                lambda: services.ground.exports.save_cutout(kept, at[1], target, CancelToken()),
            )

    def save_mask(self, target: Path) -> None:
        """The mask of the chosen object, as large as the picture."""
        services, kept, at = self._desk.services, self._session.kept, self._pane.current
        if kept is not None and at is not None:
            self._write(target, lambda: services.ground.exports.save_mask(kept, at[1], target))

    def _write(self, target: Path, write: Callable[[], object]) -> None:
        self._desk.fetch(write, lambda _: self._session.say(fill(strings.SAVED, name=target.name)))

    # --- in ------------------------------------------------------------------------------

    def pick_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._pane, strings.IMPORT_TITLE, "", f"{strings.IMPORT_FILES} ({_ENDINGS})"
        )
        if chosen:
            self.take_in(Path(chosen))

    def pick_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._pane, strings.IMPORT_CHOOSE_FOLDER)
        if chosen:
            self.take_in(Path(chosen))

    def take_in(self, source: Path) -> None:
        """Put what a file brings beside what is there; Ctrl+Z takes all of it back."""
        services, picture = self._desk.services, self._session.picture
        beside = picture.path.parent if picture is not None else None

        def verb(cancel: CancelToken) -> Generator[Event, None, ObjectsImported]:
            return services.ground.exports.take_in(source, cancel, pictures_in=beside)

        def done(found: ObjectsImported) -> str:
            self._remember(source, found, verb)
            return imported_words(found)

        words = fill(strings.IMPORT_WORK, name=source.name)
        self.task.run(words, verb, done, stopped=lambda: strings.IMPORT_STOPPED)

    def _remember(
        self,
        source: Path,
        found: ObjectsImported,
        again: Callable[[CancelToken], Generator[Event, None, ObjectsImported]],
    ) -> None:
        """What was done already becomes the last change; only redoing brings it in anew."""
        first = [found]

        def do(cancel: CancelToken) -> Generator[Event, None, ObjectsImported]:
            if first:
                return first.pop()
            return (yield from again(cancel))

        def undo(result: ObjectsImported) -> Any:
            def back() -> None:
                for one in result.before:
                    self._desk.services.ground.keeping.save(one)

            return quick(back)

        change = Change(fill(strings.CHANGE_IMPORT, name=source.name), do, undo)
        self._desk.changes.perform(change, lambda _: self._session.reread())

    # --- forgetting ----------------------------------------------------------------------

    def ask_to_forget(self) -> None:
        picture = self._session.picture
        if picture is not None:
            asked = fill(strings.FORGET_ASK, name=picture.path.name)
            self._ask(asked, [picture.content_hash])

    def ask_to_forget_all(self) -> None:
        count = len(self._pane.review.pictures)
        self._ask(fill(strings.FORGET_ASK_ALL, count=count), None)

    def _ask(self, question: str, hashes: list[str] | None) -> None:
        box = QMessageBox(self._pane)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.FORGET_TITLE)
        box.setText(question)
        box.setInformativeText(strings.FORGET_TEXT)
        go = box.addButton(strings.FORGET_GO, QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(strings.FORGET_STAY, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        go.clicked.connect(lambda: self.forget_now(hashes))
        box.finished.connect(box.deleteLater)
        box.open()

    def forget_now(self, hashes: list[str] | None) -> None:
        """Forget objects of pictures for good, of all with None."""
        desk, session = self._desk, self._session
        self._pane.pointing.drop()

        def done(report: ObjectsForgotten) -> str:
            session.reread()
            said = [strings.forgotten_words(report.pictures)]
            if not report.clean:
                said.append(strings.FORGOTTEN_NOT_CLEAN)
            if report.other_copies:
                copies = ", ".join(map(str, report.other_copies))
                said.append(fill(strings.FORGOTTEN_COPIES, copies=copies))
            return " ".join(said)

        working.begin(
            desk,
            strings.FORGETTING,
            lambda cancel: desk.services.ground.keeping.forget(hashes, cancel),
            done,
        )


def exported_words(done: ObjectsExported) -> str:
    said = [fill(strings.EXPORTED, objects=done.objects, pictures=done.pictures,
                 name=done.target.name)]  # fmt: skip
    if done.left_out:
        said.append(fill(strings.EXPORTED_LEFT, count=done.left_out))
    return " ".join([*said, *(sentences.notice(one.code, one.detail) for one in done.notes)])


def imported_words(done: ObjectsImported) -> str:
    said = [fill(strings.IMPORTED, added=done.added, known=done.known)]
    if done.offered:
        said.append(fill(strings.IMPORTED_OFFERED, count=done.offered))
    if done.absent:
        said.append(fill(strings.IMPORTED_ABSENT, count=len(done.absent)))
    return " ".join([*said, *(sentences.notice(one.code, one.detail) for one in done.notes)])
