"""The Library pane: the list of sections on the left, the one that is shown beside it."""

import importlib
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QWidget,
)

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.library_tools import section_word
from vlm_desktop.gui.panes.library import SECTIONS, SectionSpec
from vlm_desktop.gui.panes.library.section import Section
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.theme import measures

_LIST_PADDING = 4
"""Which of the theme's spaces lies on either side of a word in the list."""


class LibraryPane(Pane):
    """Shows one section at a time; each is built when it is first chosen."""

    key = "library"

    def __init__(
        self,
        desk: Desk,
        parent: QWidget | None = None,
        sections: Sequence[SectionSpec] = SECTIONS,
    ) -> None:
        super().__init__(desk, parent)
        self._specs = {spec.key: spec for spec in sections}
        self._built: dict[str, Section] = {}
        self._states: dict[str, Any] = {}
        self._shown = ""
        self.list = QListWidget(self)
        self.list.setObjectName("sections")
        self.list.setAccessibleName(strings.SECTIONS_NAME)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setIconSize(QSize(measures().icon - 2, measures().icon - 2))
        for spec in self._specs.values():
            item = QListWidgetItem(icon(spec.icon), section_word(spec))
            item.setData(Qt.ItemDataRole.UserRole, spec.key)
            self.list.addItem(item)
        self._size_list()
        self.stack = QStackedWidget(self)
        space = measures().space
        layout = QHBoxLayout(self)
        layout.setContentsMargins(space[2], space[2], space[3], space[2])
        layout.setSpacing(space[3])
        layout.addWidget(self.list)
        layout.addWidget(self.stack, 1)
        self.list.currentItemChanged.connect(self._chosen)
        self.show_section(next(iter(self._specs)))

    def section(self, key: str) -> Section:
        """The section, built now if it was not."""
        if key not in self._built:
            module, _, name = self._specs[key].target.partition(":")
            section: Section = getattr(importlib.import_module(module), name)(self.desk, self)
            self._built[key] = section
            self.stack.addWidget(section)
            kept = self._states.get(key)
            if isinstance(kept, dict):
                section.restore(kept)
        return self._built[key]

    def show_section(self, key: str) -> None:
        """Bring a section to front; the focus stays where it is."""
        if key not in self._specs or key == self._shown:
            return
        self._shown = key
        section = self.section(key)
        self.stack.setCurrentWidget(section)
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == key:
                self.list.setCurrentRow(row)
        section.shown()

    def open_section(self, key: str) -> None:
        """Bring a section to front and put the focus into it."""
        self.show_section(key)
        self.section(key).activate()

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        section = self._built[self._shown]
        section.shown()
        section.activate()

    def back(self) -> bool:
        """A step back within the section, then to the list of sections."""
        if self._built[self._shown].back():
            return True
        if self.list.hasFocus():
            return False
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def stop(self) -> None:
        for section in self._built.values():
            section.stop()

    def state(self) -> dict[str, Any]:
        kept = self._states | {key: section.state() for key, section in self._built.items()}
        return {"section": self._shown, "sections": kept}

    def restore(self, state: dict[str, Any]) -> None:
        kept = state.get("sections")
        if isinstance(kept, dict):
            self._states = kept
            for key, section in self._built.items():
                if isinstance(kept.get(key), dict):
                    section.restore(kept[key])
        if isinstance(state.get("section"), str):
            self.show_section(state["section"])

    # --- parts ---------------------------------------------------------------------------

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_section(item.data(Qt.ItemDataRole.UserRole))

    def _size_list(self) -> None:
        """As wide as its longest word wants."""
        space = measures().space
        for row in range(self.list.count()):
            item = self.list.item(row)
            hint = QSize(0, self.list.fontMetrics().height() + 2 * space[1] + space[0])
            item.setSizeHint(hint)
        words = (self.list.item(row).text() for row in range(self.list.count()))
        widest = max(map(self.list.fontMetrics().horizontalAdvance, words))
        self.list.setFixedWidth(widest + self.list.iconSize().width() + 2 * space[_LIST_PADDING])
