"""Privacy: what stays on this computer, and forgetting photos for good."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.settings import working
from vlm_desktop.gui.panes.settings.section import Section
from vlm_desktop.gui.panes.settings.transfer import documents
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough

if TYPE_CHECKING:
    from vlm_desktop.engine.upkeep import ForgetReport

_WIDTH = 640
_MOST_SHOWN = 200


class PrivacySection(Section):
    """The promise, forgetting, what is kept out, older copies."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("privacy", parent)
        self._desk = desk
        self.add_text(strings.PRIVACY_TEXT)
        self.add_text(strings.FORGET_TEXT)
        self.forget_photos, self.forget_folder = self.add_buttons(
            (strings.FORGET_PHOTOS, self.ask_for_photos),
            (strings.FORGET_FOLDER, self.ask_for_folder),
        )
        self.kept_out = self.add_text(strings.KEPT_OUT_NONE)
        (self.let_in,) = self.add_buttons((strings.LET_IN, self.allow_again))
        self.let_in.setEnabled(False)

    def refresh(self) -> None:
        """Count what is kept out."""
        self._desk.fetch(
            lambda: self._desk.services.upkeep.kept_out_count(),
            self._show,
            failed=lambda _: None,  # the library's own state says so already
            latest="settings-kept-out",
        )

    def _show(self, count: int) -> None:
        words = {0: strings.KEPT_OUT_NONE, 1: strings.KEPT_OUT_ONE}.get(count, strings.KEPT_OUT)
        self.kept_out.setText(fill(words, count=count))
        self.let_in.setEnabled(count > 0)

    def ask_for_photos(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(
            self, strings.FORGET_PHOTOS.replace("&", ""), str(documents())
        )
        if chosen:
            self.ask_to_forget([Path(path) for path in chosen])

    def ask_for_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, strings.FORGET_FOLDER.replace("&", ""))
        if chosen:
            self.ask_to_forget([Path(chosen)])

    def ask_to_forget(self, paths: Sequence[Path]) -> None:
        """Ask once more, then forget."""
        ask_to_forget(self._desk, self, paths)

    def allow_again(self) -> None:
        def done(_: int) -> None:
            self._desk.say(strings.LET_IN_DONE)
            self.refresh()

        self._desk.fetch(lambda: self._desk.services.upkeep.let_in(), done)


class ForgetDialog(QDialog):
    """Says what will be forgotten, and takes the answer."""

    def __init__(self, paths: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.FORGET_TITLE)
        self.setMinimumWidth(_WIDTH)
        ask = QLabel(strings.FORGET_ASK, self)
        text = QLabel(strings.FORGET_TEXT, self)
        text.setObjectName("hint")
        for label in (ask, text):
            label.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(strings.FORGET_LIST)
        self.list.addItems([str(path) for path in paths[:_MOST_SHOWN]])
        if len(paths) > _MOST_SHOWN:
            self.list.addItem(fill("+ {more:,}", more=len(paths) - _MOST_SHOWN))
        ask.setBuddy(self.list)
        self.keep_out = QCheckBox(strings.FORGET_KEEP_OUT, self)
        self.keep_out.setToolTip(strings.FORGET_KEEP_OUT_TIP)
        self.keep_out.setAccessibleDescription(strings.FORGET_KEEP_OUT_TIP)
        self.keep_out.setChecked(True)
        self.alt_texts = QCheckBox(strings.FORGET_ALT_TEXTS, self)
        self.alt_texts.setToolTip(strings.FORGET_ALT_TEXTS_TIP)
        self.alt_texts.setAccessibleDescription(strings.FORGET_ALT_TEXTS_TIP)
        buttons = QDialogButtonBox(self)
        self.forget = buttons.addButton(
            strings.FORGET_NOW, QDialogButtonBox.ButtonRole.DestructiveRole
        )
        cancel = buttons.addButton(strings.CANCEL, QDialogButtonBox.ButtonRole.RejectRole)
        self.forget.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[3], space[3], space[3])
        layout.setSpacing(space[2])
        for widget in (ask, self.list, text, self.keep_out, self.alt_texts, buttons):
            layout.addWidget(widget)
        TallEnough(self, _WIDTH)
        cancel.setFocus()


def forget_selected(desk: Desk, parent: QWidget) -> None:
    """Ask whether the photos selected in the grid are to be forgotten, with all their copies."""
    chosen = desk.navigator.selection
    if not chosen:
        desk.say(strings.FORGET_NOTHING)
        return
    services = desk.services
    desk.fetch(
        lambda: services.upkeep.paths_of(chosen), lambda paths: ask_to_forget(desk, parent, paths)
    )


def ask_to_forget(desk: Desk, parent: QWidget, paths: Sequence[Path]) -> None:
    """Open the dialog over `parent`; with a yes, forget on the lane where indexing runs."""
    dialog = ForgetDialog(paths, parent)
    dialog.accepted.connect(
        lambda: _forget(
            desk,
            paths,
            keep_out=dialog.keep_out.isChecked(),
            alt_texts=dialog.alt_texts.isChecked(),
        )
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _forget(desk: Desk, paths: Sequence[Path], *, keep_out: bool, alt_texts: bool) -> None:
    def done(report: "ForgetReport") -> str:
        desk.navigator.library_changed.emit()
        words = strings.FORGOTTEN_ONE if report.photos == 1 else strings.FORGOTTEN
        said = fill(words, photos=report.photos, vectors=report.vectors)
        if report.alt_texts_kept:
            kept = fill(strings.ALT_TEXTS_KEPT, count=report.alt_texts_kept)
            said = f"{said} {kept}"
        return said if report.clean else f"{said} {strings.FORGOTTEN_NOT_CLEAN}"

    working.begin(
        desk,
        strings.FORGETTING,
        lambda cancel: desk.services.upkeep.forget(
            paths, cancel, keep_out=keep_out, alt_texts=alt_texts
        ),
        done,
    )
