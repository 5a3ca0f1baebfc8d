"""The Settings pane: one page of sections, found by typing, walked by a list at its side."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.settings import DEFAULTS, RULES, Group, Settings, Value
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.settings.about import AboutSection
from vlm_desktop.gui.panes.settings.devices import DevicesBlock
from vlm_desktop.gui.panes.settings.files import LibraryFileSection
from vlm_desktop.gui.panes.settings.forget import PrivacySection
from vlm_desktop.gui.panes.settings.row import SettingRow
from vlm_desktop.gui.panes.settings.section import Section
from vlm_desktop.gui.panes.settings.transfer import SettingsTransfer
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.widgets.clear_button import add_clear_button
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll

if TYPE_CHECKING:
    from vlm_desktop.engine.models import ModelCard

_PAGE_WIDTH = 760
_LIST_WIDTH = 200
_INSTALLED = ("bundled", "installed")
_SEARCHES = "image-text-embedding"
"""The task of a model that finds photos; see `backends.shelf.ModelCard`."""


class SettingsPane(Pane):
    """Every change acts at once, is saved, and can be undone."""

    key = "settings"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.rows: dict[str, SettingRow] = {}
        self.sections: dict[str, Section] = {}
        self._at_start: Settings | None = None
        self._current = DEFAULTS
        self._painted = False
        self.transfer = SettingsTransfer(desk, self)
        self._build_sections()
        self._build_page()
        desk.changes.changed.connect(self.refresh)
        desk.navigator.library_changed.connect(self._library_changed)

    # --- building ------------------------------------------------------------------------

    def _build_sections(self) -> None:
        self.privacy = PrivacySection(self.desk, self)
        self.library = LibraryFileSection(self.desk, self)
        self.about = AboutSection(self.desk, self)
        self.devices = DevicesBlock(self.desk, self)
        for group in Group:
            own = group is Group.PRIVACY
            section = self.privacy if own else Section(group.value, self)
            self.sections[group.value] = section
        for name, rule in RULES.items():
            row = SettingRow(name, self)
            row.edited.connect(self.change)
            self.rows[name] = row
            self.sections[rule.group].add_row(row)
        general = self.sections[Group.GENERAL]
        general.add_buttons(
            (strings.EXPORT_SETTINGS, self.transfer.export),
            (strings.IMPORT_SETTINGS, self.transfer.take_in),
            (strings.RESET_SETTINGS, self.reset_all),
        )
        general.add_text(self.transfer.portable_words())
        models = self.sections[Group.MODELS]
        models.add(self.devices, strings.DEVICES)
        self.sections[self.library.key] = self.library
        self.sections[self.about.key] = self.about

    def _build_page(self) -> None:
        space = measures().space
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(strings.SEARCH_HINT)
        add_clear_button(self.search)
        self.search.textChanged.connect(self._filter)
        label = QLabel(strings.SEARCH, self)
        label.setBuddy(self.search)
        self.search.setAccessibleName(strings.SEARCH.replace("&", ""))
        self.list = QListWidget(self)
        self.list.setObjectName("sections")
        self.list.setAccessibleName(strings.SECTIONS)
        for key, section in self.sections.items():
            item = QListWidgetItem(section.heading.text(), self.list)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setSizeHint(QSize(0, measures().icon + measures().space[1]))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._go_to)
        side = QWidget(self)
        side.setFixedWidth(_LIST_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        column.addWidget(label)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(space[3], space[3], 0, 0)
        layout.setSpacing(space[4])
        layout.addWidget(side)
        layout.addWidget(self._build_scroll(), 1)

    def _build_scroll(self) -> FollowingScroll:
        space = measures().space
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, space[3], space[5])
        column.setSpacing(space[5])
        for section in self.sections.values():
            column.addWidget(section)
        self.nothing = QLabel(strings.NOTHING_FOUND, page)
        self.nothing.setObjectName("sentence")
        self.show_all = QPushButton(strings.SHOW_ALL, page)
        self.show_all.clicked.connect(self.search.clear)
        column.addWidget(self.nothing)
        column.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignLeft)
        self.nothing.hide()
        self.show_all.hide()
        column.addStretch()
        page.setMaximumWidth(_PAGE_WIDTH)
        self.scroll = FollowingScroll(self)
        self.scroll.setFrameShape(FollowingScroll.Shape.NoFrame)
        self.scroll.setWidget(page)
        return self.scroll

    # --- what is set ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Read anew what is set, and go by it."""
        self.desk.fetch(lambda: self.desk.services.upkeep.settings(), self._show, latest="settings")

    def _show(self, settings: Settings) -> None:
        if self._at_start is None:
            self._at_start = settings
        if settings.theme != self._current.theme:
            self.desk.set_theme(settings.theme)
        if settings.reduced_motion != self._current.reduced_motion:
            self.transfer.use_motion(settings.reduced_motion)
        self._current = settings
        for name, row in self.rows.items():
            row.show_stored(getattr(settings, name), getattr(self._at_start, name))

    def change(self, name: str, value: Value) -> None:
        """Set one thing, as a change that can be undone."""
        if self._at_start is not None and value == getattr(self._current, name):
            self.rows[name].show_value(value)
            return
        words = fill(strings.CHANGE, name=strings.LABELS[name])
        self._perform(words, {name: value})

    def reset_all(self) -> None:
        """Every setting to its default, as one change."""
        defaults = {name: getattr(DEFAULTS, name) for name in RULES}
        self._perform(strings.CHANGE_RESET, defaults)

    def _perform(self, words: str, values: Mapping[str, Value]) -> None:
        upkeep = self.desk.services
        self.desk.changes.perform(
            Change(
                words,
                do=lambda _: upkeep.upkeep.change(values),
                undo=lambda change: lambda _: upkeep.upkeep.change(change.reverted),
            ),
            failed=self._not_changed,
        )

    def _not_changed(self, sentence: str) -> None:
        self.desk.say(sentence)
        self.refresh()

    def _show_models(self, cards: "tuple[ModelCard, ...]") -> None:
        usable = [card for card in cards if card.state in _INSTALLED]
        searching = [card for card in usable if _SEARCHES in card.tasks]
        answering = [card for card in usable if card.converses]
        for name, some in (("search_model", searching), ("chat_model", answering)):
            self.rows[name].set_choices([(card.id, card.name) for card in some])

    # --- finding -------------------------------------------------------------------------

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        found = 0
        for index, section in enumerate(self.sections.values()):
            left = section.filter(words)
            self.list.setRowHidden(index, not left)
            found += left
        self.nothing.setVisible(not found)
        self.show_all.setVisible(not found)
        self.scroll.verticalScrollBar().setValue(0)
        if not found:
            announce(self, strings.NOTHING_FOUND)

    def _go_to(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.go_to(item.data(Qt.ItemDataRole.UserRole))

    def go_to(self, key: str) -> None:
        """Scroll to a section."""
        section = self.sections[key]
        page = self.scroll.widget()
        page.layout().activate()
        self.scroll.verticalScrollBar().setValue(section.mapTo(page, section.rect().topLeft()).y())
        if key == Group.MODELS:
            self.devices.look()

    # --- a pane --------------------------------------------------------------------------

    def activate(self) -> None:
        self.search.setFocus()
        if self._painted:
            self._load()

    def back(self) -> bool:
        if not self.search.text():
            return False
        self.search.clear()
        self.search.setFocus()
        return True

    def state(self) -> dict[str, Any]:
        return {"section": max(0, self.list.currentRow())}

    def restore(self, state: dict[str, Any]) -> None:
        row = state.get("section")
        if isinstance(row, int) and 0 < row < self.list.count():
            self.list.setCurrentRow(row)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The engine is asked only once there is something to see."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self._load()

    def _load(self) -> None:
        self.refresh()
        self.desk.ask(
            lambda _: self.desk.services.models.list(), self._show_models, latest="settings-models"
        )
        self.library.refresh()
        self.privacy.refresh()
        self.about.refresh()

    def _library_changed(self) -> None:
        if self.isVisible():
            self.library.refresh()
            self.privacy.refresh()
