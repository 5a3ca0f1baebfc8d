"""The few choices that matter: which model, how thorough, how strong, how much of it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.train.recipe_book import RecipeBook
from vlm_desktop.gui.panes.train.recipe_fields import LOW_RANK
from vlm_desktop.gui.panes.train.recipe_parts import PartsChoice
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel
from vlm_desktop.strings import bytes_text

_RANKS = {"gentle": 4, "usual": 8, "strong": 32}
_ALPHA_BY_RANK = 2.0
"""So that the adapter's weight stays the same whatever its rank."""
_ROUNDED = 1e-6


class Choice(QWidget):
    """A name, why it is so, and something to choose with. Main thread."""

    def __init__(self, name: str, why: str, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = WrappedLabel(name, self, name="choiceName")
        self.why = WrappedLabel(why, self, name="hint")
        self.facts = WrappedLabel("", self, name="muted")
        self.inside = inside
        inside.setParent(self)
        space, top = measures().space, Qt.AlignmentFlag.AlignTop
        words = QVBoxLayout()
        words.setSpacing(0)
        for line in (self.name, self.why):
            words.addWidget(line)
        words.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(space[0])
        right.addWidget(inside)
        right.addWidget(self.facts)
        right.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(space[3])
        grid.addLayout(words, 0, 0, top)
        grid.addLayout(right, 0, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def show_facts(self, words: str) -> None:
        self.facts.setText(words)
        self.facts.setVisible(bool(words))


class Steps(QWidget):
    """A few words of which one is chosen, or none. Main thread."""

    chosen = Signal(str)

    def __init__(
        self, name: str, steps: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        flow = FlowLayout(self, measures().space[1])
        for key, words in steps:
            button = QRadioButton(words, self)
            button.setAccessibleDescription(name)
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self.buttons[key] = button
            flow.addWidget(button)

    def show_chosen(self, key: str) -> None:
        """ "" for none of them."""
        self._group.setExclusive(bool(key))
        for name, button in self.buttons.items():
            button.setChecked(name == key)
        self._group.setExclusive(True)


class Choices(QWidget):
    """Main thread."""

    def __init__(self, book: RecipeBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self.models = QComboBox(self)
        self.models.setAccessibleName(strings.MODEL)
        self.models.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.models.activated.connect(lambda _: self._choose_model())
        self.models.installEventFilter(self)
        self.model = Choice(strings.MODEL, strings.MODEL_WHY, self.models, self)
        self.lengths = Steps(strings.THOROUGH, list(strings.LENGTHS.items()))
        self.lengths.chosen.connect(self._choose_length)
        self.thorough = Choice(strings.THOROUGH, strings.THOROUGH_WHY, self.lengths, self)
        self.ranks = Steps(strings.STRONG, list(strings.STRENGTHS.items()))
        self.ranks.chosen.connect(self._choose_rank)
        self.strong = Choice(strings.STRONG, strings.STRONG_WHY, self.ranks, self)
        self.parts = PartsChoice(book)
        self.much = Choice(strings.PARTS, strings.PARTS_WHY, self.parts, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(measures().space[3])
        for one in (self.model, self.thorough, self.strong, self.much):
            column.addWidget(one)
        book.changed.connect(self.show_book)

    # --- showing -------------------------------------------------------------------------

    def show_book(self) -> None:
        self._show_models()
        self._show_length()
        has_rank = self._book.kind in LOW_RANK
        for one in (self.strong, self.much):
            one.setVisible(has_rank)
        if has_rank:
            self._show_rank()
            self.much.show_facts(self.parts.facts)

    def _show_models(self) -> None:
        offer = self._book.offer
        cards = offer.models if offer else ()
        if [self.models.itemData(at) for at in range(self.models.count())] != [c.id for c in cards]:
            self.models.clear()
            for card in cards:
                self.models.addItem(card.name, card.id)
        self.models.setCurrentIndex(self.models.findData(self._book.model))
        card = next((one for one in cards if one.id == self._book.model), None)
        facts = ""
        if card is not None:
            facts = fill(
                strings.MODEL_FACTS, size=bytes_text(card.size_bytes), licence=card.licence
            )
        self.model.show_facts(facts if card is not None else strings.MODEL_GONE)

    def _show_length(self) -> None:
        look = self._book.look
        if look is None:
            return
        epochs = look.recipe.run.epochs
        chosen = next((n for n, one in look.lengths.items() if one.epochs == epochs), "")
        self.lengths.show_chosen(chosen)
        for name, button in self.lengths.buttons.items():
            tip = fill(strings.LENGTH_STEPS, rounds=look.lengths[name].epochs,
                       steps=look.lengths[name].steps)  # fmt: skip
            button.setToolTip(tip)
            button.setAccessibleDescription(f"{strings.THOROUGH}: {tip}")
        form = strings.LENGTH_STEPS if epochs else strings.LENGTH_BARE
        said = fill(form, rounds=epochs, steps=look.steps)
        self.thorough.show_facts(said if chosen else fill(strings.OWN_CHOICE, value=said))

    def _show_rank(self) -> None:
        look = self._book.look
        if look is None:
            return
        method = look.recipe.method
        if method.full:
            self.ranks.show_chosen("")
            self.strong.show_facts(strings.STRONG_FULL)
            return
        is_ours = abs(method.alpha - _ALPHA_BY_RANK * method.rank) < _ROUNDED
        chosen = next((n for n, rank in _RANKS.items() if is_ours and rank == method.rank), "")
        self.ranks.show_chosen(chosen)
        said = fill(strings.RANK_FACTS, rank=method.rank)
        self.strong.show_facts(said if chosen else fill(strings.OWN_CHOICE, value=said))

    # --- choosing ------------------------------------------------------------------------

    def _choose_model(self) -> None:
        model = str(self.models.currentData() or "")
        if model and model != self._book.model:
            words = fill(strings.CHANGE_OF, name=strings.MODEL)
            self._book.say(words, "model", id=model, revision=None)

    def _choose_length(self, name: str) -> None:
        look = self._book.look
        if look is not None:
            epochs = None if name == "usual" else look.lengths[name].epochs
            words = fill(strings.CHANGE_OF, name=strings.THOROUGH)
            self._book.say(words, "run", epochs=epochs, steps=None)

    def _choose_rank(self, name: str) -> None:
        rank = _RANKS[name]
        words = fill(strings.CHANGE_OF, name=strings.STRONG)
        if (rank, _ALPHA_BY_RANK * rank) == tuple(
            self._book.usual("method", key) for key in ("rank", "alpha")
        ):
            self._book.say(words, "method", rank=None, alpha=None, full=None)
        else:
            alpha = _ALPHA_BY_RANK * rank
            self._book.say(words, "method", rank=rank, alpha=alpha, full=None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The wheel scrolls the page and chooses no other model on its way."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)
