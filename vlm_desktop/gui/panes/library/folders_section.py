"""Folders: where the library's photos lie, how they are, and what can be done with them."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtWidgets import (
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.folders_model import Column, FoldersModel
from vlm_desktop.gui.panes.library.removing import Removing
from vlm_desktop.gui.panes.library.section import Heading, Section
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.strings import shell as shell_strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

if TYPE_CHECKING:
    from vlm_desktop.engine.folders import FolderState, ForgottenCounts

_MINUTE_MS = 60_000


class FoldersSection(Section):
    """A table of folders with the buttons for the selected one."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = FoldersModel(self)
        self.heading = Heading(strings.FOLDERS_TITLE, strings.FOLDERS_TEXT, self)
        self.table = self._build_table()
        self.page = MessagePage(self)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.table)
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[2])
        layout.addWidget(self.heading)
        layout.addLayout(self._build_buttons())
        layout.addWidget(self.layers, 1)
        walk = (self.remove, self.page.primary, self.page.second, self.table)
        for before, after in pairwise(walk):
            QWidget.setTabOrder(before, after)
        self._clock = QTimer(self, interval=_MINUTE_MS)
        self._clock.timeout.connect(self._show_watches)
        self._removing = Removing(desk, self)
        self._known: tuple[FolderState, ...] | None = None
        self._wants_focus = False
        self._connect()
        self._show_buttons()

    def _build_table(self) -> QTreeView:
        table = QTreeView(self)
        table.setModel(self.model)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setAccessibleName(strings.FOLDERS_TABLE)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.FOLDER, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(Column.WATCHED, QHeaderView.ResizeMode.Interactive)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        return table

    def _build_buttons(self) -> FlowLayout:
        self.add_button = _button(strings.ADD_FOLDER)
        self.look = _button(strings.LOOK_NOW, strings.LOOK_NOW_TIP)
        self.pause = _button(shell_strings.PAUSE, shell_strings.PAUSE_NAME)
        self.photos = _button(strings.SHOW_PHOTOS)
        self.reveal = _button(strings.SHOW_FOLDER)
        self.remove = _button(strings.REMOVE_FOLDER, strings.REMOVE_FOLDER_TIP)
        row = FlowLayout(gap=measures().space[1])
        for button in (
            self.add_button, self.look, self.pause, self.photos, self.reveal, self.remove,
        ):  # fmt: skip
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        desk = self.desk
        add_folder = desk.actions.get("file.add-folder")
        self.add_button.clicked.connect(add_folder.trigger)
        self.page.primary.clicked.connect(self._page_pressed)
        self.look.clicked.connect(self.look_now)
        self.pause.clicked.connect(self._pause)
        self.photos.clicked.connect(self.show_photos)
        self.reveal.clicked.connect(self.reveal_folder)
        self.remove.clicked.connect(self.remove_folder)
        self.model.watch_wanted.connect(self.set_watched)
        self.table.activated.connect(lambda _: self.show_photos())
        self.table.selectionModel().selectionChanged.connect(self._show_buttons)
        self.table.selectionModel().currentChanged.connect(self._show_buttons)
        desk.navigator.library_changed.connect(self._refresh_if_seen)
        desk.watching.changed.connect(self._show_watches)
        desk.work.changed.connect(self._show_buttons)
        add = desk.actions.add
        self.remove_action = add(
            "folder.remove", strings.REMOVE_FOLDER, self.remove_folder, shortcut="Del",
            tip=strings.REMOVE_FOLDER_TIP, where=self.table,
        )  # fmt: skip
        self.watch_action = add(
            "folder.watch", strings.WATCH_FOLDER, self.toggle_watched,
            shortcut="Space", tip=strings.WATCH_FOLDER_TIP, checkable=True, where=self.table,
        )  # fmt: skip
        add("library.tidy", strings.TIDY, self.tidy, menu="tools", tip=strings.TIDY_TIP)
        self.table.addActions([self.watch_action, self.remove_action])

    # --- the section ---------------------------------------------------------------------

    def shown(self) -> None:
        self._clock.start()
        self.refresh()

    def activate(self) -> None:
        unknown = self._known is None
        wanted = self.table if unknown or self.model.rowCount() else self.add_button
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wants_focus = unknown

    def stop(self) -> None:
        self._clock.stop()

    def refresh(self) -> None:
        services = self.desk.services
        if self._known is None:
            self._show_page(Message(strings.FOLDERS_TITLE, strings.WORKING))
        self.desk.fetch(
            lambda: services.folders.states(), self._show, failed=self._failed, latest="folders"
        )

    # --- what a person does --------------------------------------------------------------

    def look_now(self) -> None:
        """Look through the selected folder, or through all that are there."""
        chosen = self.selected()
        folders = [chosen] if chosen else list(self._known or ())
        there = [one.path for one in folders if one.online]
        if there:
            self.desk.indexing.index(there, only_known=True)

    def show_photos(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            self.desk.navigator.search_wanted.emit(f'folder:"{chosen.path}"')

    def reveal_folder(self) -> None:
        chosen = self.selected()
        if chosen is not None and not self.desk.open_file(chosen.path):
            self.desk.say(fill(strings.NOT_OPENED, path=chosen.path))

    def toggle_watched(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            self.set_watched(chosen.path, not chosen.is_watched)

    def set_watched(self, path: Path, watched: bool) -> None:
        services = self.desk.services
        self.desk.fetch(
            lambda: services.folders.set_watched(path, watched), lambda _: self.refresh()
        )

    def remove_folder(self) -> None:
        """Remove the selected folder, which Undo brings back."""
        chosen = self.selected()
        if chosen is not None:
            self._removing.remove(chosen.path)

    def tidy(self) -> None:
        services = self.desk.services

        def done(forgotten: "ForgottenCounts") -> None:
            count = forgotten.contents
            words = strings.TIDIED if count else strings.TIDIED_NOTHING
            self.desk.say(fill(words, count=count))
            self.desk.navigator.library_changed.emit()

        self.desk.ask(lambda _: services.folders.forget_unused(), done, lane="model")

    def _pause(self) -> None:
        running = self.desk.work.running
        if running:
            running[0].pause(not running[0].state.paused)

    def _page_pressed(self) -> None:
        if self._known is None:
            self.refresh()
        else:
            self.add_button.click()

    # --- showing -------------------------------------------------------------------------

    def selected(self) -> "FolderState | None":
        return self.model.folder(self.table.currentIndex().row())

    def _show(self, folders: "tuple[FolderState, ...]") -> None:
        before, row = self.selected(), self.table.currentIndex().row()
        self._known = folders
        self.model.show(folders, self.desk.watching.states)
        self._fit_last_column()
        if not folders:
            self._show_page(
                Message(strings.FOLDERS_EMPTY_TITLE, strings.FOLDERS_EMPTY_TEXT, strings.ADD_FOLDER)
            )
        else:
            self.layers.setCurrentWidget(self.table)
            if not self.table.currentIndex().isValid():
                paths = [one.path for one in folders]
                if before is not None and before.path in paths:
                    row = paths.index(before.path)
                self._select(min(max(row, 0), len(paths) - 1))
        self._show_buttons()
        if self._wants_focus and self.isVisible():
            self.activate()

    def _select(self, row: int) -> None:
        self.table.selectionModel().setCurrentIndex(
            self.model.index(row, 0),
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows,
        )

    def _failed(self, sentence: str) -> None:
        if self._known is None:
            self._show_page(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))
        else:
            self.desk.say(sentence)

    def _show_page(self, message: Message) -> None:
        self.page.show_message(message)
        self.layers.setCurrentWidget(self.page)

    def _show_watches(self) -> None:
        if self._known is not None:
            self.model.show(self._known, self.desk.watching.states)
            self._fit_last_column()

    def _fit_last_column(self) -> None:
        """The style reckons with a smaller check box than the theme draws."""
        wide = self.table.sizeHintForColumn(Column.WATCHED) + measures().space[2]
        head = self.table.header().sectionSizeHint(Column.WATCHED)
        self.table.header().resizeSection(Column.WATCHED, max(wide, head))

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show_buttons(self, *_: object) -> None:
        chosen = self.selected()
        for button in (self.photos, self.remove):
            button.setEnabled(chosen is not None)
        self.reveal.setEnabled(chosen is not None and chosen.online)
        self.remove_action.setEnabled(chosen is not None)
        self.watch_action.setEnabled(chosen is not None)
        self.watch_action.setChecked(chosen is not None and chosen.is_watched)
        self.look.setEnabled(any(one.online for one in self._known or ()))
        running = self.desk.work.running
        self.pause.setVisible(bool(running) and running[0].can_pause)
        if running:
            paused = running[0].state.paused
            self.pause.setText(shell_strings.RESUME if paused else shell_strings.PAUSE)
            name = shell_strings.RESUME_NAME if paused else shell_strings.PAUSE_NAME
            self.pause.setAccessibleName(name)


def _button(text: str, tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
