"""What the model shall learn: one card a kind of teaching, of which one is chosen."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook
from vlm_desktop.gui.panes.train.recipe_costs import cost_words
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from vlm_desktop.engine.train.choosing import Offer, Offers

_COLUMNS = 2


class KindCard(QFrame):
    """One kind: what it changes, what it costs, what it cannot. Main thread."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("kindCard")
        self.kind = kind
        self.button = QRadioButton(strings.KIND_TITLES[kind], self)
        self.button.setObjectName("kindTitle")
        self.reason = WrappedLabel("", self, name="good")
        self.changes = WrappedLabel(strings.KIND_CHANGES[kind], self)
        self.cost = WrappedLabel("", self, name="muted")
        self.limits = WrappedLabel(strings.KIND_LIMITS[kind], self, name="muted")
        self.doubt = WrappedLabel("", self, name="careful")
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space[2], space[1], space[2], space[2])
        column.setSpacing(space[0])
        lines = (self.button, self.reason, self.changes, self.limits, self.doubt, self.cost)
        for line in lines:
            column.addWidget(line)
        column.addStretch(1)

    def show_offer(self, offer: "Offer", offers: "Offers") -> None:
        """What is known of it for the data in hand."""
        is_suggested = offer.kind == offers.suggested and offers.reason is not None
        reason = strings.REASONS[offers.reason.value] if is_suggested and offers.reason else ""
        self.reason.setText(fill(strings.SUGGESTED, reason=reason) if is_suggested else "")
        doubt = strings.DOUBTS[offer.doubt.value] if offer.doubt is not None else ""
        self.doubt.setText(doubt)
        self.cost.setText(cost_words(offer.cost))
        for label in (self.reason, self.doubt):
            label.setVisible(bool(label.text()))
        said = (self.reason, self.changes, self.limits, self.doubt, self.cost)
        self.button.setAccessibleDescription(" ".join(one.text() for one in said if one.text()))

    def show_chosen(self, chosen: bool) -> None:
        self.button.setChecked(chosen)
        if self.property("chosen") != chosen:
            self.setProperty("chosen", chosen)
            self.style().unpolish(self)
            self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """All of it is to be clicked."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.button.click()
            self.button.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mouseReleaseEvent(event)


class KindCards(QWidget):
    """All that can be taught on this disk. Main thread."""

    chosen = Signal(str)

    def __init__(self, book: RecipeBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.WHAT)
        self._book = book
        self.cards: dict[str, KindCard] = {}
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(measures().space[2])
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        book.offered.connect(self._show_offers)
        book.changed.connect(self._show_chosen)

    def _show_offers(self) -> None:
        offers = self._book.offers
        if offers is None:
            return
        # What is suggested stands first.
        kinds = sorted((one.kind for one in offers.offers), key=lambda one: one != offers.suggested)
        if list(self.cards) != kinds:
            self._make(kinds)
        for one in offers.offers:
            self.cards[one.kind].show_offer(one, offers)
        self._show_chosen()

    def _make(self, kinds: list[str]) -> None:
        for old in self.cards.values():
            old.hide()
            self._group.removeButton(old.button)
            self._grid.removeWidget(old)
            old.deleteLater()
        self.cards = {kind: KindCard(kind, self) for kind in kinds}
        for number, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, number // _COLUMNS, number % _COLUMNS)
            self._group.addButton(card.button)
            card.button.clicked.connect(lambda _=False, kind=card.kind: self.chosen.emit(kind))

    def _show_chosen(self) -> None:
        for kind, card in self.cards.items():
            card.show_chosen(kind == self._book.kind)

    def take_focus(self) -> None:
        """The card chosen, else the first."""
        card = self.cards.get(self._book.kind) or next(iter(self.cards.values()), None)
        if card is not None:
            card.button.setFocus(Qt.FocusReason.OtherFocusReason)
