"""Where documents come from: files, folders, what is dropped, what Search sends."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.documents.batch_corner import BatchCorner
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.panes.settings import working
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.strings import documents_files as file_strings
from vlm_desktop.gui.widgets.send_menu import send_menu

if TYPE_CHECKING:
    from vlm_desktop.base.documentkeeping import DocumentsForgotten

_ENDINGS = "*.pdf *.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.gif *.bmp"


class Opening(QObject):
    """Main thread. One file is opened at once; several, or a folder, are read as a batch."""

    def __init__(self, session: DocumentSession, batch: BatchCorner, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._batch, self._over = session, batch, over
        self._desk = session.desk
        self.files = self._add("open", strings.OPEN_FILES, self.pick_files, "Ctrl+N")
        self.folder = self._add("folder", strings.OPEN_FOLDER, self.pick_folder, "Ctrl+Shift+O")
        for action in (self.files, self.folder):
            action.setToolTip(strings.OPEN_TIP)
        self.selection = self._add(
            "selection", strings.OPEN_SELECTION,
            lambda: self.take_photos(self._desk.navigator.selection),
        )  # fmt: skip
        self.resume = self._add("go-on", file_strings.BATCH_GO_ON, batch.go_on)
        self.again = self._add("read-again", strings.READ_AGAIN, self.read_again, "Ctrl+R")
        self.forget = self._add("forget", file_strings.FORGET, self.ask_to_forget)
        self.forget_all = self._add("forget-all", file_strings.FORGET_ALL, self.ask_to_forget_all)
        self.open_menu = QMenu(over)
        for action in (self.files, self.folder, self.selection, self.resume):
            self.open_menu.addAction(action)
        self.more_menu = QMenu(over)
        for action in (self.again, self.forget, self.forget_all):
            self.more_menu.addAction(action)
        self.send = send_menu(self._desk, "documents", self._sending, over)
        self.more_menu.addMenu(self.send)
        for signal in (session.opened, session.sheet_changed, session.listed, batch.changed):
            signal.connect(self._refresh)
        self._desk.navigator.selection_changed.connect(lambda _: self._refresh())
        self._refresh()

    def _add(self, name: str, text: str, slot: Callable[[], object], key: str = "") -> QAction:
        def do() -> None:
            self._desk.navigator.pane_wanted.emit("documents")
            slot()

        return self._desk.actions.add(
            f"documents.{name}", text, do, shortcut=key or None, where=self._over,
            while_shown=True,
        )  # fmt: skip

    def _refresh(self) -> None:
        """Commands that would have nothing to act on are off."""
        session, idle = self._session, not self._batch.is_running
        self.folder.setEnabled(idle)
        self.resume.setEnabled(idle)
        self.selection.setEnabled(bool(self._desk.navigator.selection))
        self.again.setEnabled(session.path is not None)
        self.forget.setEnabled(session.sheet is not None)
        self.send.setEnabled(session.path is not None)
        self.forget_all.setEnabled(bool(session.documents) and idle)

    def _sending(self, pane: str) -> Sending | None:
        """The page in sight."""
        session = self._session
        path = session.path
        page = session.page if path is not None and path.suffix.lower() == ".pdf" else 0
        return Sending(pane, path, page) if path is not None else None

    # --- opening -------------------------------------------------------------------------

    def pick_files(self) -> None:
        kinds = f"{strings.DOCUMENT_FILES} ({_ENDINGS} {_ENDINGS.upper()});;"
        chosen, _ = QFileDialog.getOpenFileNames(
            self._over, strings.CHOOSE_FILES, "", f"{kinds}{strings.ALL_FILES} (*)"
        )
        self.take_paths([Path(one) for one in chosen])

    def pick_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._over, strings.CHOOSE_FOLDER)
        if chosen:
            self._batch.take([Path(chosen)])

    def take_drop(self, mime: QMimeData) -> None:
        self.take_paths(dropped_paths(mime))

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Open one file; read several, or a folder. Which they are is looked up on a lane: a disk
        may take its time."""

        def done(folders: bool) -> None:
            if len(paths) == 1 and not folders:
                self._session.open(paths[0], self._session.schema_name)
            else:
                self._batch.take(paths)

        if paths:
            self._desk.fetch(lambda: any(one.is_dir() for one in paths), done)

    def take_photos(self, content_ids: Sequence[int]) -> None:
        """Files of the library, such as those selected in Search: one path of each."""
        ids, services = tuple(content_ids), self._desk.services

        def paths() -> list[Path]:
            found = (services.upkeep.paths_of([one])[:1] for one in ids)
            return [path for some in found for path in some]

        if ids:
            self._desk.fetch(paths, self.take_paths)

    def read_again(self) -> None:
        """Read the open document anew; what a person said of it stays."""
        if self._session.path is not None:
            self._session.open(self._session.path, again=True)

    # --- forgetting ----------------------------------------------------------------------

    def ask_to_forget(self) -> None:
        sheet = self._session.sheet
        if sheet is not None:
            document = sheet.document
            asked = fill(file_strings.FORGET_ASK, name=document.path.name)
            self._ask(asked, self._session.ids_of(document.path))

    def ask_to_forget_all(self) -> None:
        count = len(self._session.documents)
        self._ask(fill(file_strings.FORGET_ASK_ALL, count=count), None)

    def _ask(self, question: str, ids: tuple[int, ...] | None) -> None:
        box = QMessageBox(self._over)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(file_strings.FORGET_TITLE)
        box.setText(question)
        box.setInformativeText(file_strings.FORGET_TEXT)
        go = box.addButton(file_strings.FORGET_GO, QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(file_strings.FORGET_STAY, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        go.clicked.connect(lambda: self.forget_now(ids))
        box.finished.connect(box.deleteLater)
        box.open()

    def forget_now(self, ids: tuple[int, ...] | None) -> None:
        """Forget documents, all with None. The one that is shown is closed."""
        desk, session = self._desk, self._session
        session.open(None)

        def done(report: "DocumentsForgotten") -> str:
            session.refresh()
            said = [file_strings.forgotten_words(report.documents)]
            if not report.clean:
                said.append(file_strings.FORGOTTEN_NOT_CLEAN)
            if report.other_copies:
                copies = ", ".join(map(str, report.other_copies))
                said.append(fill(file_strings.FORGOTTEN_COPIES, copies=copies))
            return " ".join(said)

        working.begin(
            desk,
            file_strings.FORGETTING,
            lambda cancel: desk.services.documents.keeping.forget(ids, cancel),
            done,
        )


def dropped_paths(mime: QMimeData) -> list[Path]:
    """Local files and folders among what is dropped."""
    return [Path(one.toLocalFile()) for one in mime.urls() if one.isLocalFile()]
