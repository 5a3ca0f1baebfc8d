"""Files set aside: which, why, and trying them again."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.section import Heading, Section
from vlm_desktop.gui.panes.library.set_aside_model import Column, SetAsideModel, reason_row
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.message_page import Message, MessagePage

if TYPE_CHECKING:
    from vlm_desktop.engine.folders import SetAsideFiles

_FILE_SHARE, _FOLDER_SHARE = 3, 4
_COLUMN_UNIT = 70


class SetAsideSection(Section):
    """A table by reason with buttons for the selected files and for all of them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = SetAsideModel(self)
        self.heading = Heading(strings.SET_ASIDE_TITLE, strings.SET_ASIDE_TEXT, self)
        self.reasons = QComboBox(self)
        self.reasons.setAccessibleName(strings.REASONS_NAME)
        self.reasons.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.table = self._build_table()
        self.page = MessagePage(self)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.table)
        self.retry_chosen = QPushButton(strings.RETRY_CHOSEN, self)
        self.retry_all = QPushButton(strings.RETRY_ALL, self)
        self.reveal = QPushButton(strings.SHOW_FILE, self)
        self.save = QPushButton(strings.SAVE_LIST, self)
        self._known = False
        self._lay_out()
        self._connect()
        self._show_buttons()

    def _build_table(self) -> QTreeView:
        table = QTreeView(self)
        table.setModel(self.model)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAccessibleName(strings.SET_ASIDE_LIST)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        header = table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.resizeSection(Column.FILE, _FILE_SHARE * _COLUMN_UNIT)
        header.resizeSection(Column.FOLDER, _FOLDER_SHARE * _COLUMN_UNIT)
        header.setStretchLastSection(True)
        return table

    def _lay_out(self) -> None:
        space = measures().space
        label = QLabel(strings.REASONS_NAME, self)
        label.setBuddy(self.reasons)
        label.setMinimumHeight(self.reasons.sizeHint().height())
        self._reason_label = label
        top = FlowLayout(gap=space[1])
        for widget in (label, self.reasons):
            top.addWidget(widget)
        for button in (self.retry_chosen, self.retry_all, self.reveal, self.save):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[2])
        layout.addWidget(self.heading)
        layout.addLayout(top)
        layout.addWidget(self.layers, 1)

    def _connect(self) -> None:
        desk = self.desk
        self.reasons.currentIndexChanged.connect(self._narrow)
        self.retry_chosen.clicked.connect(self.try_chosen)
        self.retry_all.clicked.connect(self.try_shown)
        self.reveal.clicked.connect(self.show_in_folder)
        self.save.clicked.connect(self.ask_to_save)
        self.page.primary.clicked.connect(self.refresh)
        self.table.selectionModel().selectionChanged.connect(self._show_buttons)
        self.table.activated.connect(lambda _: self.show_in_folder())
        desk.navigator.library_changed.connect(self._refresh_if_seen)
        add = desk.actions.add
        add("set-aside.retry-all", strings.RETRY_ALL, self.try_everything, menu="tools")
        self.table.addAction(
            add("set-aside.retry", strings.RETRY_CHOSEN, self.try_chosen, where=self.table)
        )
        self.table.addAction(
            add("set-aside.show", strings.SHOW_FILE, self.show_in_folder, where=self.table)
        )

    # --- the section ---------------------------------------------------------------------

    def shown(self) -> None:
        self.refresh()

    def activate(self) -> None:
        wanted = self.table if self.model.rowCount() else self.page
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        services = self.desk.services
        if not self._known:
            self._show_page(Message(strings.SET_ASIDE_TITLE, strings.WORKING))
        self.desk.fetch(
            lambda: services.folders.set_aside(),
            self._show,
            failed=self._failed,
            latest="set-aside",
        )

    # --- what a person does --------------------------------------------------------------

    def chosen_rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def try_chosen(self) -> None:
        self._retry([self.model.file_id(row) for row in self.chosen_rows()])

    def try_shown(self) -> None:
        """All files of the reason that is chosen."""
        self._retry(self.model.file_ids())

    def try_everything(self) -> None:
        """All files, whether the section was read or not."""
        services = self.desk.services

        def retry() -> tuple[int, tuple[Path, ...]]:
            ids = services.folders.set_aside().ids
            return len(ids), services.folders.retry(ids)

        self.desk.fetch(retry, lambda found: self._retried(*found))

    def show_in_folder(self) -> None:
        rows = self.chosen_rows()
        if rows:
            path = self.model.path(rows[0])
            if not self.desk.open_file(path.parent):
                self.desk.say(fill(strings.NOT_OPENED, path=path.parent))

    def ask_to_save(self) -> None:
        start = str(Path.home() / strings.SAVE_LIST_NAME)
        name, _ = QFileDialog.getSaveFileName(
            self, strings.SAVE_LIST_TITLE, start, strings.TABLE_FILES
        )
        if name:
            self.save_to(Path(name))

    def save_to(self, target: Path) -> None:
        """Write what is shown as a table."""
        services, model = self.desk.services, self.model
        heads = (strings.SET_ASIDE_FILE, strings.SET_ASIDE_REASON)

        def save() -> Path:
            return services.exporting.save_table(target, heads, model.table())

        self.desk.fetch(save, lambda path: self.desk.say(fill(strings.SAVED, path=path)))

    def _retry(self, file_ids: list[int]) -> None:
        services = self.desk.services
        if file_ids:
            self.desk.fetch(
                lambda: services.folders.retry(file_ids),
                lambda folders: self._retried(len(file_ids), folders),
            )

    def _retried(self, count: int, folders: tuple[Path, ...]) -> None:
        if not count:
            return
        parts = [strings.retrying(count)]
        if folders:
            self.desk.indexing.index(folders, only_known=True)
        else:
            parts.append(strings.RETRY_OFFLINE)
        self.desk.say(" ".join(parts))
        self.desk.navigator.library_changed.emit()

    # --- showing -------------------------------------------------------------------------

    def _reason(self) -> Refusal | None:
        chosen = self.reasons.currentData()
        return Refusal(chosen) if chosen else None

    def _show(self, files: "SetAsideFiles") -> None:
        self._known = True
        before = self._reason()
        current = self.table.currentIndex().row()
        self.model.show(files, None)
        reason = before if before in self.model.reasons else None
        self.model.narrow(reason)
        self._fill_reasons(reason)
        if not len(files):
            self._show_page(Message(strings.SET_ASIDE_EMPTY_TITLE, strings.SET_ASIDE_EMPTY_TEXT))
        else:
            self.layers.setCurrentWidget(self.table)
            self._select(current)
        self._show_buttons()

    def _fill_reasons(self, chosen: Refusal | None) -> None:
        with QSignalBlocker(self.reasons):
            self.reasons.clear()
            self.reasons.addItem(reason_row(None, self.model.total), "")
            for reason, count in self.model.reasons.items():
                self.reasons.addItem(reason_row(reason, count), reason.value)
            self.reasons.setCurrentIndex(max(0, self.reasons.findData(chosen or "")))

    def _narrow(self) -> None:
        self.model.narrow(self._reason())
        self._select(0)
        self._show_buttons()
        announce(self.table, self.reasons.currentText())

    def _select(self, row: int) -> None:
        """The row, or the last one, is current; the view stays near where it was."""
        row = min(max(row, 0), self.model.rowCount() - 1)
        index = self.model.index(row, 0)
        self.table.selectionModel().setCurrentIndex(
            index,
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows,
        )
        self.table.scrollTo(index)

    def _failed(self, sentence: str) -> None:
        if self._known:
            self.desk.say(sentence)
        else:
            self._show_page(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))

    def _show_page(self, message: Message) -> None:
        self.page.show_message(message)
        self.layers.setCurrentWidget(self.page)

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show_buttons(self, *_: object) -> None:
        count = self.model.rowCount()
        for widget in (self.reasons, self._reason_label, self.retry_all, self.save):
            widget.setVisible(count > 0)
        for button in (self.retry_chosen, self.reveal):
            button.setVisible(count > 0)
            button.setEnabled(self.table.selectionModel().hasSelection())
        whole = count == self.model.total
        self.retry_all.setText(strings.RETRY_ALL if whole else strings.RETRY_SHOWN)
