"""Duplicates: groups on the left, the copies of one side by side, and what becomes of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListView,
    QMessageBox,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.filework import Tier, TrashRequest
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.compare_view import CompareView
from vlm_desktop.gui.panes.library.duplicates_model import DuplicatesModel, gain
from vlm_desktop.gui.panes.library.section import Heading, Section
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.trashing import Trashing
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.message_page import Message, MessagePage
from vlm_desktop.strings import bytes_text

if TYPE_CHECKING:
    from vlm_desktop.engine.comparing import DuplicateGroup

_LIST_TILES = 1.6


class DuplicatesSection(Section):
    """Looks when it is first shown and whenever a person asks."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = DuplicatesModel(desk.thumbnails, self)
        self.trashing = Trashing(desk, strings.trash_change, self)
        self.heading = Heading(strings.DUPLICATES_TITLE, strings.DUPLICATES_TEXT, self)
        self.tiers = QComboBox(self)
        self.tiers.setAccessibleName(strings.TIERS_NAME)
        self.list = self._build_list()
        self.compare = CompareView(desk, self)
        self.page = MessagePage(self)
        self.again = QPushButton(strings.DUPLICATES_AGAIN, self)
        self.settle_all = QPushButton(strings.TRASH_ALL_EQUAL, self)
        self.trash_others = QPushButton(self)
        self.trash_others.setObjectName("primary")
        self.reveal = QPushButton(strings.SHOW_FILE, self)
        self.skip = QPushButton(strings.SKIP_GROUP, self)
        self.skip.setToolTip(strings.SKIP_TIP)
        self._looking = self._looked = False
        self._lay_out()
        self._connect()
        self._show_state()

    def _build_list(self) -> QListView:
        view = QListView(self)
        view.setModel(self.model)
        view.setAccessibleName(strings.GROUPS_NAME)
        view.setUniformItemSizes(True)
        view.setMinimumWidth(measures().tile)
        side = measures().tile // 4
        view.setIconSize(QSize(side, side))
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return view

    def _lay_out(self) -> None:
        space = measures().space
        top = QHBoxLayout()
        top.setSpacing(space[1])
        top.addWidget(self.tiers)
        top.addStretch()
        top.addWidget(self.settle_all)
        top.addWidget(self.again)
        buttons = FlowLayout(gap=space[1])
        for button in (self.reveal, self.skip, self.trash_others):
            buttons.addWidget(button)
        right = QWidget(self)
        right.setMinimumWidth(2 * measures().tile + space[5])  # two copies side by side
        column = QVBoxLayout(right)
        column.setContentsMargins(space[1], 0, 0, 0)
        column.setSpacing(space[1])
        column.addWidget(self.compare, 1)
        column.addLayout(buttons)
        self.splitter = QSplitter(self)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(measures().hairline)
        wide = round(_LIST_TILES * measures().tile)
        self.splitter.setSizes([wide, 3 * wide])
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.page)
        self.layers.addWidget(self.splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[2])
        layout.addWidget(self.heading)
        layout.addLayout(top)
        layout.addWidget(self.layers, 1)

    def _connect(self) -> None:
        self.tiers.currentIndexChanged.connect(self._narrow)
        self.list.selectionModel().currentChanged.connect(self._show_current)
        self.compare.choice_changed.connect(self._show_buttons)
        self.again.clicked.connect(self.look)
        self.page.primary.clicked.connect(self.look)
        self.settle_all.clicked.connect(self.ask_to_settle_all)
        self.trash_others.clicked.connect(self.settle_current)
        self.skip.clicked.connect(self.next_group)
        self.reveal.clicked.connect(self.show_in_folder)
        self.trashing.went.connect(self._went)
        self.trashing.came_back.connect(self._came_back)
        add = self.desk.actions.add
        add("duplicates.find", strings.DUPLICATES_AGAIN, self.look, where=self)
        add("duplicates.settle", strings.KEEP_THIS, self.settle_current, shortcut="Del",
            where=self, tip=strings.KEEP_TIP)  # fmt: skip

    # --- the section ---------------------------------------------------------------------

    def shown(self) -> None:
        services = self.desk.services
        self.desk.fetch(lambda: services.trash.can_restore, self._say_what_undo_does)
        if not self._looked:
            self.look()

    def activate(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> bool:
        """From the copies to the list of groups."""
        if self.layers.currentWidget() is self.splitter and not self.list.hasFocus():
            focus = self.focusWidget()
            if focus is not None and self.compare.isAncestorOf(focus):
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    # --- what a person does --------------------------------------------------------------

    def look(self) -> None:
        """Find all groups anew."""
        services = self.desk.services
        self._looking = self._looked = True
        self._show_state()
        self.desk.ask(
            lambda cancel: services.comparing.groups(cancel),
            self._found,
            failed=self._failed,
            latest="duplicates",
        )

    def settle_current(self) -> None:
        """Keep the chosen copy and move the others to the trash."""
        group, kept = self.compare.group, self.compare.kept
        if group is None or not 0 <= kept < len(group.copies):
            return
        stays = group.copies[kept].path
        others = [copy.path for place, copy in enumerate(group.copies) if place != kept]
        self.trashing.move([TrashRequest(path, stays) for path in others])

    def show_in_folder(self) -> None:
        """The folder of the copy that is chosen to be kept."""
        group, kept = self.compare.group, self.compare.kept
        if group is not None and 0 <= kept < len(group.copies):
            folder = group.copies[kept].path.parent
            if not self.desk.open_file(folder):
                self.desk.say(fill(strings.NOT_OPENED, path=folder))

    def next_group(self) -> None:
        row = self.list.currentIndex().row() + 1
        self._select(row if row < self.model.rowCount() else 0)

    def ask_to_settle_all(self) -> None:
        """Many files at once: said plainly before, undone with one step after."""
        groups = self.model.open_groups(Tier.IDENTICAL)
        requests = self.model.requests(groups)
        if not requests:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.TRASH_ALL_TITLE)
        box.setText(
            fill(
                strings.TRASH_ALL_TEXT,
                groups=len(groups),
                files=len(requests),
                size=bytes_text(sum(map(gain, groups))),
            )
        )
        move = box.addButton(strings.TRASH_ALL_NOW, QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(strings.CANCEL, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        move.clicked.connect(lambda: self.trashing.move(requests))
        box.open()

    # --- what came of it -----------------------------------------------------------------

    def _found(self, groups: "Sequence[DuplicateGroup]") -> None:
        self._looking = False
        self.model.show(groups)
        self._show_state()
        self._select(0)

    def _failed(self, sentence: str) -> None:
        self._looking = self._looked = False
        self._show_state()
        self.page.show_message(Message(strings.FAILED_TITLE, sentence, strings.TRY_AGAIN))

    def _went(self, paths: Sequence[Path]) -> None:
        row = self.list.currentIndex().row()
        self.model.take_away(paths)
        self._show_state()
        self._select(row)

    def _came_back(self, paths: Sequence[Path]) -> None:
        row = self.list.currentIndex().row()
        self.model.put_back(paths)
        self._show_state()
        self._select(max(0, row))

    # --- showing -------------------------------------------------------------------------

    def _say_what_undo_does(self, can_restore: bool) -> None:
        words = strings.DUPLICATES_TEXT if can_restore else strings.DUPLICATES_TEXT_NO_UNDO
        self.heading.text.setText(words)

    def _select(self, row: int) -> None:
        row = min(row, self.model.rowCount() - 1)
        index = self.model.index(max(0, row)) if row >= 0 else QModelIndex()
        self.list.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self._show_current(index)

    def _show_current(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        self.compare.show_group(self.model.group(index.row()))
        self._show_buttons()

    def _narrow(self) -> None:
        chosen = self.tiers.currentData()
        self.model.narrow(Tier(chosen) if chosen else None)
        self._select(0)
        announce(self.list, self.tiers.currentText())

    def _show_state(self) -> None:
        counts = self.model.counts()
        total = sum(counts.values())
        self._fill_tiers(counts, total)
        self.tiers.setVisible(total > 0)
        self.again.setVisible(self._looked and not self._looking)
        self.settle_all.setVisible(counts[Tier.IDENTICAL] > 0)
        if total:
            self.layers.setCurrentWidget(self.splitter)
            return
        if self._looking:
            message = Message(strings.DUPLICATES_TITLE, strings.DUPLICATES_LOOKING)
        elif self._looked:
            message = Message(strings.DUPLICATES_NONE_TITLE, strings.DUPLICATES_NONE_TEXT)
        else:
            message = Message(
                strings.DUPLICATES_START_TITLE,
                strings.DUPLICATES_START_TEXT,
                strings.DUPLICATES_FIND,
            )
        self.page.show_message(message)
        self.layers.setCurrentWidget(self.page)

    def _fill_tiers(self, counts: dict[Tier, int], total: int) -> None:
        chosen = self.model.tier
        with QSignalBlocker(self.tiers):
            self.tiers.clear()
            self.tiers.addItem(fill(strings.TIER_BUTTON, tier=strings.TIER_ALL, count=total), "")
            for tier, count in counts.items():
                text = fill(strings.TIER_BUTTON, tier=strings.TIERS[tier], count=count)
                self.tiers.addItem(text, tier.value)
                self.tiers.setItemData(
                    self.tiers.count() - 1, strings.TIER_TIPS[tier], Qt.ItemDataRole.ToolTipRole
                )
            self.tiers.setCurrentIndex(max(0, self.tiers.findData(chosen.value if chosen else "")))

    def _show_buttons(self) -> None:
        group = self.compare.group
        others = len(group.copies) - 1 if group else 0
        self.trash_others.setText(strings.trash_others(others))
        self.trash_others.setEnabled(others > 0 and self.compare.kept >= 0)
        self.skip.setEnabled(self.model.rowCount() > 1)
        self.reveal.setEnabled(others > 0)
