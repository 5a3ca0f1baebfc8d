"""The library as a file: what it takes on disk, copies of it, a new one in its place."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.settings import working
from vlm_desktop.gui.panes.settings.section import Section
from vlm_desktop.gui.panes.settings.tables import FactTable
from vlm_desktop.gui.panes.settings.transfer import documents
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.engine.sizes import Sizes
    from vlm_desktop.engine.upkeep import RebuildReport, TakenIn


class LibraryFileSection(Section):
    """Sizes; export and import; thumbnails; older copies; a new library."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("library", parent)
        self._desk = desk
        self.add_text(strings.LIBRARY_TEXT)
        self.add(self._build_sizes(), strings.SIZES)
        self.export, self.take_in = self.add_buttons(
            (strings.EXPORT_LIBRARY, self.export_library),
            (strings.IMPORT_LIBRARY, self.import_library),
        )
        self.delete, self.make = self.add_buttons(
            (strings.THUMBNAILS_DELETE, self.delete_thumbnails),
            (strings.THUMBNAILS_MAKE, self.make_thumbnails),
        )
        self.copies = self.add_text("")
        self.delete_old, self.rebuild = self.add_buttons(
            (strings.DELETE_COPIES, self.delete_copies),
            (strings.REBUILD, self.ask_to_rebuild),
        )
        self._show_copies(0)

    def _build_sizes(self) -> QWidget:
        block = QWidget(self)
        title = QLabel(strings.SIZES, block)
        self.sizes = FactTable((strings.SIZE_PART, strings.SIZE_BYTES), strings.SIZES, block)
        self.state = QLabel(strings.SIZES_WORKING, block)
        self.state.setObjectName("hint")
        self.state.setWordWrap(True)
        title.setBuddy(self.sizes)
        self.sizes.hide()
        layout = QVBoxLayout(block)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        for widget in (title, self.state, self.sizes):
            layout.addWidget(widget)
        return block

    # --- sizes ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Add the sizes up anew."""
        self._desk.ask(
            lambda cancel: self._desk.services.upkeep.sizes(cancel),
            self._show,
            failed=lambda reason: self.state.setText(fill(strings.SIZES_FAILED, reason=reason)),
            latest="settings-sizes",
        )

    def _show(self, sizes: "Sizes") -> None:
        self.sizes.clear()
        for name, words in strings.SIZE_NAMES.items():
            size = getattr(sizes, name)
            if size or name != "copies":
                self.sizes.add_row((words, in_bytes(size)))
        self.sizes.fit_height()
        self.state.hide()
        self.sizes.show()
        self._show_copies(sizes.copies)

    def _show_copies(self, size: int) -> None:
        self.copies.setText(fill(strings.COPIES, size=in_bytes(size)) if size else "")
        self.copies.setVisible(size > 0)
        self.delete_old.setVisible(size > 0)

    # --- copies --------------------------------------------------------------------------

    def export_library(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            strings.EXPORT_LIBRARY.replace("&", ""),
            str(documents() / strings.LIBRARY_FILE),
            strings.LIBRARY_FILTER,
        )
        if chosen:
            working.begin(
                self._desk,
                strings.EXPORTING,
                lambda cancel: self._desk.services.upkeep.export_library(Path(chosen), cancel),
                lambda path: fill(strings.EXPORTED, path=path),
                lane="io",
            )

    def import_library(self) -> None:
        """Ask for a file and once more, then put it in the place of the library."""
        chosen, _ = QFileDialog.getOpenFileName(
            self,
            strings.IMPORT_LIBRARY.replace("&", ""),
            str(documents()),
            strings.LIBRARY_FILTER,
        )
        if chosen:
            words = fill(strings.IMPORT_ASK, path=chosen)
            confirm(
                self, strings.IMPORT_TITLE, words, strings.IMPORT_NOW,
                lambda: self._import(Path(chosen)),
            )  # fmt: skip

    def _import(self, path: Path) -> None:
        def done(taken: "TakenIn") -> str:
            self._desk.navigator.library_changed.emit()
            return fill(strings.IMPORTED, photos=taken.contents, path=taken.kept)

        working.begin(
            self._desk,
            strings.IMPORTING,
            lambda cancel: self._desk.services.upkeep.import_library(path, cancel),
            done,
        )

    def delete_copies(self) -> None:
        def done(count: int) -> None:
            self._desk.say(fill(strings.COPIES_DELETED, count=count))
            self.refresh()

        self._desk.ask(lambda _: self._desk.services.upkeep.delete_copies(), done)

    def ask_to_rebuild(self) -> None:
        ask_to_rebuild(self._desk, self)

    # --- thumbnails ----------------------------------------------------------------------

    def delete_thumbnails(self) -> None:
        self._thumbnails(
            strings.THUMBNAILS_DELETING,
            lambda cancel: self._desk.services.upkeep.delete_thumbnails(cancel),
            strings.THUMBNAILS_DELETED,
        )

    def make_thumbnails(self) -> None:
        self._thumbnails(
            strings.THUMBNAILS_MAKING,
            lambda cancel: self._desk.services.upkeep.make_thumbnails(cancel, again=True),
            strings.THUMBNAILS_MADE,
        )

    def _thumbnails(self, text: str, verb, words: str) -> None:
        def done(count: int) -> str:
            self._desk.navigator.library_changed.emit()
            return fill(words, count=count)

        working.begin(self._desk, text, verb, done)


def ask_to_rebuild(desk: Desk, parent: QWidget) -> None:
    """Ask, then start a new library beside the old one."""
    confirm(
        parent, strings.REBUILD_TITLE, strings.REBUILD_ASK, strings.REBUILD_NOW,
        lambda: rebuild(desk),
    )  # fmt: skip


def rebuild(desk: Desk) -> None:
    """Put the library aside and start a new one, where no indexing runs."""

    def done(report: "RebuildReport") -> str:
        desk.navigator.library_changed.emit()
        if report.kept is None:
            return strings.REBUILT_NOTHING
        return fill(strings.REBUILT, photos=report.contents, path=report.kept)

    working.begin(desk, strings.REBUILDING, lambda _: desk.services.upkeep.rebuild(), done)


def offer_rebuild(desk: Desk, parent: QWidget, path: Path) -> None:
    """The library is damaged: say so once, and offer the way out."""
    words = fill(strings.DAMAGED_TEXT, path=path)
    confirm(
        parent, strings.DAMAGED_TITLE, words, strings.REBUILD_NOW,
        lambda: rebuild(desk), refuse=strings.DAMAGED_LATER,
    )  # fmt: skip


def confirm(
    parent: QWidget, title: str, text: str, yes: str, act, *, refuse: str | None = None
) -> None:
    """Ask once; nothing waits for the answer."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(text)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(refuse or strings.CANCEL, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    accept.clicked.connect(lambda: act())
    box.finished.connect(box.deleteLater)
    box.open()


def in_bytes(size: int) -> str:
    """A size as a person reads it, in units of a thousand."""
    for words, unit in (
        (strings.GIGABYTES, 1e9),
        (strings.MEGABYTES, 1e6),
        (strings.KILOBYTES, 1e3),
    ):
        if size >= unit:
            return fill(words, size=size / unit)
    return fill(strings.BYTES, size=size)
