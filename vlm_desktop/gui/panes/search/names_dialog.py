"""Taught names: how good each is; search for one, rename, delete."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import ConceptSummary
from vlm_desktop.gui.panes.search.concept_words import concept_row, score_sentences
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.name_question import ask_name

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk

_WIDTH, _HEIGHT = 520, 360


class NamesDialog(QDialog):
    """Follows undo and redo while it is open."""

    search_wanted = Signal(str)

    def __init__(self, desk: "Desk", parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._is_open = True
        self._concepts: tuple[ConceptSummary, ...] = ()
        self.setWindowTitle(strings.NAMES_TITLE)
        self.resize(_WIDTH, _HEIGHT)
        self.list = QListWidget(self)
        self.list.setAccessibleName(strings.NAMES_LIST)
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.about.setObjectName("muted")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.search = QPushButton(strings.NAMES_SEARCH, self)
        self.rename = QPushButton(strings.NAMES_RENAME, self)
        self.delete = QPushButton(strings.NAMES_DELETE, self)
        self.close_button = QPushButton(strings.CLOSE, self)
        buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        for button in (self.search, self.rename, self.delete):
            buttons.addButton(button, role.ActionRole)
        buttons.addButton(self.close_button, role.RejectRole)
        layout = QVBoxLayout(self)
        layout.setSpacing(measures().space[2])
        layout.addWidget(self.list, 1)
        layout.addWidget(self.about)
        layout.addWidget(buttons)
        self.search.clicked.connect(self._search)
        self.rename.clicked.connect(self._rename)
        self.delete.clicked.connect(self._delete)
        self.close_button.clicked.connect(self.reject)
        self.list.currentRowChanged.connect(lambda _: self._update())
        self.list.itemActivated.connect(lambda _: self._search())
        desk.changes.changed.connect(self.refresh)
        self._update()
        self.refresh()

    def done(self, result: int) -> None:
        self._is_open = False
        super().done(result)
        self.deleteLater()

    def refresh(self) -> None:
        """Read the names anew."""
        if self._is_open:
            self._desk.fetch(
                lambda: self._desk.services.keeping.concepts(), self._show, latest="names"
            )

    def _show(self, concepts: Sequence[ConceptSummary]) -> None:
        if not self._is_open:
            return
        row = max(0, self.list.currentRow())
        self._concepts = tuple(concepts)
        self.list.clear()
        for concept in concepts:
            QListWidgetItem(concept_row(concept), self.list)
        self.list.setCurrentRow(min(row, len(concepts) - 1))
        self._update()

    def _current(self) -> ConceptSummary | None:
        row = self.list.currentRow()
        return self._concepts[row] if 0 <= row < len(self._concepts) else None

    def _update(self) -> None:
        current = self._current()
        for button in (self.search, self.rename, self.delete):
            button.setEnabled(current is not None)
        if current is None:
            self.about.setText(strings.NAMES_EMPTY)
        elif current.score is not None:
            self.about.setText(" ".join(score_sentences(current.name, current.score)))
        else:
            self.about.clear()

    def _search(self) -> None:
        current = self._current()
        if current is not None:
            self.search_wanted.emit(current.name)
            self.accept()

    def _rename(self) -> None:
        current = self._current()
        if current is None:
            return
        wanted = ask_name(self, strings.RENAME_TITLE, strings.RENAME_NAME, current.name)
        if wanted in ("", current.name):
            return
        services, old = self._desk.services, current.name
        self._desk.changes.perform(
            Change(
                fill(strings.RENAMED_CHANGE, name=old),
                quick(lambda: services.keeping.rename_concept(old, wanted)),
                lambda _: quick(lambda: services.keeping.rename_concept(wanted, old)),
            ),
            failed=self.about.setText,
        )

    def _delete(self) -> None:
        current = self._current()
        if current is None:
            return
        services, name = self._desk.services, current.name
        self._desk.changes.perform(
            Change(
                fill(strings.NAMES_DELETED, name=name),
                quick(lambda: services.keeping.delete_concept(name)),
                lambda deleted: quick(lambda: services.keeping.restore_concept(deleted)),
            )
        )
