"""Copies of one photo side by side: pictures that zoom together, a choice, and the facts."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QImage, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QRadioButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.library.copy_facts import FactRow, fact_rows
from vlm_desktop.gui.panes.library.linked_pictures import LinkedPicture, LinkedZoom
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.steady_scroll import keep_bar

if TYPE_CHECKING:
    from vlm_desktop.engine.comparing import Copy, CopyFacts, DuplicateGroup
    from vlm_desktop.engine.photos import ViewPicture

_MOST_PIXELS = 20_000_000
"""Of all pictures side by side; at four bytes each that is 80 MB."""

_LONGEST_SIDE = 2_560
_PDF = "pdf"
_FACTS_SHARE = 0.42
_MOST_CARDS = 12
"""Copies that are shown with a picture; a group of more is settled step by step."""


class CompareView(QWidget):
    """Shows one group at a time. `kept` is the place of the copy a person chose to keep."""

    choice_changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.group: DuplicateGroup | None = None
        self.zoom = LinkedZoom(self)
        self.cards: list[_Card] = []
        self._choice = QButtonGroup(self)
        self._choice.idToggled.connect(self._chosen)
        self._row = QWidget(self)
        self._row_layout = QHBoxLayout(self._row)
        self._row_layout.setContentsMargins(0, 0, 0, 0)
        self._row_layout.setSpacing(measures().space[1])
        self.scroll = QScrollArea(self)
        self.scroll.setWidget(self._row)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setAccessibleName(strings.COPIES_NAME)
        keep_bar(self.scroll, Qt.Orientation.Horizontal)
        self.facts = _facts_table(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(measures().space[1])
        layout.addWidget(self.scroll, 1)
        layout.addWidget(self.facts)

    @property
    def kept(self) -> int:
        return self._choice.checkedId()

    def show_group(self, group: "DuplicateGroup | None") -> None:
        """Show a group with the suggested copy chosen; what is read comes a little later."""
        if group == self.group:
            return
        self.group = group
        self._clear()
        self.facts.setRowCount(0)
        self.facts.setColumnCount(0)
        if group is None:
            return
        for place, copy in enumerate(group.copies[:_MOST_CARDS]):
            suggested = place == group.keep
            reason = strings.KEEP_REASONS[group.reason] if suggested else ""
            card = _Card(self.zoom, place, len(group.copies), copy, reason, self._row)
            self._choice.addButton(card.keep, place)
            self._row_layout.addWidget(card, 1)
            self.cards.append(card)
        # Pictures of the same height, whoever has a reason below.
        notes = [card.note for card in self.cards]
        tallest = max(note.minimumHeight() for note in notes)
        for note in notes:
            note.setMinimumHeight(tallest)
        bar = self.scroll.horizontalScrollBar().sizeHint().height()
        self.scroll.setMinimumHeight(self._row.minimumSizeHint().height() + bar)
        first = self._choice.button(group.keep) or self._choice.button(0)
        first.setChecked(True)
        self.zoom.fit()
        self._load(group)

    def keep(self, place: int) -> None:
        """Choose the copy to keep."""
        button = self._choice.button(place)
        if button is not None and button.isEnabled():
            button.setChecked(True)

    # --- reading -------------------------------------------------------------------------

    def _load(self, group: "DuplicateGroup") -> None:
        services = self._desk.services
        shown = min(len(group.copies), _MOST_CARDS)
        side = min(_LONGEST_SIDE, round((_MOST_PIXELS / shown) ** 0.5))
        places: dict[int, list[int]] = {}
        for place, copy in enumerate(group.copies[:_MOST_CARDS]):
            places.setdefault(copy.content_id, []).append(place)

        def facts(cancel: CancelToken) -> "Generator[Event, None, tuple[CopyFacts, ...]]":
            return services.comparing.compare(group, cancel)

        def pictures(cancel: CancelToken) -> "Generator[Event, None, None]":
            for content_id, where in places.items():
                page = 1 if group.copies[where[0]].kind.value == _PDF else 0
                found = yield from services.photos.picture(content_id, page, side, cancel)
                yield _Arrived(tuple(where), _image(found))

        self._desk.ask(
            pictures,
            lambda _: None,
            failed=lambda sentence: self._no_picture(group, sentence),
            progress=lambda event: self._show_picture(group, event),
            latest="compare-pictures",
        )
        self._desk.ask(
            facts,
            lambda found: self._show_facts(group, found),
            latest="compare-facts",
        )

    def _show_picture(self, group: "DuplicateGroup", event: Event) -> None:
        if isinstance(event, _Arrived) and group is self.group:
            for place in event.places:
                self.cards[place].picture.show_image(event.image)

    def _no_picture(self, group: "DuplicateGroup", sentence: str) -> None:
        if group is self.group:
            for card in self.cards:
                if not card.picture.is_shown:
                    card.picture.show_words(sentence)

    def _show_facts(self, group: "DuplicateGroup", facts: "Sequence[CopyFacts]") -> None:
        if group is not self.group:
            return
        for card, one in zip(self.cards, facts, strict=False):
            if not one.is_there:
                card.show_gone()
        if self.kept >= 0 and not self.cards[self.kept].keep.isEnabled():
            there = (place for place, card in enumerate(self.cards) if card.keep.isEnabled())
            self.keep(next(there, self.kept))
        _fill(self.facts, fact_rows(facts))
        self._fit_facts()
        self.choice_changed.emit()

    # --- parts ---------------------------------------------------------------------------

    def _fit_facts(self) -> None:
        """As high as its rows, but the pictures keep the larger part."""
        rows = self.facts.verticalHeader().length() + 2 * self.facts.frameWidth()
        self.facts.setFixedHeight(min(rows, round(_FACTS_SHARE * self.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit_facts()

    def _clear(self) -> None:
        for card in self.cards:
            self._choice.removeButton(card.keep)
            self._row_layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []

    def _chosen(self, place: int, checked: bool) -> None:
        if checked:
            self.choice_changed.emit()


class _Arrived(Event):
    """A picture for some of the cards."""

    __slots__ = ("image", "places")

    def __init__(self, places: tuple[int, ...], image: QImage) -> None:
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "image", image)


class _Card(QWidget):
    """One copy: its picture, whether it is kept, and why that is suggested."""

    def __init__(
        self,
        zoom: LinkedZoom,
        place: int,
        count: int,
        copy: "Copy",
        reason: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        space = measures().space
        name = fill(strings.COPY_NAME, number=place + 1, count=count, path=copy.path)
        self.picture = LinkedPicture(zoom, place + 1, self)
        self.picture.show_words(strings.WORKING)
        self.keep = QRadioButton(strings.KEEP_THIS, self)
        self.keep.setToolTip(strings.KEEP_TIP)
        self.keep.setAccessibleName(f"{strings.KEEP_THIS}. {name}")
        self.note = QLabel(self)
        self.note.setObjectName("hint")
        self.note.setWordWrap(True)
        self.note.setText(fill(strings.SUGGESTED, reason=reason) if reason else "")
        # Room for all its lines in the narrowest card, whatever the picture would like to have.
        self.note.ensurePolished()
        self.note.setMinimumHeight(max(0, self.note.heightForWidth(measures().tile)))
        self.path = ElidedLabel(self)
        self.path.setText(str(copy.path))
        self.setMinimumWidth(measures().tile)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[0])
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.path)
        layout.addWidget(self.keep)
        layout.addWidget(self.note)

    def show_gone(self) -> None:
        self.picture.show_words(strings.GONE)
        self.keep.setEnabled(False)
        self.note.setText(strings.GONE)


def _facts_table(parent: QWidget) -> QTableWidget:
    table = QTableWidget(parent)
    table.setObjectName("facts")
    table.setAccessibleName(strings.FACTS_NAME)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(True)
    table.setTabKeyNavigation(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table


def _fill(table: QTableWidget, rows: Sequence[FactRow]) -> None:
    """A column for each copy. What differs is bold and said to differ."""
    table.setRowCount(len(rows))
    table.setColumnCount(len(rows[0].values) if rows else 0)
    table.setVerticalHeaderLabels([row.name for row in rows])
    bold = QFont(table.font())
    bold.setBold(True)
    for number, row in enumerate(rows):
        for column, value in enumerate(row.values):
            item = QTableWidgetItem(value)
            item.setToolTip(value)
            said = f"{row.name}: {value}"
            if row.differs:
                item.setFont(bold)
                said = fill(strings.DIFFERS, value=said)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            table.setItem(number, column, item)


def _image(found: "ViewPicture") -> QImage:
    """On a lane: pixels as the screen wants them."""
    height, width = found.pixels.shape[:2]
    raw = QImage(found.pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return raw.convertToFormat(QImage.Format.Format_RGB32)
